"""A time that cannot be: what is said about it. The correction keeps nothing of it but a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.reader import Edit, Reader, StumbleError
from bot.grammar.text import shorten_time
from bot.grammar.words import A_TIME
from bot.language import phrase

if TYPE_CHECKING:
    from bot.language import Phrase

OUT_OF_REACH = phrase("`{word}` is more than ten years ago.")
NO_SUCH_DAY = phrase("`{word}` is not a valid date.")
NO_SUCH_TIME = phrase("`{word}` is not a valid time.")


def wrong_time(reader: Reader, start: int, problem: Phrase) -> StumbleError:
    """The error about what was read since `start`."""
    span = reader.since(start)
    return StumbleError(problem, word=shorten_time(reader.cut(span)), edits=[Edit(span, A_TIME)])
