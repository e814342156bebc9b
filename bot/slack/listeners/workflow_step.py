"""The step "Look up SMS status" of Workflow Builder: a target in, a verdict out, for the workflow to go on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import EXAMPLES, Lookup, parse, says_when
from bot.i18n import phrase
from bot.presentation.verdict import verdict
from bot.slack import views
from bot.slack.listeners.modals import CLOSED_CHANNEL, one_line_error
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.poster import slack_errors
from bot.slack.requests.audit import trail
from bot.slack.state.answers import AnswerRecord

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.context.complete.async_complete import AsyncComplete
    from slack_bolt.context.fail.async_fail import AsyncFail

    from bot.grammar import ParseContext
    from bot.i18n import Language
    from bot.model import Query, Report
    from bot.presentation.verdict import Verdict
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.task_supervisor import TaskSupervisor

    Outputs = Mapping[str, str]

STEP = "look_up_sms_status"
MAX_ERROR = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ends, once. Either way goes by the token that Slack gave for this run."""

    complete: Callable[[dict[str, Any]], Awaitable[Any]]
    fail: Callable[[str], Awaitable[Any]]
    language: Language  # of the channel that the step answers in, or else of the workspace

    async def complete_with(self, outputs: Outputs) -> None:
        """The workflow goes on. Raises SlackRefusal."""
        await about_to_answer()
        with slack_errors():
            await self.complete(dict(outputs))

    async def fail_with(self, error: str) -> None:
        """The workflow stops, and its owner reads why. Raises SlackRefusal."""
        await about_to_answer()
        with slack_errors():
            await self.fail(error[:MAX_ERROR])

    async def show(self, message: views.Message) -> None:
        """When we broke: the owner reads that. Raises SlackRefusal."""
        await self.fail_with(message.text)


def register(app: AsyncApp, desk: AnswerService, work: TaskSupervisor) -> None:
    """Listen to the step being run."""

    async def run(ack: AsyncAck, inputs: dict[str, Any], complete: AsyncComplete, fail: AsyncFail) -> None:
        await ack()
        ending = StepResult(complete, fail, desk.readers.in_channel(channel_of(inputs)))
        work.spawn(desk.guarded("workflow", ending, handle_step(desk, ending, inputs)), name="workflow step")

    app.function(STEP)(run)


async def handle_step(desk: AnswerService, ending: StepResult, inputs: Mapping[str, Any]) -> str:
    """Look up what the workflow asks and complete the step. Returns how it ended. Raises SlackRefusal."""
    channel, language = channel_of(inputs), ending.language
    reader = desk.readers.cached("")
    try:
        query = read_inputs(inputs, desk.parse_context(reader))
    except UsageError as error:
        await ending.fail_with(one_line_error(error).said_in(language))
        return "usage"
    if channel and desk.gate.authorize_channel(channel) is not None:
        await ending.fail_with(CLOSED_CHANNEL.said_in(language))
        return "refused"
    report = await desk.look_up(query, _silently, language, refresh=False)
    trail().record_shown(query)
    said = verdict(report, language, titles=desk.titles(language))
    try:
        permalink = await _post(desk, query, report, channel, reader)
    except SlackDeliveryError as refusal:
        log.info("slack.answer_refused", reason=refusal.reason)
        await ending.fail_with(views.delivery_failed(refusal.reason, desk.command, desk.bot_name, language=language).text)
        return "refused"
    await ending.complete_with(outputs(report, said, permalink))
    return "answered"


def channel_of(inputs: Mapping[str, Any]) -> str:
    """The channel that the step is to answer in; empty: none."""
    return str(inputs.get("channel") or "")


def read_inputs(inputs: Mapping[str, Any], asker: ParseContext) -> Query:
    """The question of a step: `since` is a time such as `2h`, or any words that say when. Raises UsageError."""
    target, since = str(inputs.get("target") or ""), str(inputs.get("since") or "").strip()
    if since and not says_when(since):
        since = f"since {since}"
    command = parse(f"{target} {since}", asker)
    if not isinstance(command, Lookup):
        raise UsageError(phrase("The step looks up numbers and message ids."), word="", example=EXAMPLES[0])
    return command.query


def outputs(report: Report, said: Verdict, permalink: str) -> Outputs:
    """What the workflow goes on with. Masked: what comes out of a step is shown to whoever runs the workflow."""
    failing = [row for row in report.deliveries if row.status.is_failure and not report.is_superseded(row)]
    return {
        "verdict": said.sentence,
        "status": said.outcome.value,
        "code": next((row.code for row in failing if row.code), ""),
        "permalink": permalink,
    }


async def _post(desk: AnswerService, query: Query, report: Report, channel: str, reader: ReaderLocale) -> str:
    """Post the whole answer where the workflow wants it, if anywhere. Returns its link. Raises SlackRefusal."""
    if not channel:
        return ""
    shown = replace(AnswerRecord.first(Lookup(query), asked_by="", channel=channel, public=True), report=report)
    ts = await desk.share(shown, reader)
    return await desk.panes.permalink(channel, ts)


async def _silently(_progress: views.Message) -> None:
    """A workflow waits without being told."""
