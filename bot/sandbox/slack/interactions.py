"""Interactions with messages: typing, slash commands, buttons, shortcuts. Each is delivered to the app; its result is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.composing import compose, escape_mrkdwn
from bot.sandbox.slack.model import SLACKBOT, Ack, ConversationKind, Interaction
from bot.sandbox.slack.state import ViewChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.model import Conversation, PostedMessage, StoredFile, User
    from bot.sandbox.slack.workspace_services import WorkspaceServices


class Interactions:
    """What people do with messages."""

    def __init__(self, services: WorkspaceServices) -> None:
        self._services = services
        self._state = services.state

    async def type(
        self,
        user: User,
        conversation: Conversation,
        text: str,
        thread_ts: str | None = None,
        *,
        auto_link: bool = False,
        files: Sequence[StoredFile] = (),
    ) -> Interaction | None:
        """Press Enter in the composer: run a slash command, or post a plain message (returns None), with what was attached to it.

        Raises LookupError as `say` does.
        """
        if text.startswith(("/invite ", "/remove ")):
            await self._change_members(user, conversation, text, thread_ts)
            return None
        if text.startswith("/"):
            return await self.slash(user, conversation, text, thread_ts)
        await self.say(user, conversation, text, thread_ts, auto_link=auto_link, files=files)
        return None

    async def say(
        self,
        user: User,
        conversation: Conversation,
        text: str,
        thread_ts: str | None = None,
        *,
        auto_link: bool = False,
        files: Sequence[StoredFile] = (),
    ) -> PostedMessage:
        """Post a message. Raises LookupError for a direct message to an app that takes none, or a thread that does not exist."""
        bot = self._state.bot
        if conversation.kind is ConversationKind.IM and bot.bot_user_id in conversation.members and not bot.messages_tab:
            raise LookupError("Sending messages to this app has been turned off.")
        if thread_ts is not None:
            root = conversation.history.get(thread_ts)
            if root is None or root.ephemeral_to is not None:
                raise LookupError("there is no such thread")
            thread_ts = root.thread_ts or root.ts
        composed, block = compose(self._state, text, auto_link=auto_link)
        return await self._state.post(
            conversation, user.id, composed, [block] if composed else [], thread_ts=thread_ts, files=files
        )

    async def slash(self, user: User, conversation: Conversation, typed: str, thread_ts: str | None = None) -> Interaction:
        """Run a slash command. Returns once it is acknowledged, rejected, or given up on."""
        command, _, text = typed.strip().partition(" ")
        bot = self._state.bot
        # People of another workspace do not have this workspace's commands (https://docs.slack.dev/apis/slack-connect).
        if command != bot.command or user.is_external:
            offered = "" if user.is_external else f" Commands of this workspace: `{bot.command}`"
            said = f"`{escape_mrkdwn(command)}` is not a valid command.{offered}"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "unknown_command")
        if thread_ts is not None:
            said = f"`{command}` is not supported in threads. Sorry!"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "not_supported_in_threads")
        url, trigger = (
            self._services.new_url(conversation, user),
            self._services.triggers.issue(user.id, conversation=conversation.id),
        )
        payload = payloads.slash_command(bot, user, conversation, text.strip(), response_url=url, trigger_id=trigger)
        ack = await self._services.delivery.send("slash_commands", payload)
        error = ack.error or await self._show_ack(user, conversation, typed, ack.content)
        if error is not None:
            await self._state.say_as_slack(conversation, user.id, f'`{command}` failed with the error "{error}"')
        return Interaction(user.id, conversation.id, url, trigger, ack, error)

    async def _show_ack(
        self, user: User, conversation: Conversation, typed: str, content: Mapping[str, Any] | None
    ) -> str | None:
        """Show the message in an acknowledgement. In the channel, the command is shown to all as well.

        Returns an error name when the message breaks Slack's limits.
        """
        if content is None:
            return None
        in_channel = content.get("response_type") == "in_channel"
        if in_channel:
            await self._state.post(conversation, user.id, escape_mrkdwn(typed), is_command=True)
        if not content.get("text") and not content.get("blocks"):
            return None
        refused = [problem for problem in check_message(content) if problem.refused]
        if refused:
            return refused[0].error
        await self._state.post(
            conversation,
            self._state.bot.bot_user_id,
            content.get("text") or "",
            content.get("blocks") or (),
            ephemeral_to=None if in_channel else user.id,
        )
        return None

    async def _change_members(self, user: User, conversation: Conversation, text: str, thread_ts: str | None) -> None:
        """Slack's own `/invite @name` and `/remove @name`."""
        command, _, rest = text.partition(" ")
        name = rest.strip().removeprefix("@")
        other = next((each for each in self._state.users.values() if name in {each.name, each.id}), None)
        if other is None or conversation.kind in {ConversationKind.IM, ConversationKind.MPIM}:
            await self._state.say_as_slack(conversation, user.id, f"`{escape_mrkdwn(text)}` cannot be done here.", thread_ts)
            return
        if command == "/invite":
            conversation.members.add(other.id)
        else:
            conversation.members.discard(other.id)
        await self._state.notify(ViewChange())
        done = "added" if command == "/invite" else "removed"
        await self._state.post(conversation, SLACKBOT, f"<@{user.id}> {done} <@{other.id}>.")
        event = {
            "type": "member_joined_channel" if command == "/invite" else "member_left_channel",
            "user": other.id,
            "channel": conversation.id,
            "channel_type": "C" if conversation.kind is ConversationKind.PUBLIC else "G",
            "team": other.team_id,
            "inviter": user.id,
            "event_ts": self._state.next_ts(),
        }
        if self._state.bot.bot_user_id in {other.id, *conversation.members}:
            self._services.events.start(event, conversation=conversation)

    async def click(
        self,
        user: User,
        conversation: Conversation,
        message: PostedMessage,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
    ) -> Interaction:
        """Press an element of a message, or set it to `value`. Raises LookupError when it does not exist."""
        now = self._visible(user, conversation, message)
        action, entered = payloads.pressed(now.blocks, action_id, value, self._state.next_ts(), block_id=block_id)
        url, trigger = (
            self._services.new_url(conversation, user, now),
            self._services.triggers.issue(user.id, conversation=conversation.id),
        )
        payload = payloads.block_actions(
            self._state, user, conversation, now, action, response_url=url, trigger_id=trigger, given=entered
        )
        ack = await self._services.delivery.send("interactive", payload)
        return Interaction(user.id, conversation.id, url, trigger, ack, ack.error)

    async def message_shortcut(
        self, user: User, conversation: Conversation, message: PostedMessage, callback_id: str
    ) -> Interaction:
        """Use a shortcut on a message. Raises LookupError where it is not offered: never on an ephemeral message.

        Its response_url replaces nothing: the message is not the app's response to anything.
        """
        now = self._visible(user, conversation, message)
        if now.ephemeral_to is not None or user.is_external:
            raise LookupError("message shortcuts are not offered here")
        shortcut = self._state.bot.shortcut(callback_id, "message")
        url, trigger = (
            self._services.new_url(conversation, user),
            self._services.triggers.issue(user.id, conversation=conversation.id),
        )
        action_ts = self._state.next_ts()
        payload = payloads.message_shortcut(
            self._state, user, conversation, now, shortcut, response_url=url, trigger_id=trigger, action_ts=action_ts
        )
        ack = await self._services.delivery.send("interactive", payload)
        return Interaction(user.id, conversation.id, url, trigger, ack, ack.error)

    async def global_shortcut(self, user: User, callback_id: str, viewing: Conversation | None) -> Interaction:
        """Use a global shortcut. `viewing` is the conversation on the screen, with which a modal's select may begin.

        Raises LookupError when the app has no such shortcut.
        """
        if user.is_external:
            raise LookupError("people of another workspace do not have this workspace's shortcuts")
        shortcut = self._state.bot.shortcut(callback_id, "global")
        trigger = self._services.triggers.issue(user.id, conversation=viewing.id if viewing else None)
        payload = payloads.global_shortcut(self._state.bot, user, shortcut, trigger_id=trigger, action_ts=self._state.next_ts())
        ack = await self._services.delivery.send("interactive", payload)
        return Interaction(user.id, "", "", trigger, ack, ack.error)

    def _visible(self, user: User, conversation: Conversation, message: PostedMessage) -> PostedMessage:
        """The message as it is now. Raises LookupError."""
        now = conversation.history.get(message.ts)
        if now is None or now.ephemeral_to not in {None, user.id}:
            raise LookupError("the message is gone or belongs to someone else")
        return now


def _not_delivered(user: User, conversation: Conversation, error: str) -> Interaction:
    return Interaction(user.id, conversation.id, "", "", Ack(0.0, error=error), error)
