"""One or two small numbers without a unit beside the targets: `NUM 10`, `NUM 9-11`, `NUM 9 to 11`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.cursor import Edit, ParseError, pattern
from bot.grammar.dates import latest_date
from bot.grammar.window_edges import read_hour_range
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor
    from bot.grammar.partial_lookup import PartialLookup

_HOURS = pattern(r"\d{1,2} +(?:to|until|till) +\d{1,2}(?=[\s,;]|\Z)(?! *[\d:])")
_AMOUNT = pattern(r"(?P<first>\d{1,2})(?:-(?P<second>\d{1,2}))?(?=\s*[,;]|\s+[a-z]|\s*\Z)(?! *(?:[ap]\.?m\b|o'?clock))")
_HOURS_OF_A_DAY = 24


def read_bare_amount(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Read two hours. Returns whether there were any. Raises ParseError for what can be hours, a length or a day."""
    if not draft.mentions or "since" in draft.keywords:
        return False
    if cursor.peek(_HOURS):
        start = cursor.at
        return read_hour_range(cursor, draft, cursor.since(start), context)
    found = cursor.peek(_AMOUNT)
    if not found:
        return False
    span = cursor.word()
    first, second = int(found["first"]), int(found["second"] or -1)
    hours = max(first, second) <= _HOURS_OF_A_DAY
    if second < 0:
        meant = [f"since {first}h", *([f"since {first}:00"] if hours else [f"since {first}m"])]
    else:
        pairs = {(first, second), (second, first)}
        days = {day for month, day_of in pairs if (day := latest_date(context.today, month, day_of)) and day <= context.today}
        meant = [f"from {found[0]}"] if hours and first < second else []
        meant += [f"since {day:%Y-%m-%d}" for day in sorted(days, reverse=True)]
    problem = phrase("`{word}` can be hours or a day.") if second >= 0 else phrase("`{word}` can be a length or a time.")
    without = [Edit(span, "")]
    raise ParseError(problem, word=found[0], others=[*([Edit(span, each)] for each in meant), without])
