"""The calls themselves and nothing around them: signed beforehand, sent by a bare client at the vendors' limits, read as JSON.

It is what a stand-in and a client on this machine need for the calls that our lookup makes, or for the fewest that anybody could.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import httpx
from yarl import URL

from benchmarks.vendors import ALIYUN, BUSY, TENCENT
from bot.providers.aliyun.provider_domestic import HEADERS, PAGE_SIZE, format_number
from bot.providers.aliyun.signing import Acs3Auth, AliyunCredentials
from bot.providers.china_time import CHINA
from bot.providers.request_target import canonical_query
from bot.providers.tencent import send_records
from bot.providers.tencent.plugin import CALLS_PER_SECOND as RECEIPTS_PER_SECOND
from bot.providers.tencent.provider import ACTION as RECEIPTS
from bot.providers.tencent.provider import request_body
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials, call_headers
from bot.providers.tencent.window_splitter import ROW_CAP, SecondRange
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from benchmarks.vendors import StandIns
    from bot.model import PhoneNumber

SECOND = 1.02  # the stand-ins count in any second
KEPT = timedelta(hours=send_records.KEPT_HOURS) - timedelta(minutes=2)
SENDS = send_records.ACTION.name


@dataclass(frozen=True, slots=True)
class Call:
    """A signed call. Calls of one action have one limit; without one, `per_second` is 0."""

    action: str
    per_second: int
    method: str
    url: URL
    headers: dict[str, str]
    body: bytes


def receipts(found: StandIns, number: PhoneNumber, span: SecondRange) -> Call:
    """Tencent's receipts of a window."""
    return _tencent(found, RECEIPTS, RECEIPTS_PER_SECOND, request_body(TENCENT.app_ids[0], number, span))


def sends(found: StandIns, number: PhoneNumber, span: SecondRange, offset: int = 0) -> Call:
    """A page of Tencent's sends of a window."""
    body = send_records.request_body(TENCENT.app_ids[0], number, span, offset, with_end=span.end < time.time() - 1)
    return _tencent(found, SENDS, send_records.CALLS_PER_SECOND, body)


def details(found: StandIns, number: PhoneNumber, day: str, page: int = 1) -> Call:
    """A page of Alibaba's day."""
    params = {"CurrentPage": str(page), "PageSize": str(PAGE_SIZE), "PhoneNumber": format_number(number), "SendDate": day}
    auth = Acs3Auth(AliyunCredentials(ALIYUN.access_key_id, ALIYUN.access_key_secret))
    return _signed(
        auth, httpx.Request("POST", f"{found.aliyun_url}?{canonical_query(params)}", headers=HEADERS), "QuerySendDetails", 0
    )


def china_day(at: datetime) -> str:
    """The day of a moment, as Alibaba asks for it."""
    return f"{at.astimezone(CHINA):%Y%m%d}"


def fewest_at_tencent(found: StandIns, sent_at: Sequence[datetime]) -> list[Call]:
    """Of whoever knows when each of the rows was sent: full windows of receipts, full pages of sends."""
    newest_first = [int(at.timestamp()) for at in reversed(sent_at)]
    windows = [_span(newest_first[first : first + ROW_CAP]) for first in range(0, len(newest_first), ROW_CAP)]
    kept = [at for at in newest_first if at > time.time() - KEPT.total_seconds()]
    pages = []
    for first in range(0, len(kept), send_records.MOST_ROWS):
        of_window = kept[first : first + send_records.MOST_ROWS]
        pages += [sends(found, BUSY, _span(of_window), offset) for offset in range(0, len(of_window), send_records.PAGE)]
    return [receipts(found, BUSY, window) for window in windows] + pages


def fewest_at_alibaba(found: StandIns, sent_at: Sequence[datetime]) -> list[Call]:
    """The pages of each day."""
    days = itertools.groupby(sent_at, china_day)
    return [details(found, BUSY, day, page) for day, rows in days for page in range(1, -(-len(list(rows)) // PAGE_SIZE) + 1)]


async def send_all(calls: Sequence[Call], *, one_by_one: bool = False, work_seconds: float = 0.0) -> float:
    """The seconds that the calls take, as fast as their limits allow; a stand-in is known to take `work_seconds` for each.

    Raises RuntimeError if one is refused.
    """
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        begun = time.perf_counter()

        async def send(call: Call) -> float:
            """When the call arrived, at the latest."""
            async with session.request(call.method, call.url, headers=call.headers, data=call.body) as response:
                answer = json.loads(await response.read())
            if "Error" in answer.get("Response", {}) or answer.get("Code", "OK") != "OK":
                raise RuntimeError(f"{call.action} was refused")
            return time.perf_counter() - work_seconds

        async def send_in_time(group: asyncio.TaskGroup, of_action: list[Call]) -> None:
            sent: list[asyncio.Task[float]] = []
            for place, call in enumerate(of_action):
                if place >= call.per_second > 0:
                    arrived = await sent[place - call.per_second]
                    await asyncio.sleep(arrived + SECOND - time.perf_counter())
                sent.append(group.create_task(send(call)))
                if one_by_one:
                    await sent[-1]

        by_action = {action: [call for call in calls if call.action == action] for action in {call.action for call in calls}}
        async with asyncio.TaskGroup() as group:
            for of_action in by_action.values():
                group.create_task(send_in_time(group, of_action))
        return time.perf_counter() - begun


def _span(newest_first: Sequence[int]) -> SecondRange:
    return SecondRange(newest_first[-1], newest_first[0])


def _tencent(found: StandIns, action: str, per_second: int, body: bytes) -> Call:
    auth = Tc3Auth(TencentCredentials(TENCENT.secret_id, TENCENT.secret_key), system_clock)
    request = httpx.Request("POST", found.tencent_url, content=body, headers=call_headers(action, TENCENT.region))
    return _signed(auth, request, action, per_second)


def _signed(auth: httpx.Auth, request: httpx.Request, action: str, per_second: int) -> Call:
    signed = next(auth.auth_flow(request))
    headers = {name: value for name, value in signed.headers.items() if name != "content-length"}
    return Call(action, per_second, signed.method, URL(str(signed.url), encoded=True), headers, signed.content)
