"""A period of time in the words of the commands, without a lookup around it: `--since yesterday 09:00`, `--until 10:00`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.grammar.cursor import Cursor, ParseError
from bot.grammar.partial_lookup import PartialLookup
from bot.grammar.text import normalize, shorten
from bot.grammar.vocabulary import KEYWORD, KEYWORDS
from bot.grammar.window import build_window
from bot.grammar.window_edges import read_edge
from bot.i18n import phrase

if TYPE_CHECKING:
    from datetime import datetime

    from bot.grammar.command import ParseContext

_EDGES = frozenset({"since", "until", "last"})


def parse_period(since: str | None, until: str | None, context: ParseContext) -> tuple[datetime | None, datetime | None]:
    """Both ends in UTC, None for one that is not given. Each takes what it lacks from the other, as in a lookup.

    Raises UsageError for words that are no time, and for a period that ends before it begins.
    """
    said = [f"{keyword} {words}" for keyword, words in (("since", since), ("until", until)) if words is not None]
    if not said:
        return None, None
    cursor, draft = Cursor(normalize(" ".join(said))), PartialLookup()
    try:
        while not cursor.at_end:
            _read_edge(cursor, draft, context)
            cursor.skip_breaks()
        window = build_window(draft.since, draft.until, cursor, context)
    except ParseError as error:
        raise UsageError(error.problem, word=error.word, example=None) from None
    return window.since if draft.since else None, window.until if draft.until else None


def _read_edge(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> None:
    start = cursor.at
    found = cursor.take(KEYWORD)
    name = KEYWORDS[found[0].lower()] if found else ""
    if name not in _EDGES:
        cursor.at = start
        problem = phrase("`{word}` is not part of a time.")
        raise ParseError(problem, word=shorten(cursor.text_of(cursor.word())))
    read_edge(cursor, draft, cursor.since(start), context, name)
