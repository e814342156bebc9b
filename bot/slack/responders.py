"""Makes the responder of a request: by its `response_url`, or as a message of the Web API. Each has the request's claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.slack.answer_message import AnswerMessage
from bot.slack.messaging.responder import ResponseUrlResponder

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from bot.slack.locales import LocaleResolver
    from bot.slack.messaging.poster import Poster
    from bot.slack.requests.context import RequestContext
    from bot.slack.transport.identity import AppIdentity


@dataclass(frozen=True, slots=True)
class Responders:
    """What they are made of, shared by all."""

    session: aiohttp.ClientSession = field(repr=False)
    poster: Poster
    locales: LocaleResolver
    identity: AppIdentity

    def by_response_url(
        self,
        ctx: RequestContext,
        url: str | None = None,
        channel: str | None = None,
        *,
        thread_ts: str | None = None,
        in_place: bool = False,
    ) -> ResponseUrlResponder:
        """To the asker alone, by the payload's `response_url`, or by another one for another channel.

        `thread_ts`: the thread that it belongs in, by default the one that the clicked message is a reply in.
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
            thread_ts=thread_ts or thread_of(clicked),
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


def thread_of(container: Mapping[str, Any]) -> str | None:
    """The thread that the clicked message is a reply in: a root stands in the conversation itself, and so does what it brings."""
    root = container.get("thread_ts")
    return root if root != container.get("message_ts") else None
