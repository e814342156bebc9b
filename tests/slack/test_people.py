"""Whose zone is not known at once: the answer does not wait for it, and a failure is not remembered for long."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import people
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DEFAULT = ZoneInfo("Asia/Shanghai")


class Slack:
    """users.info only: as many failures as asked for, then Berlin."""

    def __init__(self) -> None:
        self.failures = 0
        self.asked = 0
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "20"})
        return web.json_response({"ok": True, "user": {"id": "U1", "tz": "Europe/Berlin"}})


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    one = Slack()
    app = web.Application()
    app.router.add_route("*", "/api/users.info", one.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield one
    await runner.cleanup()


async def test_a_zone_is_asked_for_once_an_hour(slack: Slack) -> None:
    clock = ToyClock()
    known = people.People(AsyncWebClient("xoxb-1", base_url=slack.url), DEFAULT, clock)

    assert [str(await known.zone("U1")) for _ in range(3)] == ["Europe/Berlin"] * 3
    assert slack.asked == 1


async def test_a_slack_that_says_wait_costs_no_waiting_and_is_asked_again_soon(slack: Slack) -> None:
    clock = ToyClock()
    slack.failures = 1
    known = people.People(AsyncWebClient("xoxb-1", base_url=slack.url), DEFAULT, clock)

    assert [await known.zone("U1"), await known.zone("U1")] == [DEFAULT, DEFAULT]
    assert slack.asked == 1
    clock.advance(seconds=people.FAILED_SECONDS + 1)
    assert str(await known.zone("U1")) == "Europe/Berlin"
