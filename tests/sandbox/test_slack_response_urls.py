"""Response URLs, used through the real webhook client of slack_sdk: five uses, thirty minutes, and what replaces what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import SlackWorkspace
from tests.cases import each
from tests.sandbox.slack_apps import INSTALLATION, SetClock, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncAck

    from bot.sandbox.slack import PostedMessage

BUTTON: list[dict[str, Any]] = [
    {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}]}
]


@pytest.fixture
async def workspace(clock: SetClock) -> AsyncIterator[SlackWorkspace]:
    """A workspace with an app that acknowledges everything and says nothing by itself."""
    async with SlackWorkspace(bot=INSTALLATION, clock=clock) as workspace:
        app = new_app(workspace)

        async def take(ack: AsyncAck) -> None:
            await ack()

        app.command("/smsstatus")(take)
        app.action("go")(take)
        async with running(app, workspace, "http"):
            yield workspace


async def respond(url: str, **content: Any) -> tuple[int, str]:
    answer = await AsyncWebhookClient(url).send_dict(content)
    return answer.status_code, answer.body


async def url_of_command(workspace: SlackWorkspace, channel: str = "incidents") -> str:
    return (await workspace.slash("ann", channel, "/smsstatus x")).response_url


async def url_of_click(workspace: SlackWorkspace, message: PostedMessage) -> str:
    return (await workspace.click("ann", message, "go")).response_url


def texts(workspace: SlackWorkspace, channel: str = "incidents") -> list[str]:
    return [message.text for message in workspace.channel(channel).messages]


async def test_a_url_works_five_times_and_tells_no_ts(workspace: SlackWorkspace) -> None:
    url = await url_of_command(workspace)
    answers = [await respond(url, text=f"{number}") for number in range(6)]
    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]
    assert texts(workspace) == ["0", "1", "2", "3", "4"]


async def test_a_url_works_for_thirty_minutes(workspace: SlackWorkspace, clock: SetClock) -> None:
    url = await url_of_command(workspace)
    clock.move(minutes=30)
    assert await respond(url, text="in time") == (200, "ok")
    clock.move(seconds=1)
    assert await respond(url, text="late") == (404, "expired_url")


async def test_an_unknown_url_is_not_found(workspace: SlackWorkspace) -> None:
    assert (await respond(f"{workspace.url}response/guess", text="x"))[0] == 404


async def test_an_answer_is_ephemeral_unless_it_says_in_channel(workspace: SlackWorkspace) -> None:
    url = await url_of_command(workspace)
    await respond(url, text="mine")
    await respond(url, text="ours", response_type="in_channel")
    assert [(each.text, each.ephemeral_to) for each in workspace.channel("incidents").messages] == [
        ("mine", "U0ANN0001"),
        ("ours", None),
    ]
    assert await respond(url, text="x", response_type="everywhere") == (400, "invalid_response_type")


@pytest.mark.parametrize("channel", ["general", "war-room", "dm-ann-li"])
async def test_an_answer_reaches_places_that_the_bot_is_not_in(workspace: SlackWorkspace, channel: str) -> None:
    url = await url_of_command(workspace, channel)
    assert await respond(url, text="here too", response_type="in_channel") == (200, "ok")
    assert texts(workspace, channel) == ["here too"]


async def test_replacing_through_a_commands_url_posts_anew(workspace: SlackWorkspace) -> None:
    url = await url_of_command(workspace)
    await respond(url, text="asking …")
    await respond(url, text="the answer", replace_original=True)
    assert texts(workspace) == ["asking …", "the answer"]
    assert await respond(url, delete_original=True) == (404, "message_not_found")


async def test_replacing_through_a_clicks_url_edits_the_clicked_message(workspace: SlackWorkspace) -> None:
    await respond(await url_of_command(workspace), text="old", blocks=BUTTON)
    (message,) = workspace.channel("incidents").messages
    url = await url_of_click(workspace, message)
    await respond(url, text="new", blocks=BUTTON, replace_original=True)
    await respond(url, text="beside it")
    first, second = workspace.channel("incidents").messages
    assert (first.ts, first.text, first.ephemeral_to) == (message.ts, "new", "U0ANN0001")
    assert (second.text, second.edited) == ("beside it", None)


async def test_a_clicked_message_can_be_deleted_once(workspace: SlackWorkspace) -> None:
    await respond(await url_of_command(workspace), text="old", blocks=BUTTON)
    (message,) = workspace.channel("incidents").messages
    url = await url_of_click(workspace, message)
    assert await respond(url, delete_original=True) == (200, "ok")
    assert texts(workspace) == []
    assert await respond(url, text="x", replace_original=True) == (404, "message_not_found")


async def test_an_answer_can_go_into_a_thread_of_the_channel(workspace: SlackWorkspace) -> None:
    root = await client_of(workspace).chat_postMessage(channel="incidents", text="root")
    url = await url_of_command(workspace)
    await respond(url, text="reply", response_type="in_channel", replace_original=False, thread_ts=root["ts"])
    assert [each.text for each in workspace.channel("incidents").replies(root["ts"])] == ["reply"]
    assert (await respond(url, text="x", thread_ts="1.000001"))[0] == 400
    await respond(url, text="alone", replace_original=False, thread_ts=root["ts"])
    assert workspace.channel("incidents").messages[-1].thread_ts is None, "a thread is documented for `in_channel` alone"


@each(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"attachments": [{"text": "x"}]}, "invalid_attachments"),
        ({"text": "x", "response_type": ["in_channel"]}, "invalid_response_type"),
        ({"text": "x", "thread_ts": ["1"]}, "invalid_thread_ts"),
    ],
)
async def test_content_beyond_the_limits_is_refused(workspace: SlackWorkspace, content: dict[str, Any], error: str) -> None:
    assert await respond(await url_of_command(workspace), **content) == (400, error)
    assert texts(workspace) == []


async def test_a_response_url_can_be_ordered_to_fail(workspace: SlackWorkspace) -> None:
    url = await url_of_command(workspace)
    workspace.fail_next("response_url", "internal_error", status=500)
    assert await respond(url, text="x") == (500, "internal_error")
    assert await respond(url, text="x") == (200, "ok")
