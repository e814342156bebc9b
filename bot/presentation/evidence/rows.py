"""One delivery as text: its status, who reports it, its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Owner, Status
from bot.presentation.evidence.reasons import needs_words
from bot.presentation.wording import (
    CODE,
    PLACE,
    WORDS,
    carrier_words,
    origin_of,
    status_words,
)

if TYPE_CHECKING:
    from bot.model import Delivery, Report
    from bot.presentation.wording import TextFormat


def row_words(row: Delivery, report: Report, text_format: TextFormat) -> str:
    """`delivered in 3 s`, ``failed `MK:0008` after 20 s``: the status, and the code unless it says no more than "delivered"."""
    code = text_format.quote(row.code, CODE) if row.code and (needs_words(row) or _says_otherwise(row)) else ""
    return status_words(row, report.as_of, text_format.language, code)


def _says_otherwise(row: Delivery) -> bool:
    """Whether a delivered row has a code that is not known to mean delivery."""
    return row.status is Status.DELIVERED and row.explanation is not None and row.explanation.owner is not Owner.NOBODY


def row_origin(row: Delivery, report: Report, text_format: TextFormat) -> str:
    """`Tencent`, with the account when several were asked, and with carrier, region and country where known."""
    carrier = carrier_words(row.carrier, text_format.language) if row.carrier else None
    country = (text_format.language.country(row.region or "") or row.country) if row.country else None
    places = (text_format.prose(place, PLACE) for place in (carrier, row.region, country) if place and place.strip())
    return " · ".join([origin_of(row, text_format, report.accounts_told_apart), *places])


def row_text(row: Delivery, text_format: TextFormat) -> str:
    """The message's text, blanked but for its signature, on one short line. Only for the person who asked."""
    return text_format.say("Text: {text}", text=text_format.quote(row.text or "", WORDS))


def number_label(row: Delivery, *, reveal: bool) -> str:
    """The row's number, masked unless `reveal`; a dash when the provider gives none."""
    if row.number is None:
        return "–"
    return row.number.e164 if reveal else row.number.masked


def asks_several(report: Report) -> bool:
    """Whether the query has several numbers, so that each row must show its own."""
    return len(report.query.targets) > 1
