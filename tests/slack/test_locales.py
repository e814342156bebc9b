"""Who reads a message: in which zone and language, from what Slack says of them, once and without keeping an answer waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import AppSettings
from bot.slack.access import Directory
from bot.slack.locales import PAUSE_SECONDS, LocaleResolver
from tests.cases import each
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.slack.locales import ReaderLocale

DEFAULT = ZoneInfo("Asia/Shanghai")


class Slack:
    """users.info only: as many failures as asked for, then a person in Berlin who reads Chinese."""

    def __init__(self) -> None:
        self.failures = 0
        self.asked = 0
        self.url = ""
        self.answering = asyncio.Event()
        self.answering.set()
        self.person = {"id": "U1", "tz": "Europe/Berlin", "locale": "zh-CN"}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        await self.answering.wait()
        if self.failures:
            self.failures -= 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "20"})
        told = dict(self.person)
        if (await request.post()).get("include_locale") not in {"1", "true"} and "include_locale" not in request.query:
            told.pop("locale", None)
        return web.json_response({"ok": True, "user": told})


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
    one.answering.set()
    await runner.cleanup()


def open_readers(slack: Slack, clock: ToyClock | None = None, **settings: str) -> LocaleResolver:
    clock = clock or ToyClock()
    directory = Directory(AsyncWebClient("xoxb-1", base_url=slack.url), clock)
    return LocaleResolver(directory, DEFAULT, AppSettings.model_validate(settings), clock)


def told(reader: ReaderLocale) -> tuple[str, str]:
    return str(reader.zone), reader.language.code


async def test_a_person_is_read_from_slack_once(slack: Slack) -> None:
    known = open_readers(slack)

    assert [told(await known.resolve("U1")) for _ in range(3)] == [("Europe/Berlin", "zh")] * 3
    assert slack.asked == 1


@each(("locale", "code"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("de-DE", "en"), ("", "en"), ("\u0000", "en")])
async def test_the_language_follows_the_slack_locale(slack: Slack, locale: str, code: str) -> None:
    slack.person["locale"] = locale

    assert (await open_readers(slack).resolve("U1")).language.code == code


async def test_one_setting_overrides_everybodys_language(slack: Slack) -> None:
    assert (await open_readers(slack, SMSSTATUS_LANGUAGE="en").resolve("U1")).language.code == "en"
    slack.person["locale"] = "en-US"
    assert (await open_readers(slack, SMSSTATUS_LANGUAGE="zh").resolve("U1")).language.code == "zh"


async def test_a_person_whom_slack_does_not_tell_reads_the_workspaces_language(slack: Slack) -> None:
    slack.failures = 1

    assert told(await open_readers(slack, SMSSTATUS_CHANNEL_LANGUAGE="zh").resolve("U1")) == ("Asia/Shanghai", "zh")


async def test_a_profile_with_a_zone_that_does_not_exist_gets_the_configured_one(slack: Slack) -> None:
    slack.person["tz"] = "Moon/Crater"

    assert (await open_readers(slack).resolve("U1")).zone == DEFAULT


async def test_a_slack_that_says_wait_costs_no_waiting_and_is_asked_again_soon(slack: Slack) -> None:
    clock = ToyClock()
    slack.failures = 1
    known = open_readers(slack, clock)

    assert [told(await known.resolve("U1")) for _ in range(2)] == [("Asia/Shanghai", "en")] * 2
    assert slack.asked == 1
    clock.advance(seconds=PAUSE_SECONDS + 1)
    assert told(await known.resolve("U1")) == ("Europe/Berlin", "zh")


async def test_a_slack_that_hangs_is_waited_for_once_and_not_each_time(slack: Slack) -> None:
    slack.answering.clear()
    known = open_readers(slack)

    assert told(await known.resolve("U1", 0.05)) == ("Asia/Shanghai", "en")
    async with asyncio.timeout(0.5):
        assert told(await known.resolve("U1", 60)) == ("Asia/Shanghai", "en")


async def test_what_the_gate_has_asked_is_known_at_once_also_after_a_restart(slack: Slack) -> None:
    directory = Directory(AsyncWebClient("xoxb-1", base_url=slack.url), ToyClock())
    known = LocaleResolver(directory, DEFAULT, AppSettings.model_validate({}), ToyClock())
    await directory.profile("U1")  # as the door does before a window that is sent off is answered in its ack

    assert told(known.cached("U1")) == ("Europe/Berlin", "zh")


@pytest.mark.parametrize("locale", ["", None])
async def test_the_one_setting_holds_also_for_who_has_no_locale_whatever_channels_read(slack: Slack, locale: str | None) -> None:
    slack.person.pop("locale")
    slack.failures = 1 if locale is None else 0  # Slack does not tell, or tells none
    known = open_readers(slack, SMSSTATUS_LANGUAGE="en", SMSSTATUS_CHANNEL_LANGUAGE="zh")

    assert (await known.resolve("U1")).language.code == "en"


async def test_who_was_known_before_stays_so_when_slack_fails_later(slack: Slack) -> None:
    clock = ToyClock()
    known = open_readers(slack, clock)
    await known.resolve("U1")
    clock.advance(seconds=3600)
    slack.failures = 1

    assert told(await known.resolve("U1")) == ("Europe/Berlin", "zh")
    assert told(known.cached("U1")) == ("Europe/Berlin", "zh")


def test_a_channel_reads_its_own_language_then_the_workspaces_then_everybodys() -> None:
    def language(channel: str, **settings: str) -> str:
        directory = Directory(AsyncWebClient("xoxb-1"), ToyClock())
        return LocaleResolver(directory, DEFAULT, AppSettings.model_validate(settings), ToyClock()).in_channel(channel).code

    assert language("C1ABC") == "en"
    assert language("C1ABC", SMSSTATUS_LANGUAGE="zh") == "zh"
    assert language("C1ABC", SMSSTATUS_LANGUAGE="zh", SMSSTATUS_CHANNEL_LANGUAGE="en") == "en"
    assert language("C1ABC", SMSSTATUS_CHANNEL_LANGUAGES="C1ABC=zh,C2ABC=en") == "zh"
    assert language("C2ABC", SMSSTATUS_CHANNEL_LANGUAGE="zh", SMSSTATUS_CHANNEL_LANGUAGES="C1ABC=zh,C2ABC=en") == "en"
