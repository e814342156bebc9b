"""Modals: the lookup form, and the form for the thread to post in.

`private_metadata` holds a draft's opaque id. The numbers found in a message are in the input, which only the person who opened
the modal sees, who can read them in the message as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.times import duration, format_datetime
from bot.presentation.wording import NO_DAY
from bot.slack.views.message import context_block, plain_text, section, text_message
from bot.slack.views.thread_notes import linked, targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.i18n import Language, Phrase
    from bot.model import Target
    from bot.slack.views.message import Message

LOOKUP, POST, SIGNATURE, TEMPLATE = "modal.lookup", "modal.post", "modal.signature", "modal.template"  # callback ids
TARGETS, FILE, WINDOW, WHO, PLACE = "targets", "file", "window", "who", "place"  # block ids and, in each, the one action id
WINDOWS: Mapping[str, timedelta] = {"2h": timedelta(hours=2), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
DEFAULT_WINDOW = "24h"
THREAD, LINK = "thread", "link"
NAME = "name"  # of a signature or a template
MAX_INPUT = 3000
FILE_TYPES = ("csv", "txt", "tsv")
_OPTION = 75
ONLY_ME, EVERYBODY = "only_me", "everybody"  # who sees the answer


class Audience(Enum):
    """Where the lookup form is opened, which says who can see its answer, and what is chosen from the start."""

    THREAD = "thread"  # a message in a thread: the thread, or only me
    MESSAGE = "message"  # a message outside: only me, or the thread that it begins
    ANYWHERE = "anywhere"  # no conversation: only me, or one to choose
    DIRECT = "direct"  # the direct message with the app
    ALONE = "alone"  # in the place of an answer that one person alone saw


_POSTED = phrase("Numbers are masked in what others see.")
_ALONE = phrase("Only you see the answer.")
_NOTES: Mapping[Audience, Phrase] = {
    Audience.THREAD: _POSTED,
    Audience.MESSAGE: _POSTED,
    Audience.ANYWHERE: _POSTED,
    Audience.DIRECT: phrase("The answer comes as a direct message: see the Messages tab."),
    Audience.ALONE: phrase("Only you see the answer, until you share it."),
}


def lookup_modal(
    draft_id: str, words: str, *, found: Sequence[Target] | None, audience: Audience, files: bool = False, language: Language
) -> dict[str, Any]:
    """The lookup form. `words` are the targets found in a message; `found` is None when none was searched.

    `files`: the app has the scope without which Slack opens no form with an input for files.
    """
    blocks = [] if found is None else [section([_found(found, language)], language)]
    blocks.append(_targets_input(words, language, files=files))
    if files:
        blocks.append(_file_input(language))
    blocks.append(_window_input(language))
    if audience not in {Audience.DIRECT, Audience.ALONE}:
        blocks.append(_who_input(audience, language))
    if audience is Audience.ANYWHERE:
        blocks.append(_place_input(language))
    blocks.append(context_block([_NOTES[audience].said_in(language)], language))
    title, submit = language.say("Check SMS status"), language.say("Look up")
    return _modal(LOOKUP, draft_id, blocks, language, title=title, submit=submit)


@dataclass(frozen=True, slots=True)
class ThreadChoice:
    """A thread in which the person asked, offered to post in. `value` is what the form sends back."""

    value: str
    channel: str
    targets: Sequence[Target]
    asked_at: datetime


def post_modal(
    draft_id: str, threads: Sequence[ThreadChoice] = (), *, zone: tzinfo = UTC, now: datetime = NO_DAY, language: Language
) -> dict[str, Any]:
    """The form for a thread: the newest in which the person asked, or the link to a message of any other.

    Slack tells an app only about threads that mention it, so of the others there is a link at most.
    """
    element = {"type": "plain_text_input", "action_id": LINK, "max_length": MAX_INPUT, "focus_on_load": not threads}
    hint = language.say("Open the menu of any message in the thread, choose “Copy link” and paste it here.")
    label = language.say("Or link to a message in another thread") if threads else language.say("Link to a message in the thread")
    blocks = [_thread_input(threads, zone, now, language)] if threads else []
    blocks.append({**_input(LINK, label, element, hint=hint), "optional": bool(threads)})
    title, submit = language.say("Post to a thread"), language.say("Post")
    return _modal(POST, draft_id, blocks, language, title=title, submit=submit)


def signature_modal(draft_id: str, *, language: Language) -> dict[str, Any]:
    """The form for a signature's name, where no message tells it."""
    label, hint = language.say("Signature"), language.say("The name in 【…】 at the beginning of the text message.")
    title = language.say("Check a signature")
    return _check_modal(SIGNATURE, draft_id, language, title=title, label=label, hint=hint)


def template_modal(draft_id: str, *, language: Language) -> dict[str, Any]:
    """The form for a template's code, where no message tells it."""
    label, hint = language.say("Template code"), language.say("From the provider's console, under Templates.")
    title = language.say("Check a template")
    return _check_modal(TEMPLATE, draft_id, language, title=title, label=label, hint=hint)


def _check_modal(callback_id: str, draft_id: str, language: Language, *, title: str, label: str, hint: str) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": NAME, "max_length": 100, "focus_on_load": True}
    blocks = [_input(NAME, label, element, hint=hint), context_block([_ALONE.said_in(language)], language)]
    return _modal(callback_id, draft_id, blocks, language, title=title, submit=language.say("Check"))


def _thread_input(threads: Sequence[ThreadChoice], zone: tzinfo, now: datetime, language: Language) -> dict[str, Any]:
    """The newest threads, the first of them chosen. `mrkdwn`, so that Slack names the channels."""
    options = [
        {"text": {"type": "mrkdwn", "text": _thread_words(each, zone, now, language)}, "value": each.value} for each in threads
    ]
    element = {"type": "radio_buttons", "action_id": THREAD, "options": options, "initial_option": options[0]}
    return {**_input(THREAD, language.say("Your latest threads"), element), "optional": True}


def _thread_words(thread: ThreadChoice, zone: tzinfo, now: datetime, language: Language) -> str:
    """`#incidents · 14:05 · +86 137****2222`, within the 75 characters of an option."""
    words = f"<#{thread.channel}> · {format_datetime(thread.asked_at, zone, now, language).rpartition(':')[0]}"
    longer = f"{words} · {targets(thread.targets, language=language)}"
    return longer if len(longer) <= _OPTION else words


def posted(permalink: str, *, language: Language) -> Message:
    """The confirmation for the person who had an answer posted in a thread."""
    thread = linked(language.say("the thread"), permalink)
    return text_message(language, language.say("Posted in {thread}.", thread=thread))


def _found(found: Sequence[Target], language: Language) -> str:
    """`Found 2 numbers in the message.` Ids are counted where there is no number."""
    numbers = sum(target.number is not None for target in found)
    if not found:
        return language.say("No number or message ID found in the message. Type what you want to look up.")
    if numbers:
        return language.plural(numbers, "Found {count} number in the message.", "Found {count} numbers in the message.")
    return language.plural(len(found), "Found {count} message ID in the message.", "Found {count} message IDs in the message.")


def _targets_input(words: str, language: Language, *, files: bool) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": TARGETS, "multiline": True, "max_length": MAX_INPUT}
    if words:
        element["initial_value"] = words
    hint = language.say("Separate them with commas or line breaks; this field holds about 200.")
    block = _input(TARGETS, language.say("Numbers or message ids"), element, hint=hint)
    return {**block, "optional": True} if files else block


def _file_input(language: Language) -> dict[str, Any]:
    """One file (https://docs.slack.dev/reference/block-kit/block-elements/file-input-element)."""
    element = {"type": "file_input", "action_id": FILE, "filetypes": list(FILE_TYPES), "max_files": 1}
    hint = language.say("CSV or TXT, up to 1,000 numbers or message IDs. Save an Excel file as CSV UTF-8 first.")
    return {**_input(FILE, language.say("Or a list as a file"), element, hint=hint), "optional": True}


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


def _who_input(audience: Audience, language: Language) -> dict[str, Any]:
    everybody = {
        Audience.THREAD: language.say("Everybody in the thread"),
        Audience.MESSAGE: language.say("Everybody, in a thread"),
        Audience.ANYWHERE: language.say("A conversation I choose"),
    }[audience]
    only_me = {"text": plain_text(language.say("Only me")), "value": ONLY_ME}
    all_of_them = {"text": plain_text(everybody), "value": EVERYBODY}
    chosen = all_of_them if audience is Audience.THREAD else only_me
    element = {"type": "radio_buttons", "action_id": WHO, "options": [only_me, all_of_them], "initial_option": chosen}
    return _input(WHO, language.say("Who sees the answer"), element)


def _place_input(language: Language) -> dict[str, Any]:
    """The select for the conversation, with a response_url, which works even where the app is not a member."""
    element = {
        "type": "conversations_select",
        "action_id": PLACE,
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    return {**_input(PLACE, language.say("Conversation"), element), "optional": True}


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
