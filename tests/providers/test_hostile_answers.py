"""Hostile responses: codes and ids of a provider are truncated, on one line and without invisible characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from aiohttp import web

from bot.errors import ProviderError
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.tencent.errors import read_response
from bot.providers.tencent.rows import delivery_of
from tests.cases import each
from tests.toys import NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

HOSTILE = ["A" * 900_000, "Bad\n13711112222", "\u202eBad\u202c", "\ud800", "\x1b[31mBad", "   "]


@pytest.fixture
async def served() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A server with a scripted response."""
    answer: dict[str, Any] = {}

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=json.dumps(answer).encode("utf-8", "surrogatepass"), content_type="application/json")

    app = web.Application()
    app.router.add_post("/", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/", answer
    await runner.cleanup()


@each("text", HOSTILE)
async def test_a_hostile_error_code_ends_short_and_printable(served: tuple[str, dict[str, Any]], text: str) -> None:
    url, answer = served
    answer |= {"Response": {"Error": {"Code": text, "Message": text}, "RequestId": text}}
    http = ProviderHttpClient(url, auth=httpx.Auth())

    with pytest.raises(ProviderError) as caught:
        await http.call(read_response, ResultCollector())
    await http.aclose()

    for value in (caught.value.fault.code, caught.value.fault.request_id or "", caught.value.fault.message):
        assert len(value) <= 200
        assert value.isprintable()
    assert caught.value.fault.code


@each("text", HOSTILE)
def test_a_hostile_row_ends_short_and_printable(text: str) -> None:
    row: Mapping[str, Any] = {
        "PhoneNumber": "+8613711112222",
        "SerialNo": f"5000:1{text}",
        "Description": f"X{text}",
        "ReportStatus": "FAIL",
        "UserReceiveTime": 1_700_000_000,
    }

    read = delivery_of(row, account="1400006666", queried=NUMBER)

    assert read is not None
    for value in (read.message_id or "", read.code or ""):
        assert len(value) <= 200
        assert value.isprintable()
