"""The messages of a page as Slack's data table, which pages, sorts and filters by itself; `simpler.py` has it as lines.

Cells are not parsed by Slack, so nothing in them is escaped. None may be empty (`invalid_blocks`), the header cells are raw text,
and a message may hold one table (https://docs.slack.dev/reference/block-kit/blocks/data-table-block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.evidence import asks_several, needs_words, number_label
from bot.presentation.times import offset
from bot.presentation.wording import CODE, PLACE, SIGNS, origin_of, plain_text_format, status_words
from bot.sanitize import truncate
from bot.slack.views.mrkdwn import date_format

if TYPE_CHECKING:
    from bot.model import Delivery, Report
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext
    from bot.slack.views.page import Page

VISIBLE = 5  # rows at once, as far as a phone shows beside the verdict
_NONE = "–"
_CAPTION = phrase("Messages")
_TIME, _NUMBER, _STATUS, _CODE, _VIA = phrase("Time"), phrase("Number"), phrase("Status"), phrase("Code"), phrase("Via")


def data_table(page: Page, report: Report, context: RenderContext) -> dict[str, Any]:
    """What matters first: time, number where there are several, status, code; then who reports it.

    Beside a number a phone has no room for the words of a status: its sign stands at the number, which a phone shows whole.
    """
    numbered = asks_several(report)
    names = [_TIME, *([_NUMBER] if numbered else []), _STATUS, _CODE, _VIA]
    rows = [[_raw(name.said_in(context.language)) for name in names]]
    bare = plain_text_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    for row in page.rows:
        sign, said = SIGNS[row.status], status_words(row, report.as_of, context.language)
        what = [f"{sign} {number_label(row, reveal=False)}", said] if numbered else [f"{sign} {said}"]
        code = _code(bare.quote(row.code, CODE)) if row.code and needs_words(row) else _raw(_NONE)
        rows.append([_time(row, context, bare), *map(_raw, what), code, _raw(origin_of(row, bare, report.accounts_told_apart))])
    return {"type": "data_table", "caption": _CAPTION.said_in(context.language), "page_size": VISIBLE, "rows": rows}


def _raw(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": truncate(text, PLACE)}


def _time(row: Delivery, context: RenderContext, bare: TextFormat) -> dict[str, Any]:
    if row.at is None:
        return _raw(_NONE)
    date = {
        "type": "date",
        "timestamp": int(row.at.timestamp()),
        "format": date_format(row.at, context.now),
        "fallback": f"{bare.moment(row.at)} {offset(row.at, context.zone)}",
    }
    return _rich(date)


def _code(text: str) -> dict[str, Any]:
    return _rich({"type": "text", "text": truncate(text, PLACE), "style": {"code": True}})


def _rich(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}
