"""Bad weather on command: lost answers, silence, revoked tokens, too many calls, and Socket Mode that will not come back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import SlackWorkspace
from tests.sandbox.slack_apps import FULL, INSTALLATION, SetClock, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncAck


@pytest.fixture
async def workspace(clock: SetClock) -> AsyncIterator[SlackWorkspace]:
    async with SlackWorkspace(bot=FULL, clock=clock) as workspace:
        yield workspace


def once(workspace: SlackWorkspace, *, timeout: int = 5) -> AsyncWebClient:
    """A client that never tries again."""
    return AsyncWebClient(token=INSTALLATION.bot_token, base_url=workspace.api_url, retry_handlers=[], timeout=timeout)


def texts(workspace: SlackWorkspace) -> list[str]:
    return [message.text for message in workspace.channel("incidents").messages]


async def test_a_call_can_be_carried_out_and_its_answer_lost(workspace: SlackWorkspace) -> None:
    workspace.fail_next("chat.postMessage", after=True)
    with pytest.raises(aiohttp.ClientError):
        await once(workspace).chat_postMessage(channel="incidents", text="said, and not confirmed")
    assert texts(workspace) == ["said, and not confirmed"]
    assert [call.error for call in workspace.calls] == ["connection_cut"]


async def test_the_sdks_own_retry_posts_twice_when_an_answer_was_lost(workspace: SlackWorkspace) -> None:
    workspace.fail_next("chat.postMessage", after=True)
    await client_of(workspace).chat_postMessage(channel="incidents", text="twice")
    assert texts(workspace) == ["twice", "twice"]


async def test_a_call_that_slack_refuses_is_answered_even_when_the_answer_was_to_be_lost(workspace: SlackWorkspace) -> None:
    workspace.fail_next("chat.postMessage", after=True)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await once(workspace).chat_postMessage(channel="nowhere", text="x")


async def test_a_connection_can_break_before_anything_is_done(workspace: SlackWorkspace) -> None:
    workspace.fail_next("chat.postMessage", "connection_cut")
    with pytest.raises(aiohttp.ClientError):
        await once(workspace).chat_postMessage(channel="incidents", text="x")
    assert texts(workspace) == []


@pytest.mark.parametrize("after", [True, False])
async def test_a_call_can_get_no_answer_at_all(workspace: SlackWorkspace, after: bool) -> None:  # noqa: FBT001 - a parameter
    workspace.fail_next("chat.postMessage", "no_answer", after=after)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await once(workspace).chat_postMessage(channel="incidents", text="x")
    assert texts(workspace) == (["x"] if after else [])


async def test_the_same_holds_for_a_response_url(workspace: SlackWorkspace) -> None:
    app = new_app(workspace)

    @app.command("/smsstatus")
    async def take(ack: AsyncAck) -> None:
        await ack()

    async with running(app, workspace, "http"):
        url = (await workspace.slash("ann", "incidents", "/smsstatus x")).response_url
    hook = AsyncWebhookClient(url, retry_handlers=[])
    workspace.fail_next("response_url", after=True)
    workspace.fail_next("response_url", "connection_cut")
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await hook.send(text="x")
    assert texts(workspace) == ["x"]
    workspace.fail_next("response_url", "oops", status=500)
    assert (await hook.send(text="y")).status_code == 500


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_a_revoked_token_is_refused_until_it_is_given_back(workspace: SlackWorkspace, error: str) -> None:
    workspace.revoke(error)
    with pytest.raises(SlackApiError, match=error):
        await once(workspace).auth_test()
    workspace.revoke(None)
    assert (await once(workspace).auth_test())["ok"]


async def test_each_method_has_its_own_pace_by_its_tier(workspace: SlackWorkspace, clock: SetClock) -> None:
    client = once(workspace)
    for _ in range(100):
        await client.users_info(user="U0ANN0001")
    clock.move(seconds=18)
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user="U0ANN0001")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "42")
    await client.auth_test()
    clock.move(seconds=42)
    await client.users_info(user="U0ANN0001")


async def test_the_paces_can_be_set_and_switched_off(workspace: SlackWorkspace) -> None:
    client = once(workspace)
    workspace.tiers.limits["users.info"] = 1
    await client.users_info(user="U0ANN0001")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.users_info(user="U0ANN0001")
    workspace.tiers.enabled = False
    await client.users_info(user="U0ANN0001")


async def new_address(workspace: SlackWorkspace) -> str:
    answer = await client_of(workspace).apps_connections_open(app_token=INSTALLATION.app_token)
    return str(answer["url"])


async def test_reconnects_can_be_refused_for_a_while_in_which_tickets_grow_old(
    workspace: SlackWorkspace, clock: SetClock
) -> None:
    workspace.socket.ticket_life = timedelta(seconds=5)
    address = await new_address(workspace)
    workspace.socket.refuse(10)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(address)
        assert caught.value.status == 503
        clock.move(seconds=11)
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(address)
        assert caught.value.status == 403
        async with session.ws_connect(await new_address(workspace)) as socket:
            assert (await socket.receive_json())["type"] == "hello"
    assert workspace.socket.opened == 2


async def test_a_warning_leaves_the_connection_and_a_disabled_link_ends_it(workspace: SlackWorkspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await new_address(workspace)) as socket:
        await socket.receive_json()
        await workspace.socket.disconnect("warning")
        assert (await socket.receive_json())["reason"] == "warning"
        assert len(workspace.socket.connections) == 1
        await workspace.socket.disconnect("link_disabled")
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(await new_address(workspace))
        workspace.socket.disabled = False
        async with session.ws_connect(await new_address(workspace)):
            await workspace.wait_for(lambda: workspace.socket.connections)
