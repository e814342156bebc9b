"""The windows that open over Slack: what to look up, and in which thread to post.

`private_metadata` holds a draft's opaque id. The numbers found in a message stand in the input, which nobody but the person who
opened the window sees, and who reads them in the message as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.moments import duration, plural
from bot.slack.views.message import context, section, simple
from bot.slack.views.threads import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.views.message import Message

LOOKUP, POST = "modal.lookup", "modal.post"  # callback ids
TARGETS, WINDOW, PLACE, LINK = "targets", "window", "place", "link"  # block ids and, in each, the one action id
WINDOWS: Mapping[str, timedelta] = {"2h": timedelta(hours=2), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
DEFAULT_WINDOW = "24h"
MAX_INPUT = 3000
IN_THREAD = "The answer is posted in the thread, numbers masked."
CHOSEN = "The answer is posted as a message there, numbers masked."
ALONE = "Only you see the answer, until you share it."


def lookup_modal(draft_id: str, words: str, *, count: int | None, where: str) -> dict[str, Any]:
    """`words` are the targets that were found, `count` how many; None when no message was searched for any.

    `where` the answer goes: one of the sentences above.
    """
    blocks = [] if count is None else [section([_found(count)])]
    blocks += [_targets_input(words), _window_input()]
    blocks += [_place_input()] if where == CHOSEN else []
    blocks.append(context([where]))
    return _modal(LOOKUP, "Check SMS status", "Look up", draft_id, blocks)


def post_modal(draft_id: str) -> dict[str, Any]:
    """Asks for a link to the thread: Slack tells an app of no thread that it was not spoken to in."""
    element = {"type": "plain_text_input", "action_id": LINK, "max_length": MAX_INPUT, "focus_on_load": True}
    hint = "Open the menu of any message in the thread, choose “Copy link” and paste it here."
    blocks = [_input(LINK, "Link to a message in the thread", element, hint=hint)]
    return _modal(POST, "Post in a thread", "Post", draft_id, blocks)


def posted(permalink: str) -> Message:
    """For the one who had an answer posted in a thread, which may be elsewhere."""
    where = f"<{permalink.replace('&', '&amp;')}|the thread>" if ADDRESS.fullmatch(permalink) else "the thread"
    return simple(f"Posted in {where}.")


def _found(count: int) -> str:
    if not count:
        return "No number and no message id was found in the message. Type what you want to look up."
    return f"{plural(count, 'number or id', 'numbers and ids')} found in the message."


def _targets_input(words: str) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": TARGETS, "multiline": True, "max_length": MAX_INPUT}
    if words:
        element["initial_value"] = words
    return _input(TARGETS, "Numbers or message ids", element, hint="Up to 50, with commas between them.")


def _window_input() -> dict[str, Any]:
    options = {name: {"text": _plain(f"Last {duration(length)}"), "value": name} for name, length in WINDOWS.items()}
    element = {
        "type": "radio_buttons",
        "action_id": WINDOW,
        "options": list(options.values()),
        "initial_option": options[DEFAULT_WINDOW],
    }
    return _input(WINDOW, "How far back", element)


def _place_input() -> dict[str, Any]:
    """With an address to answer at even where the app is not a member."""
    element = {
        "type": "conversations_select",
        "action_id": PLACE,
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    return _input(PLACE, "Post the answer in", element)


def _input(block_id: str, label: str, element: dict[str, Any], *, hint: str = "") -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": _plain(label), "element": element}
    return {**block, "hint": _plain(hint)} if hint else block


def _modal(callback_id: str, title: str, submit: str, draft_id: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": draft_id,
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
