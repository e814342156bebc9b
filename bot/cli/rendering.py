"""Renders a report for the terminal with rich: the same verdict, rows and notes as in Slack, in the reader's language.

The verdict comes first, then the evidence, then one line of small print. Nothing is shown by colour alone, so a pipe or a screen
reader loses nothing. Text from outside is never parsed as rich's markup, and its control characters are removed first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Group

from bot.cli.rich_text import CjkText, below, lines_of
from bot.cli.table_or_list import TableOrList
from bot.i18n import phrase
from bot.model import Status
from bot.presentation.evidence import (
    Detail,
    accounts_not_asked,
    asks_several,
    codes_label,
    fault_lines,
    filter_line,
    group_by_meaning,
    ignored_words_line,
    is_advised,
    limit_lines,
    missing_targets_line,
    number_label,
    reason_lines,
    remarks,
    row_origin,
    row_words,
    texts_of,
    wait_words,
)
from bot.presentation.mix import failure_mix, mix_lines
from bot.presentation.times import format_window, zone_name
from bot.presentation.verdict import verdict
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    SIGNS,
    STEP,
    freshness,
    nothing_shown,
    plain_text_format,
    sources_words,
    status_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from rich.console import RenderableType

    from bot.i18n import Language
    from bot.model import Delivery, Report
    from bot.presentation.verdict import Verdict
    from bot.presentation.wording import TextFormat

_STYLES = {
    Status.DELIVERED: "green",
    Status.FAILED: "red",
    Status.REJECTED: "red",
    Status.PENDING: "yellow",
    Status.UNKNOWN: "yellow",
}
_TIME, _NUMBER, _STATUS, _CODE, _VIA = (phrase("Time"), phrase("Number"), phrase("Status"), phrase("Code"), phrase("Via"))


def render(
    report: Report,
    titles: Mapping[str, str],
    *,
    zone: tzinfo,
    reveal: bool = False,
    now: datetime | None = None,
    language: Language,
    passed_over: Sequence[str] = (),
) -> RenderableType:
    """The answer to a lookup. `now` is the time of reading, by default `report.as_of`; times are shown relative to it.

    `passed_over` are the words of the command that the grammar ignored.
    """
    text_format = plain_text_format(report, titles, zone=zone, now=now or report.as_of, reveal=reveal, language=language)
    parts = _verdict_lines(verdict(report, language, titles=titles), report, text_format, reveal=reveal)
    if mix := failure_mix(report):
        parts += lines_of(mix_lines(mix, report, text_format))
    if report.shown:
        parts += [_rows(report, text_format, reveal=reveal), *_explanations(report, text_format)]
    elif report.deliveries:
        parts.append(CjkText(nothing_shown(report.query.only, language)))
    missing = missing_targets_line(report, text_format, reveal=reveal)
    said = remarks(report, text_format, brief=bool(report.deliveries))  # how a source works matters where nothing was found
    parts += lines_of([*limit_lines(report, text_format), *fault_lines(report, text_format), missing, *said])
    return Group(*parts, *lines_of([_small_print(report, passed_over, text_format)], style="dim"))


def _verdict_lines(result: Verdict, report: Report, text_format: TextFormat, *, reveal: bool) -> list[RenderableType]:
    """What happened, with the number; below it what is missing and what to do."""
    head = result.line_at(text_format.moment(result.when) if result.when else "")
    if not asks_several(report):
        target = report.query.targets[0]
        head = f"{head} · {text_format.quote(target.whole if reveal else target.masked, IDENTIFIER)}"
    language = text_format.language
    result = replace(result, advice=wait_words(report, text_format) or result.advice)
    below = language.sentences(map(language.with_full_stop, (result.incomplete, result.advice, result.reach)))
    return lines_of([head, below], style="bold")


def _rows(report: Report, text_format: TextFormat, *, reveal: bool) -> TableOrList:
    # One number stands in the first line already.
    numbered = asks_several(report) or report.query.targets[0].number is None
    headings = [_TIME, *([_NUMBER] if numbered else []), _STATUS, _CODE, _VIA]
    rows = TableOrList([heading.said_in(text_format.language) for heading in headings], painted=headings.index(_STATUS))
    for row in report.shown:
        number = [number_label(row, reveal=reveal)] if numbered else []
        rows.add(_cells(row, report, number, text_format), _item(row, report, number, text_format), _STYLES[row.status])
    return rows


def _cells(row: Delivery, report: Report, number: Sequence[str], text_format: TextFormat) -> list[str]:
    return [
        text_format.moment(row.at) if row.at else "–",
        *number,
        f"{SIGNS[row.status]} {status_words(row, report.as_of, text_format.language)}",
        text_format.quote(row.code, CODE) if row.code else "–",
        row_origin(row, report, text_format),
    ]


def _item(row: Delivery, report: Report, number: Sequence[str], text_format: TextFormat) -> str:
    """The row as a line: `✗ 13:58:10  failed MK:0008 after 20 s · Tencent`."""
    when = [text_format.moment(row.at)] if row.at else []
    said = "  ".join([*when, *number, row_words(row, report, text_format)])
    return f"{SIGNS[row.status]} {said} · {row_origin(row, report, text_format)}"


def _explanations(report: Report, text_format: TextFormat) -> list[RenderableType]:
    """Each cause once: its codes, and their explanation below."""
    parts: list[RenderableType] = []
    for group in group_by_meaning(report.shown):
        parts.append(CjkText(codes_label(group, text_format)))
        standing = report.standing(group.rows)
        texts = (text_format.prose(words.customer_wording, STEP) for words in texts_of(standing, text_format.language))
        customer_lines = [text_format.say("For the customer: {words}", words=text) for text in texts]
        parts.append(below([*reason_lines(group, text_format, Detail.FULL, advised=is_advised(group, report)), *customer_lines]))
    return parts


def _small_print(report: Report, passed_over: Sequence[str], text_format: TextFormat) -> str:
    window = text_format.say(
        "{window} ({zone})",
        window=format_window(report.query.window, text_format.zone, text_format.now, text_format.language),
        zone=zone_name(text_format.zone, text_format.now),
    )
    return " · ".join(
        part
        for part in (
            window,
            freshness(report, text_format),
            sources_words(report, text_format),
            filter_line(report, text_format.language),
            *accounts_not_asked(report, text_format),
            ignored_words_line(passed_over, text_format),
        )
        if part
    )
