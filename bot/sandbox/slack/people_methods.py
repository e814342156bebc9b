"""users.*, usergroups.* and conversations.*: users, user groups and conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import ApiError, need_scope, read_boolean, string_argument, visible_conversation
from bot.sandbox.slack.model import TEAM_ID, Conversation, ConversationKind
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.model import User
    from bot.sandbox.slack.services import MethodServices
    from bot.sandbox.slack.state import WorkspaceState

_READ_SCOPES = {
    ConversationKind.PUBLIC: "channels:read",
    ConversationKind.PRIVATE: "groups:read",
    ConversationKind.IM: "im:read",
    ConversationKind.MPIM: "mpim:read",
}
_PAGE = 100  # members in an answer, unless `limit` says otherwise


async def users_info(services: MethodServices, arguments: Arguments) -> Json:
    """users.info. Raises ApiError."""
    user = services.state.users.get(string_argument(arguments, "user"))
    if user is None:
        raise ApiError("user_not_found")
    profile = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id}
    fields: Json = {"id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted, "profile": profile}
    fields |= {"is_bot": user.is_bot, "is_app_user": False}
    if user.is_external:
        fields["is_stranger"] = not _shares_a_channel(services.state, user)
    if not user.deleted:
        fields |= {
            "real_name": user.real_name,
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": user.tz_offset(services.state.clock()),
            "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
        }
    if read_boolean(arguments.get("include_locale")):
        fields["locale"] = user.locale
    return {"user": fields}


def _shares_a_channel(state: WorkspaceState, user: User) -> bool:
    return any({user.id, state.bot.bot_user_id} <= each.members for each in state.conversations.values())


async def usergroups_users_list(services: MethodServices, arguments: Arguments) -> Json:
    """usergroups.users.list: the ids of a group's members. Raises ApiError."""
    group = services.state.user_groups.get(string_argument(arguments, "usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": [user for user in group.users if not services.state.users[user].deleted]}


async def usergroups_list(services: MethodServices, arguments: Arguments) -> Json:
    """usergroups.list."""
    with_users = read_boolean(arguments.get("include_users"))
    return {
        "usergroups": [
            {
                "id": group.id,
                "team_id": TEAM_ID,
                "is_usergroup": True,
                "handle": group.handle,
                "name": group.name,
                **({"users": list(group.users)} if with_users else {}),
            }
            for group in services.state.user_groups.values()
        ]
    }


async def conversations_info(services: MethodServices, arguments: Arguments) -> Json:
    """conversations.info. Raises ApiError."""
    conversation = _readable(services, arguments)
    return {"channel": conversation_json(services.state, conversation)}


async def conversations_members(services: MethodServices, arguments: Arguments) -> Json:
    """conversations.members, in pages. Raises ApiError."""
    members = sorted(_readable(services, arguments).members)
    limit, cursor = arguments.get("limit") or _PAGE, string_argument(arguments, "cursor")
    if not str(limit).isdecimal() or not 0 < int(limit) <= 1000:  # noqa: PLR2004 - Slack's limit
        raise ApiError("invalid_limit")
    if cursor and cursor not in members:
        raise ApiError("invalid_cursor")
    start = members.index(cursor) if cursor else 0
    end = start + int(limit)
    return {"members": members[start:end], "response_metadata": {"next_cursor": members[end] if end < len(members) else ""}}


async def conversations_open(services: MethodServices, arguments: Arguments) -> Json:
    """conversations.open: a direct message by one user or by its id, a group by several users. Raises ApiError."""
    if arguments.get("channel"):
        conversation = visible_conversation(services.state, string_argument(arguments, "channel"))
        need_scope(services.state, "mpim:write" if conversation.kind is ConversationKind.MPIM else "im:write")
        return _opened(services, conversation, arguments, was_open=True)
    names = [name.strip() for name in string_argument(arguments, "users").split(",") if name.strip()]
    need_scope(services.state, "mpim:write" if len(names) > 1 else "im:write")
    if not names:
        raise ApiError("users_list_not_supplied")
    for name in names:
        _refuse_to_meet(services, name)
    if len(names) == 1:
        was_open = services.state.direct_message(names[0]) is not None
        return _opened(services, await services.state.open_direct_message(names[0]), arguments, was_open=was_open)
    members = {*names, services.state.bot.bot_user_id}
    groups = [
        each for each in services.state.conversations.values() if each.kind is ConversationKind.MPIM and each.members == members
    ]
    if not groups:
        raise ApiError("method_not_supported_for_channel_type", fields={"detail": "new group DMs are not opened here"})
    return _opened(services, groups[0], arguments, was_open=True)


def _refuse_to_meet(services: MethodServices, name: str) -> None:
    user = services.state.users.get(name)
    if user is None:
        raise ApiError("user_not_found")
    if user.deleted:
        raise ApiError("user_disabled")
    if user.is_bot:
        raise ApiError("cannot_dm_bot")


def _opened(services: MethodServices, conversation: Conversation, arguments: Arguments, *, was_open: bool) -> Json:
    whole = (
        conversation_json(services.state, conversation) if read_boolean(arguments.get("return_im")) else {"id": conversation.id}
    )
    return {**({"no_op": True, "already_open": True} if was_open else {}), "channel": whole}


def _readable(services: MethodServices, arguments: Arguments) -> Conversation:
    conversation = visible_conversation(services.state, string_argument(arguments, "channel"))
    need_scope(services.state, _READ_SCOPES[conversation.kind])
    return conversation


def conversation_json(state: WorkspaceState, conversation: Conversation) -> Json:
    """A conversation as Slack shows it to an app."""
    is_member = state.bot.bot_user_id in conversation.members
    if conversation.kind is ConversationKind.IM:
        others = conversation.members - {state.bot.bot_user_id}
        return {"id": conversation.id, "is_im": True, "is_org_shared": False, "user": next(iter(others), "")}
    is_private = conversation.kind is not ConversationKind.PUBLIC
    return {
        "id": conversation.id,
        "name": conversation.name,
        "is_channel": conversation.kind is not ConversationKind.MPIM,
        "is_group": False,
        "is_im": False,
        "is_mpim": conversation.kind is ConversationKind.MPIM,
        "is_private": is_private,
        "is_archived": conversation.is_archived,
        "is_member": is_member,
        "is_ext_shared": conversation.is_ext_shared,
        "is_shared": conversation.is_ext_shared,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "topic": {"value": conversation.topic},
    }


METHODS: Mapping[str, Method] = {
    "users.info": Method(users_info, "users:read", tier=4),
    "usergroups.list": Method(usergroups_list, "usergroups:read", tier=2),
    "usergroups.users.list": Method(usergroups_users_list, "usergroups:read", tier=2),
    "conversations.info": Method(conversations_info),
    "conversations.members": Method(conversations_members, tier=4),
    "conversations.open": Method(conversations_open),
}
