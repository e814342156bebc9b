"""The start at servers that are not quite Slack: each oddity is told by its true reason, and only what cannot pass ends it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from yarl import URL

from bot.app import serving
from bot.cli.finding_lines import format_check
from bot.config import AppSettings, Settings, load_settings
from bot.config.proxy import Proxies
from bot.errors import SettingsError, UnavailableError
from bot.i18n import ENGLISH, get_language
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.slack.doctor.installation import check_slack
from bot.slack.transport.bolt import dispatch
from bot.slack.transport.socket_mode import ReconnectTimings, SocketModeClient
from bot.slack.transport.web_client import authenticate, open_session, open_web_client
from bot.timing.clock import system_clock
from tests.cases import each
from tests.providers.test_http import GOOD, self_signed
from tests.providers.test_http import serving as serve_bytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.i18n import Language

WE_ARE = {"ok": True, "url": "https://x.slack.com/", "team": "T", "user": "u", "team_id": "T1", "user_id": "U1", "bot_id": "B1"}
HELLO = {"type": "hello", "num_connections": 1}
TICKET = "ticket=c0ffee"


@dataclass
class Odd:
    """How a server answers where Slack would."""

    auth: Any = field(default_factory=lambda: WE_ARE)
    opened: Mapping[str, Any] | None = None  # None: its own WebSocket
    sent: Any = field(default_factory=lambda: HELLO)  # the first frame
    moved: str = ""


@asynccontextmanager
async def server(odd: Odd) -> AsyncIterator[str]:
    """The address of its Web API."""

    async def who(_: web.Request) -> web.Response:
        if odd.moved:
            raise web.HTTPFound(odd.moved)
        return web.json_response(odd.auth)

    async def opened(request: web.Request) -> web.Response:
        return web.json_response(
            {"ok": True, "url": f"ws://{request.host}/ws?{TICKET}"} if odd.opened is None else dict(odd.opened)
        )

    async def greet(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(odd.sent)
        await socket.close()
        return socket

    app = web.Application()
    app.add_routes([web.post("/api/auth.test", who), web.post("/api/apps.connections.open", opened), web.get("/ws", greet)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def refused(odd: Odd, proxies: Proxies | None = None) -> SettingsError | None:
    """With what the start is refused; None: it is all there."""
    async with server(odd) as url, open_session(proxies) as session:
        general = AppSettings.model_validate({"SLACK_API_URL": url, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
        client = open_web_client(general, session)
        bolt = AsyncApp(name="socket", client=client, signing_secret="x")
        socket = SocketModeClient(client, partial(dispatch, bolt), general, session, ReconnectTimings(), proxies=proxies)
        try:
            await authenticate(client, proxies)
            await socket.connect()
        except SettingsError as error:
            return error
        finally:
            await socket.close()
    return None


REASONS: list[Any] = ["refresh_requested", "warning", "socket_limit", "", None, {"a": 1}, ["link_disabled"], 5, "invalid_auth"]


@each("reason", REASONS, ids=str)
async def test_a_disconnect_in_place_of_hello_is_waited_for_and_blames_no_setting(reason: Any) -> None:
    error = await refused(Odd(sent={"type": "disconnect", "reason": reason}))

    assert isinstance(error, UnavailableError)
    assert str(error) == "Socket Mode: the connection was closed before Slack's hello came"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (ENGLISH, "failed   Socket Mode: the connection was closed before Slack's hello came"),
        (get_language("zh"), "失败     Socket Mode：还没等到 Slack 的 hello，连接就被关闭了"),
    ],
    ids=["en", "zh"],
)
async def test_doctor_names_the_place_of_a_failure_once(language: Language, line: str) -> None:
    async with server(Odd(sent={"type": "disconnect", "reason": ""})) as url:
        environ = {"SLACK_API_URL": url, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
        *_, check = await check_slack(Settings(AppSettings.model_validate(environ), ()), language, system_clock)

    assert format_check(check, language)[0] == line


async def test_of_a_disconnect_only_link_disabled_ends_the_start() -> None:
    ended = await refused(Odd(sent={"type": "disconnect", "reason": "link_disabled"}))
    waits = await refused(Odd(sent={"type": "disconnect", "reason": "too_many_websockets"}))

    assert ended is not None
    assert not isinstance(ended, UnavailableError)
    assert isinstance(waits, UnavailableError)


@each("url", [None, 7, "", "foo bar", "ftp://127.0.0.1/ws", "https://127.0.0.1/ws", "wss://", "wss://[::1", "//x"], ids=str)
async def test_an_answer_without_an_address_for_the_websocket_is_none_of_slacks(url: Any) -> None:
    error = await refused(Odd(opened={"ok": True, "url": url}))

    assert str(error).startswith("SLACK_API_URL: the answer holds no address for Socket Mode")
    assert not isinstance(error, UnavailableError)


@pytest.mark.parametrize("url", [f"ws://127.0.0.1:1/link/?{TICKET}", f"wss://nowhere.invalid/?{TICKET}"])
async def test_a_websocket_that_is_out_of_reach_is_told_by_its_own_host_and_never_by_its_ticket(url: str) -> None:
    error = await refused(Odd(opened={"ok": True, "url": url}))

    assert isinstance(error, UnavailableError)
    assert str(error).startswith(f"Slack's WebSocket {URL(url).origin()} cannot be reached (")
    assert str(error).endswith("): let it through, or set HTTPS_PROXY")
    assert TICKET not in str(error)


async def test_a_websocket_that_a_proxy_does_not_let_pass_names_the_proxy_and_the_host() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        at = f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        odd = Odd(opened={"ok": True, "url": f"wss://wss-primary.slack.com/?{TICKET}"})
        error = await refused(odd, Proxies.of({"HTTPS_PROXY": at}))

    line = f"HTTPS_PROXY: the proxy {at} does not let the connection to wss-primary.slack.com pass (HTTP 403)"
    assert str(error) == line


@pytest.mark.parametrize(
    ("moved", "to"), [("https://login.example.com/?ticket=c0ffee", "login.example.com"), ("/portal", "/portal")]
)
async def test_who_is_sent_on_is_told_where_to_and_the_token_does_not_go_there(moved: str, to: str) -> None:
    error = await refused(Odd(moved=moved))

    assert f"sends us on to {to}, as Slack never does" in str(error)
    assert TICKET not in str(error)
    assert not isinstance(error, UnavailableError)


@each(
    "auth",
    [
        {"ok": True},
        {"ok": True, "team_id": None, "user_id": None},
        {**WE_ARE, "team_id": 5},
        {**WE_ARE, "user_id": ["U1"]},
        {**WE_ARE, "user_id": ""},
    ],
    ids=str,
)
async def test_an_answer_that_does_not_say_who_we_are_is_none_of_slacks(auth: Any) -> None:
    error = await refused(Odd(auth=auth))

    assert str(error).startswith("SLACK_API_URL: what came is not Slack's JSON")


async def test_a_name_of_an_error_is_repeated_on_one_short_line() -> None:
    error = await refused(Odd(auth={"ok": False, "error": "x\n" * 5000}))

    assert error is not None
    assert len(str(error).splitlines()) == 1
    assert len(str(error)) < 200


async def test_a_scope_that_is_missing_asks_for_the_scopes_of_the_manifest() -> None:
    error = await refused(Odd(auth={"ok": False, "error": "missing_scope"}))

    assert "give the app the scopes of manifest.yml, then reinstall it" in str(error)


async def test_bolt_is_given_all_it_needs_and_reads_no_environment(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for key, value in {"SLACK_BOT_TOKEN": "xoxb-other", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(key, value)
    with caplog.at_level(logging.INFO):
        async with open_sandbox() as sandbox, serving(load_settings(sandbox.environ, VENDORS)):
            pass

    assert [record.message for record in caplog.records if record.name.startswith("slack_bolt")] == []


async def test_a_slack_without_a_trusted_certificate_is_given_no_token(tmp_path: Path) -> None:
    async with serve_bytes(GOOD, tls=self_signed(tmp_path)) as stranger, open_session() as session:
        settings = AppSettings.model_validate({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": f"{stranger.url}/api/"})

        with pytest.raises((SettingsError, UnavailableError)) as caught:
            await authenticate(open_web_client(settings, session))

        assert stranger.requests == []
    assert "certificate" in str(caught.value)
