"""Splits a window with more rows than are handed out, until every part is below the cap.

    a capped range      both halves, side by side
    one half is capped  is split likewise
    both are            the newer half is split likewise. It tells how many rows to expect in the older one, which is then queried
                        in so many parts: the nearest first, and if that has fewer than expected, the rest in so many fewer

`PullSmsSendStatusByPhoneNumber` has no paging: Limit is at most 100 and Offset is fixed at 0
(https://cloud.tencent.com/document/api/382/40518). `DescribeSendRecordList` has pages, of 1,000 rows in all
(https://cloud.tencent.com/document/api/382/137245). Which time the first filters on is not documented, nor whether the ends
of a window are included, so nothing here looks at the times of rows. Parts share the second at their edge; the caller drops what
comes twice. The splitting ends at single seconds, or after so many calls.

A capped call is in vain: its parts have all of its rows. Halving all that is capped makes as many such calls as there are parts,
31 calls for 1,000 rows that are spread evenly and 127 for 5,000; this way it is 20 and 72, where whoever knew the rows would make
10 and 50. Rows in a burst, which is to be found first, take as many as by halving.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from bot.errors import ProviderError
from bot.model import CrowdedSecond, PartMissing
from bot.providers.side_by_side import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.providers.base import ResultCollector

T = TypeVar("T")

ROW_CAP = 100
MAX_CALLS = 100  # five seconds' worth at 20 calls a second; enough for some 7,000 rows
FILL = 0.85  # of the cap, that a part is expected to have: rows are not spread evenly, and a capped part costs two more calls
FEW = 6  # parts for which it does not pay to wait for the nearest one


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

    def parts(self, count: int) -> list[SecondRange]:
        """So many ranges, or as many as there are seconds, that share their edges."""
        seconds = self.end - self.begin
        count = min(count, seconds)
        edges = [self.begin + seconds * which // count for which in range(count + 1)]
        return [SecondRange(begin, end) for begin, end in pairwise(edges)]


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

    async def _query_parts(self, spans: Sequence[SecondRange]) -> int:
        """Query `spans`, and what is capped of them in parts. Returns about how many rows they have."""
        return sum(await all_of(self._query_part(span) for span in spans))

    async def _query_part(self, span: SecondRange) -> int:
        return await self._split_if_capped(span, await self._call(span))

    async def _split_if_capped(self, span: SecondRange, count: int | None) -> int:
        return await self._split(span, count) if self._is_capped(count) else count or 0

    async def _split(self, span: SecondRange, count: int) -> int:
        """Query in parts a range that has `count` rows or more. Returns about how many."""
        if span.begin == span.end:
            self._note_crowded(span, min(count, self._row_cap))
            return count
        older, newer = span.halves()
        in_older, in_newer = await all_of(self._call(half) for half in (older, newer))
        # Queried by themselves, the two seconds of a range have all its rows. If they do not, the provider excludes a window's
        # end, and the range was in truth a single second.
        is_seconds = older.begin == older.end
        if is_seconds and in_older is not None and in_newer is not None and in_older + in_newer < count:
            self._note_crowded(span, min(count, self._row_cap))
        found = await self._split_if_capped(newer, in_newer)
        has_parts = older.end - older.begin > 1
        if self._is_capped(in_older) and self._is_capped(in_newer) and has_parts:
            return found + await self._query_expected(older, found)
        return found + await self._split_if_capped(older, in_older)

    async def _query_expected(self, span: SecondRange, rows: int) -> int:
        """Query in parts a capped range of about so many `rows`. Returns about how many there are."""
        *others, nearest = span.parts(max(2, self._parts_for(rows)))
        if len(others) < FEW:
            return await self._query_parts([*others, nearest])
        found = await self._query_part(nearest)
        rest = SecondRange(span.begin, nearest.begin)
        return found + await self._query_parts(rest.parts(min(len(others), self._parts_for(found * len(others)))))

    def _parts_for(self, rows: int) -> int:
        return max(1, math.ceil(rows / (FILL * self._row_cap)))

    def _is_capped(self, count: int | None) -> TypeGuard[int]:
        return count is not None and count >= self._row_cap

    async def _call(self, span: SecondRange) -> int | None:
        """Query `span` with one call. Returns the number of its rows, or the cap; None: it failed."""
        if not self._calls_left:
            self._count_missing()
            return None
        self._calls_left -= 1
        try:
            count = await self._fetch(span)
        except ProviderError as error:
            if span.begin == span.end and error.fault.code.startswith("InvalidParameterValue"):
                return 0  # ranges without length are rejected; `_split` says what that means
            self._errors.append(error)
            self._count_missing()
            return None
        if count < self._row_cap:
            self._parts += 1
        return count

    def _note_crowded(self, span: SecondRange, shown: int) -> None:
        self._parts += 1
        at = datetime.fromtimestamp(span.begin, UTC)
        self._collector.note(CrowdedSecond(at=at, shown=shown))

    def _count_missing(self) -> None:
        self._parts += 1
        self._missing += 1
