"""Socket Mode in bad weather: connections that drop, go silent, are refreshed, refused, or come with an expired address.

Pings and pauses are a few hundredths of a second here. What they add up to in production is computed at the end.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.config import AppSettings
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.sandbox.slack import SlackWorkspace
from bot.slack.transport.bolt import dispatch
from bot.slack.transport.socket_mode import ReconnectTimings, SocketModeClient
from tests.sandbox.slack_apps import INSTALLATION, SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt.async_app import AsyncAck

QUICK = ReconnectTimings(
    heartbeat=5,
    attempt=2,
    patient_attempt=3,
    first_pause=0.02,
    longest_pause=0.05,
    spare_pause=0.05,
    hopeless_pause=0.05,
    linger=0.05,
    drain=1,
)
WITHIN = 10.0  # seconds, on a busy machine


@dataclass
class Listener:
    """An app that only acknowledges, and the connections it listens on."""

    workspace: SlackWorkspace
    socket: SocketModeClient
    heard: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    at_gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def command(self, text: str = "hello") -> str | None:
        """Run a command; Slack's error for the user, if any."""
        return (await self.workspace.slash("li", "incidents", f"/smsstatus {text}")).error

    async def connected(self, connections: int = 2, *, without: Any = ()) -> None:
        """Until so many connections are open, none of them among `without`."""
        await self.workspace.wait_for(
            lambda: len(self.workspace.socket.connections) == connections and not self._still(without), within=WITHIN
        )

    def _still(self, old: Any) -> bool:
        return any(each in old for each in self.workspace.socket.connections)

    async def ready(self) -> None:
        await until(lambda: self.socket.not_ready() is None)

    async def deaf(self) -> str:
        await until(lambda: self.socket.not_ready() is not None)
        return self.socket.not_ready() or ""


async def until(condition: Callable[[], bool]) -> None:
    """Let everything else go on until `condition` holds."""
    async with asyncio.timeout(WITHIN):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody; each turn lets the loop do its work
            await asyncio.sleep(0)


def general(sockets: int = 2, token: str = INSTALLATION.app_token) -> AppSettings:
    return AppSettings.model_validate({"SLACK_APP_TOKEN": token, "SMSSTATUS_SOCKETS": sockets})


def bolt_at(api_url: str, session: aiohttp.ClientSession) -> AsyncApp:
    client = AsyncWebClient(INSTALLATION.bot_token, base_url=api_url, session=session, retry_handlers=[])
    return AsyncApp(name="socket", client=client, signing_secret="x", process_before_response=True)


def socket_of(app: AsyncApp, general: AppSettings, session: aiohttp.ClientSession, pace: ReconnectTimings) -> SocketModeClient:
    """One that hands all to Bolt."""
    return SocketModeClient(app.client, partial(dispatch, app), general, session, pace)


@asynccontextmanager
async def listening(workspace: SlackWorkspace, pace: ReconnectTimings = QUICK, sockets: int = 2) -> AsyncIterator[Listener]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        app = bolt_at(workspace.api_url, session)
        socket = socket_of(app, general(sockets), session, pace)
        listener = Listener(workspace, socket)

        @app.command("/smsstatus")
        async def _(ack: AsyncAck, command: dict[str, Any]) -> None:
            listener.heard.append(command["text"])
            if command["text"] == "wait":
                listener.at_gate.set()
                await listener.gate.wait()
            await ack("thanks" if command["text"] == "speak" else "")

        @app.event("app_mention")
        async def _(event: dict[str, Any], context: dict[str, Any]) -> None:
            listener.heard.append(event["text"])

        await socket.connect()
        stack.push_async_callback(socket.close)
        await listener.connected(sockets)
        yield listener


@pytest.fixture
async def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def workspace(clock: SetClock) -> AsyncIterator[SlackWorkspace]:
    async with SlackWorkspace(bot=INSTALLATION, clock=clock) as one:
        yield one


async def test_requests_come_over_every_connection_and_each_is_acknowledged_once(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        errors = [await listener.command(str(number)) for number in range(6)]
        spoken = await workspace.slash("li", "incidents", "/smsstatus speak")

    assert errors == [None] * 6
    assert listener.heard == [*"012345", "speak"]
    assert spoken.ack.content == {"text": "thanks"}


async def test_what_no_listener_takes_is_not_acknowledged_so_slack_brings_it_again() -> None:
    async with SlackWorkspace(bot=INSTALLATION, ack_seconds=0.2) as hasty, listening(hasty):
        acks = await hasty.event({"type": "pin_added"}, waits=[0.0])

    assert [ack.error for ack in acks] == ["operation_timeout"] * 2


async def test_socket_dropped_the_other_connection_hears_and_another_is_opened(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        first = workspace.socket.connections[0]
        await first.close()
        assert listener.socket.not_ready() is None
        assert await listener.command() is None
        await listener.connected(without=[first])
        assert await listener.command() is None


async def test_socket_dropped_all_at_once_and_they_come_back(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        old = list(workspace.socket.connections)
        await workspace.socket.drop()
        await listener.connected(without=old)
        await listener.ready()
        assert await listener.command() is None


async def test_socket_dropped_again_and_again_does_not_make_a_storm_of_attempts(workspace: SlackWorkspace) -> None:
    slow = replace(QUICK, first_pause=60, longest_pause=60)
    async with listening(workspace, slow, sockets=1) as listener:
        before = workspace.socket.opened
        await workspace.socket.drop()  # right after it was opened, as by a proxy that takes no WebSockets
        await listener.deaf()
        for _ in range(200):
            await asyncio.sleep(0)

        assert workspace.socket.opened == before


class Mute:
    """A Slack whose connections open and then say nothing, not even a pong: a cable pulled somewhere on the way."""

    def __init__(self) -> None:
        self.opened = 0
        self.pings = 0
        self.mute = True

    async def issue(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        muted, socket = self.mute, web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.opened += 1
        await socket.send_json({"type": "hello"})
        async for frame in socket:
            assert frame.type is WSMsgType.PING
            self.pings += 1
            if not muted:
                await socket.pong(frame.data)
        return socket


@asynccontextmanager
async def mute_slack() -> AsyncIterator[tuple[Mute, str]]:
    mute, server = Mute(), web.Application()
    server.add_routes([web.post("/api/apps.connections.open", mute.issue), web.get("/link", mute.connect)])
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield mute, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def test_socket_silent_is_noticed_within_one_and_a_half_heartbeats_and_replaced() -> None:
    pace = replace(QUICK, heartbeat=0.4)
    async with mute_slack() as (mute, url), aiohttp.ClientSession() as session:
        socket = socket_of(bolt_at(url, session), general(sockets=1), session, pace)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await socket.connect()
        mute.mute = False
        try:
            await until(lambda: socket.not_ready() is not None)
            noticed = loop.time() - begun
            await until(lambda: socket.not_ready() is None)
        finally:
            await socket.close()

    assert 0.6 <= noticed < 0.6 + 1.0, "that, and what a busy machine may add"
    assert mute.opened == 2


async def test_a_connection_outlives_the_time_limit_that_the_session_sets_for_a_request() -> None:
    short = aiohttp.ClientTimeout(total=0.2)
    async with mute_slack() as (mute, url), aiohttp.ClientSession(timeout=short) as session:
        mute.mute = False
        socket = socket_of(bolt_at(url, session), general(sockets=1), session, replace(QUICK, heartbeat=0.1))
        await socket.connect()
        try:
            await until(lambda: mute.pings >= 5)
        finally:
            await socket.close()

    assert mute.opened == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_socket_refresh_opens_the_new_connections_before_the_old_go_and_loses_no_command(
    workspace: SlackWorkspace, reason: str
) -> None:
    async with listening(workspace, replace(QUICK, linger=0.5)) as listener:
        old = list(workspace.socket.connections)
        await workspace.socket.disconnect(reason)
        errors = []
        async with asyncio.timeout(WITHIN):
            while len(workspace.socket.connections) < 4:  # the workspace goes on using the old ones too
                errors.append(await listener.command())
                assert listener.socket.not_ready() is None
        errors += [await listener.command() for _ in range(4)]
        await listener.connected(without=old)
        errors.append(await listener.command())

    assert errors == [None] * len(errors)


async def test_socket_refused_is_tried_with_a_new_address_each_time_until_slack_takes_it(
    workspace: SlackWorkspace, clock: SetClock
) -> None:
    async with listening(workspace) as listener:
        with capture_logs() as logs:
            workspace.socket.refuse(60)
            await workspace.socket.drop()
            before = workspace.socket.opened
            await until(lambda: workspace.socket.opened >= before + 4)
            assert listener.socket.not_ready() == "no Socket Mode connection"
            clock.move(seconds=61)
            await listener.connected()
            await listener.ready()
        assert await listener.command() is None

    down = [line for line in logs if line["event"] == "slack.socket_down"]
    assert [(line["log_level"], line["reason"]) for line in down] == [("warning", "address_refused")], "once, not each time"


async def test_ticket_expired_asks_for_another_instead_of_trying_the_same_for_ever(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        workspace.socket.ticket_life = timedelta(seconds=-1)
        await workspace.socket.drop()
        before = workspace.socket.opened
        await until(lambda: workspace.socket.opened >= before + 3)
        workspace.socket.ticket_life = timedelta(seconds=30)
        await listener.connected()
        await listener.ready()
        assert await listener.command() is None


@pytest.mark.parametrize("error", ["internal_error", "connection_cut"])
async def test_socket_refused_where_no_address_is_to_be_had_comes_back_when_it_is(workspace: SlackWorkspace, error: str) -> None:
    async with listening(workspace) as listener:
        workspace.fail_next("apps.connections.open", error, status=500, times=3)
        await workspace.socket.drop()
        await listener.deaf()
        await listener.connected()
        await listener.ready()


async def test_socket_refused_by_an_address_that_never_answers_is_given_up_in_time(workspace: SlackWorkspace) -> None:
    async with listening(workspace, replace(QUICK, attempt=0.2, patient_attempt=0.2)) as listener:
        workspace.fail_next("apps.connections.open", "no_answer", times=2)
        await workspace.socket.drop()
        await listener.connected()
        await listener.ready()


async def test_socket_rate_limited_waits_as_long_as_slack_says(workspace: SlackWorkspace) -> None:
    async with listening(workspace, sockets=1) as listener:
        workspace.fail_next("apps.connections.open", "ratelimited", status=429, retry_after=1)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await workspace.socket.drop()
        await listener.connected(1, without=[])
        await listener.ready()

    assert loop.time() - begun >= 1


async def test_too_many_sockets_the_operator_is_told_and_the_ones_that_are_open_hear(workspace: SlackWorkspace) -> None:
    async with AsyncExitStack() as stack, aiohttp.ClientSession() as session:
        others = []
        for _ in range(9):
            address = (await bolt_at(workspace.api_url, session).client.apps_connections_open(app_token="xapp-test"))["url"]
            others.append(await stack.enter_async_context(session.ws_connect(address)))
        with capture_logs() as logs:
            one = await stack.enter_async_context(listening_with_one_of_two(workspace))
            await until(lambda: any(line["event"] == "slack.socket_refused" for line in logs))
        assert one.socket.not_ready() is None
        for other in others:
            await other.close()
        await one.connected(2)

    (told,) = [line for line in logs if line["event"] == "slack.socket_refused"]
    assert told["reason"] == "too_many_websockets"
    assert "SMSSTATUS_SOCKETS" in told["action"]


@asynccontextmanager
async def listening_with_one_of_two(workspace: SlackWorkspace) -> AsyncIterator[Listener]:
    async with aiohttp.ClientSession() as session:
        socket = socket_of(bolt_at(workspace.api_url, session), general(2), session, QUICK)
        await socket.connect()
        try:
            yield Listener(workspace, socket)
        finally:
            await socket.close()


async def test_link_disabled_is_told_to_the_operator_once_and_ends_when_it_is_switched_on_again(
    workspace: SlackWorkspace,
) -> None:
    async with listening(workspace) as listener:
        with capture_logs() as logs:
            await workspace.socket.disconnect("link_disabled")
            said = await listener.deaf()
            before = workspace.socket.opened
            await until(lambda: workspace.socket.opened >= before + 3)
            assert listener.socket.not_ready() == said
            workspace.socket.disabled = False
            await listener.connected()
            await listener.ready()
        assert await listener.command() is None

    assert said == "no Socket Mode connection: Socket Mode is switched off in the app's settings (link_disabled)"
    assert [line["reason"] for line in logs if line["log_level"] == "error"] == ["link_disabled"]
    assert [line["event"] for line in logs if line["event"] == "slack.socket_reopened"] == ["slack.socket_reopened"]


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_app_token_refused_is_told_to_the_operator_once_and_by_readiness(workspace: SlackWorkspace, error: str) -> None:
    async with listening(workspace) as listener:
        with capture_logs() as logs:
            workspace.fail_next("apps.connections.open", error, times=3)
            await workspace.socket.drop()
            await until(lambda: error in (listener.socket.not_ready() or ""))
            said = listener.socket.not_ready() or ""
            await listener.connected()
            await listener.ready()

    assert "Slack refuses SLACK_APP_TOKEN" in said
    assert [line["reason"] for line in logs if line["log_level"] == "error"] == [error]


@pytest.mark.parametrize(
    ("error", "key"),
    [("invalid_auth", "SLACK_APP_TOKEN"), ("missing_scope", "connections:write"), ("internal_error", "SLACK_API_URL")],
)
async def test_token_wrong_at_start_is_one_line_that_names_the_setting(workspace: SlackWorkspace, error: str, key: str) -> None:
    workspace.fail_next("apps.connections.open", error)
    async with aiohttp.ClientSession() as session:
        socket = socket_of(bolt_at(workspace.api_url, session), general(), session, QUICK)
        with pytest.raises(SettingsError) as caught:
            await socket.connect()
        await socket.close()

    (line,) = caught.value.said_in(ENGLISH)
    assert key in line


async def test_cut_mid_envelope_the_work_goes_on_and_slack_brings_an_event_again(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        asking = asyncio.ensure_future(listener.command("wait"))
        await listener.at_gate.wait()
        old = list(workspace.socket.connections)
        await workspace.socket.drop()
        await listener.connected(without=old)
        with capture_logs() as logs:
            listener.gate.set()
            await until(lambda: any(line["event"] == "slack.ack_lost" for line in logs))
        asking.cancel()
        acks = await workspace.event(
            {"type": "app_mention", "text": "again", "user": "U0LIWEI01", "channel": "C0INCIDENT", "ts": "1.1"}
        )

    assert listener.heard == ["wait", "again"]
    assert [ack.error for ack in acks] == [None]


async def test_what_has_come_before_the_stop_is_acknowledged(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        asking = asyncio.ensure_future(listener.command("wait"))
        await listener.at_gate.wait()
        closing = asyncio.ensure_future(listener.socket.close())
        await asyncio.sleep(0)
        listener.gate.set()
        await closing

        assert await asking is None
    assert workspace.socket.connections == []


async def test_junk_from_the_other_side_is_ignored(workspace: SlackWorkspace) -> None:
    async with listening(workspace) as listener:
        for connection in workspace.socket.connections:
            for junk in ("not json", "[]", '"text"', "{}", '{"type": "unheard_of"}', '{"envelope_id": "1"}'):
                await connection.send_str(junk)
            await connection.send_bytes(b"\x00\xff")
        assert await listener.command() is None
        assert len(workspace.socket.connections) == 2


ODD = ("", "not json", "[]", "null", '{"type": "unheard_of"}', "[" * 9000, b"\x00\xff")


@asynccontextmanager
async def odd_slack(before: tuple[str | bytes, ...], *, greets: bool) -> AsyncIterator[tuple[str, list[Any]]]:
    """A Slack that says odd things before its hello, or says none, then sends an envelope without a payload."""
    heard: list[Any] = []

    async def address(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for one in before:
            await (socket.send_bytes(one) if isinstance(one, bytes) else socket.send_str(one))
        if greets:
            await socket.send_json({"type": "hello"})
            for one in before:
                await (socket.send_bytes(one) if isinstance(one, bytes) else socket.send_str(one))
            await socket.send_json({"type": "events_api", "envelope_id": "E1", "payload": [1]})
            await socket.send_str('{"type": "events_api", "envelope_id": "E2", "payload": ' + "[" * 9000)
            await socket.send_str('{"type": "events_api", "envelope_id": "E3", "payload": {"event": {"x": ' + "9" * 5000 + "}}}")
        async for frame in socket:
            heard.append(frame.json())  # noqa: PERF401 - what was heard is looked at while it grows
        return socket

    app = web.Application()
    app.router.add_post("/api/apps.connections.open", address)
    app.router.add_get("/link", link)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/", heard
    finally:
        await runner.cleanup()


async def test_odd_frames_before_and_after_the_hello_are_passed_over_and_an_odd_envelope_is_acknowledged() -> None:
    async with odd_slack(ODD, greets=True) as (url, heard), aiohttp.ClientSession() as session:
        socket = socket_of(bolt_at(url, session), general(1), session, QUICK)
        await socket.connect()
        await until(lambda: {one["envelope_id"] for one in heard} == {"E1", "E2", "E3"})

        assert socket.not_ready() is None
        await socket.close()


async def test_a_server_that_sends_no_hello_is_told_as_that() -> None:
    async with odd_slack((), greets=False) as (url, _), aiohttp.ClientSession() as session:
        socket = socket_of(bolt_at(url, session), general(1), session, replace(QUICK, patient_attempt=0.3))
        with pytest.raises(SettingsError, match=r"Slack's hello did not come"):
            await socket.connect()
        await socket.close()


def test_the_worst_case_of_the_constants_is_below_fifteen_seconds() -> None:
    """With a single connection. `deafest` counts what the tests above show: a heartbeat and a half until silence is noticed, one
    attempt at its limit, a pause, an attempt that succeeds."""
    pace = ReconnectTimings()

    assert pace.max_downtime < 15
    silent = pace.heartbeat * 1.5 + pace.longest_pause + pace.attempt + pace.longest_pause + pace.attempt
    slack_back_in_the_longest_attempt = pace.patient_attempt + pace.longest_pause + pace.attempt
    mended_by_the_operator = pace.hopeless_pause + pace.attempt
    assert pace.max_downtime == max(silent, slack_back_in_the_longest_attempt, mended_by_the_operator)


def test_attempts_stay_below_slacks_limit_for_new_connections() -> None:
    """apps.connections.open takes fifty calls a minute (https://docs.slack.dev/reference/methods/apps.connections.open)."""
    pace, at, calls = ReconnectTimings(), 0.0, 0
    while at < 60:  # every attempt fails at once
        calls += 1
        at += min(pace.first_pause * 2 ** (calls - 1), pace.longest_pause)

    assert calls < 50
