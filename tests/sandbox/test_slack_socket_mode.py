"""Socket Mode as the real client of slack_sdk meets it: tickets, hello, refresh, a dropped line, several connections."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.sandbox.slack_apps import INSTALLATION, SetClock, client_of, new_app, running

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.sandbox.slack import SlackWorkspace


async def new_address(workspace: SlackWorkspace) -> str:
    answer = await client_of(workspace).apps_connections_open(app_token=INSTALLATION.app_token)
    return str(answer["url"])


def counting_app(workspace: SlackWorkspace, counts: dict[str, int], name: str) -> AsyncApp:
    app = new_app(workspace)

    @app.command("/smsstatus")
    async def answer(ack: AsyncAck) -> None:
        counts[name] = counts.get(name, 0) + 1
        await ack()

    return app


async def test_an_address_opens_one_connection_and_greets_it(workspace: SlackWorkspace) -> None:
    address = await new_address(workspace)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as socket:
            hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": INSTALLATION.app_id}
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(address)
    assert caught.value.status == 403


async def test_an_address_goes_stale(workspace: SlackWorkspace, clock: SetClock) -> None:
    address = await new_address(workspace)
    clock.move(minutes=1)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_an_eleventh_connection_is_sent_away(workspace: SlackWorkspace) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await new_address(workspace)) for _ in range(11)]
        hellos = [await socket.receive_json() for socket in sockets]
    assert [hello["type"] for hello in hellos] == ["hello"] * 10 + ["disconnect"]
    assert hellos[-1]["reason"] == "too_many_websockets"


async def test_envelopes_take_turns_and_reach_one_connection_each(workspace: SlackWorkspace) -> None:
    counts: dict[str, int] = {}
    one, two = (counting_app(workspace, counts, name) for name in ("one", "two"))
    async with running(one, workspace, "socket"), running(two, workspace, "socket"):
        await workspace.wait_for(lambda: len(workspace.socket.connections) == 2)
        for _ in range(4):
            assert (await workspace.slash("ann", "incidents", "/smsstatus x")).error is None
    assert counts == {"one": 2, "two": 2}


@pytest.mark.parametrize("how", ["refresh", "drop"])
async def test_the_client_comes_back_after_a_refresh_and_after_a_drop(workspace: SlackWorkspace, how: str) -> None:
    counts: dict[str, int] = {}
    async with running(counting_app(workspace, counts, "one"), workspace, "socket"):
        (before,) = workspace.socket.connections
        await (workspace.socket.disconnect() if how == "refresh" else workspace.socket.drop())
        await workspace.wait_for(lambda: [each for each in workspace.socket.connections if each is not before])
        assert (await workspace.slash("ann", "incidents", "/smsstatus x")).error is None
    assert counts == {"one": 1}


async def test_acknowledgements_for_nothing_are_dropped(workspace: SlackWorkspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await new_address(workspace)) as socket:
        await socket.receive_json()
        for junk in ("not json", "[]", '{"envelope_id": "unknown"}', "{}"):
            await socket.send_str(junk)
        await socket.ping(b"sdk-ping-pong:1.0")
        envelopes: list[dict[str, Any]] = []

        async def acknowledge() -> None:
            envelopes.append(await socket.receive_json())
            await socket.send_json({"envelope_id": envelopes[0]["envelope_id"]})

        async with asyncio.TaskGroup() as group:
            group.create_task(acknowledge())
            interaction = await workspace.slash("ann", "incidents", "/smsstatus x")
    assert interaction.error is None
    assert (envelopes[0]["type"], envelopes[0]["accepts_response_payload"]) == ("slash_commands", True)
