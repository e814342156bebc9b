"""`smsstatus mcp` as an agent's client starts it: a process of its own, the official client, the stand-ins of the vendors."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from bot.mcp.stdio import serve_lines
from bot.sandbox.demo import open_sandbox
from tests.cli.commands import run
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.mcp.protocol import ToolAnswer

NUMBER = "+8613711112222"


def server(environ: Mapping[str, str]) -> StdioServerParameters:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
    return StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=env)


async def ask(client: Client, tool: str, **arguments: object) -> tuple[str, dict[str, Any]]:
    told = await client.call_tool(tool, arguments)
    assert isinstance(told, CallToolResult)
    assert not told.is_error, told.content
    sentence, data = texts(told)
    assert json.loads(data) == told.structured_content
    return sentence, dict(told.structured_content)


def texts(told: CallToolResult) -> list[str]:
    return [part.text for part in told.content if isinstance(part, TextContent)]


async def refusal(client: Client, tool: str, **arguments: object) -> str:
    told = await client.call_tool(tool, arguments)
    assert isinstance(told, CallToolResult)
    assert told.is_error
    (said,) = texts(told)
    return said


async def test_the_official_client_of_either_era_gets_the_sentences_and_reports_that_people_get() -> None:
    async with open_sandbox(with_archive=True) as sandbox, AsyncExitStack() as stack:
        environ = sandbox.provider_environ
        modern = await stack.enter_async_context(Client(server(environ)))
        legacy = await stack.enter_async_context(Client(server(environ), mode="legacy"))

        for client, version in ((modern, "2026-07-28"), (legacy, "2025-11-25")):
            assert client.protocol_version == version
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == ["lookup", "stats", "explain", "signature"]
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
            sentence, report = await ask(client, "lookup", targets=[NUMBER], since="2h")
            assert sentence == report["verdict"]
            assert report["query"]["targets"] == ["+86 137****2222"]

        printed = json.loads((await run(environ, NUMBER, "since", "2h", "--json")).out)
        assert printed["deliveries"] == report["deliveries"]
        assert (await ask(modern, "explain", code="MK:0008"))[0].startswith("tencent MK:0008: no signal.")
        assert "Everyone at Tencent" in (await ask(modern, "stats", since="2h"))[0]
        assert "【示例】" in (await ask(modern, "signature", name="示例"))[0]

        assert (await refusal(modern, "lookup", targets=[])).startswith("targets: ")
        assert (await refusal(modern, "lookup", targets=[NUMBER], reveal=True)).startswith("an argument that is not listed: ")
        nobody = await refusal(modern, "lookup", targets=[NUMBER], providers=["nobody"])
        assert nobody.startswith("providers.0: Input should be one of tencent, ")
        assert "`blah` is not a valid time" in await refusal(modern, "lookup", targets=[NUMBER], since="blah")
        assert "137****2222" in await refusal(modern, "explain", code=NUMBER)

        audited = (await run(environ, "audit", "list")).out
        assert audited.count("mcp") >= 6
        assert NUMBER.removeprefix("+86") not in audited


async def test_more_calls_a_minute_than_a_person_may_make_are_refused() -> None:
    async with open_sandbox() as sandbox, Client(server({**sandbox.provider_environ, "SMSSTATUS_USER_RATE": "2"})) as client:
        await ask(client, "explain", code="MK:0008")
        await ask(client, "explain", code="MK:0008")

        assert (await refusal(client, "explain", code="MK:0008")).startswith("Too many calls in a minute.")


class Slow:
    """Tools whose calls do not end by themselves."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = 0

    def listed(self) -> list[dict[str, Any]]:
        return []

    def has(self, name: str) -> bool:
        return name == "slow"

    async def call(self, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        raise AssertionError(name)


def line(number: int | str | None, method: str, **params: object) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    return json.dumps(message).encode() + b"\n"


async def test_whatever_a_client_writes_the_next_message_is_answered_and_the_end_ends_all() -> None:
    lines, tools, told = asyncio.StreamReader(limit=1 << 10), Slow(), list[dict[str, Any]]()
    answered = asyncio.Event()

    def write(text: str) -> None:
        told.append(json.loads(text))
        if told[-1]["id"] == "last":
            answered.set()

    serving = asyncio.create_task(serve_lines(lines, write, tools))
    for odd in (b"\n", b"{\n", b"[" * 900 + b"\n", b'"' + b"x" * 2000 + b'"\n', b"[]\n", b"\xff\n"):
        lines.feed_data(odd)
    lines.feed_data(line(1, "tools/call", name="slow") + line(1, "ping") + line(2, "tools/call", name="slow") + line(3, "ping"))
    await tools.begun.wait()
    lines.feed_data(line(None, "notifications/cancelled", requestId=1) + line("last", "ping"))
    await answered.wait()
    lines.feed_eof()
    await serving

    assert tools.cancelled == 2  # the one that the client cancelled, and the one that nobody waits for any more
    assert {one["error"]["code"] for one in told if one["id"] is None} == {-32700, -32600}
    assert [one["error"]["message"] for one in told if one["id"] == 1] == ["This id is in use"]
    assert [one["id"] for one in told if one.get("result") == {}] == [3, "last"]
