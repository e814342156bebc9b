"""Short messages: help, progress, usage errors, access denials, delivery failures, internal errors."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from bot.grammar.vocabulary import EXAMPLE_NUMBER
from bot.i18n import phrase
from bot.presentation.times import duration
from bot.slack.views.message import Message, plain_text, text_message, with_notice
from bot.slack.views.mrkdwn import code, prose, with_code_spans
from bot.slack.views.readings import reading_buttons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from bot.errors import UsageError
    from bot.i18n import Language, Phrase
    from bot.slack.views.readings import Reading

_COMMAND, _EXAMPLE, _PROBLEM, _NAME = 40, 2600, 500, 80  # an example may hold fifty numbers
_MOST_TITLES = 6


def progress(titles: Sequence[str], *, language: Language) -> Message:
    """`Asking Tencent and Alibaba …`."""
    names = [prose(title, _COMMAND) for title in dict.fromkeys(titles)]
    if not names:
        return text_message(language, language.say("Asking the providers …"))
    return text_message(language, language.say("Asking {providers} …", providers=language.listed(names, most=_MOST_TITLES)))


FOLLOW_UPS = (phrase("since 24h"), phrase("only failed"), phrase("refresh"), phrase("explain 2"), phrase("summary"))


_WISHES = (  # in the order of the examples
    phrase("Check a number: {example}"),
    phrase("Several, failures only: {example}"),
    phrase("One message by its ID, shown to the channel: {example}"),
    phrase("In Chinese, too: {example}"),
    phrase("Explain an error code: {example}"),
)


def help_message(
    examples: Sequence[str], command: str = "/smsstatus", bot_name: str = "smsstatus", *, language: Language
) -> Message:
    """Help, one screen: what one may want to do, each with an example that works as it is."""
    say = language.say
    shown = [code(f"{command} {example}".strip(), _EXAMPLE) for example in examples]
    asks_who, counts = say("providers"), say("stats since 2h")
    everybody = code(f"{command} {counts}".strip(), _NAME)
    name, who = code(f"@{bot_name}", _NAME), code(f"{command} {asks_who}".strip(), _NAME)
    word = say("watch")
    watched = code(f"{command} {word} {EXAMPLE_NUMBER}".strip(), _EXAMPLE)
    listing = code(say("watches"), _NAME)
    check, template = (code(f"{command} {one}".strip(), _NAME) for one in (say("signature 示例"), say("template SMS_100000001")))
    follow_ups = [code(words.said_in(language), _NAME) for words in FOLLOW_UPS]
    question = say("Was this SMS delivered, and if not, why?")
    wishes = (
        *(wish.filled(example=example).said_in(language) for wish, example in zip(_WISHES, shown, strict=False)),
        say("Be told when it's final: {example} ({listing} lists yours)", example=watched, listing=listing),
        say("After a lookup, follow up: {words}", words=language.listed(follow_ups, either=True)),
        say("One customer or everyone: {example}", example=everybody),
        say("Ask in a thread: mention {name}, or “Check SMS status” in a message's menu", name=name),
        say("Check a signature or a template: {example}, {template}", example=check, template=template),
        say("Ask for a list: drop a CSV or TXT file with a mention; *CSV* in an answer's menu gives one back"),
        say("See who is asked: {example}", example=who),
        say("Check the app, if you may: {example}", example=code(f"{command} doctor".strip(), _NAME)),
    )
    return text_message(
        language,
        f"*{question}*",
        *(f"• {wish}" for wish in wishes),
        small=(
            say("Up to 50 numbers or message IDs at once, 1,000 as a CSV or TXT file. Times are in your own time zone."),
            say(
                "Command answers are visible only to you until you share them; answers to mentions are visible to everyone. "
                "Numbers are masked."
            ),
        ),
    )


def works_in_a_thread(word: str, bot_name: str, *, language: Language) -> Message:
    """The reply to a slash command that is a word of conversations."""
    typed = code(f"@{bot_name} {word}", _EXAMPLE)
    return text_message(
        language,
        language.say("{word} works in the thread of a lookup.", word=code(word, _NAME)),
        language.say("Reply there with {typed}.", typed=typed),
    )


def not_a_question(*, language: Language) -> Message:
    """The reply to words in a direct message that ask nothing, after the help was shown."""
    asked = language.say("To look up an SMS, send a number, a message ID or an error code, or {word}.", word=code("help", _NAME))
    return text_message(language, f"👋 {asked}")


def examining(*, language: Language) -> Message:
    """`Checking …`."""
    return text_message(language, language.say("Checking Slack, the providers and the database …"))


def thanks(*, language: Language) -> Message:
    """The reply to thanks."""
    return text_message(language, language.say("👍 Any time."))


def usage_error(
    error: UsageError,
    command: str = "/smsstatus",
    readings: Sequence[Reading] = (),
    *,
    draft_id: str = "",
    language: Language,
) -> Message:
    """A usage error: what is not understood, with a button for each reading; of a single one, the corrected command beside it.

    Numbers are masked. Without readings something is missing: the corrected command has a placeholder for it, and a button opens
    a window with what was typed, kept under `draft_id`, to be put right there.
    """
    # The grammar quotes words in back-ticks, and writes its example as Slack would deliver it, with &, < and > escaped.
    problem_line, shown = with_code_spans(error.masked_problem.said_in(language), _PROBLEM), error.masked_example
    example = ""
    if shown is not None and (not readings or error.example in error.readings):
        example = language.say("Try {example}", example=code(f"{command} {html.unescape(shown)}".strip(), _EXAMPLE))
    if readings:
        said = text_message(language, problem_line, example if len(readings) == 1 else language.say("Choose one:"))
        return Message(said.text, (*said.blocks, reading_buttons(readings)))
    if shown == error.example:
        said = text_message(language, problem_line, *([example] if example else []))
    else:
        whole = language.say("Numbers are masked here. Type them with all their digits.")
        said = text_message(language, problem_line, example, small=(whole,))
    return Message(said.text, (*said.blocks, _correct_button(draft_id, language))) if draft_id else said


CORRECT = "lookup.correct"


def _correct_button(draft_id: str, language: Language) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": CORRECT,
        "text": plain_text(language.say("Correct it")),
        "value": draft_id,
        "accessibility_label": language.say("Open a window with what you typed, to correct it"),
    }
    return {"type": "actions", "elements": [button]}


def shared(*, language: Language) -> Message:
    """In the place of a button that was pressed, when the answer is posted for the channel."""
    return text_message(language, language.say("Posted in the channel."))


def answered_below(*, language: Language) -> Message:
    """In the place of a message that one person alone saw, when its button is answered for everybody."""
    return text_message(language, language.say("Answered in the thread."))


LOOK_UP_AGAIN = "lookup.again"
ALONE = "alone"  # the button's value, where the answer that is gone was for one person's eyes; else it is the thread's root


def expired_answer(command: str = "/smsstatus", root: str = ALONE, *, language: Language) -> Message:
    """The reply to a button of an answer that is no longer stored: it cannot be repeated, but a modal can start a new lookup."""
    typed = code(command, _NAME)
    said = text_message(
        language,
        language.say("This answer is no longer kept, so its buttons have stopped working."),
        language.say("Run it again: press the button, or type {command} and what you want to know.", command=typed),
    )
    button = {
        "type": "button",
        "action_id": LOOK_UP_AGAIN,
        "text": plain_text(language.say("Look up again")),
        "value": root,
        "accessibility_label": language.say("Open a window to make the lookup again"),
    }
    return Message(said.text, (*said.blocks, {"type": "actions", "elements": [button]}))


_NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found", "no_permission", "user_not_in_channel"})
_REFUSALS: Mapping[str, Phrase] = {
    "is_archived": phrase("The channel is archived. Ask in another one."),
    "restricted_action": phrase("The workspace's settings do not let apps post in this channel. Ask in another one."),
    "restricted_action_read_only_channel": phrase("This channel is read-only. Ask in another one."),
    "restricted_action_thread_only_channel": phrase("This channel only allows replies in threads. Ask in another one."),
    "restricted_action_non_threadable_channel": phrase("This channel doesn't allow threads. Ask in another one."),
    "ratelimited": phrase("Slack is rate-limiting messages. Try again in a minute."),
    "rate_limited": phrase("Slack is rate-limiting messages. Try again in a minute."),
    "msg_too_long": phrase("The answer was too long for Slack. Ask for fewer numbers or a shorter window."),
    "msg_blocks_too_long": phrase("The answer was too long for Slack. Ask for fewer numbers or a shorter window."),
    "missing_scope": phrase("The app lacks a permission here. Ask the app's admin to reinstall it from its manifest."),
    "invalid_auth": phrase("The app's token is no longer valid. Ask the app's admin to reinstall it."),
    "token_revoked": phrase("The app's token is no longer valid. Ask the app's admin to reinstall it."),
    "account_inactive": phrase("The app is disabled in this workspace. Ask the app's admin to enable it."),
    "ekm_access_denied": phrase("The workspace's encryption keys are suspended. Ask a workspace administrator."),
    "channel_busy": phrase("Too many messages are waiting for this channel (Slack allows one a second). Try again in a minute."),
    "stopping": phrase("The app is being restarted. Try again in a minute."),
    "unreachable": phrase("The app cannot reach Slack at the moment. Try again in a minute."),
    "message_not_found": phrase("The message was deleted."),
}
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"})


_UNKNOWN = phrase("Try again. If it persists, show this to the app's admin.")


def delivery_failed(reason: str, command: str = "/smsstatus", bot_name: str = "smsstatus", *, language: Language) -> Message:
    """Why Slack refused a message, and what to type or whom to ask."""
    why, say = code(reason, _NAME), language.say
    if reason in _NOT_A_MEMBER:
        invite, asked = code(f"/invite @{bot_name}", _NAME), code(command, _NAME)
        return text_message(
            language,
            say("I'm not in this channel, so Slack rejected the post ({reason}).", reason=why),
            say("Type {invite} and share again, or ask again with {command}.", invite=invite, command=asked),
        )
    if reason == "answer_lost":
        lost = say("Slack did not confirm the post: it may or may not be visible above.")
        return text_message(language, lost, say("Look before you share it again."))
    if reason in _TOO_LATE:
        late = say("Slack gave up waiting for the app to open its window ({reason}).", reason=why)
        return text_message(language, late, say("Click again."))
    known = _REFUSALS.get(reason, _UNKNOWN).said_in(language)
    return text_message(language, say("Slack rejected the post ({reason}).", reason=why), known)


def unconfirmed(*, language: Language) -> Message:
    """In place of an answer whose delivery is unconfirmed, because Slack's response was lost."""
    lost = language.say("Slack did not confirm the last answer: it may or may not be visible above.")
    return text_message(language, lost, language.say("If it is missing, ask again."))


def internal_error(error_id: str, *, language: Language) -> Message:
    """An internal error, with the id of its log entry."""
    found = code(error_id, _NAME)
    return text_message(
        language,
        language.say("Something went wrong in this app. It says nothing about the message you asked for."),
        language.say("Try again. If it persists, give error ID {id} to the app's admin.", id=found),
    )


def asked_ago(delay: timedelta, *, language: Language) -> Message:
    """The first line of an answer that comes late: Slack was late with the request, or the app was interrupted."""
    return text_message(language, language.say("Late answer: this was asked {span} ago.", span=duration(delay, language)))


def dated(message: Message, delay: timedelta, *, language: Language) -> Message:
    """The message with a first line that says when it was asked, if that is `delay` ago."""
    return with_notice(asked_ago(delay, language=language), message, language=language) if delay else message


def unreadable(*, language: Language) -> Message:
    """The reply to a click, a shortcut or a window in which Slack did not say what was chosen."""
    return text_message(
        language,
        language.say("Slack did not tell this app what you chose, so nothing was done."),
        language.say("Try again. If it persists, use {command}.", command=code("/smsstatus", _NAME)),
    )


def other_command(command: str, *, language: Language) -> Message:
    """The reply to a slash command that reaches the app and is not its own."""
    return text_message(
        language,
        language.say("This app does not answer that command."),
        language.say("Try {example}", example=code(f"{command} help", _NAME)),
    )


_TURNED_AWAY: Mapping[str, Phrase] = {
    "workspace": phrase("This app is not set up for this workspace."),
    "external": phrase("Only members of this workspace can use this app."),
    "shared channel": phrase("This channel is shared with another organisation, so this app does not answer here."),
    "channel": phrase("This app does not answer in this channel."),
    "user": phrase("You don't have access to this app."),
    "guest": phrase("Guests can't use this app."),
    "reveal": phrase("You don't have permission to see full numbers."),
    "doctor": phrase("Only the people whom the app's admin lets see full numbers can run the doctor."),
    "audit": phrase("Full numbers are shown only after that is recorded, and the record cannot be written now. Try again later."),
}
_UNCHECKED = phrase("Slack did not tell this app who you are, so it could not check that you may ask. Try again in a minute.")
_LACKING: Mapping[str, Callable[[str], Phrase]] = {
    "users:read": lambda scope: phrase(
        "This app cannot check who is a guest or from outside, because it lacks the Slack scope {scope}.", scope=scope
    ),
    "usergroups:read": lambda scope: phrase(
        "This app cannot check who is in the user groups that may ask, because it lacks the Slack scope {scope}.", scope=scope
    ),
}
_CONTACT = re.compile(r"[UWCS][A-Z0-9]{2,20}")


_ADMINS = phrase("your workspace's admins")


def access_denied(
    reason: str, contact: str = "", *, scope: str | None = None, per_minute: int = 0, language: Language
) -> Message:
    """Why a person has no access, and whom to ask.

    `reason` is a DenialReason's value; `scope` is the scope that the app lacks.
    """
    whom, say = _mention_contact(contact), language.say
    if reason == "too many":
        why = say("Rate limit: {count} requests a minute. Try again in a minute.", count=per_minute)
        return text_message(language, why, say("If you need more, ask {whom}.", whom=whom))
    if scope is not None:
        lacks = _LACKING.get(scope, _LACKING["users:read"])(code(scope, _NAME))
        return text_message(language, lacks.said_in(language), say("Ask {whom} to add it.", whom=whom))
    why = _TURNED_AWAY.get(reason, _UNCHECKED).said_in(language)
    return text_message(language, why, say("If you should have access, ask {whom}.", whom=whom))


def access_denied_modal(message: Message, *, language: Language) -> dict[str, Any]:
    """The same as a modal, for where no message can be posted."""
    return {
        "type": "modal",
        "title": plain_text(language.say("SMS Status")),
        "close": plain_text(language.say("Close")),
        "blocks": list(message.blocks),
    }


def _mention_contact(contact: str) -> str | Phrase:
    """The contact of `SMSSTATUS_CONTACT`: a mention of a person, channel or user group by its id, or text."""
    if not _CONTACT.fullmatch(contact):
        return prose(contact, _PROBLEM) if contact else _ADMINS
    return {"C": f"<#{contact}>", "S": f"<!subteam^{contact}>"}.get(contact[0], f"<@{contact}>")
