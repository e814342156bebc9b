"""`/mcp` of HTTP mode as Slack calls it: the official client, each request signed, the caller named in `_meta.slack`."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from bot.mcp.protocol import NEWEST
from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.slack.http_delivery import sign
from tests.cli.commands import run
from tests.slack.conftest import NUMBER, Office, Offices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

MODERN = {"io.modelcontextprotocol/protocolVersion": NEWEST, "io.modelcontextprotocol/clientCapabilities": {}}


class SlacksSignature(httpx2.Auth):
    """Signs each request as Slack does."""

    requires_request_body = True

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers.update(signed(request.content))
        yield request


def signed(body: bytes, secret: str = INSTALLATION.signing_secret) -> dict[str, str]:
    now = int(time.time())
    return {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": sign(secret, now, body)}


@asynccontextmanager
async def slackbot(office: Office, *, legacy: bool = False) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(auth=SlacksSignature(), timeout=20) as http:
        transport = streamable_http_client(f"{office.url}/mcp", http_client=http)
        async with Client(transport, mode="legacy" if legacy else "auto") as client:
            yield client


def whose(office: Office, name: str) -> Any:  # the client's own type of `_meta` knows no keys of others
    user = office.workspace.state.user(name)
    return {"slack": {"user_id": user.id, "team_id": user.team_id}}


async def ask(client: Client, office: Office, tool: str, user: str = "li", **arguments: object) -> CallToolResult:
    told = await client.call_tool(tool, arguments, meta=whose(office, user))
    assert isinstance(told, CallToolResult)
    return told


def said(told: CallToolResult) -> str:
    return next(part.text for part in told.content if isinstance(part, TextContent))


async def test_slackbot_gets_what_its_person_would_get_and_the_audit_names_the_person(office: Office) -> None:
    for legacy in (False, True):
        async with slackbot(office, legacy=legacy) as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == ["lookup", "stats", "explain", "signature"]
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools), "else Slack asks for consent"
            found = await ask(client, office, "lookup", targets=[NUMBER], since="2h")
            assert said(found).startswith("Delivered"), said(found)
            assert found.structured_content
            assert found.structured_content["query"]["targets"] == ["+86 137****2222"]
            assert NUMBER.removeprefix("+86") not in json.dumps(found.structured_content)
            assert "no signal" in said(await ask(client, office, "explain", code="MK:0008"))

    audited = (await run(office.sandbox.environ, "audit", "list")).out
    asker = office.workspace.state.user("li").id
    assert [line for line in audited.splitlines() if "agent" in line and "lookup" in line and asker in line]


async def test_a_time_of_day_is_meant_in_the_persons_zone(office: Office) -> None:
    async with slackbot(office) as client:
        zones = {}
        for name in ("li", "sam"):
            found = await ask(
                client, office, "lookup", name, targets=[NUMBER], since="2026-01-15 09:00", until="2026-01-15 10:00"
            )
            assert found.structured_content
            zones[office.workspace.state.user(name).tz] = found.structured_content["query"]["since"]

    assert len(set(zones.values())) == len(zones) == 2


@pytest.mark.parametrize(
    ("settings", "user", "told", "audited"),
    [
        ({"SMSSTATUS_ALLOWED_USERS": "U0ANN0001X"}, "li", "have access to this app", "refused: user"),
        ({}, "gia", "Guests can't use", "refused: guest"),
        ({}, "omar", "not set up for this workspace", "refused: workspace"),
        ({"SMSSTATUS_USER_RATE": "1"}, "li", "Too many calls in a minute", "refused: too many"),
    ],
)
async def test_who_would_be_turned_away_is_turned_away(
    offices: Offices, settings: Any, user: str, told: str, audited: str
) -> None:
    async with offices.open(**settings) as office, slackbot(office) as client:
        if "SMSSTATUS_USER_RATE" in settings:
            assert not (await ask(client, office, "explain", user, code="MK:0008")).is_error
        refused = await ask(client, office, "explain", user, code="MK:0008")
        listed = (await run(office.sandbox.environ, "audit", "list")).out

    assert refused.is_error
    assert told in said(refused)
    assert audited in listed


def named(user: str) -> Any:
    return {"slack": {"user_id": user, "team_id": "T0SANDBOX"}}


async def test_a_call_that_names_nobody_or_somebody_elsewhere_is_refused(office: Office) -> None:
    async with slackbot(office) as client:
        odd_ids = ("USLACKBOT", "u0liwei01", "U" * 50)
        nobodies: list[Any] = [
            {},
            {"slack": {}},
            {"slack": "U1"},
            {"slack": {"user_id": ["U1"], "team_id": 3}},
            *map(named, odd_ids),
        ]
        for meta in nobodies:
            nobody = await client.call_tool("explain", {"code": "MK:0008"}, meta=meta)
            assert isinstance(nobody, CallToolResult)
            assert nobody.is_error
        elsewhere: Any = {"slack": {**whose(office, "li")["slack"], "team_id": "T0ELSEWHERE"}}
        stranger = await client.call_tool("explain", {"code": "MK:0008"}, meta=elsewhere)
        assert isinstance(stranger, CallToolResult)
        assert stranger.is_error


async def post(office: Office, body: bytes, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(timeout=20) as http:
        return await http.post(f"{office.url}/mcp", content=body, headers={"Content-Type": "application/json", **headers})


def message(method: str, **params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": {"_meta": MODERN, **params}}).encode()


async def test_what_slack_has_not_signed_is_not_read(office: Office) -> None:
    body = message("tools/list")
    old = {**signed(body), "X-Slack-Request-Timestamp": str(int(time.time()) - 301)}

    assert (await post(office, body)).status_code == 401
    assert (await post(office, body, **signed(body, "another secret"))).status_code == 401
    assert (await post(office, body, **signed(body + b" "))).status_code == 401
    assert (await post(office, body, **old)).status_code == 401
    assert (await post(office, body, Origin="https://evil.example", **signed(body))).status_code == 403


def names(method: str, **more: str) -> dict[str, str]:
    return {"MCP-Protocol-Version": NEWEST, "Mcp-Method": method, **more}


async def test_a_character_that_no_database_takes_is_refused_like_any_other_name(office: Office) -> None:
    body = message("tools/call", name="explain", arguments={"code": "MK:0008"}, _meta={**MODERN, **named("\ud800")})

    told = await post(office, body, **names("tools/call", **{"Mcp-Name": "explain"}), **signed(body))

    assert told.json()["result"]["isError"]
    assert "refused: unchecked" in (await run(office.sandbox.environ, "audit", "list")).out


async def test_the_status_says_what_the_specification_says(office: Office) -> None:
    listing, calling = message("tools/list"), message("tools/call", name="explain", arguments={"code": "MK:0008"})
    legacy = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "tools/list"}).encode()
    unknown = listing.replace(NEWEST.encode(), b"2031-01-01")
    cases = [
        (listing, names("tools/list"), 200, None),
        (listing, {}, 400, -32020),
        (listing, names("tools/call"), 400, -32020),
        (calling, names("tools/call", **{"Mcp-Name": "lookup"}), 400, -32020),
        (calling, names("tools/call", **{"Mcp-Name": "=?base64?ZXhwbGFpbg==?="}), 200, None),
        (message("tools/steal"), names("tools/steal"), 404, -32601),
        (message("initialize"), names("initialize"), 404, -32601),
        (message("ping"), names("ping"), 404, -32601),
        (listing.replace(b"clientCapabilities", b"clientKnowledge"), names("tools/list"), 400, -32602),
        (legacy, {}, 200, None),
        (legacy, {"MCP-Protocol-Version": "2025-06-18"}, 200, None),
        (legacy, {"MCP-Protocol-Version": NEWEST}, 400, -32020),
        (legacy, {"MCP-Protocol-Version": "2099-01-01"}, 400, -32022),
        (legacy.replace(b": 7,", b": null,"), {}, 400, -32600),
        (legacy.replace(b": 7,", b": true,"), {}, 400, -32600),
        (legacy.replace(b": 7,", b": " + b"7" * 5000 + b","), {}, 400, -32600),
        (legacy.replace(b": 7,", b': "\\ud800",'), {}, 400, -32600),
        (b"{", {}, 400, -32700),
        (b"[]", {}, 400, -32600),
        (b"[" * 100_000, {}, 400, -32700),
        (b'{"jsonrpc":"2.0","method":"notifications/initialized"}', {}, 202, None),
        (
            unknown,
            {**names("tools/list"), "MCP-Protocol-Version": "2031-01-01"},
            400,
            -32022,
        ),
    ]
    for body, headers, status, code in cases:
        told = await post(office, body, **headers, **signed(body))
        assert told.status_code == status, body[:80]
        assert (told.json().get("error", {}).get("code") if told.content else None) == code, body[:80]


async def test_a_message_that_is_sent_again_counts_again_towards_the_limit(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_USER_RATE="2") as office:
        call = {"name": "explain", "arguments": {"code": "MK:0008"}, "_meta": {**MODERN, **whose(office, "li")}}
        body = message("tools/call", **call)
        headers = {**names("tools/call", **{"Mcp-Name": "explain"}), **signed(body)}

        told = await asyncio.gather(*(post(office, body, **headers) for _ in range(3)))

    assert sorted(one.json()["result"]["isError"] for one in told) == [False, False, True]


async def test_where_the_app_answers_in_some_channels_only_it_does_not_answer_slackbot(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_ALLOWED_CHANNELS="C0INCIDENT") as office, slackbot(office) as client:
        refused = await ask(client, office, "explain", code="MK:0008")

    assert refused.is_error
    assert "channel" in said(refused)


async def test_in_socket_mode_there_is_no_such_address(offices: Offices) -> None:
    async with offices.open("socket") as office:
        body = message("tools/list")

        assert (await post(office, body, **signed(body))).status_code == 404
