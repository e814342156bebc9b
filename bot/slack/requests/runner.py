"""The one place where work for a request starts: it is claimed, answered once, counted, audited, and logged by its id.

A listener acks and hands over what is to be done (`RequestRunner.start`); the rest happens in a task of its own, since the ack
must not wait (https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response: three seconds).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import structlog
from structlog.contextvars import bound_contextvars

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging.claims import ClaimLostError
from bot.slack.requests.context import SILENT, RequestOutcome
from bot.slack.requests.slack_request import Surface
from bot.timing.fair_queue import Asker, Askers, FairQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.i18n import Language
    from bot.observability.metrics import Metrics
    from bot.slack.requests.audit import AuditRecorder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.exactly_once import RequestInbox
    from bot.slack.requests.task_supervisor import TaskSupervisor

    Handler = Callable[[], Awaitable[RequestOutcome]]

log = structlog.get_logger(__name__)


class Responder(Protocol):
    """A way to tell the asker something."""

    @property
    def language(self) -> Language:
        """The language of whoever reads what is shown now."""

    async def show(self, message: views.Message) -> None:
        """Show `message` to the asker. Raises SlackDeliveryError, ClaimLostError."""


class RequestRunner:
    """Runs handlers, each once for its request.

    Of those that come together each begins in an iteration of the event loop of its own, person by person in turn: reading one of
    fifty numbers and starting its lookup takes milliseconds, and whoever comes next is to be acknowledged between two of them.
    """

    def __init__(self, inbox: RequestInbox, tasks: TaskSupervisor, recorder: AuditRecorder, metrics: Metrics) -> None:
        self._inbox = inbox
        self._tasks = tasks
        self._recorder = recorder
        self._metrics = metrics
        self._beginnings = FairQueue(1)
        metrics.expect_requests(Surface, (RequestOutcome.ANSWERED, RequestOutcome.CRASHED, RequestOutcome.LOST))

    def start(self, ctx: RequestContext, responder: Responder, handler: Handler) -> None:
        """Answer the request in a task of its own. `handler` says how it ended; `responder` tells the asker of a bug."""
        surface = ctx.request.surface.value
        ctx.is_started = True
        self._metrics.observe_begun(surface)
        # The task takes its log context from here, so whatever it logs carries the request's id.
        with bound_contextvars(request_id=ctx.request_id, surface=surface):
            self._tasks.spawn(self._run(ctx, responder, handler), name=f"{surface} {ctx.request_id}")

    async def _run(self, ctx: RequestContext, responder: Responder, handler: Handler) -> None:
        """Claim, answer, count, audit. Whatever escapes `handler` is answered with the request's id."""
        begun = asyncio.get_running_loop().time()
        with await self._beginnings.turn(Askers(Asker(ctx.request.user))):
            await asyncio.sleep(0)  # the next one begins in a later iteration
        try:
            outcome = await self._inbox.process_once(ctx.request, ctx.claim, lambda: self._answer(ctx, responder, handler))
        finally:
            ctx.claim.close()
        spent = asyncio.get_running_loop().time() - begun
        self._metrics.observe_slack_request(ctx.request.surface.value, ctx.audit.outcome(outcome), spent)
        if outcome is not RequestOutcome.DUPLICATE:
            await self._recorder.record(ctx, outcome)

    async def _answer(self, ctx: RequestContext, responder: Responder, handler: Handler) -> RequestOutcome:
        """What `handler` says, or a word to the asker if it breaks. Raises SlackDeliveryError when no word gets through."""
        self._recorder.carry(ctx)
        try:
            outcome = await handler()
        except (SlackDeliveryError, ClaimLostError):
            raise
        except Exception:  # every path ends in a visible answer: a bug's is the id under which the log explains it
            log.exception("request.crashed")
            ctx.audit.expected = RequestOutcome.CRASHED  # whatever the handler foresaw
            await responder.show(views.internal_error(ctx.request_id, language=responder.language))
            return RequestOutcome.CRASHED
        if outcome not in SILENT and not ctx.claim.is_confirmed:
            log.error("request.unconfirmed_answer", outcome=outcome.value)  # a surface that could answer twice
        return outcome
