"""Looking up: nothing that was begun for an answer goes on behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.i18n import ENGLISH
from bot.slack.answer_service import AnswerService
from bot.slack.requests.context import RequestContext
from bot.slack.requests.slack_request import SlackRequest, Surface
from bot.slack.timings import Timings
from tests.reports import report

if TYPE_CHECKING:
    from bot.model import Query, Report
    from bot.slack import views


@dataclass
class SlowLookups:
    """A lookup that takes a moment to let go when it is cancelled."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def lookup(self, query: Query, *, asker: str, refresh: bool, spent: float) -> Report:
        self.begun.set()
        try:
            await asyncio.Event().wait()
            return report()
        finally:
            await asyncio.sleep(0)
            self.ended.set()


async def test_a_cancelled_request_waits_until_its_lookup_has_ended() -> None:
    lookups, parts = SlowLookups(), dict.fromkeys(("statistics", "store", "locales", "poster", "authorizer", "identity", "clock"))
    answers = AnswerService(lookups=lookups, timings=replace(Timings(), progress=60.0), **parts)  # type: ignore[arg-type]

    async def progress(_: views.Message) -> None: ...

    ctx = RequestContext(SlackRequest(surface=Surface.COMMAND))
    looking: asyncio.Task[Any] = asyncio.create_task(answers.look_up(ctx, report().query, progress, ENGLISH, refresh=False))
    await lookups.begun.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking

    assert lookups.ended.is_set()
