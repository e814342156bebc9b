"""The small messages: help, progress, mistakes in a command, and what went wrong between us and Slack."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from bot.moments import listed
from bot.slack.views.message import Message, simple
from bot.slack.views.mrkdwn import code, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.errors import UsageError

_COMMAND, _EXAMPLE, _PROBLEM, _NAME = 40, 2600, 500, 80  # an example may hold fifty numbers
_SPAN = re.compile("(`[^`]+`)")
_MOST_TITLES = 6


def progress(titles: Sequence[str]) -> Message:
    """`Asking Tencent and Alibaba …`."""
    names = [prose(title, _COMMAND) for title in dict.fromkeys(titles)]
    if len(names) > _MOST_TITLES:
        names = [*names[: _MOST_TITLES - 1], f"{len(names) - _MOST_TITLES + 1} others"]
    return simple(f"Asking {listed(names) or 'the providers'} …")


def help_message(examples: Sequence[str], command: str = "/smsstatus", bot_name: str = "smsstatus") -> Message:
    """What can be asked, by examples that work as they are; and the ways into a thread."""
    name, follow_ups = code(f"@{bot_name}", _NAME), ("since 24h", "only failed", "refresh", "more", "explain 2")
    return simple(
        "*Was this SMS delivered, and if not, why?*",
        *(f"• {code(f'{command} {example}'.strip(), _EXAMPLE)}" for example in examples),
        "Takes numbers, message ids or both, up to 50 at once. Times are in your own time zone.",
        small=(
            f"In threads Slack takes no slash commands: mention {name}, or choose “Check SMS status” in a message's menu.",
            f"Where a lookup stands, go on with {listed([code(words, _NAME) for words in follow_ups], 'or')}.",
            "Only you see what a command answers until you share it; a mention is answered for all. Numbers are masked.",
        ),
    )


def usage_error(error: UsageError, command: str = "/smsstatus") -> Message:
    """What is not understood, and the whole command corrected, ready to paste."""
    # The grammar quotes words in back-ticks, and writes its example as Slack would deliver it, with &, < and > escaped.
    parts = (code(part.strip("`"), _PROBLEM) if _SPAN.fullmatch(part) else spaced(part) for part in _SPAN.split(error.problem))
    example = code(f"{command} {html.unescape(error.example)}".strip(), _EXAMPLE)
    return simple("".join(parts), f"Try {example}")


def spaced(text: str) -> str:
    """Running text with the blanks at its ends, which join it to what stands beside it."""
    if not text.strip():
        return text
    return f"{' ' * text.startswith(' ')}{prose(text, _PROBLEM)}{' ' * text.endswith(' ')}"


LOOK_UP_AGAIN = "lookup.again"
ALONE = "alone"  # the button's value, where the answer that is gone was for one person's eyes; else it is the thread's root


def gone(command: str = "/smsstatus", root: str = ALONE) -> Message:
    """For a button of an answer that is no longer kept: there is nothing to repeat it from, but a window to ask anew."""
    said = simple(
        "This answer is no longer kept, so its buttons have stopped working.",
        f"Run it again: press the button, or type {code(command, _NAME)} and what you want to know.",
    )
    button = {
        "type": "button",
        "action_id": LOOK_UP_AGAIN,
        "text": {"type": "plain_text", "text": "Look up again"},
        "value": root,
        "accessibility_label": "Open a window to make the lookup again",
    }
    return Message(said.text, (*said.blocks, {"type": "actions", "elements": [button]}))


_NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found", "no_permission", "user_not_in_channel"})
_REFUSALS = {
    "is_archived": "The channel is archived. Ask in another one.",
    "restricted_action": "The workspace's settings do not let apps post in this channel. Ask in another one.",
    "restricted_action_read_only_channel": "This channel is read-only. Ask in another one.",
    "restricted_action_thread_only_channel": "This channel takes replies in threads only. Ask in another one.",
    "restricted_action_non_threadable_channel": "This channel takes no threads. Ask in another one.",
    "ratelimited": "Slack takes no more messages for the moment. Try again in a minute.",
    "rate_limited": "Slack takes no more messages for the moment. Try again in a minute.",
    "msg_too_long": "The answer was too long for Slack. Ask for fewer numbers or a shorter window.",
    "msg_blocks_too_long": "The answer was too long for Slack. Ask for fewer numbers or a shorter window.",
    "missing_scope": "The app may not do this in the workspace. Whoever looks after it reinstalls it from its manifest.",
    "invalid_auth": "The app's token is no longer valid. Whoever looks after it installs it anew.",
    "token_revoked": "The app's token is no longer valid. Whoever looks after it installs it anew.",
    "account_inactive": "The app is switched off in this workspace. Whoever looks after it switches it on.",
    "ekm_access_denied": "The workspace's encryption keys are suspended. Ask a workspace administrator.",
    "channel_busy": "More is waiting for this channel than Slack takes, which is a message a second. Try again in a minute.",
    "stopping": "The app is being restarted. Try again in a minute.",
    "unreachable": "The app cannot reach Slack at the moment. Try again in a minute.",
    "message_not_found": "The message was deleted.",
}
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"})


def refused(reason: str, command: str = "/smsstatus", bot_name: str = "smsstatus") -> Message:
    """Why Slack did not take a post, and what to type or whom to ask."""
    why = code(reason, _NAME)
    if reason in _NOT_A_MEMBER:
        invite = code(f"/invite @{bot_name}", _NAME)
        return simple(
            f"The app is not in this channel, so Slack did not take the post ({why}).",
            f"Type {invite} and share again, or ask again with {code(command, _NAME)}.",
        )
    if reason == "answer_lost":
        return simple("Slack did not confirm the post: it may or may not be visible above.", "Look before you share it again.")
    if reason in _TOO_LATE:
        return simple(f"Slack gave up waiting for the app to open its window ({why}).", "Click again.")
    known = _REFUSALS.get(reason, "Try again; if it stays, show this to whoever looks after the app.")
    return simple(f"Slack did not take the post ({why}).", known)


def unconfirmed() -> Message:
    """In the place of an answer that may or may not have been shown, since Slack's word on it was lost."""
    return simple("Slack did not confirm the last answer: it may or may not be visible above.", "If it is missing, ask again.")


def crashed(error_id: str) -> Message:
    """For a mistake of our own, with the id that finds it in the log."""
    return simple(
        "Something went wrong in this app. It says nothing about the message you asked for.",
        f"Try again; if it stays, give error id {code(error_id, _NAME)} to whoever looks after the app.",
    )


_TURNED_AWAY = {
    "workspace": "This app is not set up for this workspace.",
    "external": "This app answers people of its own workspace only, and you are from another one.",
    "shared channel": "People of another organisation read this channel, so this app does not answer here.",
    "channel": "This app does not answer in this channel.",
    "user": "You are not among the people whom this app answers.",
    "guest": "This app does not answer guests.",
    "reveal": "You are not among the people who may see whole numbers.",
    "audit": "This has to be recorded before whole numbers are shown, and the record cannot be written. Try again later.",
}
_UNCHECKED = "Slack did not tell this app who you are, so it could not check that you may ask. Try again in a minute."
_LACKING = {
    "users:read": "This app cannot check who is a guest or from outside, because it lacks the Slack scope {scope}.",
    "usergroups:read": "This app cannot check who is in the user groups that may ask, because it lacks the Slack scope {scope}.",
}
_CONTACT = re.compile(r"[UWCS][A-Z0-9]{2,20}")


def turned_away(reason: str, contact: str = "", *, scope: str | None = None, per_minute: int = 0) -> Message:
    """Why somebody may not ask, and whom to turn to. `reason` is a word of the gate's; `scope` the one that the app lacks."""
    whom = _mention_contact(contact)
    if reason == "too many":
        why = f"That was more than {per_minute} requests in a minute. Wait a moment, then try again."
        return simple(why, f"If you need more, ask {whom}.")
    if scope is not None:
        return simple(_LACKING.get(scope, _LACKING["users:read"]).format(scope=code(scope, _NAME)), f"Ask {whom} to add it.")
    return simple(_TURNED_AWAY.get(reason, _UNCHECKED), f"If you should have access, ask {whom}.")


def turned_away_modal(message: Message) -> dict[str, Any]:
    """The same as a modal, for where there is no message to answer with."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "SMS Status"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(message.blocks),
    }


def _mention_contact(contact: str) -> str:
    """The operator's `SMSSTATUS_CONTACT`: a person, a channel or a user group by its id, or words."""
    if not _CONTACT.fullmatch(contact):
        return prose(contact, _PROBLEM) if contact else "your workspace's admins"
    return {"C": f"<#{contact}>", "S": f"<!subteam^{contact}>"}.get(contact[0], f"<@{contact}>")
