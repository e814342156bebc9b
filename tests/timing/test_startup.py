"""The start: transient errors are retried, and every library error becomes one line."""

from __future__ import annotations

import re
import ssl

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.config.proxy import Proxies
from bot.errors import SettingsError, SlackDeliveryError, UnavailableError
from bot.slack.messaging.failures import RedirectedError
from bot.slack.transport.connection_errors import APP_TOKEN, BOT_TOKEN, SlackEndpoint, explaining_errors, startup_error
from bot.timing.startup import StartupBackoff, StartupWait
from tests.cases import each
from tests.library_errors import OF_AIOHTTP, OF_SLACK, made

OF_PYTHON = [TimeoutError(), OSError(), ConnectionResetError(), ssl.SSLError(), KeyError("url"), RecursionError()]
ERRORS = [*(error for kind in (*OF_AIOHTTP, *OF_SLACK) for error in made(kind)), *OF_PYTHON, RedirectedError("x")]
PROXIES = Proxies.of({"HTTPS_PROXY": "proxy.corp:3128"})
PLACES = [
    SlackEndpoint(BOT_TOKEN, "https://slack.com/api/"),
    SlackEndpoint(APP_TOKEN, "https://slack.com/api/", PROXIES),
    SlackEndpoint(APP_TOKEN, "wss://wss-primary.slack.com", PROXIES),
    SlackEndpoint(APP_TOKEN, "wss://wss-primary.slack.com"),
]
NAMED = ("SLACK_", "HTTPS_PROXY", "Socket Mode: ")
PYTHON = re.compile(r"\b[A-Z][A-Za-z]*(Error|Exception|Redirects|Timeout)\b|object at 0x|Traceback|library's own words")


@each("place", PLACES, ids=lambda place: f"{place.token} {place.keys}")
def test_every_error_of_the_libraries_is_one_line_that_names_a_setting_and_no_class(place: SlackEndpoint) -> None:
    wrong = {}
    for error in ERRORS:
        with pytest.raises(SettingsError) as caught, explaining_errors(place):
            raise error
        said = str(caught.value)
        if len(said.splitlines()) != 1 or not any(name in said for name in NAMED) or PYTHON.search(said):
            wrong[repr(error)] = said

    assert wrong == {}


def test_the_errors_are_really_walked() -> None:
    kinds = {type(error) for error in ERRORS}

    assert {aiohttp.TooManyRedirects, aiohttp.ClientConnectorDNSError, SlackApiError} <= kinds
    assert len(kinds) > 30


@each("name", ["too_many_websockets", "no_hello", "ratelimited", "service_unavailable", "internal_error"])
def test_what_passes_is_waited_for_and_blames_no_token(name: str) -> None:
    error = startup_error(SlackDeliveryError(name), SlackEndpoint(APP_TOKEN, "https://slack.com/api/"))

    assert isinstance(error, UnavailableError)
    assert "SLACK_APP_TOKEN" not in str(error)


@each("name", ["invalid_auth", "missing_scope", "not_allowed_token_type", "account_inactive"])
def test_what_only_the_operator_mends_is_not_waited_for(name: str) -> None:
    error = startup_error(SlackDeliveryError(name), SlackEndpoint(APP_TOKEN, "https://slack.com/api/"))

    assert not isinstance(error, UnavailableError)
    assert str(error).startswith(f"Slack rejected SLACK_APP_TOKEN ({name}): ")


async def test_the_start_waits_says_why_and_goes_on() -> None:
    start = StartupWait(StartupBackoff(first_pause=0, longest_pause=0))
    said: list[str | None] = []
    answers: list[SettingsError | None] = [
        startup_error(SlackDeliveryError("too_many_websockets"), SlackEndpoint(APP_TOKEN, "https://s/"))
    ] * 3
    answers += [None]

    async def ask() -> str:
        said.append(start.not_ready())
        if (error := answers.pop(0)) is not None:
            raise error
        return "there"

    assert await start.wait_for(ask) == "there"
    assert "too_many_websockets" in (said[-1] or "")
    start.finish()
    assert start.not_ready() is None
