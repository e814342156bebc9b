"""What people do with messages: type, run the command, press a button, use a shortcut; how it reaches the app; what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.composing import compose, escape
from bot.sandbox.slack.model import SLACKBOT, Ack, ConversationKind, Interaction
from bot.sandbox.slack.state import ViewChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.model import Conversation, PostedMessage, User
    from bot.sandbox.slack.reach import WorkspaceServices


class Interactions:
    """The people's hands."""

    def __init__(self, reach: WorkspaceServices) -> None:
        self._reach = reach
        self._state = reach.state

    async def type(
        self,
        user: User,
        conversation: Conversation,
        text: str,
        thread_ts: str | None = None,
        *,
        auto_link: bool = False,
    ) -> Interaction | None:
        """What Enter in the composer does: a slash command, or a plain message (returns None)."""
        if text.startswith(("/invite ", "/remove ")):
            await self._change_members(user, conversation, text, thread_ts)
            return None
        if text.startswith("/"):
            return await self.slash(user, conversation, text, thread_ts)
        await self.say(user, conversation, text, thread_ts, auto_link=auto_link)
        return None

    async def say(
        self,
        user: User,
        conversation: Conversation,
        text: str,
        thread_ts: str | None = None,
        *,
        auto_link: bool = False,
    ) -> PostedMessage:
        """Post a message. Raises LookupError for a direct message to an app that takes none, or a thread that is not there."""
        bot = self._state.bot
        if conversation.kind is ConversationKind.IM and bot.bot_user_id in conversation.members and not bot.messages_tab:
            raise LookupError("Sending messages to this app has been turned off.")
        if thread_ts is not None:
            root = conversation.history.get(thread_ts)
            if root is None or root.ephemeral_to is not None:
                raise LookupError("there is no such thread")
            thread_ts = root.thread_ts or root.ts
        composed, block = compose(self._state, text, auto_link=auto_link)
        return await self._state.post(conversation, user.id, composed, [block], thread_ts=thread_ts)

    async def slash(self, user: User, conversation: Conversation, typed: str, thread_ts: str | None = None) -> Interaction:
        """Run a slash command. Returns once it is acknowledged, refused, or given up on."""
        command, _, text = typed.strip().partition(" ")
        bot = self._state.bot
        # People of another workspace do not have this workspace's commands (https://docs.slack.dev/apis/slack-connect).
        if command != bot.command or user.is_external:
            offered = "" if user.is_external else f" Commands of this workspace: `{bot.command}`"
            said = f"`{escape(command)}` is not a valid command.{offered}"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "unknown_command")
        if thread_ts is not None:
            said = f"`{command}` is not supported in threads. Sorry!"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "not_supported_in_threads")
        url, trigger = self._reach.new_url(conversation, user), self._reach.triggers.issue(user.id, conversation=conversation.id)
        payload = payloads.slash_command(bot, user, conversation, text.strip(), response_url=url, trigger_id=trigger)
        ack = await self._reach.delivery.send("slash_commands", payload)
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
            await self._state.post(conversation, user.id, escape(typed), is_command=True)
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
            await self._state.say_as_slack(conversation, user.id, f"`{escape(text)}` cannot be done here.", thread_ts)
            return
        if command == "/invite":
            conversation.members.add(other.id)
        else:
            conversation.members.discard(other.id)
        await self._state.tell(ViewChange())
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
            self._reach.events.start(event, conversation=conversation)

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
        """Press an element of a message, or set it to `value`. Raises LookupError when it is not there."""
        now = self._visible(user, conversation, message)
        action, entered = payloads.pressed(now.blocks, action_id, value, self._state.next_ts(), block_id=block_id)
        url, trigger = (
            self._reach.new_url(conversation, user, now),
            self._reach.triggers.issue(user.id, conversation=conversation.id),
        )
        payload = payloads.block_actions(
            self._state, user, conversation, now, action, response_url=url, trigger_id=trigger, given=entered
        )
        ack = await self._reach.delivery.send("interactive", payload)
        return Interaction(user.id, conversation.id, url, trigger, ack, ack.error)

    async def message_shortcut(
        self, user: User, conversation: Conversation, message: PostedMessage, callback_id: str
    ) -> Interaction:
        """Use a shortcut on a message. Raises LookupError when it is not offered there: never on an ephemeral message.

        Its response_url replaces nothing: the message is not the app's answer to anything.
        """
        now = self._visible(user, conversation, message)
        if now.ephemeral_to is not None or user.is_external:
            raise LookupError("message shortcuts are not offered here")
        shortcut = self._state.bot.shortcut(callback_id, "message")
        url, trigger = (
            self._reach.new_url(conversation, user),
            self._reach.triggers.issue(user.id, conversation=conversation.id),
        )
        action_ts = self._state.next_ts()
        payload = payloads.message_shortcut(
            self._state, user, conversation, now, shortcut, response_url=url, trigger_id=trigger, action_ts=action_ts
        )
        ack = await self._reach.delivery.send("interactive", payload)
        return Interaction(user.id, conversation.id, url, trigger, ack, ack.error)

    async def global_shortcut(self, user: User, callback_id: str, viewing: Conversation | None) -> Interaction:
        """Use a global shortcut. `viewing` is what is on the person's screen: a modal's select may begin with it."""
        if user.is_external:
            raise LookupError("people of another workspace do not have this workspace's shortcuts")
        shortcut = self._state.bot.shortcut(callback_id, "global")
        trigger = self._reach.triggers.issue(user.id, conversation=viewing.id if viewing else None)
        payload = payloads.global_shortcut(self._state.bot, user, shortcut, trigger_id=trigger, action_ts=self._state.next_ts())
        ack = await self._reach.delivery.send("interactive", payload)
        return Interaction(user.id, "", "", trigger, ack, ack.error)

    def _visible(self, user: User, conversation: Conversation, message: PostedMessage) -> PostedMessage:
        """The message as it stands now. Raises LookupError."""
        now = conversation.history.get(message.ts)
        if now is None or now.ephemeral_to not in {None, user.id}:
            raise LookupError("the message is gone or belongs to someone else")
        return now


def _not_delivered(user: User, conversation: Conversation, error: str) -> Interaction:
    return Interaction(user.id, conversation.id, "", "", Ack(0.0, error=error), error)
