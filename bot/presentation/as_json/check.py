"""The check of a signature or a template as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH
from bot.model import Signature, SignatureReport
from bot.presentation.as_json.report import error_to_json, time_to_json
from bot.presentation.checks import check_words
from bot.presentation.wording import plain_text_format
from bot.sanitize import mask_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import CarrierRegistration, RegisterAnswer, Template, TemplateReport


def check_to_json(report: SignatureReport | TemplateReport, titles: Mapping[str, str]) -> dict[str, Any]:
    """The object of `signature --json` and `template --json`."""
    words = check_words(report, plain_text_format(None, titles, now=report.as_of, language=ENGLISH))
    kind = "signature" if isinstance(report, SignatureReport) else "template"
    return {
        kind: mask_digits(report.name) if kind == "signature" else report.name,
        "as_of": time_to_json(report.as_of),
        "verdict": words.lead,
        "state": report.standing.value,
        "advice": words.advice,
        "registers": [_answer(answer) for answer in report.answers],
    }


def _answer(answer: RegisterAnswer[Any]) -> dict[str, Any]:
    return {
        "provider": answer.provider,
        "accounts": list(answer.accounts),
        "found": [_signature(one) if isinstance(one, Signature) else _template(one) for one in answer.found],
        "lacks": answer.lacked_right or None,
        "error": error_to_json(answer.fault, _hide) if answer.fault else None,
    }


def _signature(one: Signature) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.standing.value,
        "review": one.review.value,
        "reviewed_at": time_to_json(one.reviewed_at),
        "refusal": one.refusal or None,
        "international": one.is_international,
        "carriers": [_carrier(carrier) for carrier in one.carriers],
    }


def _carrier(one: CarrierRegistration) -> dict[str, Any]:
    return {
        "carrier": one.carrier,
        "state": one.state.value,
        "reasons": [reason.value for reason in one.reasons],
        "at": time_to_json(one.at),
    }


def _template(one: Template) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name or None,
        "kind": one.kind.value if one.kind else None,
        "state": one.standing.value,
        "review": one.review.value,
        "reviewed_at": time_to_json(one.reviewed_at),
        "refusal": one.refusal or None,
        "signatures": list(one.signatures),
    }


def _hide(text: str | None) -> str | None:
    return text if text is None else mask_digits(text)
