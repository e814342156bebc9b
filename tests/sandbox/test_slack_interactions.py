"""Commands and clicks reach a real Bolt app over signed HTTP and through Socket Mode alike, and its answers are shown."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import BoltResponse

from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.slack.http_delivery import sign
from tests.sandbox.slack_apps import INSTALLATION, MODES, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {"type": "button", "action_id": "refresh", "value": "q1", "text": {"type": "plain_text", "text": "Refresh"}},
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": {"type": "plain_text", "text": "7 days"}, "value": "7d"}],
            },
            {
                "type": "static_select",
                "action_id": "window",
                "options": [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("2h", "24h")],
                "initial_option": {"text": {"type": "plain_text", "text": "2h"}, "value": "2h"},
            },
        ],
    }
]


class Bench:
    """A workspace and an app in it, which is started by the test once its listeners are there."""

    def __init__(self, workspace: SlackWorkspace, mode: str, stack: AsyncExitStack) -> None:
        self.workspace = workspace
        self.app = new_app(workspace)
        self.mode = mode
        self._stack = stack

    async def start(self) -> None:
        await self._stack.enter_async_context(running(self.app, self.workspace, self.mode))


@pytest.fixture(params=MODES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(SlackWorkspace(bot=INSTALLATION, ack_seconds=0.5))
        yield Bench(workspace, request.param, stack)


def acks_with(app: AsyncApp, **content: Any) -> None:
    @app.command("/smsstatus")
    async def answer(ack: AsyncAck) -> None:
        await ack(**content)


def texts(workspace: SlackWorkspace, user: str, channel: str = "incidents") -> list[str]:
    return [message.text for message in workspace.channel(channel).visible_to(workspace.state.user(user).id)]


async def test_a_command_arrives_with_its_fields_and_is_answered(bench: Bench) -> None:
    seen: list[dict[str, Any]] = []

    @bench.app.command("/smsstatus")
    async def answer(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        seen.append(command)
        await respond(text=f"you asked {command['text']}")

    await bench.start()
    interaction = await bench.workspace.slash("li", "incidents", "/smsstatus  +86 137-1111 2222 since 2h ")
    await bench.workspace.wait_for(lambda: texts(bench.workspace, "li"))
    assert texts(bench.workspace, "li") == ["you asked +86 137-1111 2222 since 2h"]
    assert texts(bench.workspace, "ann") == []
    assert (interaction.error, interaction.ack_status, interaction.ack_body) == (None, 200, "")
    assert interaction.ack_ms > 0
    assert seen[0]["response_url"] == interaction.response_url
    assert seen[0]["trigger_id"] == interaction.trigger_id
    assert (seen[0]["user_id"], seen[0]["user_name"], seen[0]["channel_name"]) == ("U0LIWEI01", "li", "incidents")
    assert (seen[0]["api_app_id"], seen[0]["is_enterprise_install"]) == ("A0SMSAPP1", "false")


async def test_the_name_of_a_private_place_is_not_told(bench: Bench) -> None:
    seen: list[str] = []

    @bench.app.command("/smsstatus")
    async def answer(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        seen.append(command["channel_name"])

    await bench.start()
    await bench.workspace.slash("ann", "war-room", "/smsstatus help")
    await bench.workspace.slash("ann", "dm-ann", "/smsstatus help")
    assert seen == ["privategroup", "directmessage"]


async def test_an_acknowledgement_with_text_is_shown_to_the_asker_alone(bench: Bench) -> None:
    acks_with(bench.app, text="five examples")
    await bench.start()
    interaction = await bench.workspace.slash("ann", "incidents", "/smsstatus help")
    assert "five examples" in interaction.ack_body
    assert (texts(bench.workspace, "ann"), texts(bench.workspace, "li")) == (["five examples"], [])


async def test_an_acknowledgement_in_the_channel_shows_the_command_to_all(bench: Bench) -> None:
    acks_with(bench.app, text="for all", response_type="in_channel")
    await bench.start()
    await bench.workspace.slash("ann", "incidents", "/smsstatus help")
    assert texts(bench.workspace, "li") == ["/smsstatus help", "for all"]


async def test_an_acknowledgement_beyond_the_limits_is_an_error_to_the_asker(bench: Bench) -> None:
    acks_with(bench.app, text="x", blocks=[{"type": "divider"}] * 51)
    await bench.start()
    interaction = await bench.workspace.slash("ann", "incidents", "/smsstatus help")
    assert interaction.error == "invalid_blocks"
    assert texts(bench.workspace, "ann") == ['`/smsstatus` failed with the error "invalid_blocks"']


async def test_a_late_acknowledgement_is_an_operation_timeout(bench: Bench) -> None:
    late = asyncio.Event()

    @bench.app.command("/smsstatus")
    async def answer(ack: AsyncAck, respond: AsyncRespond) -> None:
        await late.wait()
        await respond(text="late, but here")
        await ack()

    await bench.start()
    interaction = await bench.workspace.slash("ann", "incidents", "/smsstatus help")
    late.set()
    assert (interaction.error, interaction.ack_status) == ("operation_timeout", None)
    await bench.workspace.wait_for(lambda: len(texts(bench.workspace, "ann")) == 2)
    assert texts(bench.workspace, "ann") == ['`/smsstatus` failed with the error "operation_timeout"', "late, but here"]


async def test_an_unhandled_command_is_an_error_to_the_asker(bench: Bench) -> None:
    await bench.start()
    interaction = await bench.workspace.slash("ann", "incidents", "/smsstatus help")
    # Bolt answers 404 over HTTP and leaves the envelope without an acknowledgement in Socket Mode.
    assert interaction.error == {"http": "http_service_error", "socket": "operation_timeout"}[bench.mode]


def opens(bench: Bench, on_click: Callable[..., Awaitable[None]], *, response_type: str) -> None:
    """The command answers with buttons; a click runs `on_click`."""

    @bench.app.command("/smsstatus")
    async def answer(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="with buttons", blocks=BUTTONS, response_type=response_type)

    for action_id in ("refresh", "more", "window"):
        bench.app.action(action_id)(on_click)


@pytest.mark.parametrize("response_type", ["ephemeral", "in_channel"])
async def test_a_click_arrives_with_its_place_and_edits_the_message(bench: Bench, response_type: str) -> None:
    seen: list[dict[str, Any]] = []

    async def on_click(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        seen.append(body)
        await respond(text="refreshed", replace_original=True)

    opens(bench, on_click, response_type=response_type)
    await bench.start()
    await bench.workspace.slash("ann", "incidents", "/smsstatus x")
    (message,) = await bench.workspace.wait_for(lambda: bench.workspace.channel("incidents").messages)
    interaction = await bench.workspace.click("ann", message, "refresh")
    await bench.workspace.wait_for(lambda: texts(bench.workspace, "ann") == ["refreshed"])

    (body,) = seen
    ephemeral = response_type == "ephemeral"
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C0INCIDENT",
        "is_ephemeral": ephemeral,
    }
    assert ("message" in body) is not ephemeral
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == ("refresh", "buttons", "q1", "button")
    assert body["user"]["id"] == "U0ANN0001"
    assert body["channel"] == {"id": "C0INCIDENT", "name": "incidents"}
    assert (body["response_url"], body["trigger_id"]) == (interaction.response_url, interaction.trigger_id)
    (edited,) = bench.workspace.channel("incidents").messages
    assert (edited.ts, edited.blocks, edited.ephemeral_to) == (message.ts, (), "U0ANN0001" if ephemeral else None)
    assert edited.edited is not None


async def test_a_choice_arrives_with_its_option_and_the_state_of_the_menus(bench: Bench) -> None:
    seen: list[dict[str, Any]] = []

    async def on_click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body)

    opens(bench, on_click, response_type="in_channel")
    await bench.start()
    await bench.workspace.slash("ann", "incidents", "/smsstatus x")
    # Where the ack comes late, as on a crowded machine, Slack says so in a message of its own.
    channel = bench.workspace.channel("incidents")
    (message,) = await bench.workspace.wait_for(lambda: [one for one in channel.messages if one.blocks])
    await bench.workspace.click("li", message, "more", "7d")
    await bench.workspace.click("li", message, "window", "24h")
    assert [body["actions"][0]["selected_option"]["value"] for body in seen] == ["7d", "24h"]
    chosen = [body["state"]["values"]["buttons"]["window"]["selected_option"]["value"] for body in seen]
    assert chosen == ["2h", "24h"]
    assert seen[0]["message"]["ts"] == message.ts


async def test_a_button_that_is_not_there_cannot_be_pressed(bench: Bench) -> None:
    acks_with(bench.app, text="with buttons", blocks=BUTTONS)
    await bench.start()
    await bench.workspace.slash("ann", "incidents", "/smsstatus x")
    (message,) = bench.workspace.channel("incidents").messages
    for user, action_id, value in [("ann", "share", None), ("ann", "more", "30d"), ("li", "refresh", None)]:
        with pytest.raises(LookupError):
            await bench.workspace.click(user, message, action_id, value)


async def test_a_click_in_a_thread_names_the_thread(bench: Bench) -> None:
    seen: list[dict[str, Any]] = []

    async def on_click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body)

    opens(bench, on_click, response_type="in_channel")
    await bench.start()
    client = client_of(bench.workspace)
    root = await client.chat_postMessage(channel="incidents", text="root")
    await client.chat_postMessage(channel="incidents", text="reply", blocks=BUTTONS, thread_ts=root["ts"])
    (reply,) = bench.workspace.channel("incidents").replies(root["ts"])
    await bench.workspace.click("ann", reply, "refresh")
    assert seen[0]["container"]["thread_ts"] == root["ts"]
    assert seen[0]["message"]["thread_ts"] == root["ts"]


async def test_an_event_that_is_not_acknowledged_is_tried_again(bench: Bench) -> None:
    attempts: list[str] = []

    @bench.app.middleware
    async def flaky(req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:  # noqa: A002 - Bolt's
        attempts.append(req.headers.get("x-slack-retry-num", ["0"])[0])
        return BoltResponse(status=503) if len(attempts) < 3 else await next()

    @bench.app.event("app_mention")
    async def mention() -> None:
        """Being here is enough: Bolt acknowledges events by itself."""

    await bench.start()
    event = {"type": "app_mention", "user": "U0ANN0001", "text": "<@U0SMSBOT1> help", "ts": "1.000001", "channel": "C0INCIDENT"}
    acks = await bench.workspace.event(event, waits=(0, 0, 0))
    assert attempts == ["0", "1", "2"]
    assert [ack.error is None for ack in acks] == [False, False, True]


async def test_typing_what_is_no_command_says_so(bench: Bench) -> None:
    await bench.start()
    assert (await bench.workspace.slash("ann", "incidents", "/smstatus help")).error == "unknown_command"
    assert texts(bench.workspace, "ann") == ["`/smstatus` is not a valid command. Commands of this workspace: `/smsstatus`"]


async def test_a_command_in_a_thread_is_not_supported(bench: Bench) -> None:
    await bench.start()
    await bench.workspace.type("ann", "incidents", "it is broken & <slow>")
    (root,) = bench.workspace.channel("incidents").messages
    interaction = await bench.workspace.type("ann", "incidents", "/smsstatus help", thread_ts=root.ts)
    assert root.text == "it is broken &amp; &lt;slow&gt;"
    assert interaction is not None
    assert interaction.error == "not_supported_in_threads"
    (said,) = bench.workspace.channel("incidents").replies(root.ts)
    assert (said.text, said.ephemeral_to) == ("`/smsstatus` is not supported in threads. Sorry!", "U0ANN0001")


async def test_with_nobody_listening_the_dispatch_fails() -> None:
    async with SlackWorkspace(bot=INSTALLATION) as workspace:
        assert (await workspace.slash("ann", "incidents", "/smsstatus help")).error == "dispatch_failed"
        workspace.http_entry = "http://127.0.0.1:9/slack/events"
        assert (await workspace.slash("ann", "incidents", "/smsstatus help")).error == "dispatch_failed"


async def test_bolt_refuses_another_secrets_signature() -> None:
    async with SlackWorkspace(bot=INSTALLATION) as workspace:
        app = new_app(workspace)
        acks_with(app, text="never")
        async with running(app, workspace, "http"):
            entry = workspace.http_entry
            async with SlackWorkspace(
                bot=INSTALLATION.__class__("a", "b", "another-secret", "U1", "A1"), http_entry=entry
            ) as stranger:
                interaction = await stranger.slash("ann", "incidents", "/smsstatus help")
    assert (interaction.ack_status, interaction.error) == (401, "http_service_error")


def test_the_signature_is_the_published_one() -> None:
    """The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body) == expected
