"""Where Slack's requests come in, in both modes: taken, acked, and authorised by what is also a middleware of Bolt's.

    receive ─► taken (`RequestInbox`) ─► ack ─► Bolt: authorised ─► listener        a command, a press, a shortcut
            └► Bolt: taken, authorised ─► listener ─► ack                           an event; a modal, whose answer is the ack

Bolt runs all its middleware before it looks for a listener, so no listener runs without a decision. What has nothing to say in
its ack is acked as soon as it is taken, and dispatched afterwards (docs/decisions/0056-acked-before-bolt.md). An ack never waits
for Slack: when Slack must be asked about the person first, the ack goes out before. What must be answered in the ack itself (a
modal that is submitted) waits, as its person was allowed to open it and is known.

What is on nobody's behalf (events that no listener takes, app_rate_limited) is acked, whoever it is from, and does nothing.

What was acked and never answered is dispatched and authorised anew (`resumption.py`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from structlog.contextvars import bound_contextvars

from bot.slack.access.policy import MENDED_BY, DenialReason
from bot.slack.requests.context import CONTEXT, RequestContext, RequestOutcome
from bot.slack.requests.slack_request import TOO_OLD, Surface, parse_request
from bot.slack.transport.bolt import AFTERWARDS, dispatch, handle
from bot.slack.transport.payload import with_documented_types

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.slack.access.authorizer import Authorizer
    from bot.slack.access.denials import Denials
    from bot.slack.access.policy import Denial
    from bot.slack.access.unhandled import UnhandledRequests
    from bot.slack.requests.exactly_once import ExpiredRequest, RequestInbox
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.requests.slack_request import SlackRequest
    from bot.slack.requests.task_supervisor import TaskSupervisor
    from bot.slack.transport.identity import AppIdentity
    from bot.timing.clock import Clock

_ON_NOBODYS_BEHALF = frozenset({Surface.IGNORED, Surface.SYSTEM_EVENT})
_IN_THE_ACK = frozenset({"view_submission", "block_suggestion"})  # the payloads whose answer is the ack
_ACKED_FIRST = frozenset({"block_actions", "shortcut", "message_action"})  # and a command; not events, as Bolt knows our own

log = structlog.get_logger(__name__)


class AuthorizationMiddleware(AsyncMiddleware):
    """Authorises every request, and acknowledges every one.

    `app.use(middleware)` puts it in front of every listener, those registered later too.
    """

    def __init__(
        self,
        app: AsyncApp,
        authorizer: Authorizer,
        *,
        inbox: RequestInbox,
        runner: RequestRunner,
        denials: Denials,
        tasks: TaskSupervisor,
        identity: AppIdentity,
        unhandled: UnhandledRequests,
        clock: Clock,
    ) -> None:
        self._app = app
        self._authorizer = authorizer
        self._inbox = inbox
        self._runner = runner
        self._denials = denials
        self._tasks = tasks
        self._identity = identity
        self._unhandled = unhandled
        self._clock = clock

    async def receive(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> BoltResponse:
        """What Slack is answered to one verified payload. Never raises.

        `headers` are those that it came with, by names in lower case or in any.
        """
        if not _is_acked_first(body):
            return await dispatch(self._app, body, headers)
        try:
            return await self._ack_first(with_documented_types(body), headers)
        except Exception:  # as `dispatch`
            log.exception("slack.dispatch_failed", type=str(body.get("type", ""))[:40])
            return BoltResponse(status=200)

    async def _ack_first(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> BoltResponse:
        """Take a request, and have Bolt read it when Slack has its ack."""
        ctx = self._context(self._parse(body, headers))
        with _logged(ctx):
            try:
                response = await self._admit(ctx)
                if response is None:
                    self._spawn(ctx)
            except Exception as error:  # noqa: BLE001 - it is told
                response = await self._unhandled.crashed(ctx, error)
            await ctx.dismiss_if_idle()
        return response or BoltResponse(status=200)

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's own signature, as is `next`
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Bolt's entry: calls `next` for what is allowed, and answers everything else itself."""
        taken: RequestContext | None = req.context.get(CONTEXT)
        ctx = taken or self._context(self._parse(req.body, {name: values[0] for name, values in req.headers.items()}))
        with _logged(ctx):
            if taken is None:
                req.context[CONTEXT], req.context[AFTERWARDS] = ctx, ctx.dismiss_if_idle
                if (response := await self._admit(ctx)) is not None:
                    return response
                if self._must_wait(ctx.request):
                    self._spawn(ctx)
                    return BoltResponse(status=200)
            denial = await self._authorizer.authorize(ctx.request)
            return await next() if denial is None else await self._deny(ctx, denial)

    async def _admit(self, ctx: RequestContext) -> BoltResponse | None:
        """Take the request, before Slack is told that it is taken. What Slack is answered; None where a listener is next."""
        request, surface = ctx.request, ctx.request.surface
        if surface in _ON_NOBODYS_BEHALF:
            return self._unhandled.pass_over(request)
        is_waited_for = surface is Surface.WORKFLOW  # its step hangs until it is ended, however late
        if request.age(self._clock()) > TOO_OLD and not is_waited_for:
            log.info("request.too_old", asked_at=request.event_time)
            return BoltResponse(status=200)
        await self._inbox.take(request, ctx.claim)
        if ctx.claim.is_undecided:
            return BoltResponse(status=503)
        if denial := self._authorizer.check_rate(request):
            return await self._deny(ctx, denial)
        if surface is Surface.UNKNOWN:
            return await self._unhandled.unreadable(ctx)
        if surface is Surface.COMMAND and request.body.get("command") != self._identity.command:
            return await self._unhandled.other_command(ctx, self._identity.command)
        return None

    async def resume(self, one: ExpiredRequest) -> bool:
        """Dispatch again what was acked and is not answered, unless another replica does. Whether it is."""
        request = parse_request(one.body, bot_user=self._identity.bot_user, request_id=one.request_id)
        ctx = self._context(replace(request, taken_at=one.taken_at))
        if not await self._inbox.take(ctx.request, ctx.claim):
            return False
        log.info("request.resumed", surface=ctx.request.surface.value, request_id=ctx.request_id)
        self._spawn(ctx)
        return True

    def _context(self, request: SlackRequest) -> RequestContext:
        return RequestContext(request, request.delay(self._clock()))

    def _must_wait(self, request: SlackRequest) -> bool:
        """Whether Slack has to be asked first, and the ack can go out before."""
        return request.body.get("type") not in _IN_THE_ACK and not self._authorizer.can_decide_now(request)

    def _parse(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> SlackRequest:
        signature, retry = (headers.get(name, "") for name in ("x-slack-signature", "x-slack-retry-num"))
        return parse_request(body, bot_user=self._identity.bot_user, signature=signature, retry=retry)

    def _spawn(self, ctx: RequestContext) -> None:
        """Hand the request to Bolt in a task of its own: Slack has its ack."""
        ctx.is_started = True
        self._tasks.spawn(self._dispatch(ctx), name=f"dispatch {ctx.request_id}")

    async def _dispatch(self, ctx: RequestContext) -> None:
        """Through Bolt, with what is known of the request. Whatever Bolt trips over is told: Slack will not bring it again."""
        ctx.is_started = False
        try:
            await handle(self._app, ctx.request.body, context={CONTEXT: ctx})
        except Exception as error:  # noqa: BLE001 - it is told
            await self._unhandled.crashed(ctx, error)
        await ctx.dismiss_if_idle()

    async def _deny(self, ctx: RequestContext, denial: Denial) -> BoltResponse:
        request = ctx.request
        teams = dict.fromkeys((*request.teams, request.enterprise, *request.own_teams))
        log.info(
            "access.denied",
            reason=denial.reason.value,
            scope=denial.scope,
            setting=MENDED_BY.get(denial.reason),
            workspaces=[team for team in teams if team],
        )
        is_unheard = denial.reason is DenialReason.BOT or request.body.get("type") == "view_closed"
        if is_unheard or (denial.reason is DenialReason.TOO_MANY and not self._authorizer.rate.should_tell(request.user)):
            return BoltResponse(status=200)
        in_the_ack = await self._denials.in_the_ack(request, partial(self._denials.message, denial))
        ctx.audit.denial = denial.reason.value

        async def deny() -> RequestOutcome:
            if in_the_ack is None:
                await self._denials.deny(ctx, denial)
            else:
                await ctx.claim.confirm()
            return RequestOutcome.REFUSED

        self._runner.start(ctx, self._denials.responder(ctx), deny)
        return BoltResponse(status=200, body="" if in_the_ack is None else dict(in_the_ack))


@contextmanager
def _logged(ctx: RequestContext) -> Iterator[None]:
    """Have every line of the log carry the request's id."""
    with bound_contextvars(request_id=ctx.request_id, surface=ctx.request.surface.value):
        yield


def _is_acked_first(body: Mapping[str, Any]) -> bool:
    """Whether its ack says nothing, so that it can go out before Bolt has read the payload."""
    kind = body.get("type")
    return kind in _ACKED_FIRST if isinstance(kind, str) else kind is None and "command" in body and "ssl_check" not in body
