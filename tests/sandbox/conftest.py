"""What the tests of the local workspace begin with: its clock, the workspace itself, a client, and a bench for views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack import SlackWorkspace
from tests.sandbox.slack_apps import INSTALLATION, SetClock, client_of
from tests.sandbox.view_bench import new_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
