"""What a vendor or carrier wrote, as data: quoted before it is put into a sentence or an object that an agent reads.

A code, a name or the reason of a review is somebody else's text, and may say anything. Codes (`MK:0008`, `SMS_100000001`, and
what the catalogue lists) stay as they are; whatever could be read as words stands in quotation marks, of which it holds none
itself. It is decoded and masked first, since what does so later could make a quotation mark of `&rdquo;`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.codes.catalogue import INNER_SOURCE, STATE_SOURCE, UNLISTED_SOURCE
from bot.encoded_text import decode_text
from bot.model import Contradiction, ProviderWords, Replied, SignatureReport
from bot.model.personal_numbers import mask_numbers
from bot.sanitize import mask_digits, single_line, truncate

if TYPE_CHECKING:
    from bot.model import (
        CarrierRegistration,
        Coverage,
        Delivery,
        Explanation,
        Note,
        ProviderFault,
        RegisterAnswer,
        Report,
        Signature,
    )
    from bot.model.statistics import SourceStatistics, StatisticsReport

_TOKEN = re.compile(r"[A-Za-z0-9_.:/^+#*-]{1,64}", re.ASCII)
_HEX = re.compile(r"(?<![A-Za-z])[A-Fa-f]+(?![A-Za-z])")
_WORD = re.compile(r"[A-Za-z]{2,}")
_NAME, _WORDS = 38, 198  # characters; the wording of answers cuts names at 40 and words at 200
_CARRIERS = frozenset({"China Mobile", "China Unicom", "China Telecom", "China Broadnet"})
_QUOTES = str.maketrans(dict.fromkeys('“”"„«»「」『』', "'"))
_UNREADABLE = "…"
_OF_NO_ROW = frozenset({UNLISTED_SOURCE, STATE_SOURCE, INNER_SOURCE})  # of explanations of what the catalogue does not list whole


def as_data(text: str, most: int = _NAME) -> str:
    """`text` as it is where it is a code; else at most `most` characters of it, quoted.

    Where a sentence has less room it would cut off the closing mark.
    """
    return text if not text or _is_code(text) else quoted(text, most)


def quoted(text: str, most: int = _WORDS) -> str:
    """At most `most` characters of `text` in quotation marks, with the numbers in it masked."""
    decoded = decode_text(text)
    if decode_text(decoded) != decoded:  # packed more often than anybody does by chance
        decoded = _UNREADABLE
    return f"“{truncate(mask_numbers(single_line(decoded)).translate(_QUOTES), most)}”"


def _is_code(text: str) -> bool:
    """Whether it is a token with no more than one word in it, or two beside digits; those of a hash are none."""
    words = len(_WORD.findall(_HEX.sub("", text)))
    return _TOKEN.fullmatch(text) is not None and words <= 1 + any(map(str.isdigit, text))


def quoted_report(report: Report) -> Report:
    """The report with the vendors' texts as data."""
    return replace(report, deliveries=tuple(map(_delivery, report.deliveries)), coverage=tuple(map(_coverage, report.coverage)))


def quoted_statistics(report: StatisticsReport) -> StatisticsReport:
    """The same of statistics, whose groups are named by ourselves."""
    return replace(report, sources=tuple(map(_source, report.sources)))


def quoted_signature(report: SignatureReport) -> SignatureReport:
    """The same of what registers hold under a signature."""
    return SignatureReport(report.name, report.as_of, tuple(_answer(answer, report.name) for answer in report.answers))


def _delivery(row: Delivery) -> Delivery:
    return replace(
        row,
        code=_code(row.code, row.explanation),
        carrier=row.carrier if row.carrier in _CARRIERS else _optional(row.carrier),
        template=_optional(row.template),
        signature=_optional(row.signature),
        message_id=_optional(row.message_id),
        explanation=_explanation(row.explanation) if row.explanation else None,
        notes=tuple(map(_note, row.notes)),
    )


def _note(note: Note) -> Note:
    match note:
        case ProviderWords(words):
            return replace(note, words=quoted(words))
        case Replied(words=words) if words:
            return replace(note, words=quoted(words))
        case Contradiction(code):
            return replace(note, code=as_data(code))
        case _:
            return note


def _coverage(part: Coverage) -> Coverage:
    return replace(part, notes=tuple(map(_note, part.notes)), error=_fault(part.error) if part.error else None)


def _source(source: SourceStatistics) -> SourceStatistics:
    return replace(source, error=_fault(source.error) if source.error else None)


def _fault(fault: ProviderFault) -> ProviderFault:
    return replace(
        fault,
        code=_code(fault.code, fault.explanation) or "",
        message=quoted(fault.message) if fault.message else "",
        request_id=_optional(fault.request_id),
        explanation=_explanation(fault.explanation) if fault.explanation else None,
    )


def _explanation(one: Explanation) -> Explanation:
    return replace(one, code=_code(one.code, one) or "")


def _code(code: str | None, explanation: Explanation | None) -> str | None:
    """A code that the catalogue lists as it is, if it is one token; another as what it looks like."""
    if code is None:
        return None
    is_listed = explanation is not None and explanation.code == code and explanation.source not in _OF_NO_ROW
    return code if is_listed and _TOKEN.fullmatch(code) else as_data(code)


def _answer(answer: RegisterAnswer[Signature], asked: str) -> RegisterAnswer[Signature]:
    found = tuple(_signature(one, asked) for one in answer.found)
    return replace(answer, found=found, fault=_fault(answer.fault) if answer.fault else None)


def _signature(one: Signature, asked: str) -> Signature:
    carriers = tuple(map(_registration, one.carriers))
    refusal = quoted(one.refusal) if one.refusal else ""
    name = mask_digits(asked) if one.name == asked else quoted(one.name)
    return replace(one, name=name, refusal=refusal, carriers=carriers)


def _registration(one: CarrierRegistration) -> CarrierRegistration:
    return one if one.carrier in _CARRIERS else replace(one, carrier=as_data(one.carrier))


def _optional(text: str | None) -> str | None:
    return None if text is None else as_data(text)
