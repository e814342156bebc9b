"""The simpler forms of a message, for when Slack refuses its blocks. Pure.

as it is           a chart, a table, buttons
without the chart  whose facts are in the text above it; Slack may not have this block yet
without the table  its rows as lines of text, everything else as it was, so that the buttons stay
without blocks     the text, which says all of it
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.slack.views.chart import CHART
from bot.slack.views.message import SECTION_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.slack.views.message import Message

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def simpler_forms(message: Message) -> list[Message]:
    """The forms to try one after the other, each once."""
    without_chart = tuple(block for block in message.blocks if block["type"] != CHART)
    without_table = tuple(
        simpler for block in without_chart for simpler in (_lines_of(block) if block["type"] == "data_table" else [block])
    )
    forms = [message.blocks]
    for blocks in (without_chart, without_table, ()):
        if blocks != forms[-1]:
            forms.append(blocks)
    return [replace(message, blocks=blocks) for blocks in forms]


def _lines_of(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table, one line each, in as many sections as they need."""
    texts = [""]
    for row in table["rows"]:
        line = " · ".join("".join(_texts(cell)) for cell in row)
        if len(texts[-1]) + len(line) >= SECTION_LIMIT:
            texts.append("")
        texts[-1] = f"{texts[-1]}\n{line}" if texts[-1] else line
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts]


def _texts(cell: Mapping[str, Any]) -> Iterator[str]:
    """A cell's text as mrkdwn: nothing in a cell is markup, except its dates."""
    if cell["type"] == "date":
        yield f"<!date^{cell['timestamp']}^{cell['format']}|{cell['fallback']}>"
    elif "text" in cell:
        yield "".join(_ESCAPES.get(character, character) for character in cell["text"])
    for element in cell.get("elements", ()):
        yield from _texts(element)
