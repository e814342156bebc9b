"""How somebody who is turned away is told: to them alone, where they asked, and whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack import views
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.failures import SLACK_EXCEPTIONS, from_exception
from bot.slack.requests.slack_request import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.i18n import Language
    from bot.slack.access.policy import Denial
    from bot.slack.locales import LocaleResolver
    from bot.slack.messaging.poster import Poster
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.slack_request import SlackRequest


class DenialResponder:
    """Tells people why they are turned away."""

    def __init__(
        self,
        client: AsyncWebClient,
        poster: Poster,
        reply_to: Callable[[Mapping[str, Any]], ResponseUrlResponder],
        *,
        contact: str,
        per_minute: int,
        readers: LocaleResolver,
        modal_wait: float,
    ) -> None:
        self._client = client
        self._poster = poster
        self._reply_to = reply_to
        self._contact = contact
        self._per_minute = per_minute
        self._readers = readers
        self._modal_wait = modal_wait

    def message(self, refusal: Denial, language: Language) -> views.Message:
        """What is said."""
        return views.access_denied(
            refusal.reason.value, self._contact, scope=refusal.scope, per_minute=self._per_minute, language=language
        )

    async def in_the_ack(self, visit: SlackRequest, refusal: Denial) -> Mapping[str, Any] | None:
        """The ack that tells it, for the payloads that are answered by their ack: the modal turns into the refusal."""
        match visit.body.get("type"):
            case "view_submission":
                language = (await self._readers.resolve(visit.user, self._modal_wait)).language
                window = views.access_denied_modal(self.message(refusal, language), language=language)
                return {"response_action": "update", "view": window}
            case "block_suggestion":
                return {"options": []}
            case _:
                return None

    async def tell(self, visit: SlackRequest, refusal: Denial) -> None:
        """Tell it. Raises SlackRefusal."""
        language = await self._language(visit)
        message = self.message(refusal, language)
        if visit.body.get("response_url"):
            await self._reply_to(visit.body).show(message)
        elif visit.surface in {Surface.MENTION, Surface.DIRECT, Surface.ACTION} and visit.channel:
            await self._poster.post_ephemeral(visit.channel, visit.user, message, visit.thread)
        else:
            await about_to_answer()
            await self._by_view(visit, message, language)

    async def _language(self, visit: SlackRequest) -> Language:
        """The visitor's; of a workflow's step, which nobody runs, the language of the channel that it answers in."""
        if visit.surface is Surface.WORKFLOW:
            inputs = visit.body.get("event", {}).get("inputs") or {}
            return self._readers.in_channel(str(inputs.get("channel") or ""))
        return (await self._readers.resolve(visit.user)).language

    async def _by_view(self, visit: SlackRequest, message: views.Message, language: Language) -> None:
        event = visit.body.get("event", {})
        try:
            if visit.surface is Surface.HOME:
                home = {"type": "home", "blocks": list(message.blocks)}
                await self._client.views_publish(user_id=visit.user, view=home)
            elif visit.surface is Surface.WORKFLOW:
                execution = str(event.get("function_execution_id", ""))
                await self._client.functions_completeError(function_execution_id=execution, error=message.text)
            elif trigger := visit.body.get("trigger_id"):
                await self._client.views_open(trigger_id=str(trigger), view=views.access_denied_modal(message, language=language))
        except SLACK_EXCEPTIONS as error:
            raise from_exception(error) from error
