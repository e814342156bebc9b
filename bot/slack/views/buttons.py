"""The buttons below an answer. A button's value is the answer's opaque id and nothing else: no number travels in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import NoteKind, Status

if TYPE_CHECKING:
    from bot.model import Report

PREFIX = "answer."
REFRESH = "answer.refresh"
WIDEN_24H = "answer.widen_24h"
WIDEN_7D = "answer.widen_7d"
ONLY_FAILED = "answer.only_failed"
SHOW_ALL = "answer.show_all"
NEWER = "answer.newer"
OLDER = "answer.older"
SHARE = "answer.share"

MAX_VISIBLE = 5
_LABELS = {  # what the button says, and what a screen reader says for it
    REFRESH: ("Refresh", "Ask the providers again now"),
    WIDEN_24H: ("Last 24 h", "Look at the last 24 hours"),
    WIDEN_7D: ("Last 7 d", "Look at the last 7 days"),
    ONLY_FAILED: ("Only failed", "Show only the messages that did not arrive"),
    SHOW_ALL: ("Show all", "Show all messages, whatever their status"),
    NEWER: ("Newer", "Show the newer messages"),
    OLDER: ("More", "Show more messages, older ones"),
    SHARE: ("Share to channel", "Post this answer in the channel, numbers masked"),
}
_FIRST_TO_GO = (WIDEN_7D, WIDEN_24H)  # what can also be typed gives way when there are too many
_WIDER = {WIDEN_24H: timedelta(hours=24), WIDEN_7D: timedelta(days=7)}


def row(report: Report, answer_id: str, *, page: int, pages: int, can_share: bool) -> dict[str, Any]:
    """The actions block: only buttons that change something, at most five of them."""
    wanted = [REFRESH, *_widening(report), *_filtering(report)]
    wanted += [NEWER] if page > 0 else []
    wanted += [OLDER] if page < pages - 1 else []
    wanted += [SHARE] if can_share else []
    for action in _FIRST_TO_GO:
        if len(wanted) > MAX_VISIBLE and action in wanted:
            wanted.remove(action)
    return {"type": "actions", "elements": [_button(action, answer_id) for action in wanted]}


def _button(action: str, answer_id: str) -> dict[str, Any]:
    label, spoken = _LABELS[action]
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": answer_id,
        "accessibility_label": spoken,
    }


def _widening(report: Report) -> list[str]:
    """The wider windows, unless the providers did not limit the lookup to the window anyway."""
    if report.coverage and all(any(n.kind is NoteKind.WINDOW_IGNORED for n in part.notes) for part in report.coverage):
        return []
    return [action for action, length in _WIDER.items() if report.query.window.length < length]


def _filtering(report: Report) -> list[str]:
    if report.query.only:
        return [SHOW_ALL] if len(report.shown) != len(report.deliveries) else []
    failing = sum(1 for row in report.deliveries if row.status in {Status.FAILED, Status.REJECTED})
    return [ONLY_FAILED] if 0 < failing < len(report.deliveries) else []
