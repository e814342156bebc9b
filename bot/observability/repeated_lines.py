"""Keeps a log readable while one thing happens hundreds of times a second."""

from __future__ import annotations

import logging


class AtMost(logging.Filter):
    """Lets `per_second` records of its logger through in each second. The next one that passes says how many were left out."""

    def __init__(self, per_second: int) -> None:
        super().__init__()
        self._per_second = per_second
        self._second, self._passed, self._left_out = 0, 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is written."""
        if int(record.created) != self._second:
            self._second, self._passed = int(record.created), 0
        if self._passed == self._per_second:
            self._left_out += 1
            return False
        self._passed += 1
        if self._left_out and isinstance(record.msg, dict):  # what structlog hands over
            record.msg["left_out"], self._left_out = self._left_out, 0
        return True
