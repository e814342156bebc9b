"""The stand-in of Tencent's legacy API is as strict as the real one, checked with requests made by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxReply, SandboxSystem
from bot.sandbox.providers.tencent_legacy import LegacyAccount, TencentLegacyStandIn, legacy_signature
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
OLD = NOW - timedelta(days=9)
ACCOUNT = LegacyAccount()
RANDOM = 7226249334


def message(which: int, sent_at: datetime = NOW - timedelta(minutes=5), **changes: Any) -> SandboxMessage:
    receipt = SandboxReceipt(sent_at + timedelta(seconds=3), "DELIVRD", delivered=True)
    values = {"number": "+8613711112222", "message_id": f"5000:{which}", "sent_at": sent_at, "receipt": receipt, **changes}
    return SandboxMessage(SandboxSystem.TENCENT, **values)


@pytest.fixture
async def stand_in() -> AsyncIterator[TencentLegacyStandIn]:
    messages = [message(1), message(2, receipt=None), message(3, OLD), message(4, account="1400009999")]
    replies = [SandboxReply("+8613711112222", "TD", NOW - timedelta(minutes=1))]
    accounts = [ACCOUNT, LegacyAccount("1400008888", "another key", may_pull=False)]
    async with TencentLegacyStandIn(messages, replies=replies, accounts=accounts, clock=lambda: NOW) as one:
        yield one


async def call(
    stand_in: TencentLegacyStandIn,
    action: str = "pullstatus",
    *,
    account: LegacyAccount = ACCOUNT,
    query: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
    data: bytes | None = None,
    content_type: str = "application/json",
) -> dict[str, Any]:
    """A call that is right but for what is changed; a field that is changed to None is left out."""
    sig = hashlib.sha256(f"appkey={account.app_key}&random={RANDOM}&time={SECONDS}".encode()).hexdigest()
    usual: dict[str, Any] = {"sig": sig, "time": SECONDS, "type": 0, "max": 100}
    if action == "pullstatus4mobile":
        usual |= {"begin_time": SECONDS - 3600, "end_time": SECONDS, "nationcode": "86", "mobile": "13711112222"}
    sent = {name: value for name, value in {**usual, **(body or {})}.items() if value is not None}
    params = {"sdkappid": account.app_id, "random": RANDOM, **(query or {})}
    headers = {"Content-Type": content_type}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{stand_in.url}/v5/tlssmssvr/{action}"
        async with session.post(url, params=params, **({"json": sent} if data is None else {"data": data})) as response:
            assert response.status == 200
            return dict(await response.json())


def test_the_signature_is_that_of_the_documents_own_example() -> None:
    expected = "c13e54f047ed75e821e698730c72d030dc30e5b510b3f8a0fb6fb7605283d7df"
    assert legacy_signature("5f03a35d00ee52a21327ab048186a2c4", "7226249334", 1457336869) == expected


async def test_the_queue_hands_each_row_out_exactly_once_however_old_it_is(stand_in: TencentLegacyStandIn) -> None:
    first, second = await call(stand_in), await call(stand_in)

    assert ([row["sid"] for row in first["data"]], first["count"]) == (["5000:1", "5000:3"], 2)
    assert (second["data"], second["count"]) == ([], 0)
    assert stand_in.handed_sids == ["5000:1", "5000:3"]
    assert [one.is_sent for one in stand_in.handed] == [True]


async def test_a_row_of_the_queue_has_the_documented_fields(stand_in: TencentLegacyStandIn) -> None:
    row = (await call(stand_in, body={"max": 1}))["data"][0]
    assert row == {
        "user_receive_time": "2026-11-20 19:55:03",
        "nationcode": "86",
        "mobile": "13711112222",
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": "5000:1",
    }


async def test_replies_have_their_own_queue(stand_in: TencentLegacyStandIn) -> None:
    first, second = await call(stand_in, body={"type": 1}), await call(stand_in, body={"type": 1})
    assert [row["text"] for row in first["data"]] == ["TD"]
    assert second["data"] == []


async def test_a_row_is_gone_with_an_answer_that_never_arrived(stand_in: TencentLegacyStandIn) -> None:
    stand_in.faults.play(ProviderFaultKind.RESET, times=1)
    with pytest.raises(aiohttp.ClientError):
        await call(stand_in)

    assert (await call(stand_in))["data"] == []
    assert [one.is_sent for one in stand_in.handed] == [False]


async def test_the_lookup_by_number_can_be_repeated_and_forgets_after_seven_days(stand_in: TencentLegacyStandIn) -> None:
    window = {"begin_time": SECONDS - 20 * 86400}
    first = await call(stand_in, "pullstatus4mobile", body=window)
    again = await call(stand_in, "pullstatus4mobile", body=window)
    assert [row["sid"] for row in first["data"]] == [row["sid"] for row in again["data"]] == ["5000:1"]
    assert stand_in.handed == []


@each(
    ("changes", "result"),
    [
        ({"action": "pullsmsstatus"}, 1011),
        ({"content_type": "text/plain", "data": b"{}"}, 60008),
        ({"query": {"sdkappid": "1400001111"}}, 1019),
        ({"query": {"random": RANDOM + 1}}, 1001),
        ({"query": {"random": "x"}}, 1001),
        ({"body": {"sig": "0" * 64}}, 1001),
        ({"body": {"sig": None}}, 1003),
        ({"body": {"time": SECONDS - 1}}, 1001),
        ({"data": b"{"}, 1004),
        ({"data": b"[]"}, 1004),
        ({"body": {"time": str(SECONDS)}}, 1004),
        ({"body": {"type": "0"}}, 1004),
        ({"body": {"type": True}}, 1004),
        ({"body": {"type": 2}}, 1004),
        ({"body": {"max": 101}}, 1004),
        ({"body": {"max": 0}}, 1004),
        ({"body": {"max": None}}, 1004),
        ({"body": {"offset": 0}}, 1004),
        ({"account": LegacyAccount("1400008888", "another key")}, 1006),
        ({"action": "pullstatus4mobile", "body": {"mobile": "+8613711112222"}}, 1016),
        ({"action": "pullstatus4mobile", "body": {"nationcode": 86}}, 1004),
        ({"action": "pullstatus4mobile", "body": {"begin_time": None}}, 1004),
        ({"action": "pullstatus4mobile", "body": {"begin_time": SECONDS + 1}}, 1004),
    ],
)
async def test_a_call_with_anything_wrong_is_refused_with_the_vendors_number(
    stand_in: TencentLegacyStandIn, changes: dict[str, Any], result: int
) -> None:
    answer = await call(stand_in, **changes)
    assert (answer["result"], stand_in.handed) == (result, [])


@each(("minutes", "result"), [(-11, 1021), (11, 1021), (-9, 0), (9, 0)])
async def test_a_time_more_than_ten_minutes_off_is_refused(stand_in: TencentLegacyStandIn, minutes: int, result: int) -> None:
    time = SECONDS + minutes * 60
    sig = legacy_signature(ACCOUNT.app_key, str(RANDOM), time)
    assert (await call(stand_in, body={"time": time, "sig": sig}))["result"] == result
