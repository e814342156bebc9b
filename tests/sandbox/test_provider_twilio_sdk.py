"""Twilio's official SDK is the judge: of the stand-in, which it takes for Twilio, and of our calls, which are its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.sandbox.providers import SandboxMessage, SandboxReceipt, SandboxSystem, TwilioAccount, TwilioStandIn
from bot.timing.clock import system_clock
from tests.cases import each
from tests.providers.twilio_api import ACCOUNT, NUMBER, asked, query, row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SENT = system_clock() - timedelta(minutes=2)


def sid(which: int) -> str:
    return f"SM{which:032x}"


MESSAGES = [
    SandboxMessage(
        SandboxSystem.TWILIO,
        NUMBER.e164,
        sid(which),
        SENT - timedelta(minutes=which),
        SandboxReceipt(SENT, "30003", words="Unreachable destination handset"),
    )
    for which in range(1, 6)
]


def sdk(url: str, user: str = ACCOUNT.key_sid, password: str = ACCOUNT.key_secret) -> Any:
    client = Client(user, password, account_sid=ACCOUNT.sid)
    client.api.base_url = url
    return client


async def test_the_sdk_lists_the_messages_page_by_page() -> None:
    day = SENT.date()

    def listed(client: Any) -> list[Any]:
        filters = {"to": NUMBER.e164, "date_sent_after": day - timedelta(days=1), "date_sent_before": day + timedelta(days=1)}
        return list(client.messages.list(**filters, page_size=2))

    async with TwilioStandIn(MESSAGES) as stand_in:
        found = await asyncio.to_thread(listed, sdk(stand_in.url))
        pages = [call.outcome for call in stand_in.calls]

    assert [(one.sid, one.status, one.error_code) for one in found] == [
        (sid(which), "undelivered", 30003) for which in range(1, 6)
    ]
    assert pages == ["OK"] * 3


async def test_the_sdk_fetches_a_message_and_reads_what_there_is_not() -> None:
    async with TwilioStandIn(MESSAGES) as stand_in:
        client = sdk(stand_in.url, ACCOUNT.sid, ACCOUNT.auth_token)
        found = await asyncio.to_thread(client.messages(sid(1)).fetch)
        with pytest.raises(TwilioRestException) as caught:
            await asyncio.to_thread(client.messages(sid(9)).fetch)

    assert (found.to, found.direction, found.date_sent) == (
        NUMBER.e164,
        "outbound-api",
        (SENT - timedelta(minutes=1)).replace(microsecond=0),
    )
    assert (caught.value.status, caught.value.code) == (404, 20404)


@each(("keys", "code"), [((ACCOUNT.key_sid, "wrong"), 20003), ((TwilioAccount().key_sid, ACCOUNT.auth_token), 20003)])
async def test_the_sdk_reads_why_it_is_not_let_in(keys: tuple[str, str], code: int) -> None:
    async with TwilioStandIn(MESSAGES) as stand_in:
        with pytest.raises(TwilioRestException) as caught:
            await asyncio.to_thread(sdk(stand_in.url, *keys).messages(sid(1)).fetch)

    assert (caught.value.status, caught.value.code) == (401, code)


async def test_the_sdk_reads_that_it_asks_too_often() -> None:
    async with TwilioStandIn(MESSAGES, calls_per_second=1) as stand_in:
        client = sdk(stand_in.url)
        await asyncio.to_thread(client.messages(sid(1)).fetch)
        with pytest.raises(TwilioRestException) as caught:
            await asyncio.to_thread(client.messages(sid(1)).fetch)

    assert (caught.value.status, caught.value.code) == (429, 20429)


# --- our calls ------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def overhearing(answer: Callable[[web.BaseRequest], Any]) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """The URL of a server that answers, and what it hears of each call: all that decides what is asked, and for whom."""
    heard: list[dict[str, Any]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        call = {"method": request.method, "path": request.path, "query": sorted(request.query.items())}
        heard.append({**call, "authorization": request.headers["Authorization"], "body": await request.read()})
        return web.json_response(answer(request))

    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", heard
    finally:
        await runner.cleanup()


def two_pages(request: web.BaseRequest) -> Any:
    """Two pages, linked as Twilio links them."""
    path = f"{request.path}?{request.query_string}&Page=1&PageToken=PA1"
    is_last = "PageToken" in request.query or "DateSent>" not in request.query
    return {"messages": [row(sid=sid(2 if is_last else 1))], "next_page_uri": None if is_last else path, "page_size": 200}


async def test_our_calls_for_a_number_are_the_sdks_on_every_page() -> None:
    def listed(client: Any) -> None:
        filters = {"to": NUMBER.e164, "date_sent_after": "2026-11-21", "date_sent_before": "2026-11-22"}
        list(client.messages.list(**filters, page_size=200))
        list(client.messages.list(to=NUMBER.e164, page_size=200))

    async with overhearing(two_pages) as (url, heard):
        await asked(url, query())
        ours = list(heard)
        heard.clear()
        await asyncio.to_thread(listed, sdk(url))

    assert len(ours) == 3
    assert sorted(map(str, ours)) == sorted(map(str, heard))


async def test_our_call_for_a_message_is_the_sdks() -> None:
    async with overhearing(lambda _: row()) as (url, heard):
        await asked(url, query(message_id=sid(1)))
        await asyncio.to_thread(sdk(url).messages(sid(1)).fetch)

    assert heard[0] == heard[1]


def test_the_sdk_takes_days_as_the_documentation_writes_them() -> None:
    """And writes a `date` with a midnight behind it, which the stand-in takes for the day."""
    from twilio.base import serialize  # noqa: PLC0415 - of this test alone

    assert (serialize.iso8601_datetime("2026-11-21"), serialize.iso8601_datetime(date(2026, 11, 21))) == (
        "2026-11-21",
        "2026-11-21T00:00:00Z",
    )
