"""Every error of the engine under the providers' calls ends as a fault that the catalogue explains, in words of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import httpx
import pytest

from bot.errors import ProviderError
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy
from tests.library_errors import OF_AIOHTTP, made
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ERRORS = [*(error for kind in OF_AIOHTTP for error in made(kind)), httpx.InvalidURL("the library's own words")]
PYTHON = re.compile(r"[a-z][A-Z]\w*|\w*(Error|Exception|Redirects|Timeout)\b|object at 0x|library's own words")


@pytest.fixture
async def http() -> AsyncIterator[ProviderHttpClient]:
    one = ProviderHttpClient("https://sms.tencentcloudapi.com", auth=httpx.Auth(), retry_policy=RetryPolicy(attempts=1))
    yield one
    await one.aclose()


async def test_every_error_of_the_engine_is_a_fault_in_words_of_ours(
    http: ProviderHttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained = {row.code for row in CATALOGUE.rows}
    wrong = {}
    for error in ERRORS:

        async def fail(*_: object, error: Exception = error, **__: object) -> NoReturn:
            raise error

        monkeypatch.setattr(http._engine, "exchange", fail)

        with pytest.raises(ProviderError) as caught:
            await http.call(lambda reply: reply, ResultCollector())
        with pytest.raises(ProviderError) as once:
            await http.call_once(content=b"")
        fault = caught.value.fault
        is_ours = fault.code.startswith("Transport.") and fault.code in explained and not PYTHON.search(fault.message)
        if not is_ours or fault != once.value.fault:
            wrong[repr(error)] = (fault, once.value.fault)

    assert wrong == {}


def test_the_errors_are_really_walked() -> None:
    assert len({type(error) for error in ERRORS}) > 30
