"""views.*: opening, pushing and updating modals, publishing the Home tab.

Errors: https://docs.slack.dev/reference/methods/views.open and its neighbours. An empty `hash` is a hash, and a wrong one
(https://github.com/slack-go/slack/issues/1462).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import ApiError, error_details, need_scope, reject_problems, string_argument
from bot.sandbox.slack.services import Method
from bot.sandbox.slack.view_blocks import check_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.services import MethodServices
    from bot.sandbox.slack.surfaces import View


async def views_open(services: MethodServices, arguments: Arguments) -> Json:
    """views.open. Raises ApiError."""
    content = _content(services, arguments, "modal")
    trigger = services.triggers.exchange(arguments.get("trigger_id"))
    return _shown(services, await services.surfaces.open(trigger.user, content, trigger.conversation))


async def views_push(services: MethodServices, arguments: Arguments) -> Json:
    """views.push: on top of the view in which the interaction happened. Raises ApiError."""
    content = _content(services, arguments, "modal")
    trigger = services.triggers.exchange(arguments.get("trigger_id"))
    if services.surfaces.top(trigger.user) is None:
        raise ApiError("not_found")
    if services.surfaces.is_full(trigger.user):
        raise ApiError("push_limit_reached")
    return _shown(services, await services.surfaces.push(trigger.user, content))


async def views_update(services: MethodServices, arguments: Arguments) -> Json:
    """views.update, by `view_id` or by `external_id`. Raises ApiError."""
    by_id, by_name = string_argument(arguments, "view_id"), string_argument(arguments, "external_id")
    if bool(by_id) == bool(by_name):
        wrong = "Cannot provide both `view_id` and `external_id`" if by_id else "Either `view_id` or `external_id` is required"
        raise ApiError("invalid_arguments", fields=error_details([f"[ERROR] {wrong}"]))
    view = services.surfaces.get(by_id) if by_id else services.surfaces.named(by_name)
    if view is None:
        raise ApiError("not_found")
    content = _content(services, arguments, view.kind, replacing=view)
    _refuse_other_hash(view, arguments)
    return _shown(services, await services.surfaces.update(view, content))


async def views_publish(services: MethodServices, arguments: Arguments) -> Json:
    """views.publish: a person's Home tab. Raises ApiError."""
    if not services.state.bot.home:
        raise ApiError("not_enabled")
    user = services.state.users.get(string_argument(arguments, "user_id"))
    if user is None or user.is_bot:
        raise ApiError("invalid_arguments", fields=error_details(["[ERROR] invalid `user_id`"]))
    home = services.surfaces.home(user.id)
    content = _content(services, arguments, "home", replacing=home)
    if home is not None:
        _refuse_other_hash(home, arguments)
    return _shown(services, await services.surfaces.publish(user.id, content))


def _content(services: MethodServices, arguments: Arguments, kind: str, *, replacing: View | None = None) -> Mapping[str, Json]:
    """The view of the arguments, if Slack accepts it. Raises ApiError."""
    view = arguments.get("view")
    reject_problems(check_view(view))
    assert isinstance(view, dict)  # noqa: S101 - what else is refused above
    if view["type"] != kind:
        raise ApiError(
            "invalid_arguments", fields=error_details([f"[ERROR] must be a view of the type {kind} [json-pointer:/view/type]"])
        )
    if any(block.get("element", {}).get("type") == "file_input" for block in view["blocks"]):
        need_scope(services.state, "files:read")
    named = services.surfaces.named(view.get("external_id") or "")
    if named is not None and (replacing is None or named.id != replacing.id):
        raise ApiError("duplicate_external_id")
    return view


def _refuse_other_hash(view: View, arguments: Arguments) -> None:
    if arguments.get("hash") is not None and arguments["hash"] != view.hash:
        raise ApiError("hash_conflict")


def _shown(services: MethodServices, view: View) -> Json:
    return {"view": services.surfaces.view_json(view)}


_CONTENT = frozenset({"view"})

METHODS: Mapping[str, Method] = {
    "views.open": Method(views_open, json_arguments=_CONTENT, tier=4),
    "views.push": Method(views_push, json_arguments=_CONTENT, tier=4),
    "views.update": Method(views_update, json_arguments=_CONTENT, tier=4),
    "views.publish": Method(views_publish, json_arguments=_CONTENT, tier=4),
}
