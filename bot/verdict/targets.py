"""What was asked for: how it is called, and which rows are about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.language import Language
    from bot.model import Delivery, Report, Target


def named(targets: Sequence[Target], language: Language) -> str:
    """`12 numbers`, `2 message ids`, or `5 targets` when they are mixed."""
    if all(target.number for target in targets):
        return language.plural(len(targets), "{count} number", "{count} numbers")
    if any(target.number for target in targets):
        return language.plural(len(targets), "{count} target", "{count} targets")
    return language.plural(len(targets), "{count} message id", "{count} message ids")


def rows_of(target: Target, report: Report) -> list[Delivery]:
    """The deliveries that are about `target`."""
    return [
        row
        for row in report.deliveries
        if (target.message_id is None or target.message_id == row.message_id)
        and (target.number is None or row.number is None or target.number.e164 == row.number.e164)
    ]
