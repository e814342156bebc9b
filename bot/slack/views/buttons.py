"""The buttons below an answer. Their values are the answer's opaque id and nothing else: no number is in them.

Up to five are visible, or more where the overflow menu, which holds the rest, would be full. An option of the menu holds its
action beside the id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import NoteKind, Status
from bot.presentation.evidence import customer_texts
from bot.slack.views.message import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase
    from bot.model import Delivery, Report
    from bot.slack.views.message import RenderContext

PREFIX = "answer."
REFRESH = "answer.refresh"
WIDEN_24H = "answer.widen_24h"
WIDEN_7D = "answer.widen_7d"
ONLY_FAILED = "answer.only_failed"
SHOW_ALL = "answer.show_all"
NEWER = "answer.newer"
OLDER = "answer.older"
EXPLAIN = "answer.explain"
EXPLAIN_LESS = "answer.explain_less"
SHARE = "answer.share"
POST = "answer.post"
REVEAL = "answer.reveal"
CUSTOMER = "answer.customer"
RUN = "answer.run"  # below a usage error: its correction
MENU = "answer.menu"

MAX_VISIBLE = 5  # the menu among them
MAX_IN_MENU = 5
_LABELS: Mapping[str, tuple[Phrase, Phrase]] = {  # what the button says, and what a screen reader says for it
    REFRESH: (phrase("Refresh"), phrase("Ask the providers again now")),
    WIDEN_24H: (phrase("Last 24 h"), phrase("Look at the last 24 hours")),
    WIDEN_7D: (phrase("Last 7 d"), phrase("Look at the last 7 days")),
    ONLY_FAILED: (phrase("Only failed"), phrase("Show only the messages that did not arrive")),
    SHOW_ALL: (phrase("Show all"), phrase("Show all messages, whatever their status")),
    NEWER: (phrase("Newer"), phrase("Show the newer messages")),
    OLDER: (phrase("More"), phrase("Show more messages, older ones")),
    EXPLAIN: (phrase("Explain"), phrase("Explain the codes in full")),
    EXPLAIN_LESS: (phrase("Explain less"), phrase("Show the explanations in short")),
    CUSTOMER: (phrase("Text for the customer"), phrase("Show you alone what to tell the customer")),
    SHARE: (phrase("Share to channel"), phrase("Post this answer in the channel, numbers masked")),
    POST: (phrase("Post in thread …"), phrase("Post this answer in a thread of your choice, numbers masked")),
    REVEAL: (phrase("Reveal numbers"), phrase("Show the whole numbers to you alone; this is recorded")),
}
_DISPLAY_ORDER = tuple(_LABELS)
# What stands in the row when there is not room for all: what is pressed most, and what nothing typed stands in for.
_BY_PRIORITY = (
    REFRESH, OLDER, NEWER, SHARE, CUSTOMER, WIDEN_24H, ONLY_FAILED, SHOW_ALL, EXPLAIN_LESS, EXPLAIN, WIDEN_7D, POST, REVEAL,
)  # fmt: skip
WIDER: Mapping[str, timedelta] = {WIDEN_24H: timedelta(hours=24), WIDEN_7D: timedelta(days=7)}


def actions_block(
    report: Report, context: RenderContext, shown: tuple[Delivery, ...], *, page: int, pages: int
) -> dict[str, Any]:
    """The actions block: only buttons that change something. `shown` are the deliveries on this page."""
    wanted = {
        REFRESH,
        *_window_buttons(report),
        *_filter_buttons(report),
        *_explain_buttons(context, shown),
        *_share_buttons(context),
    }
    wanted |= {CUSTOMER} if customer_texts(report, context.language) else set()
    wanted |= {NEWER} if page > 0 else set()
    wanted |= {OLDER} if page < pages - 1 else set()
    visible = wanted
    if len(wanted) > MAX_VISIBLE:
        room = max(MAX_VISIBLE - 1, len(wanted) - MAX_IN_MENU)
        visible = set([action for action in _BY_PRIORITY if action in wanted][:room])
    elements = [_button(action, context) for action in _DISPLAY_ORDER if action in visible]
    rest = [action for action in _DISPLAY_ORDER if action in wanted - visible]
    return {"type": "actions", "elements": [*elements, _menu(rest, context)] if rest else elements}


def read_option(value: str) -> tuple[str, str]:
    """The action and the answer's id in the value of an overflow option."""
    action, _, answer_id = value.partition(" ")
    return action, answer_id


def _button(action: str, context: RenderContext) -> dict[str, Any]:
    label, spoken = _LABELS[action]
    return {
        "type": "button",
        "action_id": action,
        "text": plain_text(label.said_in(context.language)),
        "value": context.answer_id,
        "accessibility_label": spoken.said_in(context.language),
    }


def _menu(actions: list[str], context: RenderContext) -> dict[str, Any]:
    options = [
        {"text": plain_text(_LABELS[action][0].said_in(context.language)), "value": f"{action} {context.answer_id}"}
        for action in actions
    ]
    return {"type": "overflow", "action_id": MENU, "options": options}


def _window_buttons(report: Report) -> list[str]:
    """The wider windows, unless the providers did not limit the lookup to the window anyway."""
    if report.coverage and all(any(n.kind is NoteKind.WINDOW_IGNORED for n in part.notes) for part in report.coverage):
        return []
    return [action for action, length in WIDER.items() if report.query.window.length < length]


def _filter_buttons(report: Report) -> list[str]:
    if report.query.only:
        return [SHOW_ALL] if len(report.shown) != len(report.deliveries) else []
    failing = sum(1 for row in report.deliveries if row.status.is_failure)
    return [ONLY_FAILED] if 0 < failing < len(report.deliveries) else []


def _explain_buttons(context: RenderContext, shown: tuple[Delivery, ...]) -> list[str]:
    """Only for codes that the short explanations do not cover."""
    if context.explained:
        return [EXPLAIN_LESS]
    return [EXPLAIN] if any(row.explanation is not None and row.status is not Status.DELIVERED for row in shown) else []


def _share_buttons(context: RenderContext) -> Iterator[str]:
    if context.public:
        return
    if not context.direct and not context.shared:
        yield SHARE
    yield POST
    if context.may_reveal:
        yield REVEAL
