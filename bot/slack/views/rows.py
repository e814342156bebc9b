"""The deliveries of one page as blocks: up to three as sections, more as Slack's table block.

A table's cells are rich text or raw text, which Slack does not parse, so nothing in them is escaped. A cell may not be empty
(`invalid_blocks`), and a message may hold one table only (https://docs.slack.dev/reference/block-kit/blocks/table-block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.evidence import (
    Detail,
    asks_several,
    codes_label,
    group_by_code,
    group_by_meaning,
    is_advised,
    number_label,
    reason_lines,
    row_origin,
    row_text,
    row_words,
)
from bot.presentation.times import offset
from bot.presentation.wording import CODE, SIGNS, origin_of, plain_text_format, status_words, with_several_accounts
from bot.slack.views.message import section
from bot.slack.views.mrkdwn import date_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Delivery, Report
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

MOST_SECTIONS = 3
_INDENT = "\u2003"
_NONE = "–"
_TIME, _NUMBER, _STATUS, _CODE, _VIA = phrase("Time"), phrase("Number"), phrase("Status"), phrase("Code"), phrase("Via")


def is_compact(rows: Sequence[Delivery]) -> bool:
    """Whether the page is short enough for sections."""
    return len(rows) <= MOST_SECTIONS


def blocks(
    rows: Sequence[Delivery], report: Report, context: RenderContext, text_format: TextFormat, detail: Detail
) -> list[dict[str, Any]]:
    """The page's deliveries with their explanations."""
    if is_compact(rows):
        return _sections(rows, report, context, text_format, detail)
    return [_table(rows, report, context), *_explanations(rows, report, text_format, detail)]


def _sections(
    rows: Sequence[Delivery], report: Report, context: RenderContext, text_format: TextFormat, detail: Detail
) -> list[dict[str, Any]]:
    first_of = {id(group.rows[0]): group for group in group_by_code(rows)}  # explained once, where a code is met first
    found = []
    for row in rows:
        group = first_of.get(id(row))
        below = reason_lines(group, text_format, detail, advised=is_advised(group, report)) if group else []
        if row.text and not context.public and (detail is Detail.FULL or context.explained):
            below.append(row_text(row, text_format))
        line = f"{SIGNS[row.status]} {row_line(row, report, text_format)}"
        found.append(section([line, *(f"{_INDENT}{more}" for more in below)], text_format.language))
    return found


def row_line(row: Delivery, report: Report, text_format: TextFormat) -> str:
    """``13:58:10  failed `MK:0008` · Tencent``, with the number when the query has several targets."""
    at = text_format.moment(row.at) if row.at else text_format.say("time unknown")
    number = [text_format.quote(number_label(row, reveal=False), CODE)] if asks_several(report) else []
    rest = [row_words(row, report, text_format), *number, row_origin(row, report, text_format)]
    return f"{at}  {' · '.join(rest)}"


def _explanations(rows: Sequence[Delivery], report: Report, text_format: TextFormat, detail: Detail) -> list[dict[str, Any]]:
    """One section for each explanation on the page, however many rows and codes share it."""
    found = []
    for group in group_by_meaning(rows):
        lines = reason_lines(group, text_format, detail, advised=is_advised(group, report))
        if lines:
            head = text_format.say("{codes}: {meaning}", codes=codes_label(group, text_format), meaning=lines[0])
            found.append(section([head, *(f"{_INDENT}{line}" for line in lines[1:])], text_format.language))
    return found


def _table(rows: Sequence[Delivery], report: Report, context: RenderContext) -> dict[str, Any]:
    numbered = asks_several(report)
    names = [_TIME, *([_NUMBER] if numbered else []), _STATUS, _CODE, _VIA]
    bare = plain_text_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    accounts = with_several_accounts(report)
    lines = [[{"type": "raw_text", "text": name.said_in(context.language)} for name in names]]
    for row in rows:
        cells = [_time(row, context, bare)]
        cells += [_cell(number_label(row, reveal=False))] if numbered else []
        cells.append(_cell(f"{SIGNS[row.status]} {status_words(row, report.as_of, context.language)}"))
        cells.append(_cell(bare.quote(row.code, CODE), code=True) if row.code else _cell(_NONE))
        cells.append(_cell(origin_of(row, bare, accounts)))
        lines.append(cells)
    wraps = [{"is_wrapped": name in {_STATUS, _VIA}} for name in names]
    return {"type": "table", "column_settings": wraps, "rows": lines}


def _time(row: Delivery, context: RenderContext, bare: TextFormat) -> dict[str, Any]:
    if row.at is None:
        return _cell(_NONE)
    return _rich(
        {
            "type": "date",
            "timestamp": int(row.at.timestamp()),
            "format": date_format(row.at, context.now),
            "fallback": f"{bare.moment(row.at)} {offset(row.at, context.zone)}",
        }
    )


def _cell(text: str, *, code: bool = False) -> dict[str, Any]:
    return _rich({"type": "text", "text": text, **({"style": {"code": True}} if code else {})})


def _rich(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}
