"""Parses the Unix times in Tencent's rows."""

from __future__ import annotations

from datetime import UTC, datetime

_MOST_DIGITS = 16  # of a number of seconds; beyond them no calendar has a year


def unix_time(value: object) -> datetime | None:
    """Parse Unix seconds, a number or its digits, to UTC; None for anything else, and for 0."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:_MOST_DIGITS])
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):  # no such year
        return None
