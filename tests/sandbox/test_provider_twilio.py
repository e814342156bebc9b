"""The Twilio stand-in is as strict as the API that it stands for: credentials, paths, parameters, pages, limits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from bot.sandbox.providers import ProviderFaultKind, SandboxMessage, SandboxReceipt, SandboxSystem, TwilioAccount, TwilioStandIn
from tests.cases import each
from tests.sandbox.provider_clients import NO_TLS, NOW, NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

ACCOUNT = TwilioAccount()
LIST = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
KEY, OWN = (ACCOUNT.key_sid, ACCOUNT.key_secret), (ACCOUNT.sid, ACCOUNT.auth_token)


def sid(which: int) -> str:
    return f"SM{which:032x}"


def sent(which: int, minutes: int = 10, code: str | None = "", **changes: Any) -> SandboxMessage:
    at = NOW - timedelta(minutes=minutes)
    receipt = None if code is None else SandboxReceipt(at + timedelta(seconds=4), code, delivered=not code, words="said")
    return SandboxMessage(SandboxSystem.TWILIO, NUMBER, sid(which), at, receipt, **changes)


@asynccontextmanager
async def running(messages: Sequence[SandboxMessage] = (), **options: Any) -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn(messages, clock=lambda: NOW, **options) as one:
        yield one


def number_of(row: Mapping[str, Any]) -> int:
    """Which message it is."""
    return int(row["sid"].removeprefix("SM"), base=16)


async def get(
    stand_in: TwilioStandIn,
    path: str = LIST,
    params: Mapping[str, str] | None = None,
    keys: tuple[str, str] | None = KEY,
    method: str = "GET",
) -> tuple[int, Any]:
    async with httpx.AsyncClient(verify=NO_TLS, trust_env=False) as client:
        answer = await client.request(method, f"{stand_in.url}{path}", params=params, auth=keys)
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")
    return answer.status_code, answer.json()


@each(
    "keys", [None, ("", ""), (ACCOUNT.key_sid, "wrong"), (ACCOUNT.sid, ACCOUNT.key_secret), ("AC" + "f" * 32, ACCOUNT.auth_token)]
)
async def test_wrong_credentials_are_refused_in_twilios_words(keys: tuple[str, str] | None) -> None:
    async with running() as one:
        assert await get(one, keys=keys) == (
            401,
            {"code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401},
        )


@each("keys", [KEY, OWN])
async def test_an_api_key_and_the_auth_token_are_let_in(keys: tuple[str, str]) -> None:
    async with running([sent(1)]) as one:
        status, body = await get(one, keys=keys)
    assert (status, [row["sid"] for row in body["messages"]]) == (200, [sid(1)])


async def test_a_key_has_only_its_permissions_and_a_main_one_reads_the_account() -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT.sid}.json"
    async with running() as one:
        assert (await get(one, path))[1]["code"] == 70051
        assert (await get(one, path, keys=OWN))[1]["sid"] == ACCOUNT.sid
    async with running(accounts=[TwilioAccount(denied=frozenset({"Messages"}))]) as one:
        assert [(await get(one, where))[0] for where in (LIST, path)] == [401, 200]


@each(
    "path",
    [
        "/",
        "/2010-04-01/Accounts.json",
        LIST.replace(".json", ""),
        LIST.replace("Messages", "Calls"),
        LIST.replace(ACCOUNT.sid, "AC" + "f" * 32),
        LIST.replace(".json", f"/{sid(9)}.json"),
        LIST.replace(".json", "/SM1.json"),
    ],
)
async def test_what_there_is_not_is_404(path: str) -> None:
    async with running([sent(1)]) as one:
        status, body = await get(one, path)
    assert (status, body["code"], body["status"]) == (404, 20404, 404)


async def test_nothing_but_a_get_is_taken() -> None:
    async with running() as one:
        assert [(await get(one, method=method))[0] for method in ("POST", "DELETE", "PUT")] == [405] * 3


@each(
    ("params", "code"),
    [
        ({"To": "13711112222"}, 21211),
        ({"to": NUMBER}, 20001),
        ({"DateSent>=": "2026-11-20"}, 20001),
        ({"DateSent>": "20.11.2026"}, 20001),
        ({"DateSent": "2026-11-20T12:00:00Z"}, 20001),
        ({"PageSize": "1001"}, 20001),
        ({"PageSize": "0"}, 20001),
        ({"Page": "1"}, 21481),
        ({"Page": "1", "PageToken": "PA1"}, 21481),
    ],
)
async def test_a_parameter_that_is_not_known_or_is_wrong_is_refused(params: dict[str, str], code: int) -> None:
    async with running([sent(1)]) as one:
        status, body = await get(one, params=params)
    assert (status, body["code"]) == (400, code)


async def test_the_days_are_gmts_and_a_message_that_was_not_sent_passes_none() -> None:
    messages = [sent(1, 10), sent(2, 12 * 60 + 1), sent(3, 20, None, state="queued"), sent(4, 30, None, refused="30002")]
    async with running(messages) as one:

        async def found(**params: str) -> list[int]:
            _, body = await get(
                one, params={name.replace("_before", "<").replace("_after", ">"): params[name] for name in params}
            )
            return [number_of(row) for row in body["messages"]]

        assert await found() == [1, 3, 4, 2]
        assert await found(DateSent="2026-11-20") == [1]
        assert await found(DateSent_after="2026-11-20") == [1]
        assert await found(DateSent_after="2026-11-19") == [1, 2]
        assert await found(DateSent_before="2026-11-20") == [2]
        assert await found(DateSent_before="2026-11-21", DateSent_after="2026-11-20") == [1]
        assert await found(To="+12025550123") == []


async def test_pages_follow_each_other_by_their_links_and_keep_the_filters() -> None:
    async with running([sent(which, which) for which in range(1, 6)]) as one:
        _, first = await get(one, params={"PageSize": "2", "To": NUMBER})
        _, second = await get(one, first["next_page_uri"])
        _, last = await get(one, second["next_page_uri"])

    pages = [[number_of(row) for row in page["messages"]] for page in (first, second, last)]
    assert (pages, last["next_page_uri"]) == ([[1, 2], [3, 4], [5]], None)
    assert first["next_page_uri"] == f"{LIST}?To=%2B8613711112222&PageSize=2&Page=1&PageToken=PA{sid(2)}"
    assert (first["previous_page_uri"], first["page"], second["page"]) == (None, 0, 1)


async def test_a_message_has_the_documented_fields() -> None:
    async with running([sent(1, 10, "30003")]) as one:
        _, row = await get(one, LIST.replace(".json", f"/{sid(1)}.json"))

    told = {name: row[name] for name in ("status", "error_code", "error_message", "to", "direction", "date_sent", "date_updated")}
    assert told == {
        "status": "undelivered",
        "error_code": 30003,
        "error_message": "said",
        "to": NUMBER,
        "direction": "outbound-api",
        "date_sent": "Fri, 20 Nov 2026 11:50:00 +0000",
        "date_updated": "Fri, 20 Nov 2026 11:50:04 +0000",
    }


async def test_calls_beyond_the_limit_are_refused() -> None:
    async with running(calls_per_second=2) as one:
        answers = [await get(one) for _ in range(3)]
    assert [(status, body.get("code")) for status, body in answers] == [(200, None), (200, None), (429, 20429)]


async def test_its_faults_are_in_twilios_words() -> None:
    async with running([sent(1)]) as one:
        one.faults.play(ProviderFaultKind.RATE_LIMITED, times=1)
        one.faults.play(ProviderFaultKind.INTERNAL_ERROR, times=1)
        one.faults.refuse("20001", times=1)
        one.faults.play(ProviderFaultKind.GARBAGE_ROWS, times=1)
        answers = [await get(one) for _ in range(4)]
    assert [(status, body.get("code")) for status, body in answers] == [(429, 20429), (500, 20500), (400, 20001), (200, None)]
    assert len(answers[3][1]["messages"]) == 4


async def test_what_is_sent_later_is_not_there_yet() -> None:
    later = SandboxMessage(SandboxSystem.TWILIO, NUMBER, sid(1), datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC))
    async with running([later, sent(2, 10)]) as one:
        _, body = await get(one)
    assert [row["sid"] for row in body["messages"]] == [sid(2)]
