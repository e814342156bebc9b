"""Splits a window with more rows than are handed out: halves are queried concurrently until every part is below the cap.

`PullSmsSendStatusByPhoneNumber` has no paging: Limit is at most 100 and Offset is fixed at 0
(https://cloud.tencent.com/document/api/382/40518). `DescribeSendRecordList` has pages, of 1,000 rows in all
(https://cloud.tencent.com/document/api/382/137245). Which time the first filters on is not documented, nor whether the ends
of a window are included, so nothing here looks at the times of rows. Halves share the second at their edge; the caller drops what
comes twice. The splitting ends at single seconds, or after so many calls.
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
MAX_AT_ONCE = 4  # so that a busy window does not keep other queries waiting behind all of its parts


@dataclass(frozen=True, slots=True)
class SecondRange:
    """A range of Unix seconds. Whether the provider includes its ends is not documented."""

    begin: int
    end: int

    def halves(self) -> tuple[SecondRange, SecondRange]:
        """Two ranges that share their edge; of a range of two seconds, each second by itself."""
        if self.end - self.begin == 1:
            return SecondRange(self.begin, self.begin), SecondRange(self.end, self.end)
        middle = (self.begin + self.end) // 2
        return SecondRange(self.begin, middle), SecondRange(middle, self.end)


class WindowSplitter:
    """Queries one range in as many parts as it takes. `fetch` queries one part, stores its rows and returns their number.

    With `row_cap` rows or more a part may have further ones. There is a call for each part, and no more than `max_calls`.
    """

    def __init__(
        self,
        fetch: Callable[[SecondRange], Awaitable[int]],
        collector: ResultCollector,
        *,
        row_cap: int = ROW_CAP,
        max_calls: int = MAX_CALLS,
    ) -> None:
        self._fetch = fetch
        self._collector = collector
        self._row_cap = row_cap
        self._calls_left = max_calls
        self._slots = asyncio.Semaphore(MAX_AT_ONCE)
        self._parts = 0
        self._missing = 0
        self._errors: list[ProviderError] = []

    async def query(self, span: SecondRange) -> None:
        """Query all of `span`. A part that fails costs its own rows only.

        Raises ProviderError, the first part's that failed, when all have ended.
        """
        await self._query_part(span)
        if self._missing and self._parts > 1:
            self._collector.note(PartMissing(missing=self._missing, parts=self._parts))
        if self._errors:
            raise self._errors[0]

    async def _query_part(self, span: SecondRange) -> int | None:
        """Query `span` and, if it is capped, its halves. Returns the number of its own rows; None: it failed."""
        if not self._calls_left:
            self._count_missing()
            return None
        self._calls_left -= 1
        try:
            async with self._slots:
                count = await self._fetch(span)
        except ProviderError as error:
            if span.begin == span.end and error.fault.code.startswith("InvalidParameterValue"):
                return 0  # ranges without length are rejected; `_split` says what that means
            self._errors.append(error)
            self._count_missing()
            return None
        if count < self._row_cap:
            self._parts += 1
        elif span.begin == span.end:
            self._note_crowded(span, min(count, self._row_cap))
        else:
            await self._split(span, count)
        return count

    async def _split(self, span: SecondRange, count: int) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._query_part(half)) for half in span.halves()]
        counts = [task.result() for task in tasks]
        # Queried by themselves, the two seconds of a range have all its rows. If they do not, the provider excludes a window's
        # end, and the range was in truth a single second.
        if span.end - span.begin == 1 and None not in counts and sum(filter(None, counts)) < count:
            self._note_crowded(span, min(count, self._row_cap))

    def _note_crowded(self, span: SecondRange, shown: int) -> None:
        self._parts += 1
        at = datetime.fromtimestamp(span.begin, UTC)
        self._collector.note(CrowdedSecond(at=at, shown=shown))

    def _count_missing(self) -> None:
        self._parts += 1
        self._missing += 1
