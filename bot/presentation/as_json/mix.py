"""Serialises a failure mix: the value of `mix` in the JSON of `smsstatus lookup --json`. Keys and values are never translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from bot.model import Report
    from bot.presentation.mix import FailureMix, Place, ReceiptTimes, Share
    from bot.presentation.verdict.causes import Cause


def mix_to_json(
    mix: FailureMix,
    report: Report,
    hide: Callable[[str | None], str | None],
    time: Callable[[datetime | None], str | None],
) -> dict[str, Any]:
    """The object, made of JSON types only. `hide` masks numbers in outside text, `time` writes a moment."""
    return {
        "total": mix.total,
        "failed": mix.failed,
        "delivered": mix.arrived,
        "dominating": _cause(mix.dominating, report) if mix.dominating else None,
        "places": [_place(place, hide) for place in mix.places],
        "failing_since": time(mix.since),
        "causes": [_cause(cause, report) for cause in mix.causes],
        "owners": {owner.value: count for owner, count in mix.owners.items()},
        "by": {dimension.value: _shares(shares, hide) for dimension, shares in mix.shares.items()},
        "receipts": _receipts(mix.receipts),
    }


def _cause(cause: Cause, report: Report) -> dict[str, Any]:
    family = cause.explanation.family if cause.explanation else None
    return {"title": cause.words(report, ENGLISH), "family": family, "owner": cause.owner.value, "failed": len(cause.rows)}


def _place(place: Place, hide: Callable[[str | None], str | None]) -> dict[str, Any]:
    return {
        "dimension": place.dimension.value,
        "value": hide(place.value),
        "by_number_range": place.is_guess,
        "failed": place.failed,
        "failed_in_all": place.out_of,
        "delivered": place.arrived,
    }


def _shares(shares: Iterable[Share], hide: Callable[[str | None], str | None]) -> list[dict[str, Any]]:
    return [
        {
            "value": hide(share.value),
            "by_number_range": share.is_guess,
            "total": share.total,
            "failed": share.failed,
            "delivered": share.arrived,
        }
        for share in shares
    ]


def _receipts(times: ReceiptTimes) -> dict[str, Any]:
    return {
        "counted": times.counted,
        "p50_seconds": _seconds(times.p50),
        "p95_seconds": _seconds(times.p95),
        "slow": times.slow,
        "missing": times.missing,
        "not_due_yet": times.under_way,
    }


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 1)
