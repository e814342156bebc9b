"""The words beside a list, such as `since 2h via tencent` -> the lookup of all that is in it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.grammar.command import Lookup
from bot.grammar.parser import parse
from bot.grammar.target_list import MAX_LISTED, too_many
from bot.grammar.writer import write_targets
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.grammar.command import ParseContext
    from bot.model import Target


def parse_beside_list(words: str, targets: Sequence[Target], context: ParseContext) -> Lookup:
    """The lookup of `targets`, and of those among the words. Raises UsageError for words that are not understood.

    The words are read as they would be behind the first target; that it is not in the text itself must not be seen.
    """
    begins = write_targets(targets[:1])
    try:
        command = parse(f"{begins} {words}", replace(context, last=None))
    except UsageError as error:
        raise UsageError(error.problem, word=error.word, example=None) from None
    if not isinstance(command, Lookup):
        problem = phrase("Beside a list only {since}, {until}, {via} and {only} can stand.", **_WORDS)
        raise UsageError(problem, word="", example=None)
    together = tuple(dict.fromkeys((*targets, *command.query.targets)))
    if len(together) > MAX_LISTED:
        raise too_many(len(together))
    return replace(command, query=replace(command.query, targets=together))


_WORDS = {word: f"`{word}`" for word in ("since", "until", "via", "only")}
