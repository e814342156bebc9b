"""The desk behind every Slack surface: it knows who asks, asks the lookup, and shows answers. No surface does more.

asked    a person's words, or a click          (commands.py, actions.py)
desk     parse for that person, look up with a short "asking …" when it takes long, show, share
shown    one answer, whose state is kept under an opaque id that its buttons carry
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.errors import SlackRefusal
from bot.grammar import Asker
from bot.slack import views
from bot.slack.answers import Thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from datetime import tzinfo

    from bot.clock import Clock
    from bot.lookup import LookupService
    from bot.metrics import Metrics
    from bot.model import Query, Report
    from bot.slack.answers import Answers, Shown
    from bot.slack.people import People
    from bot.slack.posting import Poster, Reply

PROGRESS_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the surfaces need, wired by the composition root."""

    service: LookupService
    answers: Answers
    people: People
    poster: Poster
    metrics: Metrics
    clock: Clock
    titles: Mapping[str, str]  # provider name -> what people call it
    words: Mapping[str, str]  # what `via` takes -> provider name
    region: str
    team: str  # the workspace's id
    bot_name: str  # for `/invite @…`
    command: str = "/smsstatus"
    progress_seconds: float = PROGRESS_SECONDS

    async def asker(self, user: str) -> Asker:
        """What the grammar must know of the one who asks."""
        return Asker(now=self.clock(), zone=await self.people.zone(user), region=self.region, providers=self.words)

    async def look_up(self, query: Query, say_asking: Callable[[views.Message], Awaitable[None]], *, refresh: bool) -> Report:
        """The report. When it takes longer than two seconds, `say_asking` is called once with who is being asked."""
        lookup = asyncio.ensure_future(self.service.lookup(query, refresh=refresh))
        try:
            done, _ = await asyncio.wait({lookup}, timeout=self.progress_seconds)
            if not done:
                names = self.service.plan(query).names
                try:
                    await say_asking(views.progress([self.titles[name] for name in names]))
                except SlackRefusal as refusal:  # the answer itself may still get through
                    log.warning("slack.progress_refused", reason=refusal.reason)
            return await lookup
        finally:
            lookup.cancel()

    async def render(self, answer_id: str, shown: Shown, zone: tzinfo) -> views.Message:
        """An answer as it stands. After a restart its report is asked for again."""
        report = shown.report or await self.service.lookup(shown.query)
        stage = views.Stage(
            answer_id=answer_id,
            now=self.clock(),
            zone=zone,
            titles=self.titles,
            page=shown.page,
            public=shown.public,
            command=self.command,
            asked_by=shown.asked_by if shown.public else None,
            shared=shown.shared,
        )
        return views.answer(replace(report, query=replace(report.query, only=shown.query.only)), stage)

    async def share(self, shown: Shown, zone: tzinfo) -> None:
        """Post an answer in its channel as the root of a thread, masked and without message text. Raises SlackRefusal."""
        public = replace(shown, public=True, shared=False)
        answer_id = await self.answers.add(public)
        root = await self.poster.post(shown.channel, await self.render(answer_id, public, zone))
        thread = Thread(self.team, shown.channel, root)
        await self.answers.update(answer_id, replace(public, thread=thread, message_ts=root))

    async def guarded(self, kind: str, reply: Reply, job: Coroutine[None, None, str]) -> None:
        """Run `job`, which answers and returns how; whatever escapes it is answered here with an error id."""
        begun = asyncio.get_running_loop().time()
        try:
            outcome = await job
        except SlackRefusal as refusal:
            # Neither way to the asker is open, so the log is the only place left that can tell.
            outcome = "lost"
            log.error("slack.answer_lost", kind=kind, reason=refusal.reason)  # noqa: TRY400 - the reason says it all
        except Exception:
            outcome = "crashed"
            error_id = secrets.token_hex(4)
            log.exception("slack.crashed", kind=kind, error_id=error_id)
            try:
                await reply.show(views.crashed(error_id))
            except SlackRefusal as refusal:
                log.warning("slack.answer_lost", kind=kind, reason=refusal.reason)
        self.metrics.slack(kind, outcome, asyncio.get_running_loop().time() - begun)
