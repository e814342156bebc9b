"""Receipts end to end in the running app: pushed or drained, stored, and shown in an answer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.sandbox.archive import ARCHIVED_NUMBER, LEGACY_ACCOUNT
from bot.sandbox.demo import open_sandbox
from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.timing.clock import system_clock
from tests.slack.conftest import SECOND, Office, start, words_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PUSHED_NUMBER = "+8613922223333"


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """The running app, once the queue's receipts are stored."""
    async with open_sandbox(with_archive=True, second=SECOND) as sandbox, AsyncExitStack() as app:
        url = await start(sandbox, app, "http")
        assert sandbox.legacy is not None
        await sandbox.legacy.wait_for_calls(3)
        yield Office(sandbox, app, url)


async def test_what_the_queue_handed_out_is_told_when_the_vendors_have_forgotten(office: Office) -> None:
    answer = words_of(await office.ask(f"{ARCHIVED_NUMBER} since 12d"))

    assert answer.startswith("❌ 2 of 3 failed")
    assert "Tencent, from the store" in answer
    assert "replied `TD`" in answer


async def at_once(_seconds: float) -> None:
    """A waiting time before a retry, in place of the vendor's minutes."""


async def test_a_receipt_that_is_pushed_is_told_and_one_with_a_wrong_token_is_not(office: Office) -> None:
    now = system_clock()
    message = SandboxMessage(
        SandboxSystem.TENCENT, PUSHED_NUMBER, "5000:1", now, SandboxReceipt(now, "MK:0008", delivered=False), text="x"
    )
    token = office.sandbox.environ["SMSSTATUS_CALLBACK_TOKEN"]

    async with CallbackPusher(office.url, "not-the-token-of-this-app-01", sleep=at_once) as stranger:
        assert (await stranger.tencent([message]))[0].is_taken is False
    assert "No record" in words_of(await office.ask(f"{PUSHED_NUMBER} since 1h via receipts"))
    async with CallbackPusher(office.url, token) as vendor:
        assert (await vendor.tencent([message]))[0].is_taken is True

    told = await office.press((office.seen())[-1], "answer.refresh")
    assert "failed `MK:0008` · Tencent, from the store" in words_of(told)


async def test_the_operator_can_count_what_a_drain_gave(office: Office) -> None:
    async with aiohttp.ClientSession() as client, client.get(f"{office.url}/metrics") as response:
        text = await response.text()

    assert f'smsstatus_drain{{account="{LEGACY_ACCOUNT.app_id}",count="receipts"}} 3.0' in text
