"""What people do at the workspace, each named by handle or id: they write, press, choose, fill in and look.

`workspace.py` is the server behind it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.slack.files import file_json
from bot.sandbox.slack.surfaces import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.events import Events
    from bot.sandbox.slack.files import Files
    from bot.sandbox.slack.inputs import Given
    from bot.sandbox.slack.installation import BotInstallation
    from bot.sandbox.slack.interactions import Interactions
    from bot.sandbox.slack.model import Conversation, Interaction, PostedMessage, StepRun, Submission
    from bot.sandbox.slack.state import WorkspaceState
    from bot.sandbox.slack.steps import Steps
    from bot.sandbox.slack.surfaces import Surfaces
    from bot.sandbox.slack.view_interactions import ViewInteractions


class People:
    """The people of a workspace; the workspace itself sets what is declared here.

    Persons are named by handle or id, conversations by name or id; unknown ones raise KeyError.
    """

    bot: BotInstallation
    state: WorkspaceState
    steps: Steps
    events: Events
    _files: Files
    _surfaces: Surfaces
    _interactions: Interactions
    _views: ViewInteractions

    def channel(self, name: str) -> Conversation:
        """The conversation with that id or name. Raises KeyError."""
        found = self.state.conversation(name)
        if found is None:
            raise KeyError(name)
        return found

    def dm(self, user: str) -> Conversation:
        """The direct message between a person and the bot. Raises KeyError."""
        found = self.state.direct_message(self.state.user(user).id)
        if found is None:
            raise KeyError(user)
        return found

    def modal(self, user: str) -> View | None:
        """The modal that a person sees; None when there is none."""
        return self._surfaces.top(self.state.user(user).id)

    def home(self, user: str) -> View | None:
        """A person's Home tab, once the app has published it."""
        return self._surfaces.home(self.state.user(user).id)

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        auto_link: bool = False,
        files: Mapping[str, bytes] = MappingProxyType({}),
    ) -> PostedMessage:
        """Let `user` (who may be a bot) post a message; `@name` in it is a mention. `auto_link` makes `<tel:…>` of numbers.

        `files` are dropped with it, by their names.

        The resulting events are delivered in the background; see `settled`. Raises LookupError where posting is not possible, of
        which KeyError is one.
        """
        who, where = self.state.user(user), self.channel(channel)
        kept = [self._files.keep(name, content) for name, content in files.items()]
        return await self._interactions.say(who, where, text, thread_ts, auto_link=auto_link, files=kept)

    def attach(self, name: str, content: bytes) -> dict[str, Any]:
        """A file as it is given to a modal's `file_input`, in a list."""
        return file_json(self._files.keep(name, content), self.state.base_url())

    async def post(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        blocks: Sequence[Mapping[str, Any]] = (),
        attachments: Sequence[Mapping[str, Any]] = (),
        thread_ts: str | None = None,
    ) -> PostedMessage:
        """Post a message exactly as it is given, as another app (such as the seed's `deploys`) would. Raises KeyError."""
        who, where = self.state.user(user), self.channel(channel)
        return await self.state.post(where, who.id, text, blocks, attachments=attachments, thread_ts=thread_ts)

    async def slash(self, user: str, channel: str, typed: str) -> Interaction:
        """Let `user` run a slash command in `channel`. Returns after the acknowledgement. Raises KeyError."""
        return await self._interactions.slash(self.state.user(user), self.channel(channel), typed)

    async def type(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None, auto_link: bool = False
    ) -> Interaction | None:
        """Let `user` type something and press Enter, in a channel or in a thread. None when it was a plain message.

        Besides the app's command there are Slack's own `/invite @name` and `/remove @name`. Raises LookupError as `say` does,
        KeyError for unknown names.
        """
        who, where = self.state.user(user), self.channel(channel)
        return await self._interactions.type(who, where, text, thread_ts, auto_link=auto_link)

    async def click(
        self, user: str, target: PostedMessage | View, action_id: str, value: Any = None, *, values: Given | None = None
    ) -> Interaction:
        """Let `user` press an element of a message or a view, or set it to `value`. Returns after the acknowledgement.

        `values` is what was entered in the view's other inputs (see `submit`). Raises LookupError when the element does not
        exist.
        """
        who = self.state.user(user)
        if isinstance(target, View):
            return await self._views.click(who, target, action_id, value, given=values or {})
        return await self._interactions.click(who, self.state.conversations[target.channel], target, action_id, value)

    async def message_shortcut(self, user: str, message: PostedMessage, callback_id: str) -> Interaction:
        """Let `user` use a message shortcut. Raises LookupError where it is not offered (on ephemeral messages)."""
        where = self.state.conversations[message.channel]
        return await self._interactions.message_shortcut(self.state.user(user), where, message, callback_id)

    async def global_shortcut(self, user: str, callback_id: str, *, viewing: str | None = None) -> Interaction:
        """Let `user` use a global shortcut while looking at `viewing`, which the app is not told.

        Raises KeyError, LookupError.
        """
        where = None if viewing is None else self.channel(viewing)
        return await self._interactions.global_shortcut(self.state.user(user), callback_id, where)

    async def submit(self, user: str, view: View, values: Given | None = None) -> Submission:
        """Let `user` fill in a modal and submit it. Raises LookupError for an input that does not exist.

        `values`: by action_id, by block_id or by both as a pair, what a person enters: a text, an option's value (a list for
        checkboxes), a conversation's id, "2026-11-21", "09:30". What is not given keeps its initial value.
        """
        return await self._views.submit(self.state.user(user), view, values or {})

    async def close_view(self, user: str, view: View, *, whole_stack: bool = False) -> Interaction | None:
        """Let `user` close a modal. None when the app did not ask for `view_closed` (`notify_on_close`).

        Raises LookupError when the view is not open.
        """
        return await self._views.close(self.state.user(user), view, whole_stack=whole_stack)

    async def open_home(self, user: str, tab: Literal["home", "messages"] = "home") -> None:
        """Let `user` open the app's Home or Messages tab. Raises LookupError when the app has none."""
        await self._views.open_home(self.state.user(user), tab)

    async def run_step(self, callback_id: str, inputs: Mapping[str, Any], user: str) -> StepRun:
        """Let a workflow that `user` started run the app's step. Its `state` says when the app completed it.

        Raises LookupError when a required input is missing.
        """
        return self.steps.run(self.bot.step(callback_id), inputs, self.state.user(user).id, self.events)
