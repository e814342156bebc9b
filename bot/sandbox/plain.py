"""Renders a Slack message as plain text, as the page draws it: for the terminal and for assertions.

Only the markup is removed; every word of the blocks stays. Times are written in the reader's zone and language, as Slack does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from bot.i18n import ENGLISH, Language

Block = Mapping[str, Any]

_DATE = re.compile(r"<!date\^(\d+)\^([^^|>]*)(?:\^[^|>]*)?\|([^>]*)>")
_LINK = re.compile(r"<([^|>]+)(?:\|([^>]*))?>")
_MARKS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The reader's zone and language."""

    zone: ZoneInfo
    language: Language = ENGLISH


def render_text(text: str, blocks: Sequence[Block], zone_name: str, language: Language = ENGLISH) -> str:
    """The whole message as text; `text` alone when it has no blocks."""
    viewer = Viewer(ZoneInfo(zone_name), language)
    if not blocks:
        return html.unescape(text)
    return "\n".join(line for block in blocks for line in _lines(block, viewer))


def _lines(block: Block, viewer: Viewer) -> list[str]:
    match block["type"]:
        case "section":
            texts = [block["text"]] if "text" in block else []
            lines = [line for text in [*texts, *block.get("fields", [])] for line in _text(text, viewer).split("\n")]
            return [*lines, *_pressable([block["accessory"]], viewer)] if "accessory" in block else lines
        case "header":
            return [_text(block["text"], viewer)]
        case "context":
            return [_text(element, viewer) for element in block["elements"]]
        case "actions":
            return _pressable(block["elements"], viewer)
        case "table" | "data_table":
            return _table([[_cell(cell, viewer) for cell in row] for row in block["rows"]])
        case "data_visualization":
            return [str(block["title"]), *_chart(block["chart"])]
        case "rich_text":
            return _rich(block, viewer).split("\n")
        case "divider":
            return ["─" * 40]
        case _:
            return []


def _chart(chart: Mapping[str, Any]) -> list[str]:
    """A line for each point, or segment, with its values."""
    if chart["type"] == "pie":
        return [f"  {segment['label']}: {segment['value']}" for segment in chart["segments"]]
    names = [one["name"] for one in chart["series"]]
    lines = []
    for points in zip(*(one["data"] for one in chart["series"]), strict=True):
        values = ", ".join(f"{name} {point['value']}" for name, point in zip(names, points, strict=True))
        lines.append(f"  {points[0]['label']}: {values}")
    return lines


def _pressable(elements: Sequence[Block], viewer: Viewer) -> list[str]:
    """Buttons by their labels, an overflow menu by its options."""
    labels = [f"[{_text(element['text'], viewer)}]" for element in elements if "text" in element]
    menus = [[_text(option["text"], viewer) for option in one["options"]] for one in elements if one["type"] == "overflow"]
    return ["  ".join([*labels, *(f"[⋯ {', '.join(options)}]" for options in menus)])] if labels or menus else []


def _text(value: Mapping[str, Any], viewer: Viewer) -> str:
    if value["type"] != "mrkdwn":
        return str(value.get("text", ""))
    # Code spans are kept as they are, marks in them too.
    parts = re.split(r"(`[^`\n]*`)", str(value["text"]))
    return html.unescape("".join(part if part.startswith("`") else _unmarked(part, viewer) for part in parts))


def _unmarked(text: str, viewer: Viewer) -> str:
    text = _DATE.sub(lambda found: _moment(int(found[1]), found[2], viewer), text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    return _MARKS.sub(lambda found: found[1] or found[2], text)


def _cell(cell: Mapping[str, Any], viewer: Viewer) -> str:
    return _rich(cell, viewer) if cell["type"] == "rich_text" else str(cell.get("text", cell.get("value", "")))


def _rich(block: Block, viewer: Viewer) -> str:
    return "\n".join("".join(_inline(one, viewer) for one in part.get("elements", [])) for part in block["elements"])


def _inline(element: Mapping[str, Any], viewer: Viewer) -> str:
    if element["type"] == "date":
        return _moment(int(element["timestamp"]), str(element["format"]), viewer)
    return str(element.get("text") or element.get("url") or element.get("user_id") or "")


def _moment(seconds: int, form: str, viewer: Viewer) -> str:
    at, language = datetime.fromtimestamp(seconds, viewer.zone), viewer.language
    in_english = language == ENGLISH
    tokens: dict[str, Callable[[], str]] = {
        "{date_short_pretty}": lambda: language.day(at),
        "{date_short}": lambda: language.day(at, year=True),
        "{date_pretty}": lambda: at.strftime("%B %-d") if in_english else language.day(at),
        "{date_num}": lambda: at.strftime("%Y-%m-%d"),
        "{date}": lambda: at.strftime("%B %-d, %Y") if in_english else language.day(at, year=True),
        "{time_secs}": lambda: at.strftime("%H:%M:%S"),
        "{time}": lambda: at.strftime("%H:%M"),
    }
    for token, written in tokens.items():
        form = form.replace(token, written())
    return form


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(cell_len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    return ["  ".join(cell + " " * (widths[at] - cell_len(cell)) for at, cell in enumerate(row)).rstrip() for row in rows]
