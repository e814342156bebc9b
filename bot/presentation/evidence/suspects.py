"""What messages may have failed for, and can be asked of their vendor: the signature, the template.

By the family of the explanation, and for a signature also where so many customers fail alike, or hear nothing, that the cause
cannot be theirs: failures of an unregistered signature often carry other codes
(https://help.aliyun.com/document_detail/101347.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Status
from bot.presentation.wording import is_systematic

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bot.model import Delivery, Report

SIGNATURE_FAMILIES = frozenset({"signature_unregistered", "signature_refused", "signature_problem"})
TEMPLATE_FAMILIES = frozenset({"template_problem"})
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Suspect:
    """The names that the messages carry, none where their vendor does not tell them, and the systems that sent them."""

    names: tuple[str, ...]
    systems: tuple[str, ...]


def suspected_signature(report: Report) -> Suspect | None:
    """The signature that is to be checked; None when nothing points to it."""
    rows = _of_families(report, SIGNATURE_FAMILIES) or _systematic(report)
    return _suspect(rows, report, lambda row: row.signature) if rows else None


def suspected_template(report: Report) -> Suspect | None:
    """The template that is to be checked; None when nothing points to it."""
    rows = _of_families(report, TEMPLATE_FAMILIES)
    return _suspect(rows, report, lambda row: row.template) if rows else None


def _of_families(report: Report, families: Collection[str]) -> list[Delivery]:
    """The failed messages of these families that nothing newer supersedes."""
    return [row for row in _standing(report) if row.explanation is not None and row.explanation.family in families]


def _systematic(report: Report) -> list[Delivery]:
    """The messages of causes that too many customers share at once."""
    groups: dict[str, list[Delivery]] = {}
    for row in _standing(report):
        if row.explanation is not None:
            groups.setdefault(row.explanation.family, []).append(row)
    return [row for rows in groups.values() if is_systematic(rows[0].explanation, _numbers(rows)) for row in rows]


def _standing(report: Report) -> list[Delivery]:
    rows = report.standing(report.deliveries)
    return [row for row in rows if row.status.is_failure or row.status is Status.PENDING]


def _numbers(rows: Iterable[Delivery]) -> int:
    return len({row.number.e164 if row.number else row.message_id for row in rows})


def _suspect(rows: Iterable[Delivery], report: Report, name_of: Callable[[Delivery], str | None]) -> Suspect:
    """What these rows carry. Where they tell none and all others have the same, it is that one."""
    rows = list(rows)
    names = dict.fromkeys(name for row in rows if (name := name_of(row)))
    others = {name for row in report.deliveries if (name := name_of(row))}
    if not names and len(others) == 1:
        names = dict.fromkeys(others)
    return Suspect(tuple(names)[:MOST_NAMES], tuple(dict.fromkeys(row.vendor for row in rows)))
