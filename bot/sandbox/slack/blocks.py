"""Validates messages: `check_message` lists everything wrong with a message, by Slack's error names.

It knows the blocks that an app of this kind sends and rejects all others. The limits are those of
https://docs.slack.dev/reference/block-kit/blocks, except two that only live workspaces show: blocks with more than about 13,200
characters of text in all are rejected (https://github.com/slackapi/bolt-js/issues/2509), and so is an empty table cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.elements import (
    ACCESSORIES,
    ACTION_ELEMENTS,
    ID,
    IMAGE_ELEMENT,
    WEB_ADDRESS,
    plain_text_object,
    text_object,
)
from bot.sandbox.slack.mrkdwn import date_problems, mentions, strings
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import (
    BlockProblem,
    Problems,
    all_of,
    boolean,
    choice,
    integer,
    listing,
    nullable,
    number,
    positive,
    record,
    string,
    typed,
)

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import Check

__all__ = [
    "BLOCKS",
    "MAX_BLOCKS",
    "MAX_BLOCK_TEXT",
    "MAX_TABLE_TEXT",
    "MAX_TEXT",
    "BlockProblem",
    "check_ids",
    "check_message",
    "mentions",
]

MAX_BLOCKS = 50
MAX_TEXT = 40_000  # characters of the top-level text
MAX_BLOCK_TEXT = 13_000  # characters of all blocks together
MAX_CHARTS = 2
MAX_TABLE_TEXT = 10_000  # characters of all table cells together
MAX_MARKDOWN_TEXT = 12_000  # characters of all markdown blocks together


def _needs_text_or_fields(value: Any, pointer: str, problems: Problems) -> None:
    if isinstance(value, Mapping) and "text" not in value and "fields" not in value:
        problems.add(pointer, "must have text or fields")


def _needs_equal_rows(value: Any, pointer: str, problems: Problems) -> None:
    """A data table's rows are of one length, and its header cells are not rich text."""
    rows = value.get("rows") if isinstance(value, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    if len({len(row) for row in rows}) > 1:
        problems.add(f"{pointer}/rows", "rows must have the same number of cells")
    if any(isinstance(cell, Mapping) and cell.get("type") == "rich_text" for cell in rows[0]):
        problems.add(f"{pointer}/rows/0", "header cells may not be rich_text")


def _needs_equal_labels(value: Any, pointer: str, problems: Problems) -> None:
    """Each series of a chart has its own name, and a point for each category, by its label."""
    chart = value if isinstance(value, Mapping) else {}
    axis, series = chart.get("axis_config"), chart.get("series")
    if not isinstance(axis, Mapping) or not isinstance(series, list):
        return
    categories, names = axis.get("categories"), [one.get("name") for one in series if isinstance(one, Mapping)]
    if isinstance(categories, list) and len(set(map(str, categories))) < len(categories):
        problems.add(f"{pointer}/axis_config/categories", "categories must be unique")
    if len(set(map(str, names))) < len(names):
        problems.add(f"{pointer}/series", "names of series must be unique")
    for index, one in enumerate(series):
        points = one.get("data") if isinstance(one, Mapping) else None
        if isinstance(points, list) and [point.get("label") for point in points if isinstance(point, Mapping)] != categories:
            problems.add(f"{pointer}/series/{index}/data", "labels must be the categories")


_CONTEXT_PARTS: Mapping[str, Check] = {"plain_text": text_object(), "mrkdwn": text_object(), "image": IMAGE_ELEMENT}
_TABLE_CELLS: Mapping[str, Check] = {
    "raw_text": record({"text": string(1)}),
    "raw_number": record({"value": number, "text": string(1)}),
    "rich_text": RICH_TEXT,
}
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})

_POINT = record({"label": string(1, 20), "value": number})
_SERIES = record({"name": string(1, 20), "data": listing(_POINT, 1, 20)})
_AXIS = record({"categories": listing(string(1, 20), 1, 20)}, {"x_label": string(1, 50), "y_label": string(1, 50)})
_OF_SERIES = all_of(record({"series": listing(_SERIES, 1, 6), "axis_config": _AXIS}), _needs_equal_labels)
_CHARTS: Mapping[str, Check] = {
    "pie": record({"segments": listing(record({"label": string(1, 20), "value": positive}), 1, 6)}),
    **dict.fromkeys(("bar", "line", "area"), _OF_SERIES),
}

BLOCKS: Mapping[str, Check] = {
    "section": all_of(
        record(
            {},
            {
                "text": text_object(3000),
                "fields": listing(text_object(2000), 1, 10),
                "accessory": typed("accessory", ACCESSORIES),
                "expand": boolean,
                "block_id": ID,
            },
        ),
        _needs_text_or_fields,
    ),
    "header": record({"text": plain_text_object(150)}, {"level": integer(1, 4), "block_id": ID}),
    "context": record({"elements": listing(typed("context element", _CONTEXT_PARTS), 1, 10)}, {"block_id": ID}),
    "actions": record({"elements": listing(typed("element", ACTION_ELEMENTS), 1, 25)}, {"block_id": ID}),
    "divider": record({}, {"block_id": ID}),
    "image": record({"image_url": WEB_ADDRESS, "alt_text": string(1, 2000)}, {"title": plain_text_object(2000), "block_id": ID}),
    "rich_text": RICH_TEXT,
    "table": record(
        {"rows": listing(listing(typed("table cell", _TABLE_CELLS), 1, 20), 1, 100)},
        {"column_settings": listing(nullable(_COLUMN), 0, 20), "block_id": ID},
    ),
    "data_table": all_of(
        record(
            {"caption": string(1), "rows": listing(listing(typed("table cell", _TABLE_CELLS), 1, 20), 2, 101)},
            {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19), "block_id": ID},
        ),
        _needs_equal_rows,
    ),
    "data_visualization": record({"title": string(1, 50), "chart": typed("chart", _CHARTS)}, {"block_id": ID}),
    "markdown": record({"text": string(1, MAX_MARKDOWN_TEXT)}, {"block_id": ID}),
}
_CHECK_BLOCKS = listing(typed("block", BLOCKS), 0, MAX_BLOCKS)


def check_message(payload: Mapping[str, Any]) -> list[BlockProblem]:
    """Everything wrong with `{"text": …, "blocks": […]}`; an empty list for a valid message.

    A problem whose `refused` is false is accepted by Slack: blocks without a `text` for notifications and screen readers, or a
    date token that would be shown as it is written.
    """
    problems = Problems()
    text, blocks = payload.get("text"), payload.get("blocks")
    _check_text(text, bool(blocks), problems)
    if blocks is not None:
        _CHECK_BLOCKS(blocks, "/blocks", problems)
        known = [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
        check_ids(known, problems)
        _check_totals(known, problems)
        _check_tables(known, problems)
    for pointer, content, markup in strings({"text": text, "blocks": blocks}):
        for message in date_problems(content, markup=markup):
            problems.add(pointer, message, error="broken_date", refused=False)
    return problems.found


def _check_text(text: object, has_blocks: bool, problems: Problems) -> None:  # noqa: FBT001 - one yes or no, used once above
    if text is not None and not isinstance(text, str):
        problems.add("/text", "must be a string", error="invalid_arguments")
    elif text and len(text) > MAX_TEXT:
        problems.add("/text", f"must be less than {MAX_TEXT + 1} characters", error="msg_too_long")
    elif not (text and text.strip()):
        if has_blocks:
            problems.add("/text", "blocks need a text for notifications and screen readers", error="missing_text", refused=False)
        else:
            problems.add("/text", "there is neither text nor a block", error="no_text")


def check_ids(blocks: list[Mapping[str, Any]], problems: Problems) -> None:
    """Check that a block_id is unique in its message, an action_id in its block."""
    for block_id, times in Counter(str(block["block_id"]) for block in blocks if "block_id" in block).items():
        if times > 1:
            problems.add("/blocks", f"block_id {block_id:.40} is used {times} times")
    for index, block in enumerate(blocks):
        for action_id, times in Counter(_action_ids(block)).items():
            if times > 1:
                problems.add(f"/blocks/{index}", f"action_id {action_id:.40} is used {times} times in one block")


def _action_ids(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements")
    for element in [*(elements if isinstance(elements, list) else ()), block.get("accessory"), block.get("element")]:
        if isinstance(element, Mapping) and "action_id" in element:
            yield str(element["action_id"])


def _check_totals(blocks: list[Mapping[str, Any]], problems: Problems) -> None:
    total = _text_length(blocks)
    if total > MAX_BLOCK_TEXT:
        problems.add("/blocks", f"{total} characters of text, more than {MAX_BLOCK_TEXT}", error="msg_blocks_too_long")
    markdown = _text_length([block for block in blocks if block.get("type") == "markdown"])
    if markdown > MAX_MARKDOWN_TEXT:
        problems.add("/blocks", f"{markdown} characters of markdown, more than {MAX_MARKDOWN_TEXT}")


def _check_tables(blocks: list[Mapping[str, Any]], problems: Problems) -> None:
    tables = [(index, block) for index, block in enumerate(blocks) if block.get("type") in ("table", "data_table")]
    for index, _ in tables[1:]:
        problems.add(f"/blocks/{index}", "only_one_table_allowed", error="invalid_attachments")
    for index in [index for index, block in enumerate(blocks) if block.get("type") == "data_visualization"][MAX_CHARTS:]:
        problems.add(f"/blocks/{index}", f"more than {MAX_CHARTS} charts in one message")
    cells = _text_length([block for _, block in tables])
    if cells > MAX_TABLE_TEXT:
        problems.add(f"/blocks/{tables[0][0]}/rows", f"{cells} characters in table cells, more than {MAX_TABLE_TEXT}")


def _text_length(value: object) -> int:
    return sum(len(text) for _, text, _ in strings(value))
