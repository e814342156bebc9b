"""Looks up, renders, keeps and shares answers: what every surface does between a question and a message.

An answer's state (`AnswerRecord`) is kept under an opaque id that its buttons carry; whoever clicks reads it in their own locale.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import structlog

from bot.codes import resolve
from bot.codes.page_address import CodePages
from bot.errors import SlackDeliveryError
from bot.grammar import MAX_TARGETS, CheckSignature, CheckTemplate, Explain, Help, ParseContext, Providers, examples
from bot.presentation.provider_status import provider_statuses
from bot.providers.systems import titles, via_words
from bot.slack import views
from bot.slack.answer_message import is_direct
from bot.slack.state.answer_record import Thread
from bot.slack.state.batch_runs import BatchRuns
from bot.slack.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence

    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.model import Query, Report, SignatureReport, TemplateReport
    from bot.model.statistics import StatisticsQuestion, StatisticsReport
    from bot.slack.access.authorizer import Authorizer
    from bot.slack.access.policy import Denial
    from bot.slack.locales import LocaleResolver, ReaderLocale
    from bot.slack.messaging.poster import Poster
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.answer_record import AnswerRecord
    from bot.slack.state.answers import AnswerStore
    from bot.slack.transport.identity import AppIdentity
    from bot.statistics import StatisticsService
    from bot.timing.clock import Clock

    Progress = Callable[[views.Message], Awaitable[None]]

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerService:
    """Answers, for every surface."""

    lookups: LookupService
    statistics: StatisticsService
    store: AnswerStore
    locales: LocaleResolver
    poster: Poster
    authorizer: Authorizer
    identity: AppIdentity
    clock: Clock
    timings: Timings = field(default_factory=Timings)
    runs: BatchRuns = field(default_factory=BatchRuns)

    @property
    def pages(self) -> CodePages | None:
        """The site of the codes, if there is one."""
        return CodePages(self.identity.codes_site, self.lookups.catalogue) if self.identity.codes_site else None

    def parse_context(self, reader: ReaderLocale, delay: timedelta = timedelta()) -> ParseContext:
        """What the grammar must know of the one who asks. Made when it is needed, so that equal questions have one "now".

        What is delivered late means the times that it meant when it was said, `delay` ago.
        """
        providers = via_words(provider.name for provider in self.lookups.providers)
        return ParseContext(now=self.clock() - delay, zone=reader.zone, region=self.identity.region, providers=providers)

    def reaching_now(self, query: Query) -> Query:
        """The question with the end of its window moved to now, unless it was said: by now there may be a receipt."""
        window, now = query.window, self.clock().replace(microsecond=0)
        return replace(query, window=replace(window, until=now)) if window.open and window.until < now else query

    def reference(self, command: Explain | Providers | Help, reader: ReaderLocale, typed: str) -> views.Message:
        """The answer to a command that looks nothing up. `typed` is what precedes a command where it is read."""
        language = reader.language
        match command:
            case Explain(code):
                resolution = resolve(self.lookups.catalogue, code)
                return views.explain_result(
                    resolution, titles(language), command=self.identity.command, pages=self.pages, language=language
                )
            case Providers():
                statuses = provider_statuses(self.lookups, language)
                return views.providers(statuses, zone=reader.zone, now=self.clock(), language=language)
            case Help():
                return views.help_message(examples(language), typed, self.identity.bot_name, language=language)
            case _:
                assert_never(command)

    async def look_up(
        self, ctx: RequestContext, query: Query, progress: Progress, language: Language, *, refresh: bool
    ) -> Report:
        """The report. When it takes long, `progress` is called once with who is being asked.

        Both the deadline and that time count from when the request was received.
        """
        lookup = self.lookups.lookup(query, asker=ctx.request.user, refresh=refresh, spent=ctx.spent)
        report = await self.announced(ctx, lookup, lambda: _asking(self.lookups.plan(query).names, language), progress)
        ctx.audit.record_lookup(report)
        return report

    async def count(
        self, ctx: RequestContext, question: StatisticsQuestion, progress: Progress, language: Language, *, refresh: bool = False
    ) -> StatisticsReport:
        """What everybody's messages came to. When it takes long, `progress` is called as by `look_up`."""
        counting = self.statistics.ask(question, asker=ctx.request.user, refresh=refresh, spent=ctx.spent)
        report = await self.announced(ctx, counting, lambda: _asking(self.statistics.names(question), language), progress)
        ctx.audit.record_providers(source.provider for source in report.sources)
        return report

    async def check(
        self,
        ctx: RequestContext,
        checks: Sequence[CheckSignature | CheckTemplate],
        progress: Progress,
        audience: ReaderLocale,
        *,
        providers: Collection[str] = (),
    ) -> views.Message:
        """The answer to a check, or to several. `providers`: those to ask; all by default.

        When it takes long, `progress` is called once with who is being asked.
        """
        language, names = audience.language, self.lookups.registers.names
        asked = [name for name in names if name in providers] or names
        reports = await self.announced(ctx, self._reports(ctx, checks, providers), lambda: _asking(asked, language), progress)
        for report in reports:
            ctx.audit.record_providers(answer.provider for answer in report.answers)
        return views.checks(reports, titles(language), zone=audience.zone, now=self.clock(), language=language)

    async def _reports(
        self, ctx: RequestContext, checks: Sequence[CheckSignature | CheckTemplate], providers: Collection[str]
    ) -> list[SignatureReport | TemplateReport]:
        registers, asker = self.lookups.registers, ctx.request.user
        return await asyncio.gather(
            *(
                registers.signature(check.name, asker=asker, providers=providers, spent=ctx.spent)
                if isinstance(check, CheckSignature)
                else registers.template(check.code, asker=asker, providers=providers, spent=ctx.spent)
                for check in checks
            )
        )

    async def announced(
        self, ctx: RequestContext, work: Coroutine[Any, Any, T], announcement: Callable[[], views.Message], progress: Progress
    ) -> T:
        """What `work` returns. When it takes long, `progress` is called once with the `announcement`."""
        working = asyncio.create_task(work)
        announcing: asyncio.Task[None] | None = None
        try:
            done, _ = await asyncio.wait({working}, timeout=max(0.0, self.timings.progress - ctx.spent))
            if not done:
                announcing = asyncio.create_task(_announce(announcement(), progress))
            result = await working
            if announcing is not None:  # Slack may be slow; the answer waits for its announcement only so long
                announced, _ = await asyncio.wait({announcing}, timeout=self.timings.progress_grace)
                if announced:
                    await announcing
        finally:  # nothing of it goes on behind the answer, and what it raises on its way out is nobody's surprise
            tasks = [task for task in (working, announcing) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return result

    async def render(self, ctx: RequestContext, answer_id: str, record: AnswerRecord, reader: ReaderLocale) -> views.Message:
        """An answer as a message. After a restart its report is asked for again. One that a channel reads is in its language."""
        report = await self.report_of(ctx, record)
        ctx.audit.record_shown(record.query)
        context = await self.render_context(ctx, answer_id, record, reader)
        if len(report.query.targets) > MAX_TARGETS:  # it takes a while, which the others do not wait for
            return await asyncio.to_thread(views.answer, report, context)
        return views.answer(report, context)

    async def report_of(self, ctx: RequestContext, record: AnswerRecord) -> Report:
        """The report of an answer, asked for again where this process does not have it."""
        report = record.report
        if report is None:
            report = await self.lookups.lookup(record.query, asker=ctx.request.user)
            ctx.audit.record_lookup(report)
        return replace(report, query=replace(report.query, only=record.query.only))

    async def render_context(
        self, ctx: RequestContext, answer_id: str, record: AnswerRecord, reader: ReaderLocale
    ) -> views.RenderContext:
        """How and to whom an answer is shown."""
        reader = self._audience(record, reader)
        return views.RenderContext(
            answer_id=answer_id,
            now=self.clock(),
            zone=reader.zone,
            titles=titles(reader.language),
            language=reader.language,
            page=record.page,
            public=record.public,
            command=self.identity.command if record.thread is None else f"@{self.identity.bot_name}",
            asked_by=record.asked_by if record.public else None,
            threaded=record.public and record.thread is not None and bool(record.thread.ts),
            shared=record.shared,
            direct=is_direct(record.channel),
            may_reveal=not record.public and await self.authorizer.may_reveal(record.asked_by, ctx.request) is None,
            detailed=record.detailed,
            changed=record.changed,
            previous=record.previous,
            passed_over=record.passed_over,
            notes=record.notes,
            has_rest=bool(record.rest),
            pages=self.pages,
        )

    def language_of(self, record: AnswerRecord, reader: ReaderLocale) -> Language:
        """The language of an answer: the channel's where all of it reads along, else that of the one who reads it."""
        return self._audience(record, reader).language

    def _audience(self, record: AnswerRecord, reader: ReaderLocale) -> ReaderLocale:
        return self.locales.of_channel(record.channel) if record.public and not is_direct(record.channel) else reader

    async def share(
        self, ctx: RequestContext, record: AnswerRecord, reader: ReaderLocale, *, channel: str = "", thread_ts: str | None = None
    ) -> str:
        """Post an answer masked and without message text: in its channel as the root of a thread, or in the thread `thread_ts`.

        Returns the message's ts. Raises SlackDeliveryError, ClaimLostError.
        """
        channel, team = channel or record.channel, self.identity.team
        # What it builds on was said in another conversation.
        public = replace(
            record,
            public=True,
            shared=False,
            channel=channel,
            thread=Thread(team, channel, thread_ts or ""),
            previous=None,
            notes=(),
            rest=(),
        )
        answer_id = await self.store.add(replace(public, thread=None))
        message = await self.render(ctx, answer_id, public, reader)
        ts = await self.poster.post(channel, message, thread_ts, claim=ctx.claim)
        await self.store.update(answer_id, replace(public, thread=Thread(team, channel, thread_ts or ts), message_ts=ts))
        return ts

    def delivery_failed(self, error: SlackDeliveryError, language: Language) -> views.Message:
        """Slack did not take a post where it belongs: log it, and say why and what to do."""
        log.info("slack.answer_refused", reason=error.reason)
        return views.delivery_failed(error.reason, self.identity.command, self.identity.bot_name, language=language)

    def denial_message(self, denial: Denial, language: Language) -> views.Message:
        """Why somebody may not do something, and whom to ask."""
        return views.access_denied(denial.reason.value, self.identity.contact, scope=denial.scope, language=language)

    async def latest_answer(self, thread: Thread) -> tuple[str, AnswerRecord] | None:
        """The answer shown last in `thread`, with its id; in a thread of a direct message, or else of the whole of it."""
        found = await self.store.latest_in(thread)
        if found is None and thread.ts and is_direct(thread.channel):
            found = await self.store.latest_in(replace(thread, ts=""))
        if found is None:
            return None
        answer_id, record = found
        return answer_id, await self.store.find(answer_id) or record  # with its report, where it is known


def _asking(names: Iterable[str], language: Language) -> views.Message:
    """Who is being asked, by their titles."""
    shown = titles(language)
    return views.progress([shown[name] for name in names], language=language)


async def _announce(announcement: views.Message, progress: Progress) -> None:
    try:
        await progress(announcement)
    except SlackDeliveryError as error:  # the answer itself may still get through
        log.warning("slack.progress_refused", reason=error.reason)
