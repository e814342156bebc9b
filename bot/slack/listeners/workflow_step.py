"""The step "Look up SMS status" of Workflow Builder: a target in, a verdict out, for the workflow to go on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import EXAMPLES, Lookup, parse, says_when
from bot.i18n import phrase
from bot.presentation.verdict import verdict
from bot.providers.systems import titles
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.modals import CLOSED_CHANNEL, one_line_error
from bot.slack.messaging.poster import slack_errors
from bot.slack.requests.context import RequestOutcome
from bot.slack.requests.slack_request import TOO_OLD
from bot.slack.state.answer_record import AnswerRecord

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.context.complete.async_complete import AsyncComplete
    from slack_bolt.context.fail.async_fail import AsyncFail

    from bot.grammar import ParseContext
    from bot.i18n import Language
    from bot.model import Query, Report
    from bot.presentation.verdict import Verdict
    from bot.slack import views
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.claims import Claim
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner

    Outputs = Mapping[str, str]

STEP = "look_up_sms_status"
MAX_ERROR = 500
_TOO_LATE = phrase("Slack delivered this step more than a day late. Run the workflow again.")


@dataclass(frozen=True, slots=True)
class StepResult:
    """Ends a step, once: it completes or fails, by the token that Slack gave for this run."""

    complete: Callable[[dict[str, Any]], Awaitable[Any]]
    fail: Callable[[str], Awaitable[Any]]
    language: Language  # of the channel that the step answers in, or else of the workspace
    claim: Claim

    async def complete_with(self, outputs: Outputs) -> None:
        """The workflow goes on. Raises SlackDeliveryError, ClaimLostError."""
        await self.claim.confirm()
        with slack_errors():
            await self.complete(dict(outputs))

    async def fail_with(self, error: str) -> None:
        """The workflow stops, and its owner reads why. Raises SlackDeliveryError, ClaimLostError."""
        await self.claim.confirm()
        with slack_errors():
            await self.fail(error[:MAX_ERROR])

    async def show(self, message: views.Message) -> None:
        """Fail with the text of `message`. Raises SlackDeliveryError, ClaimLostError."""
        await self.fail_with(message.text)


def register(app: AsyncApp, runner: RequestRunner, answers: AnswerService, view_client: ViewClient) -> None:
    """Listen to the step being run."""

    async def run(ack: AsyncAck, ctx: RequestContext, event: dict[str, Any], complete: AsyncComplete, fail: AsyncFail) -> None:
        await ack()
        inputs = event.get("inputs", {})
        result = StepResult(complete, fail, answers.locales.in_channel(channel_of(inputs)), ctx.claim)
        runner.start(ctx, result, lambda: handle_step(ctx, answers, view_client, result, inputs))

    app.function(STEP)(run)


async def handle_step(
    ctx: RequestContext, answers: AnswerService, view_client: ViewClient, result: StepResult, inputs: Mapping[str, Any]
) -> RequestOutcome:
    """Look up what the workflow asks and end the step. Raises SlackDeliveryError, ClaimLostError."""
    channel, language = channel_of(inputs), result.language
    if ctx.request.age(answers.clock()) > TOO_OLD:
        await result.fail_with(_TOO_LATE.said_in(language))
        return RequestOutcome.REFUSED
    reader = answers.locales.cached("")
    try:
        query = read_inputs(inputs, answers.parse_context(reader, ctx.delay))
    except UsageError as error:
        await result.fail_with(one_line_error(error).said_in(language))
        return RequestOutcome.USAGE
    if channel and answers.authorizer.authorize_channel(channel) is not None:
        await result.fail_with(CLOSED_CHANNEL.said_in(language))
        return RequestOutcome.REFUSED
    query = answers.reaching_now(query)
    report = await answers.look_up(ctx, query, _silently, language, refresh=False)
    ctx.audit.record_shown(query)
    try:
        permalink = await _post(ctx, answers, view_client, query=query, report=report, channel=channel, reader=reader)
    except SlackDeliveryError as error:
        await result.fail_with(answers.delivery_failed(error, language).text)
        return RequestOutcome.UNCONFIRMED if is_unconfirmed(error) else RequestOutcome.REFUSED
    await result.complete_with(outputs(report, verdict(report, language, titles=titles(language)), permalink))
    return RequestOutcome.ANSWERED


def channel_of(inputs: Mapping[str, Any]) -> str:
    """The channel that the step is to answer in; empty: none."""
    return _text(inputs, "channel")


def _text(inputs: Mapping[str, Any], name: str) -> str:
    """An input of the step as text; a workflow's variable can be a number, and what is neither reads as empty."""
    value = inputs.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def read_inputs(inputs: Mapping[str, Any], context: ParseContext) -> Query:
    """The question of a step: `since` is a time such as `2h`, or any words that say when. Raises UsageError."""
    target, since = _text(inputs, "target"), _text(inputs, "since").strip()
    if since and not says_when(since):
        since = f"since {since}"
    command = parse(f"{target} {since}", context)
    if not isinstance(command, Lookup):
        raise UsageError(phrase("The step looks up numbers and message ids."), word="", example=EXAMPLES[0])
    return command.query


def outputs(report: Report, judged: Verdict, permalink: str) -> Outputs:
    """What the workflow goes on with. Masked: what comes out of a step is shown to whoever runs the workflow."""
    failing = [row for row in report.standing(report.deliveries) if row.status.is_failure]
    return {
        "verdict": judged.sentence,
        "status": judged.outcome.value,
        "code": next((row.code for row in failing if row.code), ""),
        "permalink": permalink,
    }


async def _post(
    ctx: RequestContext,
    answers: AnswerService,
    view_client: ViewClient,
    *,
    query: Query,
    report: Report,
    channel: str,
    reader: ReaderLocale,
) -> str:
    """Post the whole answer where the workflow wants it, if anywhere; its link. Raises SlackDeliveryError, ClaimLostError."""
    if not channel:
        return ""
    record = replace(AnswerRecord.first(Lookup(query), asked_by="", channel=channel, public=True), report=report)
    ts = await answers.share(ctx, record, reader)
    return await view_client.permalink(channel, ts)


async def _silently(_progress: views.Message) -> None:
    """A workflow waits without being told."""
