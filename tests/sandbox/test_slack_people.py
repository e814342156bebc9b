"""Who is who, where people talk, and links to messages: users.*, usergroups.*, conversations.* and chat.getPermalink."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackWorkspace
from tests.cases import each
from tests.sandbox.slack_apps import FULL, INSTALLATION, client_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

READER = replace(
    FULL,
    scopes=FULL.scopes | {"usergroups:read", "channels:read", "groups:read", "im:read", "mpim:read", "mpim:write"},
)
GROUP = "C0GROUPDM1"


@pytest.fixture
async def workspace() -> AsyncIterator[SlackWorkspace]:
    async with SlackWorkspace(bot=READER) as workspace:
        yield workspace


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    answer: dict[str, Any] = caught.value.response.data
    return answer


@each(
    ("user", "expected"),
    [
        ("U0ANN0001", {"team_id": "T0SANDBOX", "is_restricted": False, "is_bot": False, "deleted": False}),
        ("U0GUEST01", {"is_restricted": True, "is_ultra_restricted": False}),
        ("U0PARTNER", {"team_id": "T0PARTNER", "is_stranger": False, "is_restricted": False}),
        ("U0NOOR001", {"deleted": True}),
        ("U0DEPLOYS", {"is_bot": True}),
        ("U0SMSBOT1", {"is_bot": True}),
    ],
)
async def test_a_persons_standing_is_told(client: AsyncWebClient, user: str, expected: dict[str, Any]) -> None:
    told = (await client.users_info(user=user))["user"]
    assert {key: told.get(key) for key in expected} == expected


async def test_somebody_who_left_has_no_zone_and_a_stranger_shares_no_channel(
    workspace: SlackWorkspace, client: AsyncWebClient
) -> None:
    assert "tz" not in (await client.users_info(user="U0NOOR001"))["user"]
    assert "is_stranger" not in (await client.users_info(user="U0ANN0001"))["user"]
    workspace.channel("partners").members.discard("U0PARTNER")
    assert (await client.users_info(user="U0PARTNER"))["user"]["is_stranger"] is True


async def test_a_user_groups_people_are_told_with_its_scope(client: AsyncWebClient) -> None:
    assert (await client.usergroups_users_list(usergroup="S0ONCALL1"))["users"] == ["U0ANN0001", "U0LIWEI01"]
    assert [(group["id"], group["handle"]) for group in (await client.usergroups_list())["usergroups"]] == [
        ("S0ONCALL1", "oncall")
    ]
    assert (await refused(client, "usergroups.users.list", usergroup="S0NONE"))["error"] == "no_such_subteam"
    async with SlackWorkspace(bot=INSTALLATION) as narrow:
        answer = await refused(client_of(narrow), "usergroups.users.list", usergroup="S0ONCALL1")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")


@each(
    ("channel", "expected"),
    [
        ("C0INCIDENT", {"is_private": False, "is_member": True, "is_ext_shared": False, "name": "incidents"}),
        ("C0GENERAL0", {"is_member": False}),
        ("C0PARTNERS", {"is_ext_shared": True, "is_shared": True}),
        ("C0SECURITY", {"is_private": True, "is_member": True}),
        (GROUP, {"is_mpim": True, "is_private": True}),
        ("D0ANNBOT01", {"is_im": True, "user": "U0ANN0001"}),
    ],
)
async def test_a_conversation_is_described(client: AsyncWebClient, channel: str, expected: dict[str, Any]) -> None:
    told = (await client.conversations_info(channel=channel))["channel"]
    assert {key: told.get(key) for key in expected} == expected


async def test_a_private_place_without_the_bot_does_not_exist_for_it(client: AsyncWebClient) -> None:
    for channel in ("C0WARROOM0", "D0ANNLI001", "C0NOWHERE0"):
        assert (await refused(client, "conversations.info", channel=channel))["error"] == "channel_not_found"


@each(
    ("channel", "needed"),
    [("C0INCIDENT", "channels:read"), ("C0SECURITY", "groups:read"), ("D0ANNBOT01", "im:read"), (GROUP, "mpim:read")],
)
async def test_each_kind_of_conversation_has_its_own_scope(channel: str, needed: str) -> None:
    async with SlackWorkspace(bot=INSTALLATION) as narrow:
        for method in ("conversations.info", "conversations.members"):
            assert (await refused(client_of(narrow), method, channel=channel))["needed"] == needed


async def test_members_come_in_pages(client: AsyncWebClient) -> None:
    first = await client.conversations_members(channel="C0INCIDENT", limit=4)
    rest = await client.conversations_members(channel="C0INCIDENT", cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 4
    assert {*first["members"], *rest["members"]} == {"U0ANN0001", "U0LIWEI01", "U0SAM0001", "U0GUEST01", "U0DEPLOYS", "U0SMSBOT1"}
    assert rest["response_metadata"]["next_cursor"] == ""
    assert (await refused(client, "conversations.members", channel="C0INCIDENT", limit=0.5))["error"] == "invalid_limit"
    assert (await refused(client, "conversations.members", channel="C0INCIDENT", cursor="x"))["error"] == "invalid_cursor"


async def test_a_direct_message_is_opened_when_there_was_none(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users="U0GUEST01")
    assert "already_open" not in opened.data
    again = await client.conversations_open(users="U0GUEST01", return_im=True)
    assert (again["already_open"], again["channel"]["user"]) == (True, "U0GUEST01")
    assert opened["channel"]["id"] == workspace.dm("gia").id
    assert (await client.conversations_open(channel=GROUP))["channel"]["id"] == GROUP
    assert (await client.conversations_open(users="U0LIWEI01,U0ANN0001"))["channel"]["id"] == GROUP


@each(
    ("users", "error"),
    [
        ("U0NOBODY0", "user_not_found"),
        ("U0NOOR001", "user_disabled"),
        ("U0DEPLOYS", "cannot_dm_bot"),
        ("", "users_list_not_supplied"),
    ],
)
async def test_some_can_be_written_to_by_nobody(client: AsyncWebClient, users: str, error: str) -> None:
    assert (await refused(client, "conversations.open", users=users))["error"] == error


async def test_a_message_has_an_address_which_leads_to_the_page(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    root = await workspace.say("ann", "incidents", "root")
    reply = await workspace.say("li", "incidents", "reply", thread_ts=root.ts)
    ghost = await client.chat_postEphemeral(channel="incidents", user="U0ANN0001", text="psst")
    link = (await client.chat_getPermalink(channel="C0INCIDENT", message_ts=root.ts))["permalink"]
    assert link == f"{workspace.url}archives/C0INCIDENT/p{root.ts.replace('.', '')}"
    in_thread = (await client.chat_getPermalink(channel="C0INCIDENT", message_ts=reply.ts))["permalink"]
    assert in_thread.endswith(f"?thread_ts={root.ts}&cid=C0INCIDENT")
    for ts in ("1.000001", ghost["message_ts"]):
        assert (await refused(client, "chat.getPermalink", channel="C0INCIDENT", message_ts=ts))["error"] == "message_not_found"
    assert (await refused(client, "chat.getPermalink", channel="C0WARROOM0", message_ts="1"))["error"] == "channel_not_found"


def test_an_installation_is_read_from_a_manifest() -> None:
    manifest = {
        "features": {
            "bot_user": {"display_name": "pager"},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "slash_commands": [{"command": "/pager"}],
            "shortcuts": [{"name": "Look", "type": "message", "callback_id": "look", "description": "x"}],
        },
        "oauth_config": {"scopes": {"bot": ["commands"], "bot_optional": ["chat:write.public"]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
        "functions": {"step": {"title": "Step", "input_parameters": {"properties": {}}}},
    }
    installed = INSTALLATION.with_manifest(manifest)
    assert (installed.display_name, installed.command, installed.scopes) == ("pager", "/pager", frozenset({"commands"}))
    assert (installed.events, installed.home, installed.messages_tab) == (frozenset({"app_mention"}), True, True)
    assert (installed.shortcut("look", "message").name, installed.step("step").title) == ("Look", "Step")
    assert "chat:write.public" in INSTALLATION.with_manifest(manifest, optional_scopes=True).scopes
    for wrong in (lambda: installed.shortcut("look", "global"), lambda: installed.step("other")):
        with pytest.raises(LookupError):
            wrong()
