"""The buttons below an answer. Their values are the answer's opaque id and nothing else: no number is in them.

Up to three are visible, in the order of use, and up to five in the overflow menu. What has no room there comes first below the
details. An option of the menu holds its action beside the id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.grammar import MAX_TARGETS
from bot.i18n import phrase
from bot.lookup.watch_schedule import waits_for
from bot.model import NoteKind, Outcome, Status
from bot.presentation.evidence import customer_texts, suspected_signature, suspected_template
from bot.slack.views.message import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.i18n import Phrase
    from bot.model import Report
    from bot.slack.views.message import RenderContext
    from bot.slack.views.page import Page

PREFIX = "answer."
REFRESH = "answer.refresh"
WIDEN_24H = "answer.widen_24h"
WIDEN_7D = "answer.widen_7d"
ONLY_FAILED = "answer.only_failed"
SHOW_ALL = "answer.show_all"
NEWER = "answer.newer"
OLDER = "answer.older"
DETAILS = "answer.explain"
DETAILS_LESS = "answer.explain_less"
SHARE = "answer.share"
POST = "answer.post"
REVEAL = "answer.reveal"
CUSTOMER = "answer.customer"
SIGNATURE, TEMPLATE = "answer.signature", "answer.template"
EVERYBODY = "answer.everybody"
CSV = "answer.csv"
SUMMARY = "answer.summary"
SHARE_SUMMARY = "answer.share_summary"  # below a summary
WATCH = "answer.watch"
MENU = "answer.menu"

MAX_VISIBLE = 3  # beside the menu
MAX_IN_MENU = 5
_LABELS: Mapping[str, tuple[Phrase, Phrase]] = {  # what the button says, and what a screen reader says for it
    SIGNATURE: (phrase("Check signature"), phrase("Ask the provider at which carriers the SMS signature is registered")),
    TEMPLATE: (phrase("Check template"), phrase("Ask the provider whether the template passed its review")),
    WATCH: (
        phrase("Tell me when final"),
        phrase("Watch for 10 minutes, and mention you when all messages are final"),
    ),
    CUSTOMER: (phrase("Text for the customer"), phrase("Show you alone what to tell the customer")),
    REFRESH: (phrase("Refresh"), phrase("Ask the providers again now")),
    NEWER: (phrase("Previous"), phrase("Show the lines before these")),
    OLDER: (phrase("Next"), phrase("Show the lines after these")),
    WIDEN_24H: (phrase("Last 24 h"), phrase("Look at the last 24 hours")),
    WIDEN_7D: (phrase("Last 7 d"), phrase("Look at the last 7 days")),
    SHARE: (phrase("Share"), phrase("Post this answer in the channel, numbers masked")),
    ONLY_FAILED: (phrase("Only failed"), phrase("Show only the messages that did not arrive")),
    SHOW_ALL: (phrase("Show all"), phrase("Show all messages, whatever their status")),
    DETAILS: (phrase("Details"), phrase("Show each message, its codes in full, and how each source answered")),
    DETAILS_LESS: (phrase("Hide details"), phrase("Show the answer in short")),
    POST: (phrase("Post to thread…"), phrase("Post this answer in a thread of your choice, numbers masked")),
    SUMMARY: (phrase("Summary"), phrase("Show you alone this thread's lookups as a timeline to copy")),
    REVEAL: (phrase("Reveal numbers"), phrase("Show the whole numbers to you alone; this is recorded")),
    EVERYBODY: (phrase("Only this customer?"), phrase("Count everybody's messages at the failing providers")),
    CSV: (phrase("CSV"), phrase("Attach the messages as a CSV file, numbers masked")),
}
_BY_USE = tuple(_LABELS)
_OF_DETAILS = frozenset({DETAILS_LESS, OLDER, NEWER})
# What is pressed first, by what the answer says; the others follow in the order of the labels.
_FIRST: Mapping[Outcome, tuple[str, ...]] = {
    Outcome.DELIVERED: (REFRESH, WIDEN_24H, WIDEN_7D, SHARE),
    Outcome.NO_RECORD: (WIDEN_24H, WIDEN_7D, REFRESH),
    Outcome.UNANSWERED: (REFRESH,),
    Outcome.PENDING: (WATCH, REFRESH, CUSTOMER),
    Outcome.FAILED: (EVERYBODY,),
    Outcome.REJECTED: (EVERYBODY,),
}
_LONG = frozenset(
    {WATCH, CUSTOMER, DETAILS_LESS, EVERYBODY, SIGNATURE, TEMPLATE}
)  # beside a long label there is room for one other on a phone
WIDER: Mapping[str, timedelta] = {WIDEN_24H: timedelta(hours=24), WIDEN_7D: timedelta(days=7)}


def actions_block(report: Report, context: RenderContext, page: Page) -> dict[str, Any]:
    """The actions block: only buttons that change something, the likeliest first, the others in the menu."""
    wanted = {
        *([] if is_batch(report) else [REFRESH, *_window_buttons(report)]),
        *_filter_buttons(report),
        *_detail_buttons(report, context),
        *_share_buttons(context),
    }
    wanted |= {SUMMARY} if context.threaded else set()
    wanted |= {WATCH} if any(row.status is Status.PENDING for row in report.deliveries) and waits_for(report) else set()
    wanted |= {CUSTOMER} if customer_texts(report, context.language) else set()
    wanted |= {SIGNATURE} if suspected_signature(report) else set()
    wanted |= {TEMPLATE} if suspected_template(report) else set()
    wanted |= {EVERYBODY} if any(row.status.is_failure for row in report.deliveries) else set()
    wanted |= {CSV} if report.shown else set()
    wanted |= {NEWER} if page.index > 0 else set()
    wanted |= {OLDER} if page.index < page.count - 1 else set()
    by_use = dict.fromkeys((DETAILS_LESS, SHOW_ALL, OLDER, NEWER, SIGNATURE, TEMPLATE, *_FIRST.get(report.outcome, ()), *_BY_USE))
    in_order = [action for action in by_use if action in wanted]
    visible, in_menu = _below_details(in_order) if context.detailed else _short(in_order)
    elements = [_button(action, context) for action in visible]
    return {"type": "actions", "elements": [*elements, _menu(in_menu, context)] if in_menu else elements}


def _short(wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is visible below the short answer, and what is in its menu."""
    in_order = _one_long_first(list(wanted))
    room = MAX_VISIBLE - (not _LONG.isdisjoint(in_order[:MAX_VISIBLE]))
    in_order = _first(in_order, room + MAX_IN_MENU)
    return _divided(in_order, room)


def _below_details(wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The same below the details: after what turns their pages comes what the short answer lacks."""
    seen = {action for part in _short([DETAILS, *(action for action in wanted if action not in _OF_DETAILS)]) for action in part}
    in_order = sorted(wanted, key=lambda action: action not in _OF_DETAILS and (1 + (action in seen)))
    return _divided(in_order[: MAX_VISIBLE + MAX_IN_MENU], MAX_VISIBLE)


def _divided(in_order: list[str], room: int) -> tuple[list[str], list[str]]:
    if len(in_order) == room + 1:  # a menu of one is no shorter
        room += 1 if room < MAX_VISIBLE else -1
    return in_order[:room], in_order[room:]


def is_batch(report: Report) -> bool:
    """Whether asking again takes minutes: `refresh` and `since 24h` in its thread do that, with progress."""
    return len(report.query.targets) > MAX_TARGETS


def _first(actions: list[str], most: int) -> list[str]:
    """As many as there is room for, the details among them: what has no room stands below these."""
    kept = actions[:most]
    return kept if DETAILS in kept or DETAILS not in actions else [*kept[:-1], DETAILS]


def _one_long_first(actions: list[str]) -> list[str]:
    """The actions in their order, but of those that would stand side by side only one has a long label."""
    first_long = next((action for action in actions[:MAX_VISIBLE] if action in _LONG), None)
    if first_long is None:
        return actions
    visible = [action for action in actions if action == first_long or action not in _LONG][: MAX_VISIBLE - 1]
    return [*visible, *(action for action in actions if action not in visible)]


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
    """The next wider window, unless the providers did not limit the lookup to the window anyway."""
    if report.coverage and all(any(n.kind is NoteKind.WINDOW_IGNORED for n in part.notes) for part in report.coverage):
        return []
    return [action for action, length in WIDER.items() if report.query.window.length < length][:1]


def _filter_buttons(report: Report) -> list[str]:
    if report.query.only:
        return [SHOW_ALL] if len(report.shown) != len(report.deliveries) else []
    failing = sum(1 for row in report.deliveries if row.status.is_failure)
    return [ONLY_FAILED] if 0 < failing < len(report.deliveries) else []


def _detail_buttons(report: Report, context: RenderContext) -> list[str]:
    """Nothing is behind an answer of nobody."""
    if context.detailed:
        return [DETAILS_LESS]
    return [DETAILS] if report.coverage else []


def _share_buttons(context: RenderContext) -> Iterator[str]:
    if context.public:
        return
    if not context.direct and not context.shared:
        yield SHARE
    yield POST
    if context.may_reveal:
        yield REVEAL
