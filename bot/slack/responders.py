"""Makes the responder of a request: by its `response_url`, or as a message of the Web API. Each has the request's claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.slack.answer_message import AnswerMessage
from bot.slack.messaging.responder import ResponseUrlResponder

if TYPE_CHECKING:
    import aiohttp

    from bot.slack.identity import AppIdentity
    from bot.slack.locales import LocaleResolver
    from bot.slack.messaging.poster import Poster
    from bot.slack.requests.context import RequestContext


@dataclass(frozen=True, slots=True)
class Responders:
    """What they are made of, shared by all."""

    session: aiohttp.ClientSession = field(repr=False)
    poster: Poster
    locales: LocaleResolver
    identity: AppIdentity

    def by_response_url(
        self, ctx: RequestContext, url: str | None = None, channel: str | None = None, *, in_place: bool = False
    ) -> ResponseUrlResponder:
        """To the asker alone, by the payload's `response_url`, or by another one for another channel.

        `in_place`: in the place of the message that was clicked.

        Not every payload has one: clicks in messages that a workflow's step posted have none.
        """
        body, user = ctx.request.body, ctx.request.user
        clicked = body.get("container", {})
        return ResponseUrlResponder(
            body.get("response_url", "") if url is None else url,
            self.session,
            self.poster,
            claim=ctx.claim,
            delay=ctx.delay,
            channel=ctx.request.channel if channel is None else channel,
            user=user,
            message_ts=None if clicked.get("is_ephemeral") else clicked.get("message_ts"),
            in_place=in_place,
            language=lambda: self.locales.cached(user).language,
        )

    def message(
        self,
        ctx: RequestContext,
        channel: str,
        *,
        thread_ts: str | None = None,
        ephemeral_thread_ts: str | None = None,
        fallback: ResponseUrlResponder | None = None,
    ) -> AnswerMessage:
        """A message in `channel`, or in the thread under `thread_ts`."""
        return AnswerMessage(
            self.poster,
            self.locales,
            ctx.claim,
            self.identity.team,
            channel,
            ctx.request.user,
            thread_ts=thread_ts,
            ephemeral_thread_ts=ephemeral_thread_ts,
            fallback_responder=fallback,
        )
