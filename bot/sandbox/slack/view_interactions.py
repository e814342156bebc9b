"""Interactions with views: submitting and closing modals, pressing elements, opening the Home tab.

Payloads: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload; response actions:
https://docs.slack.dev/surfaces/modals#handling_submissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.slack import payloads
from bot.sandbox.slack.inputs import missing, state_values
from bot.sandbox.slack.model import Ack, Interaction, Submission
from bot.sandbox.slack.view_blocks import check_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.inputs import Given
    from bot.sandbox.slack.model import User
    from bot.sandbox.slack.surfaces import View
    from bot.sandbox.slack.workspace_services import WorkspaceServices


class ViewInteractions:
    """What people do with views."""

    def __init__(self, services: WorkspaceServices) -> None:
        self._services = services
        self._state = services.state
        self._surfaces = services.surfaces

    async def submit(self, user: User, view: View, given: Given) -> Submission:
        """Press the submit button. Raises LookupError when there is none, or for a given input that does not exist."""
        now = self._open(user, view)
        if not now.content.get("submit"):
            raise LookupError("the view has nothing to submit")
        values = state_values(now.blocks, given, conversation=now.conversation)
        complaints = missing(now.blocks, values)
        if complaints:
            return Submission(Ack(0.0, error="incomplete"), "incomplete", complaints)
        trigger = self._services.triggers.issue(user.id, conversation=now.conversation, view_id=now.id)
        urls = self._response_urls(user, now, values)
        shown = self._surfaces.view_json(now, values)
        payload = payloads.view_submission(self._state.bot, user, shown, trigger_id=trigger, response_urls=urls)
        ack = await self._services.delivery.send("interactive", payload)
        error, errors = (ack.error, {}) if ack.error else await self._follow(now, ack.content or {})
        return Submission(ack, error, errors, trigger, tuple(each["response_url"] for each in urls))

    async def _follow(self, view: View, content: Mapping[str, Any]) -> tuple[str | None, Mapping[str, str]]:
        """Apply the response action of the acknowledgement. Returns the name of its error, and the errors for the inputs."""
        action = content.get("response_action")
        current = self._surfaces.get(view.id)
        if content and action not in {"errors", "update", "push", "clear"}:
            return "invalid_response_action", {}
        match action:
            case "errors":
                return _errors(view, content.get("errors"))
            case "clear":
                await self._surfaces.close(view, whole_stack=True)
            case "update" | "push":
                refused = [problem for problem in check_view(content.get("view")) if problem.refused]
                if refused or content["view"]["type"] != "modal":
                    return refused[0].error if refused else "invalid_arguments", {}
                if action == "push" and self._surfaces.is_full(view.user):
                    return "push_limit_reached", {}
                if action == "push":
                    await self._surfaces.push(view.user, content["view"])
                elif current is not None:
                    await self._surfaces.update(current, content["view"])
            case None:
                await self._surfaces.close(view)
        return None, {}

    def _response_urls(self, user: User, view: View, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """One response URL for each select with `response_url_enabled`, to the conversation that was chosen."""
        found = []
        for block in view.blocks:
            element = block.get("element", {})
            if block["type"] != "input" or not element.get("response_url_enabled"):
                continue
            chosen = values[block["block_id"]][element["action_id"]]["selected_conversation"]
            conversation = self._state.conversations.get(chosen)
            if conversation is not None and user.id in conversation.members:
                url = self._services.new_url(conversation, user)
                place = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append({**place, "channel_id": conversation.id, "response_url": url})
        return found

    async def close(self, user: User, view: View, *, whole_stack: bool = False) -> Interaction | None:
        """Close a modal, or with the ✕ in its corner the whole stack. None when the app did not ask for `view_closed`.

        Raises LookupError when the view is not open.
        """
        now = self._open(user, view)
        whole_stack = whole_stack or bool(now.content.get("clear_on_close"))
        await self._surfaces.close(now, whole_stack=whole_stack)
        if not now.content.get("notify_on_close"):
            return None
        shown = self._surfaces.view_json(now)
        payload = payloads.view_closed(self._state.bot, user, shown, is_cleared=whole_stack)
        ack = await self._services.delivery.send("interactive", payload)
        return Interaction(user.id, "", "", "", ack, ack.error)

    async def click(
        self, user: User, view: View, action_id: str, value: Any = None, *, block_id: str | None = None, given: Given
    ) -> Interaction:
        """Press an element of a view or set it to `value`. `given` is what else was entered. Raises LookupError."""
        now = self._open(user, view)
        action, entered = payloads.pressed(now.blocks, action_id, value, self._state.next_ts(), block_id=block_id)
        values = state_values(now.blocks, {**given, **entered}, conversation=now.conversation)
        trigger = self._services.triggers.issue(user.id, conversation=now.conversation, view_id=now.id)
        shown = self._surfaces.view_json(now, values)
        ack = await self._services.delivery.send(
            "interactive", payloads.view_actions(self._state.bot, user, shown, action, trigger_id=trigger)
        )
        return Interaction(user.id, "", "", trigger, ack, ack.error)

    async def open_home(self, user: User, tab: Literal["home", "messages"]) -> None:
        """Open the app's Home or Messages tab. The event carries the Home view that the person already has.

        Raises LookupError when the app has no such tab.
        """
        bot = self._state.bot
        if not (bot.home if tab == "home" else bot.messages_tab):
            raise LookupError(f"the app has no {tab} tab")
        conversation = await self._state.open_direct_message(user.id)
        event = {"type": "app_home_opened", "user": user.id, "channel": conversation.id, "tab": tab}
        event |= {"event_ts": self._state.next_ts()}
        known = self._surfaces.home(user.id)
        whole = {**event, "view": self._surfaces.view_json(known)} if known is not None and tab == "home" else event
        self._services.events.start(whole, conversation=conversation)

    def _open(self, user: User, view: View) -> View:
        """The view as it is now. Raises LookupError."""
        now = self._surfaces.get(view.id)
        if now is None or now.user != user.id:
            raise LookupError("the view is gone or belongs to someone else")
        return now


def _errors(view: View, errors: object) -> tuple[str, Mapping[str, str]]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        return "invalid_errors", {}  # the client then shows only that there was trouble
    return "errors", {str(block_id): str(text) for block_id, text in errors.items()}
