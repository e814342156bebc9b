"""The small messages: help, progress, mistakes in a command, and what went wrong between us and Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.moments import listed
from bot.slack.views.message import Message, simple
from bot.slack.views.mrkdwn import code, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.errors import UsageError

_COMMAND, _EXAMPLE, _PROBLEM, _NAME = 40, 500, 500, 80
_MOST_TITLES = 6


def progress(titles: Sequence[str]) -> Message:
    """`Asking Tencent and Alibaba …`."""
    names = [prose(title, _COMMAND) for title in dict.fromkeys(titles)]
    if len(names) > _MOST_TITLES:
        names = [*names[: _MOST_TITLES - 1], f"{len(names) - _MOST_TITLES + 1} others"]
    return simple(f"Asking {listed(names) or 'the providers'} …")


def help_message(examples: Sequence[str], command: str = "/smsstatus") -> Message:
    """What can be asked, by examples that work as they are."""
    return simple(
        "*Was this SMS delivered, and if not, why?*",
        *(f"• {code(f'{command} {example}'.strip(), _EXAMPLE)}" for example in examples),
        "Takes numbers, message ids or both, up to 50 at once. Times are in your own time zone.",
        small=(
            "Slack takes no slash commands in threads: ask in the channel and share the answer, and a thread can begin there.",
            "Only you see an answer until you share it. Numbers are masked; a message's text is never posted in a channel.",
        ),
    )


def usage_error(error: UsageError, command: str = "/smsstatus") -> Message:
    """What is not understood, and the whole command corrected, ready to paste."""
    return simple(prose(error.problem, _PROBLEM), f"Try {code(f'{command} {error.example}'.strip(), _EXAMPLE)}")


def gone(command: str = "/smsstatus") -> Message:
    """For a button of an answer that is no longer kept."""
    return simple(
        "This answer is no longer kept, so its buttons have stopped working.",
        f"Run it again: type {code(command, _NAME)} and what you want to know.",
    )


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
}


def refused(reason: str, command: str = "/smsstatus", bot_name: str = "smsstatus") -> Message:
    """Why Slack did not take a post, and what to type or whom to ask."""
    why = code(reason, _NAME)
    if reason in _NOT_A_MEMBER:
        invite = code(f"/invite @{bot_name}", _NAME)
        return simple(
            f"The app is not in this channel, so Slack did not take the post ({why}).",
            f"Type {invite} and share again, or ask again with {code(command, _NAME)}.",
        )
    known = _REFUSALS.get(reason, "Try again; if it stays, show this to whoever looks after the app.")
    return simple(f"Slack did not take the post ({why}).", known)


def crashed(error_id: str) -> Message:
    """For a mistake of our own, with the id that finds it in the log."""
    return simple(
        "Something went wrong in this app. It says nothing about the message you asked for.",
        f"Try again; if it stays, give error id {code(error_id, _NAME)} to whoever looks after the app.",
    )
