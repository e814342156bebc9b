"""The start: every error of the libraries becomes one line; what may get better is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import aiohttp
import pytest
from slack_sdk import errors as slack_errors

from bot.errors import NotYetError, SettingsError, SlackRefusal
from bot.slack.startup import APP_TOKEN, BOT_TOKEN, Patience, Place, Start, setback

if TYPE_CHECKING:
    from collections.abc import Iterator


def below(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for one in root.__subclasses__():
        yield from below(one)


CLASSES = sorted({*below(aiohttp.ClientError), *below(slack_errors.SlackClientError)}, key=lambda one: one.__qualname__)


class Bare:
    """What an error is made of, whatever the class asks for."""

    headers: ClassVar[dict[str, str]] = {}

    def __getattr__(self, name: str) -> Any:
        return 502


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
@pytest.mark.parametrize("token", [BOT_TOKEN, APP_TOKEN])
def test_every_error_of_the_libraries_is_one_line(kind: type[BaseException], token: str) -> None:
    error = kind.__new__(kind)
    for name in ("response", "_conn_key", "_os_error", "_certificate_error", "status", "host"):
        try:
            setattr(error, name, OSError(104, "reset") if name == "_os_error" else 502 if name == "status" else Bare())
        except AttributeError:
            continue

    (line,) = setback(error, Place(token, "https://slack.com/api/")).lines
    assert any(key in line.text for key in ("{key", "SLACK_"))


@pytest.mark.parametrize("name", ["too_many_websockets", "no_hello", "ratelimited", "service_unavailable", "internal_error"])
def test_what_passes_is_waited_for_and_blames_no_token(name: str) -> None:
    error = setback(SlackRefusal(name), Place(APP_TOKEN, "https://slack.com/api/"))

    assert isinstance(error, NotYetError)
    assert "SLACK_APP_TOKEN" not in str(error)


@pytest.mark.parametrize("name", ["invalid_auth", "missing_scope", "not_allowed_token_type", "account_inactive"])
def test_what_only_the_operator_mends_is_not_waited_for(name: str) -> None:
    error = setback(SlackRefusal(name), Place(APP_TOKEN, "https://slack.com/api/"))

    assert not isinstance(error, NotYetError)
    assert str(error).startswith("SLACK_APP_TOKEN: ")


async def test_the_start_waits_says_why_and_goes_on() -> None:
    start = Start(Patience(first_pause=0, longest_pause=0))
    said: list[str | None] = []
    answers: list[SettingsError | None] = [setback(SlackRefusal("too_many_websockets"), Place(APP_TOKEN, "https://s/"))] * 3
    answers += [None]

    async def ask() -> str:
        said.append(start.not_ready())
        if (error := answers.pop(0)) is not None:
            raise error
        return "there"

    assert await start.insist(ask) == "there"
    assert "too_many_websockets" in (said[-1] or "")
    start.done()
    assert start.not_ready() is None
