"""Whatever a payload lacks or holds instead: Slack gets its ack, nothing breaks, and whoever waits is told something."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from structlog.testing import capture_logs

from bot.config import AppSettings, load_settings
from bot.lookup.opening import open_lookups
from bot.observability.metrics import Metrics
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.slack.access.rate_limiter import UserRateLimiter
from bot.slack.app import open_slack
from bot.slack.transport.bolt import build_bolt, dispatch
from bot.state import open_state
from bot.timing.clock import system_clock
from tests.examples import examples as examples_of_a_property
from tests.slack.conftest import QUICK
from tests.slack.odd_payloads import BOT, TEAM, Change, Example, all_changes, examples

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.sandbox.slack import SlackWorkspace
    from bot.slack.app import SlackApp

TELLING = frozenset(
    {"chat.postEphemeral", "chat.postMessage", "chat.update", "views.open", "views.publish", "functions.completeError"}
    | {"functions.completeSuccess"}
)
BROKEN = frozenset({"slack.dispatch_failed", "request.crashed", "task.failed", "request.unconfirmed_answer"})


@dataclass
class Told:
    """What became of one payload."""

    response: BoltResponse
    calls: list[str]  # that Slack took
    logged: list[str]


@dataclass
class OneApp:
    """The real app, given payloads as a transport hands them over."""

    slack: SlackApp
    workspace: SlackWorkspace

    async def give(self, body: dict[str, Any]) -> Told:
        before = len(self.workspace.calls)
        parts = self.slack._built
        with capture_logs() as logged:
            response = await parts.middleware.receive(body, {})
            await parts.tasks.drain(10)
        # A step's run is the workspace's own, and none is under way: that it is ended at all is what counts.
        made = self.workspace.calls[before:]
        calls = [call.method for call in made if call.error is None or call.method.startswith("functions.")]
        self.workspace._api.calls.clear()
        return Told(response, calls, [line["event"] for line in logged])


@asynccontextmanager
async def one_app(template: Path) -> AsyncIterator[OneApp]:
    async with open_sandbox(second=1e-6) as sandbox, AsyncExitStack() as stack:
        shutil.copyfile(template, sandbox.data / "smsstatus.db")
        environ = {**sandbox.environ, "SMSSTATUS_LANGUAGE": "en", "SMSSTATUS_USER_RATE": "10000"}
        settings = load_settings(environ, VENDORS)
        state = await stack.enter_async_context(open_state(settings, system_clock))
        lookups = await stack.enter_async_context(open_lookups(settings, Metrics(), system_clock))
        timings = replace(QUICK, channel_gap=0.0, quota_window=1e-6)
        slack = await stack.enter_async_context(open_slack(settings, "socket", Metrics(), timings))
        await slack.authenticate()
        await stack.enter_async_context(slack.answering(state, lookups))
        yield OneApp(slack, sandbox.workspace)


@pytest.fixture
async def app(template_database: Path) -> AsyncIterator[OneApp]:
    async with one_app(template_database) as app:
        yield app


async def test_every_payload_is_answered_as_it_is(app: OneApp, subtests: pytest.Subtests) -> None:
    for example in examples():
        with subtests.test(example.name):
            assert faults_in(await app.give(example.body), example) == []


ANY_CHANGE = st.deferred(lambda: st.sampled_from(all_changes()))  # made when it is first drawn from, not at the import


@given(ANY_CHANGE)
@examples_of_a_property(40, suppress=[HealthCheck.function_scoped_fixture])
async def test_no_field_that_is_missing_or_odd_breaks_a_request_or_leaves_anybody_waiting(
    app: OneApp, drawn: tuple[int, Change]
) -> None:
    number, change = drawn
    example = examples()[number]
    assert faults_in(await app.give(change.of(example.body)), example, change) == []


async def test_bolt_reads_every_odd_payload(subtests: pytest.Subtests) -> None:
    """All of them, since this is quick: Bolt with a listener for everything, which asks for all that Bolt can hand over.

    The legacy kinds never come that far: no listener of ours takes them.
    """
    bolt, found = listening_for_everything(), all_changes()
    for number, example in enumerate(examples()):
        if example.name.startswith("legacy"):
            continue
        with subtests.test(example.name), capture_logs() as logged:
            for _, change in (one for one in found if one[0] == number):
                assert (await dispatch(bolt, change.of(example.body), {})).status == 200, str(change)
            assert logged == []


ODD: Mapping[str, dict[str, Any]] = {
    "a command of a kind": {"command": "/smsstatus", "user_id": "U1", "type": ["x"]},
    "a command with a view": {"command": "/smsstatus", "user_id": "U1", "view": "x"},
    "an event with a view": {"type": "event_callback", "view": "x"},
    "nothing": {},
}


async def test_fields_of_another_payload_break_nothing(app: OneApp, subtests: pytest.Subtests) -> None:
    for name, body in ODD.items():
        with subtests.test(name):
            told = await app.give(body)
            assert told.response.status == 200
            assert not BROKEN.intersection(told.logged)


class Broken(UserRateLimiter):
    """A limit with a bug."""

    def allow(self, user: str, keys: Iterable[str] = ()) -> bool:
        raise ZeroDivisionError(user)


@pytest.mark.parametrize("where", ["before the ack", "in Bolt"])
@pytest.mark.parametrize("name", ["slash command", "message shortcut"])
async def test_a_bug_around_the_ack_is_told_under_its_id_and_leaves_no_request_taken(
    app: OneApp, monkeypatch: pytest.MonkeyPatch, name: str, where: str
) -> None:
    parts = app.slack._built
    if where == "in Bolt":
        monkeypatch.setattr("bot.slack.transport.bolt.AsyncBoltRequest", None)  # which cannot be called
    else:
        parts.middleware._authorizer.rate = Broken(1, system_clock)
    told = await app.give(next(one.body for one in examples() if one.name == name))

    assert told.response.status == 200
    assert "request.crashed" in told.logged
    assert not TELLING.isdisjoint(told.calls)
    assert not parts.inbox._own.ids


async def test_what_bolt_answers_by_itself_is_left_to_it(app: OneApp) -> None:
    checked = await app.give({"ssl_check": "1", "token": "x", "command": "/smsstatus"})
    challenged = await app.give({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"})

    assert (checked.response.status, checked.calls) == (200, [])
    assert "3eZbrw1aB" in str(challenged.response.body)


async def test_a_message_of_any_depth_can_be_asked_about(app: OneApp) -> None:
    example = next(one for one in examples() if one.name == "message shortcut")
    body = {**example.body, "message": {"blocks": json.loads("[" * 500 + "]" * 500)}}

    assert faults_in(await app.give(body), example) == []


def listening_for_everything() -> AsyncApp:
    """A Bolt app as ours is built, each of whose listeners takes whatever comes."""
    identity = AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-1", bot_id="B1", bot_user_id=BOT)
    nothing_is_sent: Any = None
    bolt = build_bolt(AppSettings.model_validate({}), identity, nothing_is_sent)

    async def listen(ack: AsyncAck, payload: Any, body: Any, context: Any) -> None:
        await ack()

    async def unhandled(error: Exception) -> BoltResponse:
        assert isinstance(error, BoltUnhandledRequestError), error
        return BoltResponse(status=200)

    for register in (
        bolt.command,
        bolt.action,
        bolt.shortcut,
        bolt.view,
        bolt.view_closed,
        bolt.options,
        bolt.event,
        bolt.function,
    ):
        register(re.compile(""))(listen)
    bolt.error(unhandled)
    return bolt


def faults_in(told: Told, example: Example, change: Change | None = None) -> list[str]:
    """What is wrong with what became of a payload."""
    faults = [] if told.response.status == 200 else [f"status {told.response.status}"]
    faults += [f"logged {event}" for event in told.logged if event in BROKEN]
    is_told = bool(told.response.body) or not TELLING.isdisjoint(told.calls)
    if example.waits and not is_told and not (change and example.is_named_by(change.path)):
        faults.append(f"nobody is told: {told.logged}")
    return faults
