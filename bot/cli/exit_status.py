"""The exit statuses of lookups and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import ENGLISH

if TYPE_CHECKING:
    from bot.model import Report

ALL_ANSWERED, SOME_FAILED, NONE_ANSWERED = 0, 1, 3


def exit_status(report: Report) -> int:
    """3 if no vendor answered or no answer could be read, 1 if a part is missing, otherwise 0."""
    from bot.model import STORE  # noqa: PLC0415 - so that `smsstatus --help` starts at once
    from bot.presentation.verdict import verdict  # noqa: PLC0415

    vendors = [part for part in report.coverage if part.provider != STORE] or report.coverage
    if not report.deliveries and not any(part.is_legible for part in vendors):
        return NONE_ANSWERED
    return ALL_ANSWERED if verdict(report, ENGLISH).whole else SOME_FAILED
