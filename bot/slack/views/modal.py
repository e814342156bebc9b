"""Modals: the lookup form, and the form for the thread to post in.

`private_metadata` holds a draft's opaque id. The numbers found in a message are in the input, which only the person who opened
the modal sees, who can read them in the message as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.times import duration
from bot.slack.views.message import context_block, plain_text, section, text_message
from bot.slack.views.thread_notes import linked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase
    from bot.slack.views.message import Message

LOOKUP, POST = "modal.lookup", "modal.post"  # callback ids
TARGETS, WINDOW, PLACE, LINK = "targets", "window", "place", "link"  # block ids and, in each, the one action id
WINDOWS: Mapping[str, timedelta] = {"2h": timedelta(hours=2), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
DEFAULT_WINDOW = "24h"
MAX_INPUT = 3000
IN_THREAD = phrase("The answer is posted in the thread, numbers masked.")
CHOSEN = phrase("The answer is posted as a message there, numbers masked.")
ALONE = phrase("Only you see the answer, until you share it.")


def lookup_modal(draft_id: str, words: str, *, count: int | None, where: Phrase, language: Language) -> dict[str, Any]:
    """The lookup form. `words` are the targets found, `count` their number; None when no message was searched.

    `where` says where the answer goes: one of the phrases above.
    """
    blocks = [] if count is None else [section([_found(count, language)], language)]
    blocks += [_targets_input(words, language), _window_input(language)]
    blocks += [_place_input(language)] if where == CHOSEN else []
    blocks.append(context_block([where.said_in(language)], language))
    title, submit = language.say("Check SMS status"), language.say("Look up")
    return _modal(LOOKUP, draft_id, blocks, language, title=title, submit=submit)


def post_modal(draft_id: str, *, language: Language) -> dict[str, Any]:
    """The form for a permalink to the thread, because Slack tells an app only about threads that mention it."""
    element = {"type": "plain_text_input", "action_id": LINK, "max_length": MAX_INPUT, "focus_on_load": True}
    hint = language.say("Open the menu of any message in the thread, choose “Copy link” and paste it here.")
    blocks = [_input(LINK, language.say("Link to a message in the thread"), element, hint=hint)]
    title, submit = language.say("Post in a thread"), language.say("Post")
    return _modal(POST, draft_id, blocks, language, title=title, submit=submit)


def posted(permalink: str, *, language: Language) -> Message:
    """The confirmation for the person who had an answer posted in a thread."""
    thread = linked(language.say("the thread"), permalink)
    return text_message(language, language.say("Posted in {thread}.", thread=thread))


def _found(count: int, language: Language) -> str:
    if not count:
        return language.say("No number and no message id was found in the message. Type what you want to look up.")
    return language.plural(count, "{count} number or id found in the message.", "{count} numbers and ids found in the message.")


def _targets_input(words: str, language: Language) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": TARGETS, "multiline": True, "max_length": MAX_INPUT}
    if words:
        element["initial_value"] = words
    hint = language.say("Up to 50, with commas between them.")
    return _input(TARGETS, language.say("Numbers or message ids"), element, hint=hint)


def _window_input(language: Language) -> dict[str, Any]:
    lengths = {name: duration(length, language) for name, length in WINDOWS.items()}
    options = {
        name: {"text": plain_text(language.say("Last {length}", length=length)), "value": name}
        for name, length in lengths.items()
    }
    element = {
        "type": "radio_buttons",
        "action_id": WINDOW,
        "options": list(options.values()),
        "initial_option": options[DEFAULT_WINDOW],
    }
    return _input(WINDOW, language.say("How far back"), element)


def _place_input(language: Language) -> dict[str, Any]:
    """The select for the conversation, with a response_url, which works even where the app is not a member."""
    element = {
        "type": "conversations_select",
        "action_id": PLACE,
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    return _input(PLACE, language.say("Post the answer in"), element)


def _input(block_id: str, label: str, element: dict[str, Any], *, hint: str = "") -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": plain_text(label), "element": element}
    return {**block, "hint": plain_text(hint)} if hint else block


def _modal(
    callback_id: str, draft_id: str, blocks: list[dict[str, Any]], language: Language, *, title: str, submit: str
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": draft_id,
        "title": plain_text(title),
        "submit": plain_text(submit),
        "close": plain_text(language.say("Cancel")),
        "blocks": blocks,
    }
