"""What becomes of a request that no listener takes, or that one trips over: it is acked, logged, and its person is told.

Bolt would answer 404 or 500, which Slack shows as "failed with the error dispatch_failed" or delivers again, and would advise the
log's reader to write a listener.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.slack import views
from bot.slack.requests.context import CONTEXT, RequestOutcome
from bot.slack.requests.slack_request import APP_RATE_LIMITED, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.i18n import Language
    from bot.observability.metrics import Metrics
    from bot.slack.access.denials import Denials
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.requests.slack_request import SlackRequest

log = structlog.get_logger(__name__)


class UnhandledRequests:
    """Acks what nobody handles, and tells whoever waits for it."""

    def __init__(self, runner: RequestRunner, denials: Denials, metrics: Metrics) -> None:
        self._runner = runner
        self._denials = denials
        self._metrics = metrics

    def register(self, app: AsyncApp) -> None:
        """Take what no listener of `app` takes, and the errors that escape one."""

        async def handle(error: Exception, context: AsyncBoltContext) -> BoltResponse:
            ctx: RequestContext | None = context.get(CONTEXT)
            if ctx is None:  # it broke before anything was read of it
                log.error("slack.dispatch_failed", exc_info=error)
                return BoltResponse(status=200)
            if isinstance(error, BoltUnhandledRequestError):
                return await self.unreadable(ctx)
            return await self.crashed(ctx, error)

        app.error(handle)

    async def crashed(self, ctx: RequestContext, error: Exception) -> BoltResponse:
        """Ack what a bug kept from its listener, and tell its person the id that the log has it under."""
        log.error("request.crashed", exc_info=error, request_id=ctx.request_id, surface=ctx.request.surface.value)
        return await self._tell(
            ctx, lambda language: views.internal_error(ctx.request_id, language=language), RequestOutcome.CRASHED
        )

    def pass_over(self, request: SlackRequest) -> BoltResponse:
        """Ack what is on nobody's behalf, and do nothing. That Slack drops events is told to the operator."""
        if request.body.get("type") == APP_RATE_LIMITED:
            log.warning("slack.app_rate_limited", workspaces=list(request.teams), minute=request.body.get("minute_rate_limited"))
            self._metrics.observe_events_dropped()
        else:
            event = request.body.get("event")
            kind = event.get("type") if isinstance(event, dict) else None
            log.debug("slack.event_passed_over", type=str(kind or "")[:40])
        return BoltResponse(status=200)

    async def unreadable(self, ctx: RequestContext) -> BoltResponse:
        """Ack what does not say what is wanted of us; a person or workflow that waits for it is told."""
        request = ctx.request
        log.info("request.unreadable", surface=request.surface.value, request_id=ctx.request_id)
        body = request.body
        waits = request.user or body.get("response_url") or body.get("trigger_id") or request.surface is Surface.WORKFLOW
        if not waits or body.get("type") == "view_closed":
            return BoltResponse(status=200)
        return await self._tell(ctx, lambda language: views.unreadable(language=language), RequestOutcome.USAGE)

    async def other_command(self, ctx: RequestContext, command: str) -> BoltResponse:
        """Ack a slash command that is not ours, though it is sent to us: say in the ack which one is."""
        log.warning("request.other_command", request_id=ctx.request_id)
        language = await self._denials.language_of(ctx.request)
        return BoltResponse(status=200, body=_ephemeral(views.other_command(command, language=language)))

    async def _tell(
        self, ctx: RequestContext, message_in: Callable[[Language], views.Message], outcome: RequestOutcome
    ) -> BoltResponse:
        in_the_ack = await self._denials.in_the_ack(ctx.request, message_in)
        responder = self._denials.responder(ctx)

        async def tell() -> RequestOutcome:
            if in_the_ack is None:
                await responder.show(message_in(await self._denials.language_of(ctx.request)))
            else:
                await ctx.claim.confirm()
            return outcome

        self._runner.start(ctx, responder, tell)
        return BoltResponse(status=200, body="" if in_the_ack is None else dict(in_the_ack))


def _ephemeral(message: views.Message) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)}
