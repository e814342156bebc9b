"""The receipt store -> the history that is judged, and what there is to say of a cause: codes, shares of its parts, examples.

Each minute reads the last hour; what is older, up to six hours, is read every ten minutes, and the same hours yesterday and a
week ago once an hour: what still changes in them is little.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.alerts.alert import Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE, Groups, History, Tally, Timeline, groups_of
from bot.alerts.rule import LONGEST
from bot.model import CodeKind, Owner
from bot.model.statistics import Before, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.alerts.alert import Alert
    from bot.codes import Catalogue
    from bot.model import Delivery, Explanation
    from bot.receipts.model import ReceiptCounts
    from bot.receipts.statements import Dimension
    from bot.receipts.store import ReceiptStore

BY: tuple[Dimension, ...] = ("system", "account", "range_carrier", "code")
EXAMPLES = 3
MOST_CODES = 2_000
_SIFTED = 5  # times as many are read as are shown: some are the customers' own
_HOUR, _TEN = timedelta(hours=1), 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be said of an alert beside its figures."""

    causes: tuple[tuple[Explanation, int], ...] = ()  # why messages failed, the most frequent first, with their number
    parts: Mapping[Cause, Tally] | None = None  # its parts, or the other carriers at the same place
    examples: tuple[Delivery, ...] = ()  # newest first


class HistoryReader:
    """Reads the store. Every method raises StoreError, and nothing else, if the database fails."""

    def __init__(self, store: ReceiptStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._handset: LRUCache[tuple[str, str], bool] = LRUCache(MOST_CODES)
        self._before: dict[Before, Timeline] = {}
        self._read_until: datetime | None = None
        self._older: tuple[datetime, Groups] | None = None

    async def read(self, now: datetime) -> History:
        """What came up to `now`, a whole minute, and at the same hours before."""
        if self._read_until is None or now > self._read_until or now < self._read_until - _HOUR:
            await self._read_before(now)
        return History(await self._recent(now), tuple(self._before.values()))

    async def _recent(self, now: datetime) -> Timeline:
        since = now.replace(minute=now.minute // _TEN * _TEN) - _HOUR
        if self._older is None or self._older[0] != since:
            self._older = since, await self._groups(Span(since - LONGEST, since))
        groups = {cause: dict(minutes) for cause, minutes in self._older[1].items()}
        for cause, minutes in (await self._groups(Span(since, now))).items():
            groups.setdefault(cause, {}).update(minutes)
        return Timeline.of(Span(now - LONGEST, now), groups)

    async def _read_before(self, now: datetime) -> None:
        hour = now.replace(minute=0)
        stored_since = await self._store.stored_since()
        span, found = Span(hour - LONGEST, hour + _HOUR), {}
        for which in Before if stored_since is not None else ():
            earlier = span.earlier(which.distance)
            if stored_since is not None and stored_since < earlier.until:
                known = max(earlier.since, stored_since.replace(second=0, microsecond=0) + MINUTE)
                found[which] = await self._timeline(Span(min(known, earlier.until), earlier.until))
        self._before, self._read_until = found, span.until

    async def _timeline(self, span: Span) -> Timeline:
        return Timeline.of(span, await self._groups(span))

    async def _groups(self, span: Span) -> Groups:
        rows = await self._store.count(span, BY, MINUTE)
        return groups_of((cause_of(row), row.at or span.since, self._tally(row)) for row in rows)

    def _tally(self, row: ReceiptCounts) -> Tally:
        is_handset = bool(row.failed) and self._is_handset(row.of["system"], row.of["code"])
        failed, handset = (0, row.failed) if is_handset else (row.failed, 0)
        return Tally(row.delivered, failed, handset, row.slow, row.timed)

    def _is_handset(self, system: str, code: str) -> bool:
        key = system, code
        if key not in self._handset:
            self._handset[key] = self._explained(system, code).owner is Owner.RECIPIENT
        return self._handset[key]

    def _explained(self, system: str, code: str) -> Explanation:
        return self._catalogue.explain(system, CodeKind.RECEIPT, code)

    async def evidence(self, alert: Alert, now: datetime, examples: int = EXAMPLES) -> Evidence:
        """Why the messages of an alert failed, how its parts are, and examples; nothing where none failed."""
        if alert.trouble is not Trouble.FAILING:
            return Evidence()
        rows = await self._store.count(Span(alert.since, now), BY)
        failed: Counter[str] = Counter()
        explained: dict[str, Explanation] = {}
        parts: dict[Cause, Tally] = {}
        for row in rows:
            group, tally = cause_of(row), self._tally(row)
            if alert.cause.covers(group) and (tally.failed or (alert.with_handsets and tally.handset)):
                explanation = self._explained(row.of["system"], row.of["code"])
                failed[explanation.family] += row.failed
                explained.setdefault(explanation.family, explanation)
            for part in _parts_beside(alert.cause, group):
                parts[part] = parts.get(part, Tally()) + tally
        causes = tuple((explained[family], count) for family, count in failed.most_common())
        span = Span(alert.since, now)
        newest = await self._store.newest_failures(dimensions(alert.cause), span, examples * _SIFTED)
        telling = [row for row in newest if alert.with_handsets or not self._is_handset(row.vendor, row.code or "")]
        return Evidence(causes, parts, tuple(telling[:examples]))


def cause_of(row: ReceiptCounts) -> Cause:
    """The smallest cause of some receipts."""
    return Cause(row.of["system"], row.of["account"], row.of["range_carrier"])


def dimensions(cause: Cause) -> dict[Dimension, str]:
    """A cause as the store counts."""
    named: dict[Dimension, str | None] = {"system": cause.system, "account": cause.account, "range_carrier": cause.carrier}
    return {name: value for name, value in named.items() if value is not None}


def _parts_beside(cause: Cause, group: Cause) -> Iterator[Cause]:
    """Of a carrier the carriers beside it; of a provider its carriers; of all, the providers."""
    place = Cause(cause.system, cause.account)
    if place.covers(group):
        yield Cause(group.system) if cause == Cause() else Cause(cause.system, cause.account, group.carrier)
