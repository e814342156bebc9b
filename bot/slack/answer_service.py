"""The desk behind every Slack surface: it knows who asks, asks the lookup, and shows answers. No surface does more.

asked    a person's words, or a click          (commands.py, actions.py)
desk     parse for that person, look up with a short "asking …" when it takes long, show, share
shown    one answer, whose state is kept under an opaque id that its buttons carry
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.codes import resolve
from bot.errors import SlackDeliveryError
from bot.grammar import ParseContext, examples
from bot.observability.logging import error_id
from bot.presentation.provider_status import provider_statuses
from bot.slack import views
from bot.slack.answer_message import is_direct
from bot.slack.messaging.claims import ClaimLostError, interim
from bot.slack.requests.audit import begin, trail
from bot.slack.requests.inbox import DUPLICATE
from bot.slack.requests.slack_request import current_visit
from bot.slack.state.answers import Thread
from bot.slack.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.model import Query, Report
    from bot.observability.metrics import Metrics
    from bot.slack.access.authorizer import Authorizer
    from bot.slack.access.policy import Denial
    from bot.slack.locales import LocaleResolver, ReaderLocale
    from bot.slack.messaging.poster import Poster
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.audit import AuditRecorder
    from bot.slack.requests.inbox import RequestInbox
    from bot.slack.state.answers import AnswerRecord, AnswerStore
    from bot.slack.state.drafts import DraftStore
    from bot.slack.state.introductions import HelpThrottle
    from bot.storage.unlisted_codes import UnlistedCodeCounter
    from bot.timing.clock import Clock

log = structlog.get_logger(__name__)


class Responder(Protocol):
    """A way to tell the asker what went wrong."""

    @property
    def language(self) -> Language:
        """The language of whoever reads what is shown now."""

    async def show(self, message: views.Message) -> None:
        """Show `message` to the asker. Raises SlackRefusal."""


@dataclass(frozen=True, slots=True)
class AnswerService:
    """All that the surfaces need, wired by the composition root."""

    service: LookupService
    answers: AnswerStore
    readers: LocaleResolver
    poster: Poster
    metrics: Metrics
    clock: Clock
    titles: Callable[[Language], Mapping[str, str]]  # provider name -> what people call it
    words: Mapping[str, str]  # what `via` takes -> provider name
    region: str
    team: str  # the workspace's id
    bot_name: str  # for `/invite @…`
    intake: RequestInbox
    recorder: AuditRecorder
    gate: Authorizer
    drafts: DraftStore
    introductions: HelpThrottle
    panes: ViewClient
    bot_user: str  # the bot's own Slack user id, which mentions name
    unknown: UnlistedCodeCounter
    receipt_days: int = 0  # how long the receipt store keeps; 0: there is none
    contact: str = ""  # whom people are told to ask
    settings: Callable[[Language], Sequence[tuple[str, str]]] = lambda _: ()  # what the Home tab shows of them
    command: str = "/smsstatus"
    timings: Timings = field(default_factory=Timings)

    def parse_context(self, reader: ReaderLocale) -> ParseContext:
        """What the grammar must know of the one who asks. Made when it is needed, so that equal questions have one "now"."""
        return ParseContext(now=self.clock(), zone=reader.zone, region=self.region, providers=self.words)

    def explain(self, code: str, language: Language) -> views.Message:
        """What a code means, by provider and carrier, what a term of the field is, or which codes mean what was typed."""
        return views.explain_result(
            resolve(self.service.catalogue, code), self.titles(language), command=self.command, language=language
        )

    def providers(self, reader: ReaderLocale) -> views.Message:
        """Who can be asked, and how they answered last."""
        states = provider_statuses(self.service, reader.language)
        return views.providers(states, zone=reader.zone, now=self.clock(), language=reader.language)

    def help(self, typed: str, language: Language) -> views.Message:
        """What can be asked. `typed` is what stands before a command where the help is read."""
        return views.help_message(examples(language), typed, self.bot_name, language=language)

    async def look_up(
        self, query: Query, say_asking: Callable[[views.Message], Awaitable[None]], language: Language, *, refresh: bool
    ) -> Report:
        """The report. When it takes long, `say_asking` is called once with who is being asked.

        Both the deadline and the time until then count from when the request was taken.
        """
        spent = time.monotonic() - trail().begun
        lookup = asyncio.create_task(self.service.lookup(query, refresh=refresh, spent=spent))
        asking: asyncio.Task[None] | None = None
        try:
            done, _ = await asyncio.wait({lookup}, timeout=max(0.0, self.timings.progress - spent))
            if not done:
                asking = asyncio.create_task(self._say_asking(query, say_asking, language))
            report = await lookup
            if asking is not None:  # Slack may be slow; the answer waits for its announcement only so long
                said, _ = await asyncio.wait({asking}, timeout=self.timings.progress_grace)
                if said:
                    await asking
        finally:
            for task in (lookup, asking):
                if task is not None:
                    task.cancel()
        trail().record_lookup(report)
        return report

    async def _say_asking(self, query: Query, say_asking: Callable[[views.Message], Awaitable[None]], language: Language) -> None:
        titles = self.titles(language)
        try:
            with interim():
                await say_asking(views.progress([titles[name] for name in self.service.plan(query).names], language=language))
        except SlackDeliveryError as refusal:  # the answer itself may still get through
            log.warning("slack.progress_refused", reason=refusal.reason)

    async def render(self, answer_id: str, shown: AnswerRecord, reader: ReaderLocale) -> views.Message:
        """An answer as it stands. After a restart its report is asked for again. One that a channel reads is in its language."""
        report = await self.report_of(shown)
        trail().record_shown(shown.query)
        return views.answer(report, await self.stage(answer_id, shown, reader))

    async def report_of(self, shown: AnswerRecord) -> Report:
        """The report that an answer shows, asked for again where this process does not have it."""
        report = shown.report
        if report is None:
            report = await self.service.lookup(shown.query)
            trail().record_lookup(report)
        return replace(report, query=replace(report.query, only=shown.query.only))

    async def stage(self, answer_id: str, shown: AnswerRecord, reader: ReaderLocale) -> views.RenderContext:
        """How and to whom an answer is shown."""
        reader = self._written_for(shown, reader)
        return views.RenderContext(
            answer_id=answer_id,
            now=self.clock(),
            zone=reader.zone,
            titles=self.titles(reader.language),
            language=reader.language,
            page=shown.page,
            public=shown.public,
            command=self.command if shown.thread is None else f"@{self.bot_name}",
            asked_by=shown.asked_by if shown.public else None,
            shared=shown.shared,
            direct=is_direct(shown.channel),
            may_reveal=not shown.public and await self.gate.may_reveal(shown.asked_by) is None,
            explained=shown.explained,
            changed=shown.changed,
            previous=shown.previous,
            passed_over=shown.passed_over,
        )

    def language_of(self, shown: AnswerRecord, reader: ReaderLocale) -> Language:
        """The language of an answer: the channel's where all of it reads along, else that of the one who reads it."""
        return self._written_for(shown, reader).language

    def _written_for(self, shown: AnswerRecord, reader: ReaderLocale) -> ReaderLocale:
        return self.readers.of_channel(shown.channel) if shown.public and not is_direct(shown.channel) else reader

    async def share(
        self, shown: AnswerRecord, reader: ReaderLocale, *, channel: str | None = None, root: str | None = None
    ) -> str:
        """Post an answer masked and without message text: in its channel as the root of a thread, or in the thread `root`.

        Returns the message's ts. Raises SlackRefusal.
        """
        channel = channel or shown.channel
        # What it builds on stands in another conversation.
        thread = Thread(self.team, channel, root or "")
        public = replace(shown, public=True, shared=False, channel=channel, thread=thread, previous=None)
        answer_id = await self.answers.add(replace(public, thread=None))
        ts = await self.poster.post(channel, await self.render(answer_id, public, reader), root)
        await self.answers.update(answer_id, replace(public, thread=Thread(self.team, channel, root or ts), message_ts=ts))
        return ts

    def denial_message(self, refusal: Denial, language: Language) -> views.Message:
        """Why somebody may not do something, and whom to ask."""
        return views.access_denied(refusal.reason.value, self.contact, scope=refusal.scope, language=language)

    async def latest_answer(self, thread: Thread) -> tuple[str, AnswerRecord] | None:
        """The lookup shown last in `thread`, with its id; in a thread of a direct message, or else of the whole of it."""
        found = await self.answers.latest_in(thread)
        if found is None and thread.ts and is_direct(thread.channel):
            found = await self.answers.latest_in(replace(thread, ts=""))
        if found is None:
            return None
        answer_id, shown = found
        return answer_id, await self.answers.find(answer_id) or shown  # with its report, where it is known

    async def guarded(self, kind: str, reply: Responder, job: Coroutine[None, None, str]) -> None:
        """Run `job`, which answers and returns how, once for one request; whatever escapes it is answered with an error id.

        At the end it is counted, and written into the audit. A request that another delivery answers ends here unseen.
        """
        begun = asyncio.get_running_loop().time()
        visit, notes = current_visit(), begin()

        def count(outcome: str) -> str:
            self.metrics.observe_slack_request(kind, outcome, asyncio.get_running_loop().time() - begun)
            return outcome

        async def answer() -> str:
            return count(await self._told(kind, reply, job))  # the time until it is seen, not until it is filed

        try:
            outcome = await self.intake.process_once(visit, answer())
        except SlackDeliveryError as refusal:
            # Neither way to the asker is open, so the log is the only place left that can tell.
            outcome = count("lost")
            log.error("slack.answer_lost", kind=kind, reason=refusal.reason)  # noqa: TRY400 - the reason says it all
        finally:
            job.close()  # when it was never begun
        if visit is not None and outcome != DUPLICATE:
            await self.recorder.record(visit, outcome, notes)

    async def _told(self, kind: str, reply: Responder, job: Coroutine[None, None, str]) -> str:
        """`job`, and a word to the asker if it breaks. Raises SlackRefusal when no word gets through."""
        try:
            return await job
        except (SlackDeliveryError, ClaimLostError):
            raise
        except Exception:  # every path ends in a visible answer: a bug's is an error id that the log explains
            number = error_id()
            log.exception("slack.crashed", kind=kind, error_id=number)
            await reply.show(views.internal_error(number, language=reply.language))
            return "crashed"
