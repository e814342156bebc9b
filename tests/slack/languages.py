"""Whether what somebody meets in Slack is in one language: what people read and hear of it, its English and its Chinese."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from bot.i18n import get_language
from bot.providers.systems import SYSTEMS
from bot.sandbox.slack import View

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping

    from bot.sandbox.slack import PostedMessage
    from tests.slack.conftest import Office

LI = "U0LIWEI01"  # whose Slack is Chinese

HAN = re.compile(r"[\u4e00-\u9fff]")
# What nobody sees: for us and for Slack.
_UNSEEN = {
    "type",
    "value",
    "action_id",
    "block_id",
    "callback_id",
    "private_metadata",
    "format",
    "style",
    "initial_value",
    "filetypes",
}
# What is no English: code, whom a mention means, the address of a link but not its label, hosts as labels, time zones, codes.
_CODE = re.compile(r"`[^`]*`")
_ADDRESS = re.compile(r"<[^<>|]*\|([^<>]*)>|<[^<>]*>|(?<=\])\([^)\s]*\)")
_MACHINE = re.compile(r"\b[A-Z][a-z]+/[A-Z][A-Za-z_]+\b|\b[\w-]+(?:\.[\w-]+)*\.(?:com|cn)\b|\b[A-Z]{2,}:\d+\b", re.ASCII)
_NAMES = {
    "CSV",
    "CSV UTF-8",
    "TXT",
    "Excel",
    "SMS",
    "ID",
    "API",
    "Markdown",
    "SIM",
    "MessageId",  # a field of Alibaba's console
    "OK",  # as the send API says it
    "Permits",  # in Alibaba's words for a limit
    "Slack",
    "Twilio",
    "UTC",
    "SendStatusStatistics",  # an action and an error, as the vendor names them
    "InvalidAction",
    "Check SMS status",  # the shortcut's name, which Slack shows as the manifest has it
    "Singtel",  # carriers, regions and countries, as the provider calls them
    "SG",
    "Singapore",
    "CSL",
    "Hong Kong (China)",
    "Hong Kong",
    *(system.title.text for system in SYSTEMS if system.title.said_in(get_language("zh")) == system.title.text),
}
_NAMED = re.compile("|".join(rf"\b{re.escape(name)}(?!\w)" for name in sorted(_NAMES, key=len, reverse=True)), re.ASCII)


def texts(value: Any) -> Iterator[str]:
    """Everything that somebody reads or hears, but for what is set as code."""
    if isinstance(value, str):
        yield value
    if isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    if isinstance(value, dict) and value.get("style") != {"code": True}:
        for name, content in value.items():
            if name not in _UNSEEN:
                yield from texts(content)


def english_in(text: str) -> list[str]:
    """The words of two letters or more that are English."""
    bare = html.unescape(_ADDRESS.sub(r"\1", _CODE.sub("", text)))
    return re.findall(r"[A-Za-z]{2,}", _NAMED.sub("", _MACHINE.sub("", bare)))


def english_left(value: Any) -> list[tuple[str, str]]:
    """The English words in what is to be Chinese, each with the text it stands in."""
    return [(word, text) for text in texts(value) for word in english_in(text)]


def chinese_left(value: Any) -> list[str]:
    """The texts in what is to be English that have Chinese in them outside of code."""
    return [text for text in texts(value) if HAN.search(_CODE.sub("", text))]


def is_chinese(value: Any) -> bool:
    return any(HAN.search(text) for text in texts(value))


def sent(message: PostedMessage) -> Mapping[str, Any]:
    """All of a message that somebody reads."""
    return {"text": message.text, "blocks": list(message.blocks)}


def assert_chinese(shown: PostedMessage | View | str) -> None:
    """Nothing else is in it, and something is."""
    value = _value(shown)
    assert not english_left(value), english_left(value)
    assert is_chinese(value), value


def assert_english(shown: PostedMessage | View | str) -> None:
    """The same of English."""
    value = _value(shown)
    assert not chinese_left(value), chinese_left(value)
    assert english_left(value), value


def _value(shown: PostedMessage | View | str) -> Any:
    if isinstance(shown, str):
        return shown
    return shown.content if isinstance(shown, View) else sent(shown)


def assert_whispered(message: PostedMessage) -> None:
    """It is for Li alone, and in Chinese."""
    assert message.ephemeral_to == LI
    assert_chinese(message)


def assert_for_all(message: PostedMessage) -> None:
    """All of a channel read it, in English."""
    assert message.ephemeral_to is None
    assert_english(message)


async def next_said(office: Office, act: Awaitable[object], *, user: str = "li", channel: str = "incidents") -> PostedMessage:
    """What the bot says to `act`, as `user` sees it."""
    before = len(office.seen(user, channel))
    await act
    return (await office.workspace.wait_for(lambda: office.seen(user, channel)[before:], within=15))[0]


async def window_by(office: Office, act: Awaitable[object]) -> View:
    """The window that `act` opens before Li."""
    await act
    return await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
