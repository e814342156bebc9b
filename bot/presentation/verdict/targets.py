"""The targets of a query, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language
    from bot.model import Target

_TWO = 2


def count_targets(targets: Sequence[Target], language: Language) -> str:
    """`12 numbers`, `2 message ids`, or `5 targets` when they are mixed."""
    if all(target.number for target in targets):
        return language.plural(len(targets), "{count} number", "{count} numbers")
    if any(target.number for target in targets):
        return language.plural(len(targets), "{count} target", "{count} targets")
    return language.plural(len(targets), "{count} message id", "{count} message ids")


def share_of_targets(part: Sequence[Target], whole: Sequence[Target], language: Language) -> str:
    """`3 of 14 numbers`, `All 14 numbers`, `Both numbers`, capitalised."""
    if len(part) < len(whole):
        return language.say("{count} of {targets}", count=len(part), targets=count_targets(whole, language))
    if len(whole) != _TWO:
        return language.say("All {targets}", targets=count_targets(whole, language))
    if all(target.number for target in whole):
        return language.say("Both numbers")
    return language.say("Both message ids") if not any(target.number for target in whole) else language.say("Both targets")


def none_of_targets(part: Sequence[Target], whole: Sequence[Target], language: Language) -> str:
    """The same after a negation: `3 of 14 numbers`, `any of the 14 numbers`, `either number`."""
    if len(part) < len(whole):
        return share_of_targets(part, whole, language)
    if len(whole) != _TWO:
        return language.say("any of the {targets}", targets=count_targets(whole, language))
    if all(target.number for target in whole):
        return language.say("either number")
    return language.say("either message id") if not any(target.number for target in whole) else language.say("either target")
