"""What a vendor or carrier wrote, as data: quoted before it is put into a sentence or an object that an agent reads.

A code, a name or the reason of a review is somebody else's text, and may say anything. Plain tokens (`MK:0008`, `SMS_100000001`)
stay as they are; whatever could be read as a sentence stands in quotation marks, of which it holds none itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import SignatureReport
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from bot.model import (
        CarrierRegistration,
        Coverage,
        Delivery,
        Explanation,
        ProviderFault,
        RegisterAnswer,
        Report,
        Signature,
    )
    from bot.model.statistics import SourceStatistics, StatisticsReport

_TOKEN = re.compile(r"[\w.:/+#*…-]{1,60}")
_NAME, _WORDS = 38, 198  # characters; the wording of answers cuts names at 40 and words at 200
_KNOWN = frozenset({"China Mobile", "China Unicom", "China Telecom", "China Broadnet"})
_QUOTES = str.maketrans(dict.fromkeys('“”"„«»「」『』', "'"))


def as_data(text: str, most: int = _NAME) -> str:
    """`text` as it is where it is a token or the name of a carrier that we know; else at most `most` characters of it, quoted.

    Where a sentence has less room it would cut off the closing mark.
    """
    if not text or text in _KNOWN or _TOKEN.fullmatch(text):
        return text
    return f"“{truncate(single_line(text), most).translate(_QUOTES)}”"


def quoted_report(report: Report) -> Report:
    """The report with the vendors' texts as data."""
    return replace(report, deliveries=tuple(map(_delivery, report.deliveries)), coverage=tuple(map(_coverage, report.coverage)))


def quoted_statistics(report: StatisticsReport) -> StatisticsReport:
    """The same of statistics, whose groups are named by ourselves."""
    return replace(report, sources=tuple(map(_source, report.sources)))


def quoted_signature(report: SignatureReport) -> SignatureReport:
    """The same of what registers hold under a signature."""
    return SignatureReport(report.name, report.as_of, tuple(map(_answer, report.answers)))


def _delivery(row: Delivery) -> Delivery:
    return replace(
        row,
        code=_optional(row.code),
        carrier=_optional(row.carrier),
        template=_optional(row.template),
        signature=_optional(row.signature),
        message_id=_optional(row.message_id),
        explanation=_explanation(row.explanation) if row.explanation else None,
    )


def _coverage(part: Coverage) -> Coverage:
    return replace(part, error=_fault(part.error) if part.error else None)


def _source(source: SourceStatistics) -> SourceStatistics:
    return replace(source, error=_fault(source.error) if source.error else None)


def _fault(fault: ProviderFault) -> ProviderFault:
    return replace(
        fault,
        code=as_data(fault.code),
        message=as_data(fault.message, _WORDS),
        request_id=_optional(fault.request_id),
        explanation=_explanation(fault.explanation) if fault.explanation else None,
    )


def _explanation(one: Explanation) -> Explanation:
    return replace(one, code=as_data(one.code))


def _answer(answer: RegisterAnswer[Signature]) -> RegisterAnswer[Signature]:
    found = tuple(map(_signature, answer.found))
    return replace(answer, found=found, fault=_fault(answer.fault) if answer.fault else None)


def _signature(one: Signature) -> Signature:
    carriers = tuple(map(_registration, one.carriers))
    return replace(one, name=as_data(one.name), refusal=as_data(one.refusal, _WORDS), carriers=carriers)


def _registration(one: CarrierRegistration) -> CarrierRegistration:
    return replace(one, carrier=as_data(one.carrier))


def _optional(text: str | None) -> str | None:
    return None if text is None else as_data(text)
