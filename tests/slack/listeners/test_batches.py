"""A list of numbers: dropped with a mention, pasted, or given to the modal; one message with progress that becomes the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.slack.conftest import BOTH_MODES, NUMBER, Office, Offices, buttons_of, payload_of, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage

MANY = [f"1390000{tail:04}" for tail in range(60)]
LIST = "\n".join(["name,phone", f"Li,{NUMBER}", "Wu,8.61371E+12", *(f"Xu,{number}" for number in MANY)]).encode("utf-16")


def ids_of(message: PostedMessage) -> list[str]:
    return [button["action_id"] for button in buttons_of(message)]


async def drop(office: Office, content: bytes, text: str = "@smsstatus via aliyun", name: str = "customers.csv") -> None:
    await office.workspace.say("li", "incidents", text, files={name: content})


async def answer_of(office: Office, channel: str = "incidents") -> PostedMessage:
    """The message once it is the answer, and no progress any more."""

    def answer() -> PostedMessage | None:
        said = office.seen(channel=channel)
        return said[-1] if said and "Looking up" not in words_of(said[-1]) else None

    return await office.workspace.wait_for(answer, within=30)


@BOTH_MODES
async def test_a_file_that_is_dropped_with_a_mention_is_answered_in_its_thread_by_one_message(office: Office) -> None:
    await drop(office, LIST, "@smsstatus since 2h via aliyun")
    answer = await answer_of(office)

    words = words_of(answer)
    assert len(office.seen()) == 1
    assert answer.thread_ts == office.workspace.channel("incidents").messages[0].ts
    assert "61 numbers" in words.splitlines()[0]
    assert "61 numbers from column 2 (phone) · 1 line not read" in words
    assert "Line 3: A spreadsheet shortened" in words
    assert not {"answer.refresh", "answer.widen_24h"} & set(ids_of(answer))
    assert "13711112222" not in payload_of(answer)
