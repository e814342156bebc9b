"""The clock. Pure code takes a time; code with I/O takes a `Clock`, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present time as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)
