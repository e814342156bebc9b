"""Each fault does on the wire what its name says; the bytes are read without an HTTP client's help where that matters."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.sandbox.providers import AliyunStandIn, ProviderFaultKind, SandboxMessage, SandboxReceipt, SandboxSystem, TencentStandIn
from tests.sandbox.provider_clients import NOW, NUMBER, Aliyun, Request, Tencent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MIB = 1024 * 1024
RECEIPT = SandboxReceipt(NOW, "DELIVRD", delivered=True)


@pytest.fixture
async def tencent() -> AsyncIterator[TencentStandIn]:
    message = SandboxMessage(SandboxSystem.TENCENT, NUMBER, "5000:1", NOW - timedelta(minutes=1), RECEIPT)
    async with TencentStandIn([message], clock=lambda: NOW) as running:
        yield running


@pytest.fixture
async def aliyun() -> AsyncIterator[AliyunStandIn]:
    message = SandboxMessage(SandboxSystem.ALIYUN, NUMBER, "1^0", NOW - timedelta(minutes=1), RECEIPT)
    async with AliyunStandIn([message], clock=lambda: NOW) as running:
        yield running


def _signed(stand_in: TencentStandIn) -> Request:
    client = Tencent(stand_in)
    return client.sign(client.request())


async def _connect(request: Request) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the request has been sent."""
    url = httpx.URL(f"http://{request.headers['host']}")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    lines = [f"{request.method} / HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
    writer.write("\r\n".join([*lines, f"content-length: {len(request.body)}", "", ""]).encode() + request.body)
    return reader, writer


async def _head(reader: asyncio.StreamReader) -> dict[str, str]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def test_cut_json_is_half_a_body_of_the_length_it_claims(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.CUT_JSON)
    answer = await _signed(tencent).send()

    assert answer.content.startswith(b'{"Response"')
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_wrong_length_promises_more_than_comes_and_closes(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.WRONG_LENGTH)
    reader, writer = await _connect(_signed(tencent))
    head = await _head(reader)
    body = await reader.read()
    writer.close()

    assert json.loads(body)["Response"]["PullSmsSendStatusSet"]
    assert int(head["content-length"]) == len(body) + 100


async def test_an_html_502_is_a_page_of_a_gateway(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HTML_502)
    answer = await _signed(tencent).send()

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert b"502 Bad Gateway" in answer.content


async def test_a_reset_connection_breaks_before_a_byte_of_the_answer(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.RESET)
    reader, writer = await _connect(_signed(tencent))

    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


class Sleeps:
    """Stands in for `asyncio.sleep`: notes how long, and goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.steps = asyncio.Semaphore(0)
        self.begun = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.begun.set()
        await self.steps.acquire()


async def test_a_slow_drip_sends_the_body_in_pieces_spread_over_its_time(tencent: TencentStandIn) -> None:
    sleeps = Sleeps()
    tencent.faults.sleep = sleeps
    tencent.faults.play(ProviderFaultKind.SLOW_DRIP, seconds=12)
    reader, writer = await _connect(_signed(tencent))
    length = int((await _head(reader))["content-length"])
    pieces: list[bytes] = []
    while len(b"".join(pieces)) < length:
        sleeps.steps.release()
        pieces.append(await reader.read(length))
    writer.close()

    assert json.loads(b"".join(pieces))["Response"]["PullSmsSendStatusSet"]
    assert 30 <= len(pieces) <= 40
    assert set(sleeps.seconds) == {12 / 40}


async def test_a_delay_sends_nothing_until_its_time_is_over(tencent: TencentStandIn) -> None:
    sleeps = Sleeps()
    tencent.faults.sleep = sleeps
    tencent.faults.play(ProviderFaultKind.DELAY, seconds=4)
    reader, writer = await _connect(_signed(tencent))
    reading = asyncio.create_task(_head(reader))
    await sleeps.begun.wait()
    nothing_yet = not reading.done()
    sleeps.steps.release()
    head = await reading
    writer.close()

    assert nothing_yet
    assert head["content-type"] == "application/json"
    assert sleeps.seconds == [4]


async def test_a_hanging_answer_comes_when_it_is_released(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HANG, times=1)
    asking = asyncio.create_task(_signed(tencent).send())
    await tencent.wait_for_calls(1)
    not_yet = not asking.done()
    tencent.faults.release()
    answer = await asking

    assert not_yet
    assert "Error" not in answer.json()["Response"]


async def test_a_stand_in_with_a_hanging_answer_closes_at_once(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HANG)
    asking = asyncio.create_task(_signed(tencent).send())
    await tencent.wait_for_calls(1)
    await tencent.die()
    with suppress(httpx.TransportError):
        await asking

    assert not tencent.listening


async def test_a_huge_body_is_valid_json_of_more_than_a_mebibyte(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HUGE_BODY)
    answer = await _signed(tencent).send()

    assert len(answer.content) > 3 * MIB
    assert answer.json()["Response"]["PullSmsSendStatusSet"]


async def test_a_wrong_content_type_has_the_right_body(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.WRONG_CONTENT_TYPE)
    answer = await _signed(tencent).send()

    assert answer.headers["content-type"] == "text/html"
    assert answer.json()["Response"]["PullSmsSendStatusSet"]


async def test_a_redirect_leads_elsewhere(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.REDIRECT)
    answer = await _signed(tencent).send()

    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ProviderFaultKind.HTTP_429, 429, "RequestLimitExceeded"),
        (ProviderFaultKind.HTTP_500, 500, "InternalError"),
        (ProviderFaultKind.RATE_LIMITED, 200, "RequestLimitExceeded"),
        (ProviderFaultKind.INTERNAL_ERROR, 200, "InternalError"),
    ],
)
async def test_tencent_says_a_fault_in_its_own_words(
    tencent: TencentStandIn, fault: ProviderFaultKind, status: int, code: str
) -> None:
    tencent.faults.play(fault)
    answer = await _signed(tencent).send()

    assert (answer.status_code, answer.json()["Response"]["Error"]["Code"]) == (status, code)
    assert tencent.calls[0].outcome == code
    assert tencent.calls[0].fault == fault


@pytest.mark.parametrize(
    ("fault", "status", "code", "international"),
    [
        (ProviderFaultKind.HTTP_429, 429, "Throttling", (429, "Throttling")),
        (ProviderFaultKind.HTTP_500, 500, "InternalError", (500, "InternalError")),
        (ProviderFaultKind.RATE_LIMITED, 400, "Throttling.User", (200, "QPS_LIMIT_CONTROL")),
        (ProviderFaultKind.INTERNAL_ERROR, 200, "isp.SYSTEM_ERROR", (200, "SYSTEM_ERROR")),
    ],
)
async def test_alibaba_says_a_fault_in_its_own_words(
    aliyun: AliyunStandIn, fault: ProviderFaultKind, status: int, code: str, international: tuple[int, str]
) -> None:
    aliyun.faults.play(fault)
    client = Aliyun(aliyun)
    details = await client.send(client.request())
    message = await client.send(client.request("QueryMessage", MessageId="1"))

    assert (details.status_code, details.json()["Code"]) == (status, code)
    body = message.json()
    assert (message.status_code, body.get("Code") or body["ResponseCode"]) == international


async def test_counted_but_empty_counts_two_and_returns_none(aliyun: AliyunStandIn) -> None:
    aliyun.faults.play(ProviderFaultKind.COUNTED_BUT_EMPTY)
    body = await Aliyun(aliyun).details()

    assert (body["TotalCount"], body["SmsSendDetailDTOs"]["SmsSendDetailDTO"]) == (2, [])


def test_tencent_has_no_count_to_be_wrong_about() -> None:
    with pytest.raises(ValueError, match="counted_but_empty"):
        TencentStandIn().faults.play(ProviderFaultKind.COUNTED_BUT_EMPTY)


async def test_garbage_rows_have_the_wrong_types(tencent: TencentStandIn, aliyun: AliyunStandIn) -> None:
    for stand_in in (tencent, aliyun):
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS)
    tencent_rows = await Tencent(tencent).rows()
    aliyun_rows = await Aliyun(aliyun).rows()
    message = await Aliyun(aliyun).message("1")

    for rows in (tencent_rows, aliyun_rows):
        assert {type(row) for row in rows} >= {dict, str, type(None)}
    assert isinstance(tencent_rows[0]["UserReceiveTime"], str)
    assert isinstance(aliyun_rows[0]["SendStatus"], str)
    assert isinstance(message["Status"], dict)


@pytest.mark.parametrize(("fault", "minutes"), [(ProviderFaultKind.CLOCK_AHEAD, 12), (ProviderFaultKind.CLOCK_BEHIND, -12)])
async def test_a_clock_that_is_off_shows_in_the_date_and_expires_signatures(
    tencent: TencentStandIn, aliyun: AliyunStandIn, fault: ProviderFaultKind, minutes: int
) -> None:
    tencent.faults.play(fault)
    aliyun.faults.play(fault)
    answer = await _signed(tencent).send()
    within_alibabas_tolerance = await Aliyun(aliyun).send(Aliyun(aliyun).request())

    assert parsedate_to_datetime(answer.headers["date"]) == NOW + timedelta(minutes=minutes)
    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureExpire"
    assert parsedate_to_datetime(within_alibabas_tolerance.headers["date"]) == NOW + timedelta(minutes=minutes)
    assert within_alibabas_tolerance.json()["TotalCount"] == 1  # what was sent stays sent


async def test_the_date_of_a_sound_answer_is_the_clocks(tencent: TencentStandIn) -> None:
    answer = await _signed(tencent).send()

    assert answer.headers["date"] == "Fri, 20 Nov 2026 12:00:00 GMT"


async def test_a_dead_stand_in_refuses_connections_and_comes_back_on_the_same_port(tencent: TencentStandIn) -> None:
    url = tencent.url
    await tencent.die()
    with pytest.raises(httpx.ConnectError):
        await _signed(tencent).send()
    await tencent.revive()
    answer = await _signed(tencent).send()

    assert tencent.url == url
    assert answer.status_code == 200


async def test_dying_closes_connections_that_are_kept_alive(tencent: TencentStandIn) -> None:
    reader, writer = await _connect(_signed(tencent))
    head = await _head(reader)
    await reader.readexactly(int(head["content-length"]))
    await tencent.die()

    assert await reader.read() == b""
    writer.close()


async def test_a_fault_is_played_as_often_as_asked_and_the_next_one_after_it(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HTML_502, times=2)
    tencent.faults.play(ProviderFaultKind.HTTP_500, times=1)
    statuses = [(await _signed(tencent).send()).status_code for _ in range(4)]

    assert statuses == [502, 502, 500, 200]
    assert [call.fault for call in tencent.calls] == ["html_502", "html_502", "http_500", None]


async def test_a_fault_until_cleared_goes_on_until_cleared(tencent: TencentStandIn) -> None:
    tencent.faults.play(ProviderFaultKind.HTML_502)
    during = [(await _signed(tencent).send()).status_code for _ in range(3)]
    tencent.faults.clear(ProviderFaultKind.HTML_502)
    after = (await _signed(tencent).send()).status_code

    assert (during, after) == ([502] * 3, 200)


async def test_a_fault_can_be_kept_to_an_action_or_to_chosen_calls(aliyun: AliyunStandIn) -> None:
    client = Aliyun(aliyun)
    aliyun.faults.play(ProviderFaultKind.HTML_502, on="QueryMessage")
    aliyun.faults.play(ProviderFaultKind.HTTP_500, on=lambda asked: asked.params["SendDate"] == "20261119")
    requests: list[dict[str, Any]] = [{}, {"SendDate": "20261119"}]
    details = [(await client.send(client.request(**params))).status_code for params in requests]
    message = await client.send(client.request("QueryMessage", MessageId="1"))

    assert (details, message.status_code) == ([200, 500], 502)
