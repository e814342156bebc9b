"""The door: one Bolt middleware that every request passes on its way to any listener, in HTTP mode and in Socket Mode.

Bolt runs all its middleware before it looks for a listener, and the door lets nobody past without a decision. A decision that
needs only what is known at once is made at once. When Slack must be asked about the person first, the door acks, asks, and sends
the request through Bolt again; so the ack never waits for Slack. What must be answered in the ack itself (a modal that is sent
off) waits, as its person was let in to open it and is known.

On its rounds the door takes up what was acked and never answered (`intake.overdue`): it goes the same way, and is judged anew.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.errors import SlackDeliveryError
from bot.slack.access.policy import DenialReason
from bot.slack.requests.inbox import DUPLICATE
from bot.slack.requests.slack_request import Surface, enter, parse_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp

    from bot.slack.access.authorizer import Authorizer
    from bot.slack.access.denials import DenialResponder
    from bot.slack.access.policy import Denial
    from bot.slack.requests.audit import AuditRecorder
    from bot.slack.requests.inbox import RequestInbox
    from bot.slack.requests.slack_request import SlackRequest
    from bot.slack.requests.task_supervisor import TaskSupervisor

VISIT = "smsstatus_visit"  # in Bolt's context: a request that was let in before and comes through again

_IN_THE_ACK = frozenset({"view_submission", "block_suggestion"})  # the payloads whose answer is the ack

log = structlog.get_logger(__name__)


class AuthorizationMiddleware(AsyncMiddleware):
    """Lets in, or turns away. `command` is the slash command; others are not ours.

    `app.use(door)` puts it in front of every listener, those registered later too.
    """

    def __init__(
        self,
        app: AsyncApp,
        gate: Authorizer,
        *,
        intake: RequestInbox,
        recorder: AuditRecorder,
        turning: DenialResponder,
        work: TaskSupervisor,
        command: str,
        bot_user: str,
    ) -> None:
        self._app = app
        self._gate = gate
        self._intake = intake
        self._recorder = recorder
        self._turning = turning
        self._work = work
        self._command = command
        self._bot_user = bot_user

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's own signature, as is `next`
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Bolt's entry: calls `next` for who is let in, and answers everybody else itself."""
        before: SlackRequest | None = req.context.get(VISIT)
        visit = before or self._read(req)
        if visit.surface is Surface.IGNORED:
            return BoltResponse(status=200)
        if visit.surface is Surface.UNKNOWN or (visit.surface is Surface.COMMAND and req.body.get("command") != self._command):
            return BoltResponse(status=404)  # nothing of ours: not acknowledged
        enter(visit)
        refusal = self._gate.check_rate(visit) if before is None else None
        if refusal is None:
            if before is None and req.body.get("type") not in _IN_THE_ACK and not self._gate.can_decide_now(visit):
                self._work.spawn(self._let_in_later(visit), name="gate")
                return BoltResponse(status=200)
            refusal = await self._gate.authorize(visit)
        return await next() if refusal is None else await self._turn_away(visit, refusal)

    async def resume_expired(self) -> int:
        """Send through again what was acked and is not answered, and nobody works on. Returns how many."""
        found = await self._intake.expired()
        for request_id, body in found:
            visit = parse_request(body, bot_user=self._bot_user, request_id=request_id)
            log.info("gate.taken_up_again", surface=visit.surface.value)
            await self._send_through(visit)
        return len(found)

    @asynccontextmanager
    async def resuming(self, every: float) -> AsyncIterator[None]:
        """Take up what is overdue, now and then again, until the block is left."""

        async def rounds() -> None:
            while True:
                try:
                    await self.resume_expired()
                except Exception:  # one round that fails must not be the last
                    log.exception("gate.round_failed")
                await asyncio.sleep(every)

        task = asyncio.create_task(rounds(), name="rounds of the door")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _read(self, req: AsyncBoltRequest) -> SlackRequest:
        signature, retry = (req.headers.get(name, [""])[0] for name in ("x-slack-signature", "x-slack-retry-num"))
        return parse_request(req.body, bot_user=self._bot_user, signature=signature, retry=retry)

    async def _let_in_later(self, visit: SlackRequest) -> None:
        await self._gate.authorize(visit)  # whatever it says is remembered now, and said by the same lines as at once
        await self._send_through(visit)

    async def _send_through(self, visit: SlackRequest) -> None:
        """Through Bolt again. Its signature was verified when it came; in the form of Socket Mode it is not asked for."""
        again = AsyncBoltRequest(mode="socket_mode", body=dict(visit.body), context={VISIT: visit})
        await self._app.async_dispatch(again)

    async def _turn_away(self, visit: SlackRequest, refusal: Denial) -> BoltResponse:
        log.info("gate.turned_away", reason=refusal.reason.value, scope=refusal.scope, surface=visit.surface.value)
        unheard = (
            visit.surface is Surface.SYSTEM_EVENT or refusal.reason is DenialReason.BOT or visit.body.get("type") == "view_closed"
        )
        if unheard or (refusal.reason is DenialReason.TOO_MANY and not self._gate.rate.should_tell(visit.user)):
            return BoltResponse(status=200)
        in_the_ack = await self._turning.in_the_ack(visit, refusal)
        self._work.spawn(self._tell(visit, refusal, in_the_ack), name="turned away")
        return BoltResponse(status=200, body="" if in_the_ack is None else dict(in_the_ack))

    async def _tell(self, visit: SlackRequest, refusal: Denial, in_the_ack: Mapping[str, Any] | None) -> None:
        async def tell() -> str:
            if in_the_ack is None:
                await self._turning.tell(visit, refusal)
            return f"refused: {refusal.reason.value}"

        try:
            # Who is turned away and tries again at once, say because Slack did not know them, is no impatient thumb.
            outcome = await self._intake.process_once(replace(visit, double_submit_key=None), tell())
        except SlackDeliveryError as lost:
            outcome = f"refused: {refusal.reason.value}"
            log.warning("gate.refusal_not_told", reason=lost.reason)
        if outcome != DUPLICATE:
            await self._recorder.record(visit, outcome)
