"""Messages of MCP: of the revision without a handshake, of those with one, and of none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mcp.protocol import NEWEST, ToolAnswer, answer
from tests.examples import examples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODERN = {"io.modelcontextprotocol/protocolVersion": NEWEST, "io.modelcontextprotocol/clientCapabilities": {}}


class OneTool:
    def listed(self) -> Sequence[Mapping[str, Any]]:
        return [{"name": "lookup", "inputSchema": {"type": "object"}}]

    def has(self, name: str) -> bool:
        return name == "lookup"

    async def call(self, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        return ToolAnswer(f"{name} of {len(arguments)}", {"verdict": "Delivered"})


async def ask(method: str, **params: object) -> dict[str, Any]:
    told = await answer({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}, OneTool())
    assert told is not None
    assert told["id"] == 7
    return told


async def test_a_client_without_a_handshake_is_told_what_the_server_speaks_and_is() -> None:
    result = (await ask("server/discover", _meta=MODERN))["result"]

    assert result["resultType"] == "complete"
    assert result["supportedVersions"][0] == NEWEST
    assert result["capabilities"] == {"tools": {}}
    assert (result["ttlMs"] > 0, result["cacheScope"]) == (True, "public")
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "smsstatus"


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25"), (NEWEST, "2025-11-25")]
)
async def test_a_client_with_a_handshake_gets_its_revision_or_the_newest_with_one(wanted: str, spoken: str) -> None:
    assert (await ask("initialize", protocolVersion=wanted))["result"]["protocolVersion"] == spoken
    assert (await ask("ping"))["result"] == {}
    assert "resultType" not in (await ask("tools/list"))["result"]


async def test_a_tool_answers_with_a_sentence_and_the_same_as_data() -> None:
    result = (await ask("tools/call", _meta=MODERN, name="lookup", arguments={"targets": []}))["result"]

    assert [json.loads(text["text"]) if at else text["text"] for at, text in enumerate(result["content"])] == [
        "lookup of 1",
        {"verdict": "Delivered"},
    ]
    assert result["structuredContent"] == {"verdict": "Delivered"}
    assert not result["isError"]
    assert "ttlMs" not in result


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("tools/list", {"_meta": MODERN | {"io.modelcontextprotocol/protocolVersion": "1900-01-01"}}, -32022),
        ("tools/list", {"_meta": {"io.modelcontextprotocol/protocolVersion": NEWEST}}, -32602),
        ("tools/list", {"_meta": []}, -32602),
        ("tools/call", {"name": "send_sms"}, -32602),
        ("tools/call", {"name": "lookup", "arguments": []}, -32602),
        ("resources/list", {}, -32601),
    ],
)
async def test_what_cannot_be_answered_has_the_error_of_the_specification(
    method: str, params: dict[str, object], code: int
) -> None:
    assert (await ask(method, **params))["error"]["code"] == code


async def test_a_notification_gets_no_answer() -> None:
    assert await answer({"jsonrpc": "2.0", "method": "notifications/initialized"}, OneTool()) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.fixed_dictionaries(
    {}, optional={"_meta": st.just(MODERN) | JSON, "name": st.just("lookup") | JSON, "arguments": JSON}
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | JSON,
        "id": JSON,
        "method": st.sampled_from(["initialize", "server/discover", "tools/list", "tools/call", "ping"]) | JSON,
        "params": JSON | PARAMS,
    },
)


@given(NEARLY | JSON)
@examples(100)
async def test_any_json_gets_one_answer_or_none_and_never_an_exception(message: object) -> None:
    told = await answer(message, OneTool())

    if told is not None:
        assert told["jsonrpc"] == "2.0"
        assert ("result" in told) != ("error" in told)
        json.dumps(told)
