"""Access-denied responses: visible to the person alone, where the request was made, naming the contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging.failures import NOBODY_NAMED
from bot.slack.requests.slack_request import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

        Raises SlackDeliveryError when the payload shows no way to anybody; ClaimLostError.
        """
        request, claim = self.ctx.request, self.ctx.claim
        body, poster, view_client = request.body, self.denials.poster, self.denials.view_client
        in_conversation = request.surface in {Surface.MENTION, Surface.DIRECT, Surface.ACTION} and request.channel
        if body.get("response_url"):
            await self.denials.by_response_url(self.ctx).show(message)
        elif in_conversation and request.user:
            await poster.post_ephemeral(request.channel, request.user, message, request.thread, claim=claim)
        elif request.surface is Surface.HOME and request.user:
            home = {"type": "home", "blocks": list(message.blocks)}
            await view_client.publish(request.user, home, claim=claim)
        elif request.surface is Surface.WORKFLOW and (execution := _event(request).get("function_execution_id")):
            await view_client.fail_step(execution, message.text, claim=claim)
        elif trigger := body.get("trigger_id"):
            window = views.access_denied_modal(message, language=await self.denials.language_of(request))
            await view_client.open(trigger, window, claim=claim)
        elif request.user or in_conversation:  # to the person alone, or where somebody spoke whom Slack does not name
            await poster.post(request.user or request.channel, message, None if request.user else request.thread, claim=claim)
        else:
            raise SlackDeliveryError(NOBODY_NAMED)


def _event(request: SlackRequest) -> Mapping[str, Any]:
    event = request.body.get("event")
    return event if isinstance(event, dict) else {}
