"""Access-denied responses: visible to the person alone, where the request was made, naming the contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging.failures import NOBODY_NAMED, FailureKind, classify
from bot.slack.requests.slack_request import Surface

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from bot.i18n import Language
    from bot.slack.access.policy import Denial
    from bot.slack.locales import LocaleResolver
    from bot.slack.messaging.poster import Poster
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.slack_request import SlackRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Denials:
    """Tells people why they are denied."""

    poster: Poster
    view_client: ViewClient
    by_response_url: Callable[[RequestContext], ResponseUrlResponder]
    locales: LocaleResolver
    contact: str
    per_minute: int
    modal_wait: float

    def message(self, denial: Denial, language: Language) -> views.Message:
        """What is said."""
        return views.access_denied(
            denial.reason.value, self.contact, scope=denial.scope, per_minute=self.per_minute, language=language
        )

    async def in_the_ack(
        self, request: SlackRequest, message_in: Callable[[Language], views.Message]
    ) -> Mapping[str, Any] | None:
        """The ack that says it, for the payloads that are answered by their ack: the modal turns into the message."""
        match request.body.get("type"):
            case "view_submission":
                language = (await self.locales.resolve(request.user, self.modal_wait)).language
                window = views.access_denied_modal(message_in(language), language=language)
                return {"response_action": "update", "view": window}
            case "block_suggestion":
                return {"options": []}
            case _:
                return None

    async def deny(self, ctx: RequestContext, denial: Denial) -> None:
        """Say why. Raises SlackDeliveryError, ClaimLostError."""
        await self.responder(ctx).show(self.message(denial, await self.language_of(ctx.request)))

    def responder(self, ctx: RequestContext) -> DenialResponder:
        """The way to tell the person of this request."""
        return DenialResponder(self, ctx)

    async def language_of(self, request: SlackRequest) -> Language:
        """The person's; of a workflow's step, which nobody runs, the language of the channel that it answers in."""
        if request.surface is Surface.WORKFLOW:
            channel = _event(request).get("inputs", {}).get("channel")
            return self.locales.in_channel(channel if isinstance(channel, str) else "")
        return (await self.locales.resolve(request.user)).language


@dataclass(frozen=True, slots=True)
class DenialResponder:
    """The responder of a request that is denied."""

    denials: Denials
    ctx: RequestContext

    @property
    def language(self) -> Language:
        """The person's language, as far as it is known."""
        return self.denials.locales.cached(self.ctx.request.user).language

    async def show(self, message: views.Message) -> None:
        """Show it where the request was made: by its response_url, an ephemeral message, or a view; else wherever there is a way.

        Raises SlackDeliveryError when the payload shows no way to anybody, or none that Slack takes; ClaimLostError.
        """
        refusal = SlackDeliveryError(NOBODY_NAMED)
        for show in self._ways():
            try:
                return await show(message)
            except SlackDeliveryError as error:
                if classify(error.reason) is not FailureKind.PERMANENT:
                    raise
                refusal = error
        raise refusal

    def _ways(self) -> Iterator[Callable[[views.Message], Awaitable[None]]]:
        """The ways to whoever made the request, the nearest first."""
        request, body = self.ctx.request, self.ctx.request.body
        in_conversation = bool(request.channel) and request.surface in {Surface.MENTION, Surface.DIRECT, Surface.ACTION}
        if body.get("response_url"):
            yield self.denials.by_response_url(self.ctx).show
        elif in_conversation and request.user:
            yield self._show_alone
        elif request.surface is Surface.HOME and request.user:
            yield self._show_on_home
        elif request.surface is Surface.WORKFLOW and _event(request).get("function_execution_id"):
            yield self._fail_step
        elif body.get("trigger_id"):
            yield self._show_in_window
        if request.user:
            yield self._post_to_person
        elif in_conversation:  # somebody spoke there whom Slack does not name
            yield self._post_in_conversation

    async def _show_alone(self, message: views.Message) -> None:
        request = self.ctx.request
        await self.denials.poster.post_ephemeral(request.channel, request.user, message, request.thread, claim=self.ctx.claim)

    async def _show_on_home(self, message: views.Message) -> None:
        home = {"type": "home", "blocks": list(message.blocks)}
        await self.denials.view_client.publish(self.ctx.request.user, home, claim=self.ctx.claim)

    async def _fail_step(self, message: views.Message) -> None:
        execution = _event(self.ctx.request)["function_execution_id"]
        await self.denials.view_client.fail_step(execution, message.text, claim=self.ctx.claim)

    async def _show_in_window(self, message: views.Message) -> None:
        window = views.access_denied_modal(message, language=await self.denials.language_of(self.ctx.request))
        await self.denials.view_client.open(self.ctx.request.body["trigger_id"], window, claim=self.ctx.claim)

    async def _post_to_person(self, message: views.Message) -> None:
        await self.denials.poster.post(self.ctx.request.user, message, claim=self.ctx.claim)

    async def _post_in_conversation(self, message: views.Message) -> None:
        request = self.ctx.request
        await self.denials.poster.post(request.channel, message, request.thread, claim=self.ctx.claim)


def _event(request: SlackRequest) -> Mapping[str, Any]:
    event = request.body.get("event")
    return event if isinstance(event, dict) else {}
