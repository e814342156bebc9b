"""Validates views: `check_view` lists everything wrong with a modal or a Home tab.

Limits: https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/reference/views. Slack's pages disagree about which
block is allowed on which surface; what is rejected here (`table` and `markdown` outside of messages) was rejected by live
workspaces.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import BLOCKS, check_ids
from bot.sandbox.slack.elements import ID, INPUT_ELEMENTS, plain_text_object, text_object
from bot.sandbox.slack.mrkdwn import date_problems, strings
from bot.sandbox.slack.shapes import BlockProblem, Problems, all_of, boolean, choice, listing, record, string, typed

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import Check

MAX_BLOCKS = 100
MAX_BYTES = 250 * 1024
INVALID = "invalid_arguments"  # what views.open and its like answer, whatever is wrong inside the view

_ALERT = record({"text": text_object(200)}, {"level": choice("default", "info", "warning", "error", "success"), "block_id": ID})


_INPUT = record(
    {"label": plain_text_object(2000), "element": typed("input element", INPUT_ELEMENTS)},
    {"hint": plain_text_object(2000), "optional": boolean, "dispatch_action": boolean, "block_id": ID},
)
_SHARED = {name: check for name, check in BLOCKS.items() if name not in {"table", "data_table", "data_visualization", "markdown"}}
_MODAL_BLOCKS: Mapping[str, Check] = {**_SHARED, "input": _INPUT, "alert": _ALERT}
_HOME_BLOCKS: Mapping[str, Check] = {**_SHARED, "input": _INPUT}

_CARRIED: Mapping[str, Check] = {
    "callback_id": string(0, 255),
    "external_id": string(0, 255),
    "private_metadata": string(0, 3000),
}


def _inputs_need_submit(value: Any, pointer: str, problems: Problems) -> None:
    if isinstance(value, Mapping) and "submit" not in value:
        blocks = value.get("blocks")
        if isinstance(blocks, list) and any(isinstance(block, Mapping) and block.get("type") == "input" for block in blocks):
            problems.add(pointer, "missing required field: submit")


_MODAL = all_of(
    record(
        {"title": plain_text_object(24), "blocks": listing(typed("block", _MODAL_BLOCKS), 0, MAX_BLOCKS)},
        {
            "submit": plain_text_object(24),
            "close": plain_text_object(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
            **_CARRIED,
        },
    ),
    _inputs_need_submit,
)
_HOME = record({"blocks": listing(typed("block", _HOME_BLOCKS), 0, MAX_BLOCKS)}, _CARRIED)
_CHECK = typed("view", {"modal": _MODAL, "home": _HOME})


def check_view(view: object) -> list[BlockProblem]:
    """Everything wrong with a view; an empty list for a valid one."""
    if isinstance(view, Mapping) and len(json.dumps(view, ensure_ascii=False).encode()) > MAX_BYTES:
        return [BlockProblem("view_too_large", "/view", f"must be no larger than {MAX_BYTES} bytes")]
    problems = Problems(INVALID)
    _CHECK(view, "/view", problems)
    blocks = view.get("blocks") if isinstance(view, Mapping) else None
    known = [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
    check_ids(known, problems)
    for pointer, content, markup in strings(known, "/view/blocks"):
        for message in date_problems(content, markup=markup):
            problems.add(pointer, message, error="broken_date", refused=False)
    return problems.found
