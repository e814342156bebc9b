"""Bolt middleware that authorises every request, in HTTP mode and in Socket Mode, and makes its `RequestContext`.

Bolt runs all its middleware before it looks for a listener, so no listener runs without a decision. A decision that needs only
what is known at once is made at once. When Slack must be asked about the person first, the request is acked, Slack is asked, and
the request is dispatched through Bolt again; so the ack never waits for Slack. What must be answered in the ack itself (a modal
that is submitted) waits, as its person was allowed to open it and is known.

What is on nobody's behalf (events that no listener takes, app_rate_limited) is acked, whoever it is from, and does nothing.

It also resumes, now and then, what was acked and never answered (`RequestInbox.expired`): that is dispatched and authorised anew.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from structlog.contextvars import bound_contextvars

from bot.slack.access.policy import MENDED_BY, DenialReason
from bot.slack.requests.context import CONTEXT, RequestContext, RequestOutcome
from bot.slack.requests.slack_request import TOO_OLD, Surface, parse_request
from bot.slack.transport.bolt import AFTERWARDS, dispatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.slack.access.authorizer import Authorizer
    from bot.slack.access.denials import Denials
    from bot.slack.access.policy import Denial
    from bot.slack.access.unhandled import UnhandledRequests
    from bot.slack.identity import AppIdentity
    from bot.slack.requests.exactly_once import ExpiredRequest, RequestInbox
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.requests.slack_request import SlackRequest
    from bot.slack.requests.task_supervisor import TaskSupervisor
    from bot.timing.clock import Clock

AGAIN_AFTER = 1.0  # seconds, where something was resumed: after an outage there is more than one look finds
RESUMED_AT_ONCE = 10
MOST_AT_WORK = 20  # with which more is resumed
FEWEST_RESUMED = 5  # in each look, whatever else is at work
WRITE_EVERY = 1.0  # seconds, that a replica may not know yet what another did while the database was away
_ON_NOBODYS_BEHALF = frozenset({Surface.IGNORED, Surface.SYSTEM_EVENT})
_IN_THE_ACK = frozenset({"view_submission", "block_suggestion"})  # the payloads whose answer is the ack

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

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's own signature, as is `next`
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Bolt's entry: calls `next` for what is allowed, and answers everything else itself."""
        before: RequestContext | None = req.context.get(CONTEXT)
        ctx = before or self._context(self._parse(req))
        request, surface = ctx.request, ctx.request.surface
        req.context[CONTEXT], req.context[AFTERWARDS] = ctx, ctx.dismiss_if_idle
        with bound_contextvars(request_id=ctx.request_id, surface=surface.value):
            if before is not None:
                return await self._decide(ctx, next, None)
            if surface in _ON_NOBODYS_BEHALF:
                return self._unhandled.pass_over(request)
            is_waited_for = surface is Surface.WORKFLOW  # its step hangs until it is ended, however late
            if request.age(self._clock()) > TOO_OLD and not is_waited_for:
                log.info("request.too_old", asked_at=request.event_time)
                return BoltResponse(status=200)
            await self._inbox.take(request, ctx.claim)  # before Slack is told that it is taken
            if ctx.claim.is_undecided:
                return BoltResponse(status=503)
            denial = self._authorizer.check_rate(request)
            if denial is None:
                if surface is Surface.UNKNOWN:
                    return await self._unhandled.unreadable(ctx)
                if surface is Surface.COMMAND and req.body.get("command") != self._identity.command:
                    return await self._unhandled.other_command(ctx, self._identity.command)
                if self._must_wait(request):
                    ctx.is_started = True
                    self._tasks.spawn(self._authorize_later(ctx), name=f"authorize {ctx.request_id}")
                    return BoltResponse(status=200)
            return await self._decide(ctx, next, denial)

    async def _decide(
        self, ctx: RequestContext, next_one: Callable[[], Awaitable[BoltResponse]], denial: Denial | None
    ) -> BoltResponse:
        """Let the listener have what is allowed, and deny the rest."""
        denial = denial or await self._authorizer.authorize(ctx.request)
        return await next_one() if denial is None else await self._deny(ctx, denial)

    async def resume_expired(self) -> int:
        """Dispatch again what was acked and is not answered, and nobody works on. Returns how many.

        No more than can be worked on soon: what is taken up and not yet answered loses an attempt when the process dies.
        """
        expired = await self._inbox.expired(max(FEWEST_RESUMED, MOST_AT_WORK - len(self._tasks)))
        resumed = 0
        for start in range(0, len(expired), RESUMED_AT_ONCE):
            resumed += sum(await asyncio.gather(*map(self._resume, expired[start : start + RESUMED_AT_ONCE])))
        return resumed

    async def _resume(self, one: ExpiredRequest) -> bool:
        """Dispatch it again, unless another replica does. Whether it is."""
        request = parse_request(one.body, bot_user=self._identity.bot_user, request_id=one.request_id)
        ctx = self._context(replace(request, taken_at=one.taken_at))
        if not await self._inbox.take(ctx.request, ctx.claim):
            return False
        log.info("request.resumed", surface=ctx.request.surface.value, request_id=ctx.request_id)
        self._tasks.spawn(self._dispatch(ctx), name=f"resume {ctx.request_id}")
        return True

    @asynccontextmanager
    async def resuming(self, every: float) -> AsyncIterator[None]:
        """Resume what has expired, and keep the leases of what is under way, every so many seconds until the block is left.

        What could not be written is tried again every second.
        """

        async def endings() -> None:
            while True:
                await asyncio.sleep(WRITE_EVERY)
                await self._inbox.write_endings()

        async def rounds() -> None:
            while True:
                resumed = 0
                try:
                    await self._inbox.renew()
                    resumed = await self.resume_expired()
                except Exception:  # one round that fails must not be the last
                    log.exception("request.resume_failed")
                await asyncio.sleep(min(every, AGAIN_AFTER) if resumed else every)

        tasks = [
            asyncio.create_task(rounds(), name="resume expired requests"),
            asyncio.create_task(endings(), name="write endings"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _context(self, request: SlackRequest) -> RequestContext:
        return RequestContext(request, request.delay(self._clock()))

    def _must_wait(self, request: SlackRequest) -> bool:
        """Whether Slack has to be asked first, and the ack can go out before."""
        return request.body.get("type") not in _IN_THE_ACK and not self._authorizer.can_decide_now(request)

    def _parse(self, req: AsyncBoltRequest) -> SlackRequest:
        signature, retry = (req.headers.get(name, [""])[0] for name in ("x-slack-signature", "x-slack-retry-num"))
        return parse_request(req.body, bot_user=self._identity.bot_user, signature=signature, retry=retry)

    async def _authorize_later(self, ctx: RequestContext) -> None:
        await self._authorizer.authorize(ctx.request)  # its answer is cached, and applied on the way below
        await self._dispatch(ctx)

    async def _dispatch(self, ctx: RequestContext) -> None:
        """Through Bolt again. Its signature was verified when it came."""
        ctx.is_started = False
        await dispatch(self._app, ctx.request.body, context={CONTEXT: ctx})

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
