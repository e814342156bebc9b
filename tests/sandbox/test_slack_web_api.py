"""The Web API of the local workspace, called by the real client of slack_sdk."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackWorkspace
from tests.cases import each
from tests.sandbox.slack_apps import INSTALLATION, SetClock, client_of

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

DIVIDER = [{"type": "divider"}]


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    answer: dict[str, Any] = caught.value.response.data
    return answer


async def test_auth_test_names_the_bot(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["user"]) == ("U0SMSBOT1", "B0SMSBOT1", "smsstatus")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


@each(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-other", "auth.test", "invalid_auth"),
        ("xoxb-test", "apps.connections.open", "not_allowed_token_type"),
        ("xapp-test", "chat.postMessage", "not_allowed_token_type"),
        ("xoxb-test", "conversations.history", "unknown_method"),
        ("xoxb-test", "chat.post", "unknown_method"),
    ],
)
async def test_a_call_with_the_wrong_token_or_name_is_refused(
    workspace: SlackWorkspace, token: str, method: str, error: str
) -> None:
    assert (await refused(client_of(workspace, token), method))["error"] == error


async def test_a_missing_scope_is_named() -> None:
    bot = replace(INSTALLATION, scopes=frozenset({"commands"}))
    async with SlackWorkspace(bot=bot) as workspace:
        answer = await refused(client_of(workspace), "chat.postMessage", channel="incidents", text="x")
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_tokens_stay_out_of_the_installations_repr() -> None:
    assert "xoxb" not in repr(INSTALLATION)
    assert "a-signing-secret" not in repr(INSTALLATION)


async def test_a_posted_message_stands_in_the_channel_with_block_ids(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0INCIDENT", text="1 of 3 failed", blocks=DIVIDER)
    (message,) = workspace.channel("incidents").messages
    assert (message.ts, message.user, message.text) == (answer["ts"], "U0SMSBOT1", "1 of 3 failed")
    assert message.blocks[0]["block_id"]


async def test_the_same_call_may_come_as_a_form(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    answer = await client.api_call(
        "chat.postMessage", data={"channel": "#incidents", "text": "hello", "blocks": json.dumps(DIVIDER)}
    )
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert (await refused_form(workspace, blocks="[{"))["error"] == "invalid_blocks_format"


async def refused_form(workspace: SlackWorkspace, **fields: str) -> dict[str, Any]:
    form = {"token": INSTALLATION.bot_token, "channel": "incidents", **fields}
    async with aiohttp.ClientSession() as session, session.post(f"{workspace.api_url}chat.postMessage", data=form) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@each(
    ("arguments", "error"),
    [
        ({"channel": ["C0INCIDENT"]}, "channel_not_found"),
        ({"thread_ts": {"a": 1}}, "cannot_reply_to_message"),
        ({"text": {"a": 1}}, "invalid_arguments"),
        ({"blocks": "[1]"}, "invalid_blocks"),
    ],
)
async def test_an_argument_of_the_wrong_type_names_nothing(client: AsyncWebClient, arguments: dict[str, Any], error: str) -> None:
    message = {"channel": "incidents", "text": "x", **arguments}
    assert (await refused(client, "chat.postMessage", **message))["error"] == error


async def test_a_body_that_is_not_json_is_refused(workspace: SlackWorkspace) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {INSTALLATION.bot_token}"}
    url = f"{workspace.api_url}chat.postMessage"
    async with aiohttp.ClientSession() as session, session.post(url, data="{", headers=headers) as response:
        assert (await response.json())["error"] == "invalid_json"


@each(
    ("channel", "error"),
    [
        ("C0NOWHERE0", "channel_not_found"),
        ("general", "not_in_channel"),
        ("war-room", "channel_not_found"),
        ("dm-ann-li", "channel_not_found"),
        (None, "channel_not_found"),
    ],
)
async def test_the_bot_posts_only_where_it_may(client: AsyncWebClient, channel: str | None, error: str) -> None:
    assert (await refused(client, "chat.postMessage", channel=channel, text="x"))["error"] == error


async def test_a_public_channel_is_open_to_chat_write_public() -> None:
    bot = replace(INSTALLATION, scopes=INSTALLATION.scopes | {"chat:write.public"})
    async with SlackWorkspace(bot=bot) as workspace:
        client = client_of(workspace)
        assert (await client.chat_postMessage(channel="general", text="x"))["ok"]
        assert (await refused(client, "chat.postEphemeral", channel="general", text="x", user="U0ANN0001"))[
            "error"
        ] == "not_in_channel"
        assert (await refused(client, "chat.postMessage", channel="war-room", text="x"))["error"] == "channel_not_found"


async def test_an_archived_channel_takes_nothing(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    workspace.channel("incidents").is_archived = True
    assert (await refused(client, "chat.postMessage", channel="incidents", text="x"))["error"] == "is_archived"


async def test_a_direct_message_is_reached_by_its_person(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="U0LIWEI01", text="hello")
    assert [message.text for message in workspace.dm("li").messages] == ["hello"]


async def test_a_direct_message_is_opened_with_its_scope() -> None:
    bot = replace(INSTALLATION, scopes=INSTALLATION.scopes | {"im:write"})
    async with SlackWorkspace(bot=bot) as workspace:
        client = client_of(workspace)
        opened = await client.conversations_open(users="U0LIWEI01")
        assert opened["channel"]["id"] == workspace.dm("li").id
        assert (await refused(client, "conversations.open", users="U0NOBODY0"))["error"] == "user_not_found"


@each(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": DIVIDER * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "x" * 6000}] * 3}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"color": "red"}]}, "invalid_attachments"),
    ],
)
async def test_content_beyond_the_limits_is_refused_by_slacks_name(
    workspace: SlackWorkspace, client: AsyncWebClient, content: dict[str, Any], error: str
) -> None:
    assert (await refused(client, "chat.postMessage", channel="incidents", **content))["error"] == error
    assert workspace.channel("incidents").messages == ()


async def test_a_refused_block_is_pointed_at(client: AsyncWebClient) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    answer = await refused(client, "chat.postMessage", channel="incidents", text="x", blocks=[header])
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_replies_go_under_a_root_that_everyone_sees(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="incidents", text="root")
    reply = await client.chat_postMessage(channel="incidents", text="reply", thread_ts=root["ts"])
    ghost = await client.chat_postEphemeral(channel="incidents", text="psst", user="U0ANN0001")
    assert [message.text for message in workspace.channel("incidents").replies(root["ts"])] == ["reply"]
    for thread_ts in ("1.000001", reply["ts"], ghost["message_ts"]):
        answer = await refused(client, "chat.postMessage", channel="incidents", text="x", thread_ts=thread_ts)
        assert answer["error"] == "cannot_reply_to_message"


async def test_an_update_without_blocks_removes_them_and_marks_the_message(
    workspace: SlackWorkspace, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="incidents", text="old", blocks=DIVIDER)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="new")
    (message,) = workspace.channel("incidents").messages
    assert (message.text, message.blocks, bool(message.edited)) == ("new", (), True)


async def test_only_the_bots_own_lasting_messages_can_be_changed(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    await workspace.type("ann", "incidents", "who broke it?")
    (anns,) = workspace.channel("incidents").messages
    ghost = await client.chat_postEphemeral(channel="incidents", text="psst", user="U0ANN0001")

    async def error(method: str, ts: str) -> str:
        return str((await refused(client, method, channel="incidents", ts=ts, text="x"))["error"])

    assert await error("chat.update", anns.ts) == "cant_update_message"
    assert await error("chat.delete", anns.ts) == "cant_delete_message"
    assert await error("chat.update", ghost["message_ts"]) == "message_not_found"
    assert await error("chat.update", "1.000001") == "message_not_found"


async def test_a_deleted_message_is_gone(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="incidents", text="x")
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert workspace.channel("incidents").messages == ()


async def test_an_ephemeral_message_is_seen_by_one_member_only(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="incidents", text="psst", user="U0ANN0001")
    channel = workspace.channel("incidents")
    assert [message.text for message in channel.visible_to("U0ANN0001")] == ["psst"]
    assert channel.visible_to("U0LIWEI01") == []
    answer = await refused(client, "chat.postEphemeral", channel="dm-ann", text="x", user="U0LIWEI01")
    assert answer["error"] == "user_not_in_channel"


async def test_a_persons_zone_and_language_are_told(client: AsyncWebClient) -> None:
    user = (await client.users_info(user="U0LIWEI01", include_locale=True))["user"]
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Asia/Shanghai", 28_800, "zh-CN")
    assert "locale" not in (await client.users_info(user="U0LIWEI01"))["user"]
    assert (await refused(client, "users.info", user="U0NOBODY0"))["error"] == "user_not_found"


async def test_more_than_a_burst_in_one_channel_is_slowed_to_one_a_second(
    workspace: SlackWorkspace, client: AsyncWebClient, clock: SetClock
) -> None:
    for number in range(4):
        await client.chat_postMessage(channel="incidents", text=f"{number}")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="incidents", text="too much")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel="dm-ann", text="another channel has its own pace")
    clock.move(seconds=1)
    await client.chat_postMessage(channel="incidents", text="in time")
    workspace.pace.enabled = False
    await client.chat_postMessage(channel="incidents", text="switched off")


async def test_a_call_can_be_ordered_to_fail_so_many_times(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    workspace.fail_next("chat.postMessage", "fatal_error", times=2)
    workspace.fail_next("chat.postMessage", "ratelimited", status=429, retry_after=7)
    for expected in ("fatal_error", "fatal_error", "ratelimited"):
        assert (await refused(client, "chat.postMessage", channel="incidents", text="x"))["error"] == expected
    assert (await client.chat_postMessage(channel="incidents", text="x"))["ok"]
    assert [call.error for call in workspace.calls] == ["fatal_error", "fatal_error", "ratelimited", None]
