"""Keeps a log readable while one thing happens hundreds of times a second."""

from __future__ import annotations

import logging


class LinesPerSecond(logging.Filter):
    """Lets so many records of its logger through in each second. The next one says how many were left out before it."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._second, self._passed, self._left_out = 0, 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is written."""
        if int(record.created) != self._second:
            self._second, self._passed = int(record.created), 0
        if self._passed >= self._most:
            self._left_out += 1
            return False
        self._passed += 1
        if self._left_out and isinstance(record.msg, dict):  # what structlog hands over
            record.msg["left_out"], self._left_out = self._left_out, 0
        return True
