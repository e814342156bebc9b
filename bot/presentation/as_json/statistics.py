"""Serialises a report about everybody to the JSON object of `smsstatus stats --json`. Keys and values are never translated."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH
from bot.presentation.statistics import gap_lines, headline
from bot.presentation.wording import NO_DAY, fault_words, plain_text_format
from bot.statistics.judgement import LOW, MANY, MIN_MESSAGES, POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from fractions import Fraction

    from bot.model import ProviderFault
    from bot.model.statistics import Comparison, Counts, Fall, SourceStatistics, StatisticsReport


def statistics_to_json(report: StatisticsReport, titles: Mapping[str, str]) -> dict[str, Any]:
    """The object; see docs/json.md."""
    text_format = plain_text_format(None, titles, now=NO_DAY, language=ENGLISH)
    question = report.question
    return {
        "query": {
            "since": _time(question.window.since),
            "until": _time(question.window.until),
            "providers": list(dict.fromkeys(source.provider for source in report.sources)),
        },
        "as_of": _time(report.as_of),
        "verdict": headline(report, text_format).whole(ENGLISH),
        "finding": report.finding.value,
        "rule": {
            "least_messages": MIN_MESSAGES,
            "low_share": float(LOW),
            "points_below": float(POINTS),
            "apart_above": float(MANY),
        },
        "sources": [_source(source) for source in report.sources],
        "without_statistics": list(report.without),
        "notes": gap_lines(report, text_format),
    }


def _source(source: SourceStatistics) -> dict[str, Any]:
    return {
        "provider": source.provider,
        "account": source.account,
        "unit": source.unit.value,
        "grain": source.grain.value,
        "since": _time(source.span.since),
        "until": _time(source.span.until),
        "groups": [_comparison(group) for group in source.groups],
        "not_compared": [{"with": one.before.value, "why": one.why.value} for one in source.not_compared],
        "complete": source.error is None and not source.is_partial,
        "error": _error(source.error) if source.error else None,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "provider": one.group.system,
        "account": one.group.account or None,
        "carrier": one.group.carrier or None,
        "abroad": one.group.abroad,
        "finding": one.finding.value,
        "now": _counts(one.now),
        "yesterday": _counts(one.yesterday) if one.yesterday else None,
        "week_ago": _counts(one.week_ago) if one.week_ago else None,
        "fall": _fall(one.fall) if one.fall else None,
        "carriers": [_comparison(carrier) for carrier in one.carriers],
    }


def _fall(fall: Fall) -> dict[str, Any]:
    return {"at": _time(fall.at), "before": _share(fall.before), "since": _share(fall.since.delivered_share)}


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "delivered": counts.delivered,
        "failed": counts.failed,
        "no_receipt": counts.waiting,
        "refused": counts.refused,
        "slow": counts.slow,
        "delivered_share": _share(counts.delivered_share),
        "causes": {cause.value: amount for cause, amount in counts.causes},
    }


def _share(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 4)


def _error(fault: ProviderFault) -> dict[str, Any]:
    words = fault_words(fault, ENGLISH)
    return {"code": fault.code, "title": words.title, "next_step": words.next_step, "retryable": fault.retryable}


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
