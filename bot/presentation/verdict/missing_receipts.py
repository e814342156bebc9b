"""Messages without a receipt: how long is normal, and what to do. The advice is the catalogue's, by the age of each message."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.codes.receipt_age import FINAL, NORMAL
from bot.presentation.times import duration
from bot.presentation.wording import SEVERAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.i18n import Language
    from bot.model import Delivery, Report


def age_of(rows: Sequence[Delivery], report: Report) -> timedelta | None:
    """The age of the oldest of `rows`; None when none has a time of sending."""
    oldest = min((row.sent_at for row in rows if row.sent_at), default=None)
    return report.as_of - oldest if oldest else None


def missing_receipt_line(row: Delivery, report: Report, language: Language) -> str:
    """`No receipt after 2 h`: a pending row by its age."""
    if row.is_unsent:
        return language.say("Not sent yet")
    age = age_of([row], report)
    if age is None:
        return language.say("No receipt yet")
    waited = duration(age, language)
    if age <= NORMAL:
        return language.say("No receipt yet, {age}", age=waited)
    if age <= FINAL:
        return language.say("No receipt after {age}", age=waited)
    return language.say("No receipt after {age}, and none will come", age=waited)


def missing_receipt_advice(rows: Sequence[Delivery], report: Report, language: Language) -> str:
    """What to do about `rows`, the newest pending message of each number: the most frequent advice of the overdue ones."""
    deciding = _overdue(rows, report) or rows
    words = Counter(row.explanation.words(language.code) for row in deciding if row.explanation).most_common(1)
    if not words:
        return ""
    said = words[0][0]
    return said.next_step_many if is_outage(rows, report) and said.next_step_many else said.next_step


def is_outage(rows: Sequence[Delivery], report: Report) -> bool:
    """Whether too many numbers are overdue for a coincidence."""
    return len(_overdue(rows, report)) >= SEVERAL


def _overdue(rows: Sequence[Delivery], report: Report) -> list[Delivery]:
    return [row for row in rows if row.sent_at is not None and report.as_of - row.sent_at > NORMAL]
