"""The composer: typed text becomes text with markup, and the same as a `rich_text` block.

`@name` becomes `<@U…>`, `#channel` `<#C…|channel>`, an address a link. Phone numbers become `<tel:…>` links only in some clients
(those of phones do it, the desktop's often does not, https://github.com/fplbot/fplbot/issues/320), so that is a choice.
Sources: https://docs.slack.dev/messaging/formatting-message-text and
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.sandbox.slack.state import WorkspaceState

Json = dict[str, Any]

_TOKEN = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|<@(?P<user_id>[UW]\w+)>"
    r"|(?<![\w@])@(?P<name>[A-Za-z0-9][\w.-]*\w|[A-Za-z0-9])"
    r"|(?<![\w&])#(?P<channel>[a-z0-9][a-z0-9_-]*)"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?P<phone>(?<![\w+:])(?:\+|00)?\d[\d\u00a0 ()-]{6,18}\d(?!\w))"
)
_BROADCASTS = ("here", "channel", "everyone")


def escape_mrkdwn(text: str) -> str:
    """`text` with `&`, `<` and `>` escaped, as Slack sends it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compose(state: WorkspaceState, typed: str, *, auto_link: bool = False) -> tuple[str, Mapping[str, Any]]:
    """The text and the `rich_text` block of a message. `auto_link` makes phone numbers `tel:` links."""
    pieces = list(_pieces(state, typed, auto_link=auto_link))
    section = {"type": "rich_text_section", "elements": [element for _, element in pieces]}
    return "".join(text for text, _ in pieces), {"type": "rich_text", "elements": [section]}


def _pieces(state: WorkspaceState, typed: str, *, auto_link: bool) -> Iterator[tuple[str, Json]]:
    """The parts of the message in order: the text and the element of each."""
    plain = ""
    end = 0
    for hit in _TOKEN.finditer(typed):
        found = _piece(state, hit, auto_link=auto_link)
        plain += typed[end : hit.start()]
        end = hit.end()
        if found is None:
            plain += hit.group()
            continue
        if plain:
            yield escape_mrkdwn(plain), {"type": "text", "text": plain}
            plain = ""
        yield found
    plain += typed[end:]
    if plain:
        yield escape_mrkdwn(plain), {"type": "text", "text": plain}


def _piece(state: WorkspaceState, hit: re.Match[str], *, auto_link: bool) -> tuple[str, Json] | None:
    """The markup and the element of one hit; None when it is plain text after all."""
    whole = hit.group()
    match hit.lastgroup:
        case "code":
            return escape_mrkdwn(whole), {"type": "text", "text": whole.strip("`"), "style": {"code": True}}
        case "user_id" if hit["user_id"] in state.users:
            return _user(hit["user_id"])
        case "name":
            return _named(state, hit["name"])
        case "channel":
            conversation = state.conversation(hit["channel"])
            if conversation is None:
                return None
            return f"<#{conversation.id}|{conversation.name}>", {"type": "channel", "channel_id": conversation.id}
        case "url":
            return f"<{escape_mrkdwn(whole)}>", {"type": "link", "url": whole}
        case "phone" if auto_link:
            return _phone(whole)
    return None


def _user(user_id: str) -> tuple[str, Json]:
    return f"<@{user_id}>", {"type": "user", "user_id": user_id}


def _named(state: WorkspaceState, name: str) -> tuple[str, Json] | None:
    if name in _BROADCASTS:
        return f"<!{name}>", {"type": "broadcast", "range": name}
    for user in state.users.values():
        if user.name == name and not user.deleted:
            return _user(user.id)
    for group in state.user_groups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}|@{name}>", {"type": "usergroup", "usergroup_id": group.id}
    return None


def _phone(typed: str) -> tuple[str, Json]:
    number = re.sub(r"[^\d+]", "", typed)
    if number == typed:
        return f"<tel:{number}>", {"type": "link", "url": f"tel:{number}"}
    return f"<tel:{number}|{typed}>", {"type": "link", "url": f"tel:{number}", "text": typed}
