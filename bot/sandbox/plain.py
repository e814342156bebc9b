"""A message as a person would read it, as lines of text: what the page draws, for a terminal.

Only the markup is taken away; every word of the blocks stays. Times are written in the reader's zone, as Slack does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.cells import cell_len

Block = Mapping[str, Any]

_DATE = re.compile(r"<!date\^(\d+)\^([^^|>]*)(?:\^[^|>]*)?\|([^>]*)>")
_LINK = re.compile(r"<([^|>]+)(?:\|([^>]*))?>")
_MARKS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")


def read(text: str, blocks: Sequence[Block], zone_name: str) -> str:
    """The whole message; `text` alone when it has no blocks."""
    zone = ZoneInfo(zone_name)
    if not blocks:
        return html.unescape(text)
    return "\n".join(line for block in blocks for line in _lines(block, zone))


def _lines(block: Block, zone: ZoneInfo) -> list[str]:
    match block["type"]:
        case "section":
            texts = [block["text"]] if "text" in block else []
            lines = [line for text in [*texts, *block.get("fields", [])] for line in _text(text, zone).split("\n")]
            return [*lines, *_pressable([block["accessory"]], zone)] if "accessory" in block else lines
        case "header":
            return [_text(block["text"], zone)]
        case "context":
            return [_text(element, zone) for element in block["elements"]]
        case "actions":
            return _pressable(block["elements"], zone)
        case "table":
            return _table([[_cell(cell, zone) for cell in row] for row in block["rows"]])
        case "rich_text":
            return _rich(block, zone).split("\n")
        case "divider":
            return ["─" * 40]
        case _:
            return []


def _pressable(elements: Sequence[Block], zone: ZoneInfo) -> list[str]:
    """Buttons by their labels, a menu behind three dots by what it offers."""
    labels = [f"[{_text(element['text'], zone)}]" for element in elements if "text" in element]
    menus = [[_text(option["text"], zone) for option in one["options"]] for one in elements if one["type"] == "overflow"]
    return ["  ".join([*labels, *(f"[⋯ {', '.join(options)}]" for options in menus)])] if labels or menus else []


def _text(value: Mapping[str, Any], zone: ZoneInfo) -> str:
    if value["type"] != "mrkdwn":
        return str(value.get("text", ""))
    # Code spans are kept as they are, marks in them too.
    parts = re.split(r"(`[^`\n]*`)", str(value["text"]))
    return html.unescape("".join(part if part.startswith("`") else _unmarked(part, zone) for part in parts))


def _unmarked(text: str, zone: ZoneInfo) -> str:
    text = _DATE.sub(lambda found: _moment(int(found[1]), found[2], zone), text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    return _MARKS.sub(lambda found: found[1] or found[2], text)


def _cell(cell: Mapping[str, Any], zone: ZoneInfo) -> str:
    return _rich(cell, zone) if cell["type"] == "rich_text" else str(cell.get("text", cell.get("value", "")))


def _rich(block: Block, zone: ZoneInfo) -> str:
    return "\n".join("".join(_inline(one, zone) for one in part.get("elements", [])) for part in block["elements"])


def _inline(element: Mapping[str, Any], zone: ZoneInfo) -> str:
    if element["type"] == "date":
        return _moment(int(element["timestamp"]), str(element["format"]), zone)
    return str(element.get("text") or element.get("url") or element.get("user_id") or "")


def _moment(seconds: int, form: str, zone: ZoneInfo) -> str:
    at = datetime.fromtimestamp(seconds, zone)
    tokens: dict[str, Callable[[], str]] = {
        "{date_short_pretty}": lambda: at.strftime("%b %-d"),
        "{date_short}": lambda: at.strftime("%b %-d, %Y"),
        "{date_pretty}": lambda: at.strftime("%B %-d"),
        "{date_num}": lambda: at.strftime("%Y-%m-%d"),
        "{date}": lambda: at.strftime("%B %-d, %Y"),
        "{time_secs}": lambda: at.strftime("%H:%M:%S"),
        "{time}": lambda: at.strftime("%H:%M"),
    }
    for token, written in tokens.items():
        form = form.replace(token, written())
    return form


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(cell_len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    return ["  ".join(cell + " " * (widths[at] - cell_len(cell)) for at, cell in enumerate(row)).rstrip() for row in rows]
