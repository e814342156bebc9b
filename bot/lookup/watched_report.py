"""One look of a watch: what may still change is asked for anew, the rest comes from the cache where it can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.lookup.service import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.lookup.service import LookupService
    from bot.model import Query, Report, Target


async def look(
    lookups: LookupService, query: Query, waiting: Sequence[Target], now: datetime, *, asker: str = TERMINAL
) -> Report:
    """The report on all of `query`, whose open window reaches `now`. `waiting`: the targets to ask for anew; none means all.

    Never raises.
    """
    window, now = query.window, now.replace(microsecond=0)
    if window.open and window.until < now:
        query = replace(query, window=replace(window, until=now))
    part = replace(query, targets=tuple(waiting) or query.targets)
    report = await lookups.lookup(part, asker=asker, refresh=True)
    return report if part.targets == query.targets else await lookups.lookup(query, asker=asker)
