"""The error about a time that does not exist. Its correction replaces the time with a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.cursor import Cursor, Edit, ParseError
from bot.grammar.text import shorten_time
from bot.grammar.vocabulary import A_TIME
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.i18n import Phrase

OUT_OF_REACH = phrase("`{word}` is more than ten years ago.")
NO_SUCH_DAY = phrase("`{word}` is not a valid date.")
NO_SUCH_TIME = phrase("`{word}` is not a valid time.")


def impossible_time_error(cursor: Cursor, start: int, problem: Phrase, meant: Iterable[str] = ()) -> ParseError:
    """The error about the text from `start` to the cursor, in the place of which one of `meant` may be meant."""
    span = cursor.since(start)
    others = [[Edit(span, each)] for each in meant]
    return ParseError(problem, word=shorten_time(cursor.text_of(span)), edits=[Edit(span, A_TIME)], others=others)
