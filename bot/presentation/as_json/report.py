"""Serialises what `smsstatus lookup --json` prints: a report, an explanation, the providers. Nothing is translated.

Numbers are masked unless `reveal`. `summary` counts all deliveries found; `deliveries` are those that pass the `only` filter,
newest first; `mix` is null for fewer than four messages of one target. Beside the published keys there is `not_asked`: the
accounts that were skipped, with the reason.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH
from bot.model import Status
from bot.model.personal_numbers import mask_message_id
from bot.presentation.as_json.codes import explanation_to_json
from bot.presentation.as_json.mix import mix_to_json
from bot.presentation.mix import failure_mix
from bot.presentation.verdict import verdict
from bot.presentation.wording import fault_words, known_numbers, name_of, note_sentence, plain_text_format, with_several_accounts
from bot.sanitize import mask_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.model import Coverage, Delivery, PhoneNumber, ProviderFault, Report, SkippedAccount
    from bot.presentation.wording import ProviderStatus, TextFormat


def report_to_json(report: Report, *, reveal: bool = False, titles: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The object, made of JSON types only. `titles` are the providers' display names in sentences; by default their names."""
    text_format = plain_text_format(report, titles or {}, now=report.as_of, reveal=reveal, language=ENGLISH)
    numbers = () if reveal else known_numbers(report)
    mix, counts = failure_mix(report), report.counts

    def hide(text: str | None) -> str | None:
        return text if text is None else mask_known(text, numbers)

    return {
        "query": _query(report, reveal=reveal),
        "as_of": time_to_json(report.as_of),
        "verdict": verdict(report, ENGLISH, titles=titles).sentence,
        "outcome": report.outcome.value,
        "summary": {"total": len(report.deliveries), **{status.value: counts[status] for status in Status}},
        "mix": mix_to_json(mix, report, hide, time_to_json) if mix else None,
        "deliveries": [_delivery(row, hide, reveal=reveal) for row in report.shown],
        "coverage": [_coverage(part, report, text_format, hide) for part in report.coverage],
        "not_asked": [_not_asked(part, text_format) for part in report.not_asked],
    }


def providers_to_json(states: Sequence[ProviderStatus]) -> dict[str, Any]:
    """The provider accounts, and the systems that are not set up, with the settings that switch them on. In English."""
    return {"providers": [_provider(state) for state in states]}


def _provider(state: ProviderStatus) -> dict[str, Any]:
    return {
        "provider": state.name,
        "account": state.account,
        "configured": state.configured,
        "answers": state.answers,
        "keeps_days": state.keeps_days,
        "notice": state.notice or None,
        "last_check": time_to_json(state.last_answer_at),
        "error": error_to_json(state.last_error, lambda text: text) if state.last_error else None,
        "settings": list(state.keys),
    }


def _query(report: Report, *, reveal: bool) -> dict[str, Any]:
    query = report.query
    return {
        "targets": [target.whole if reveal else target.masked for target in query.targets],
        "since": time_to_json(query.window.since),
        "until": time_to_json(query.window.until),
        "providers": list(query.providers or dict.fromkeys(part.provider for part in report.coverage)),
    }


def _number(number: PhoneNumber | None, *, reveal: bool) -> str | None:
    if number is None:
        return None
    return number.e164 if reveal else number.masked


def _delivery(row: Delivery, hide: Callable[[str | None], str | None], *, reveal: bool) -> dict[str, Any]:
    return {
        "provider": row.provider,
        "account": hide(row.account),
        "target": _number(row.number, reveal=reveal),
        "message_id": row.message_id if reveal else hide(mask_message_id(row.message_id or "") or None),
        "status": row.status.value,
        "code": hide(row.code),
        "sent_at": time_to_json(row.sent_at),
        "received_at": time_to_json(row.received_at),
        "template": hide(row.template),
        "carrier": hide(row.carrier),
        "explanation": explanation_to_json(row.explanation) if row.explanation else None,
    }


def _coverage(
    part: Coverage, report: Report, text_format: TextFormat, hide: Callable[[str | None], str | None]
) -> dict[str, Any]:
    name = name_of(part.provider, part.account, text_format, with_several_accounts(report))
    return {
        "provider": part.provider,
        "account": hide(part.account),
        "since": time_to_json(part.window.since),
        "until": time_to_json(part.window.until),
        "complete": part.complete,
        "requests": part.requests,
        "cached": part.cached,
        "as_of": time_to_json(part.as_of),
        "notes": [note_sentence(note, text_format, name) for note in part.notes],
        "error": error_to_json(part.error, hide) if part.error else None,
    }


def error_to_json(fault: ProviderFault, hide: Callable[[str | None], str | None]) -> dict[str, Any]:
    """The `error` object of an account that did not answer. `hide` masks numbers in a text."""
    words = fault_words(fault, ENGLISH)
    return {
        "code": hide(fault.code),
        "title": words.title,
        "meaning": hide(words.meaning),
        "next_step": words.next_step,
        "retryable": fault.retryable,
        "request_id": hide(fault.request_id),
    }


def _not_asked(part: SkippedAccount, text_format: TextFormat) -> dict[str, Any]:
    return {
        "provider": part.provider,
        "account": part.account,
        "reason": part.reason.kind.value,
        "sentence": note_sentence(part.reason, text_format, text_format.title(part.provider)),
    }


def time_to_json(moment: datetime | None) -> str | None:
    """`2026-11-21T08:00:00Z`; fractions of a second are dropped."""
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
