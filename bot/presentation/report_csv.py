"""A report as CSV for a spreadsheet: a row for each message, and below them the window, as of when, and what it rests on.

No text of a message is in it. It begins with a byte order mark, by which Excel knows UTF-8, and has the line ends of RFC 4180. A
cell from outside that a spreadsheet would take for a formula begins with an apostrophe
(https://owasp.org/www-community/attacks/CSV_Injection); so do numbers, which begin with a plus.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model.personal_numbers import mask_message_id
from bot.presentation.evidence import filter_line, number_label
from bot.presentation.mix import carrier_by_range
from bot.presentation.times import zone_name
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    PLACE,
    STATUS_WORDS,
    STEP,
    advice,
    carrier_words,
    confidence_words,
    fault_words,
    not_asked,
    plain_text_format,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.i18n import Language
    from bot.model import Coverage, Delivery, PhoneNumber, Report
    from bot.presentation.wording import TextFormat

_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # the full-width ones are formulas to Excel in East Asia
_HEADINGS = (
    phrase("Sent"),
    phrase("Receipt"),
    phrase("Seconds"),
    phrase("Number"),
    phrase("Status"),
    phrase("Code"),
    phrase("Meaning"),
    phrase("Advice"),
    phrase("Provider"),
    phrase("Account"),
    phrase("Message ID"),
    phrase("Template"),
    phrase("SMS signature"),
    phrase("Carrier"),
    phrase("Carrier by number range"),
)


def csv_name(report: Report) -> str:
    """`sms-20261121-060531Z.csv`: as of when, in UTC. No number is in it."""
    return f"sms-{report.as_of:%Y%m%d-%H%M%S}Z.csv"


def report_to_csv(
    report: Report, titles: Mapping[str, str], *, zone: tzinfo, now: datetime, language: Language, reveal: bool = False
) -> str:
    """The messages that `only` lets through, in `language`, times in `zone`. Numbers are masked unless `reveal`."""
    plain = plain_text_format(report, titles, zone=zone, now=now, reveal=reveal, language=language)
    # Few values are different in many rows: each is masked, and each number's range looked up, once.
    text_format, carrier_of = replace(plain, quote=cache(plain.quote), prose=cache(plain.prose)), cache(carrier_by_range)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(heading.said_in(language) for heading in _HEADINGS)
    for row in report.shown:
        table.writerow(map(as_cell, _cells(row, text_format, carrier_of, reveal=reveal)))
    table.writerow(())
    for line in _foot(report, text_format):
        table.writerow(map(as_cell, line))
    return _BOM + text.getvalue()


def as_cell(text: str) -> str:
    """`text`, or with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(row: Delivery, text_format: TextFormat, carrier_of: Callable[[PhoneNumber | None], str], *, reveal: bool) -> list[str]:
    language, explanation = text_format.language, row.explanation
    took = row.received_at - row.sent_at if row.sent_at and row.received_at else None
    meaning = explanation.words(language.code).title if explanation and row.status.is_failure else ""
    doubt = confidence_words(explanation, language) if explanation and meaning else ""
    return [
        _time(row.sent_at, text_format),
        _time(row.received_at, text_format),
        f"{took.total_seconds():.0f}" if took is not None else "",
        number_label(row, reveal=reveal) if row.number else "",
        STATUS_WORDS[row.status].said_in(language),
        _outside(row.code, CODE, text_format),
        _outside(language.say("{title} ({doubt})", title=meaning, doubt=doubt) if doubt else meaning, STEP, text_format),
        advice(explanation, language) if explanation and meaning else "",
        text_format.title(row.vendor),
        _outside(row.account, CODE, text_format),
        _outside(row.message_id if reveal else mask_message_id(row.message_id or ""), IDENTIFIER, text_format),
        _outside(row.template, PLACE, text_format),
        _outside(row.signature, PLACE, text_format),
        _outside(carrier_words(row.carrier, language) if row.carrier else "", PLACE, text_format),
        carrier_words(guess, language) if not row.carrier and (guess := carrier_of(row.number)) else "",
    ]


def _foot(report: Report, text_format: TextFormat) -> Iterator[Sequence[str]]:
    """What the rows cover, each as a name and its values."""
    say, window = text_format.say, report.query.window
    yield say("Window"), _time(window.since, text_format), _time(window.until, text_format)
    yield say("As of"), _time(report.as_of, text_format)
    yield say("Time zone"), zone_name(text_format.zone, text_format.now)
    if shown := filter_line(report, text_format.language):
        yield say("Filter"), shown
    for part in report.coverage:
        yield (
            say("Source"),
            text_format.title(part.provider),
            _outside(part.account, CODE, text_format),
            _completeness(part, text_format),
            _time(part.as_of, text_format),
        )
    for skipped in report.not_asked:
        yield say("Not asked"), not_asked(skipped, text_format, text_format.title(skipped.provider))
    if report.shown and any(row.number for row in report.shown):
        yield say("Note"), say("Carrier by number range: ported numbers may differ.")


def _completeness(part: Coverage, text_format: TextFormat) -> str:
    if part.error is not None:
        why = text_format.prose(fault_words(part.error, text_format.language).title, STEP)
        return text_format.say("in part: {why}", why=why) if part.is_partial else text_format.say("no answer: {why}", why=why)
    return text_format.say("complete") if part.complete else text_format.say("only part of the window")


def _outside(text: str | None, limit: int, text_format: TextFormat) -> str:
    """Outside text on one line, numbers in it masked; nothing stays an empty cell."""
    return text_format.quote(text, limit) if text else ""


def _time(moment: datetime | None, text_format: TextFormat) -> str:
    """`2026-11-21 14:03:22`, which spreadsheets take for a time."""
    return f"{moment.astimezone(text_format.zone):%Y-%m-%d %H:%M:%S}" if moment else ""
