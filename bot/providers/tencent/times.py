"""Parses the Unix times in Tencent's rows."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.providers.china_time import in_utc

_MOST_DIGITS = 16  # of a number of seconds; beyond them no calendar has a year


def unix_time(value: object) -> datetime | None:
    """Parse Unix seconds, a number or its digits, to UTC; None for anything else, and for a year in which no message was sent."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:_MOST_DIGITS])
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    try:
        return in_utc(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):  # no such year
        return None
