"""What the tests of the local workspace begin with: its clock, the workspace itself, a client, a bench for views, a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.slack import SlackWorkspace
from tests.browser import chromium, leave_pages
from tests.sandbox.slack_apps import INSTALLATION, SetClock, client_of
from tests.sandbox.view_bench import new_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from slack_sdk.web.async_client import AsyncWebClient

    from tests.sandbox.view_bench import Bench


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def workspace(clock: SetClock) -> AsyncIterator[SlackWorkspace]:
    """A workspace with nobody behind it but a bot of a few scopes."""
    async with SlackWorkspace(bot=INSTALLATION, clock=clock) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: SlackWorkspace) -> AsyncWebClient:
    return client_of(workspace)


@pytest.fixture
async def bench(clock: SetClock) -> AsyncIterator[Bench]:
    async with new_bench(clock) as bench:
        yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_browser() -> AsyncIterator[Browser]:
    """For modules whose tests share an event loop: a browser takes longer to start than what is looked at in it."""
    async with chromium() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    """The module's browser, whose pages show nothing."""
    yield running_browser
    await leave_pages(running_browser)
