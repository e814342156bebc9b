"""A window with more rows than one answer holds: asked in halves, side by side, until every part is below the cap.

`PullSmsSendStatusByPhoneNumber` has no paging: Limit is at most 100 and Offset is fixed at 0
(https://cloud.tencent.com/document/api/382/40518). Which time the window filters on is not documented, nor whether its ends
are included, so nothing here looks at a row's times. Halves share the second at their edge; the caller drops rows that come
twice. The splitting ends at single seconds, or after `MAX_CALLS` calls.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import CrowdedSecond, PartMissing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.providers.base import ResultCollector

ROW_CAP = 100
MAX_CALLS = 100  # five seconds' worth at 20 calls a second; enough for some 3,500 rows
MAX_AT_ONCE = 4  # so that a busy window does not keep other askers waiting behind all of its parts


@dataclass(frozen=True, slots=True)
class SecondRange:
    """Unix seconds, from and to."""

    begin: int
    end: int

    def halves(self) -> tuple[SecondRange, SecondRange]:
        """Two spans that share their edge; of one second's length: the two seconds by themselves."""
        if self.end - self.begin == 1:
            return SecondRange(self.begin, self.begin), SecondRange(self.end, self.end)
        middle = (self.begin + self.end) // 2
        return SecondRange(self.begin, middle), SecondRange(middle, self.end)


class WindowSplitter:
    """One question in as many parts as it takes. `fetch` asks for one span, keeps its rows and returns how many came."""

    def __init__(self, fetch: Callable[[SecondRange], Awaitable[int]], findings: ResultCollector) -> None:
        self._fetch = fetch
        self._findings = findings
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._calls = 0
        self._parts = 0
        self._missing = 0
        self._errors: list[ProviderError] = []

    async def query(self, span: SecondRange) -> None:
        """Ask for all of `span`. A part that fails costs its own rows only; its ProviderError is raised when all have ended."""
        await self._cover(span)
        if self._missing and self._parts > 1:
            self._findings.note(PartMissing(missing=self._missing, parts=self._parts))
        if self._errors:
            raise self._errors[0]

    async def _cover(self, span: SecondRange) -> int | None:
        """Ask for `span` and, if it is capped, for its halves. Returns how many rows it brought itself; None: it failed."""
        if self._calls == MAX_CALLS:
            self._lose()
            return None
        self._calls += 1
        try:
            async with self._turns:
                count = await self._fetch(span)
        except ProviderError as error:
            if span.begin == span.end and error.fault.code.startswith("InvalidParameterValue"):
                return 0  # windows without length are not taken; `_split` says what that means
            self._errors.append(error)
            self._lose()
            return None
        if count < ROW_CAP:
            self._parts += 1
        elif span.begin == span.end:
            self._crowded(span, count)
        else:
            await self._split(span, count)
        return count

    async def _split(self, span: SecondRange, count: int) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._cover(half)) for half in span.halves()]
        brought = [task.result() for task in tasks]
        # Asked by themselves, the two seconds at a span's ends hold all its rows. If they do not, the provider leaves a
        # window's end out, and the span was in truth a single second.
        if span.end - span.begin == 1 and None not in brought and sum(filter(None, brought)) < count:
            self._crowded(span, count)

    def _crowded(self, span: SecondRange, shown: int) -> None:
        self._parts += 1
        at = datetime.fromtimestamp(span.begin, UTC)
        self._findings.note(CrowdedSecond(at=at, shown=shown))

    def _lose(self) -> None:
        self._parts += 1
        self._missing += 1
