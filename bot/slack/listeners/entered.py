"""What was entered in a modal: the value of an input, and the thread that is to be posted in. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINKED = re.compile(r"/archives/(?P<channel>[A-Z0-9]{3,30})/p(?P<seconds>\d{6,12})(?P<micros>\d{6})")
_TS = re.compile(r"\d{6,12}\.\d{6}")


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """The thread that a message's link leads to."""

    channel: str
    ts: str


def chosen_thread(view: Mapping[str, Any]) -> ThreadRef | None:
    """The thread of the link, or else of the list, of which the first is chosen from the start."""
    link, listed = entered(view, modal.LINK), entered(view, modal.THREAD)
    if link:
        return parse_permalink(link)
    channel, _, ts = (listed or "").partition(" ")
    return ThreadRef(channel, ts) if channel and _TS.fullmatch(ts) else None


def parse_permalink(text: str) -> ThreadRef | None:
    """The thread that the link to a message leads to: the message's own when it is no reply."""
    try:
        parts = urlsplit(text.strip().strip("<>").split("|")[0])
    except ValueError:  # such as half an IPv6 address in brackets
        return None
    found = _LINKED.fullmatch(parts.path)
    if found is None or parts.scheme not in {"https", "http"}:
        return None
    root = parse_qs(parts.query).get("thread_ts", [f"{found['seconds']}.{found['micros']}"])[0]
    return ThreadRef(found["channel"], root) if _TS.fullmatch(root) else None


def entered_files(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files given to the modal."""
    given = view.get("state", {}).get("values", {}).get(modal.FILE, {}).get(modal.FILE, {}).get("files")
    return [file for file in given if isinstance(file, dict)] if isinstance(given, list) else []


def entered(view: Mapping[str, Any], block_id: str) -> str | None:
    """The value of one input of the modal."""
    entered = view.get("state", {}).get("values", {}).get(block_id, {}).get(block_id, {})
    option = entered.get("selected_option")
    value: str | None = option.get("value") if option else entered.get("selected_conversation") or entered.get("value")
    return value or None
