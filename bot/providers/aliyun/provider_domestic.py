"""The provider `aliyun`, by QuerySendDetails (2017-05-25): the sends to one number on one day (UTC+8), with receipts; 30 days.

    window ─► its days in UTC+8, concurrently ─► of each day page 1 ─► the further pages, up to eight concurrently ─► rows

https://help.aliyun.com/document_detail/419277.html. Limits: 5,000 calls a second, far above what we have in flight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import CountedMore, MayChange, NeedsNumber, NoRecord, Note, NoteKind, OtherNumbers, PartMissing, RowsUnreadable
from bot.providers.aliyun import DOMESTIC_NAME
from bot.providers.aliyun.errors import raise_for_fault
from bot.providers.aliyun.fields import awaits_receipt, count_of
from bot.providers.aliyun.registers import open_registers
from bot.providers.aliyun.rows import DayRows, SendDetail, is_row_id, read_row
from bot.providers.aliyun.signing import call_headers
from bot.providers.china_time import CHINA
from bot.providers.field_values import optional
from bot.providers.number_match import is_about
from bot.providers.side_by_side import all_of
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from bot.model import PhoneNumber, ProviderFault, Target, Window
    from bot.providers.aliyun.statistics import AliyunStatistics
    from bot.providers.base import Connection, ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.key_rights import Key
    from bot.providers.optional_actions import MissingAction
    from bot.providers.registers import Registers
    from bot.timing.clock import Clock
    from bot.timing.fair_queue import Askers

NAME = DOMESTIC_NAME
HEADERS = call_headers("QuerySendDetails", "2017-05-25")
RETENTION = timedelta(days=30) - timedelta(minutes=5)  # a clock five minutes slow still queries no day too far back
PAGE_SIZE = 50
PAGES_AT_ONCE = 8
MAX_PAGES = 100  # of one day; no number gets 5,000 messages a day, so a provider that counts more is wrong

_MAINLAND = 86
_BIZ_ID = re.compile(r"[0-9]{1,40}\^[0-9]{1,20}")  # as SendSms and SendBatchSms return it: 900000000000000001^0


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """One parsed page of a day."""

    rows: tuple[SendDetail, ...]
    total: int  # TotalCount, of all pages
    unreadable: int
    others: int = 0  # rows about another number

    @property
    def length(self) -> int:
        """How many rows the page had, unreadable ones and those about other numbers included."""
        return len(self.rows) + self.unreadable + self.others


class AliyunProvider:
    """One account at Alibaba Cloud's SMS product for China and, by its SendSms, abroad. `row_key` keys the row fingerprints.

    Without `registers`, they are asked by `http`, too; without `statistics` there are none.
    """

    def __init__(
        self,
        account: str,
        http: ProviderHttpClient,
        *,
        row_key: bytes,
        clock: Clock,
        registers: Registers | None = None,
        statistics: AliyunStatistics | None = None,
        key: Key | None = None,
    ) -> None:
        self.name = NAME
        self._registers = registers or open_registers(http, http, clock=clock)
        self.signatures, self.templates = self._registers.signatures, self._registers.templates
        self.account = account
        self.retention: timedelta | None = RETENTION
        self.region = ""
        self.key = key
        self._http = http
        self._row_key = row_key
        self._clock = clock
        self._statistics = statistics

    @property
    def statistics(self) -> AliyunStatistics | None:
        """See `HasStatistics`."""
        return self._statistics

    @property
    def missing_actions(self) -> tuple[MissingAction, ...]:
        """See `HasOptionalActions`."""
        return (*self._registers.actions.missing, *(self._statistics.actions.missing if self._statistics else ()))

    @property
    def connection(self) -> Connection:
        """See `HasConnection`."""
        return self._http

    def unsupported_reason(self, target: Target) -> Note | None:
        """See `Provider.unsupported_reason`: there is no lookup by BizId alone."""
        return NeedsNumber() if target.number is None else None

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """Query each day of the window. A day or page that fails costs its own rows only.

        Raises ProviderError with the first fault when the rest is done, ValueError for a target without a number.
        """
        number, message_id = query.target.number, query.target.message_id
        if number is None:
            raise ValueError("a target without a number is unsupported")
        if message_id is not None and not (is_row_id(message_id) or _BIZ_ID.fullmatch(message_id)):
            collector.note(NoRecord())  # another vendor's id; as a BizId it would be rejected as malformed
            return
        search = _Search(self, number, message_id, query, collector)
        try:
            await all_of(map(search.query_day, days_of(query.window)))
            search.is_done = True
        finally:  # also when the deadline cancels us: what did not come by then is missing
            search.add_notes()
        if search.fault is not None:
            raise ProviderError(search.fault)

    async def page(self, params: dict[str, str], number: PhoneNumber, askers: Askers, collector: ResultCollector) -> DetailsPage:
        """Fetch one page about `number`. Raises ProviderError."""

        def read(response: ApiResponse) -> DetailsPage:
            rows = _named(response.body, "SmsSendDetailDTOs")
            raise_for_fault(response, collector, has_rows=lambda: bool(optional(_raw_rows, rows)))
            return read_page(response.body, self._row_key, number)

        return await self._http.call(read, collector, askers=askers, params=params, headers=HEADERS)

    def now(self) -> datetime:
        """The present moment by this provider's `Clock`."""
        return self._clock()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._registers.aclose()
        if self._statistics is not None:
            await self._statistics.aclose()


class _Search:
    """One query: the state that its days share, with the count of its parts (pages)."""

    def __init__(
        self,
        provider: AliyunProvider,
        number: PhoneNumber,
        message_id: str | None,
        query: ProviderQuery,
        collector: ResultCollector,
    ) -> None:
        self._provider = provider
        self._number = number
        self._row_id = message_id if message_id and is_row_id(message_id) else None
        self._biz_id = None if self._row_id else message_id
        self._window = query.window
        self._askers = query.askers
        self._collector = collector
        self._parts = self._arrived = self._unreadable = self._others = 0
        self.is_done = False
        self.fault: ProviderFault | None = None

    async def query_day(self, day: date) -> None:
        """Fetch the pages of one day; the first fault is stored in `fault`, not raised."""
        rows = DayRows(day, self._biz_id)
        arrived: list[DetailsPage | None] = []
        while pages := further_pages(arrived, rows.counted):
            arrived += await all_of(self._query_page(rows, page) for page in pages)
        if None in arrived:
            return
        self._add(day, rows.finish())
        if rows.counted > rows.distinct:
            self._collector.note(CountedMore(counted=rows.counted, returned=rows.distinct, day=day))

    async def _query_page(self, rows: DayRows, number: int) -> DetailsPage | None:
        self._parts += 1
        params = {
            "CurrentPage": str(number),
            "PageSize": str(PAGE_SIZE),
            "PhoneNumber": format_number(self._number),
            "SendDate": f"{rows.day:%Y%m%d}",
        }
        if self._biz_id is not None:
            params = {"BizId": self._biz_id, **params}  # in the order in which they are signed: the URL then stays as it is
        try:
            page = await self._provider.page(params, self._number, self._askers, self._collector)
        except ProviderError as error:
            self.fault = self.fault or error.fault
            return None
        self._arrived += 1
        self._unreadable += page.unreadable
        self._others += page.others
        # Rows about other numbers count as returned: none of them is missing.
        self._add(rows.day, rows.add_page(page.rows, total=page.total, unreadable=page.unreadable + page.others))
        return page

    def _add(self, day: date, rows: Iterable[tuple[str, SendDetail]]) -> None:
        since = self._window.since.replace(microsecond=0)  # SendDate has no fractions
        for message_id, row in ((message_id, row.of_day(day)) for message_id, row in rows):
            is_asked = self._row_id in {None, message_id}
            if is_asked and (row.sent_at is None or since <= row.sent_at <= self._window.until):
                provider = self._provider
                self._collector.add([row.delivery(provider.name, provider.account, self._number, message_id)])
                if awaits_receipt(row.status, row.sent_at, provider.now()):
                    self._collector.note(MayChange())

    def add_notes(self) -> None:
        """Note missing parts, unreadable rows, other numbers, or that there is no record."""
        missing = self._parts - self._arrived
        if self._unreadable:
            self._collector.note(RowsUnreadable(count=self._unreadable))
        if self._others:
            self._collector.note(OtherNumbers(count=self._others))
        if missing and self._arrived:  # if nothing came, the fault is the answer
            self._collector.note(PartMissing(missing=missing, parts=self._parts))
        counted_more = any(note.kind is NoteKind.COUNTED_MORE for note in self._collector.notes)
        if self.is_done and not missing and not self._unreadable and not counted_more and not self._collector.deliveries:
            self._collector.note(NoRecord())


def read_page(body: Any, key: bytes, number: PhoneNumber) -> DetailsPage:
    """Parse the rows of a response, doubly nested: `SmsSendDetailDTOs: {SmsSendDetailDTO: [...]}`. Missing means no rows.

    Raises TypeError for another shape. Rows that are unreadable, or about another number, are counted.
    """
    rows: list[SendDetail] = []
    unreadable = others = 0
    for raw in _raw_rows(_named(body, "SmsSendDetailDTOs")):
        try:
            row = read_row(raw, key)
        except (TypeError, ValueError):
            unreadable += 1
            continue
        if is_about(raw.get("PhoneNum"), number):
            rows.append(row)
        else:
            others += 1
    return DetailsPage(tuple(rows), count_of(_named(body, "TotalCount")), unreadable, others)


def _raw_rows(outer: Any) -> list[Any]:
    """The rows of `SmsSendDetailDTOs`: a wrapper of them, or they themselves. Raises TypeError for anything else."""
    rows = []
    for one in rows_in(outer):
        is_wrapper = isinstance(one, dict) and one.keys() & {"SmsSendDetailDTO", "smsSendDetailDTO"}
        rows += rows_in(_named(one, "SmsSendDetailDTO")) if is_wrapper else [one]
    return rows


def _named(fields: Any, name: str) -> Any:
    """The field of this name, whose first letter is small in what the vendor's SDKs write."""
    return fields.get(name, fields.get(name[0].lower() + name[1:]))


def further_pages(arrived: Sequence[DetailsPage | None], counted: int) -> range:
    """The pages to fetch next, after those that arrived (None: that one failed).

    TotalCount is not trusted: an empty page is the end although more rows are counted, and a full last page is followed by
    another although no more are.
    """
    if not arrived:
        return range(1, 2)
    if any(page is not None and page.length == 0 for page in arrived):
        return range(0)
    requested = len(arrived)
    counted_pages = min(-(-counted // PAGE_SIZE), MAX_PAGES)
    if requested < counted_pages:
        return range(requested + 1, min(requested + PAGES_AT_ONCE, counted_pages) + 1)
    last = arrived[-1]
    if last is not None and last.length >= PAGE_SIZE and requested < MAX_PAGES:
        return range(requested + 1, requested + 2)
    return range(0)


def days_of(window: Window) -> Iterator[date]:
    """The days (UTC+8) that the window overlaps, newest first."""
    first, last = window.since.astimezone(CHINA).date(), window.until.astimezone(CHINA).date()
    for back in range((last - first).days + 1):
        yield last - timedelta(days=back)


def format_number(number: PhoneNumber) -> str:
    """The number as PhoneNumber takes it: 11 digits for the mainland, else country code and number, digits only."""
    return number.national if number.country_code == _MAINLAND else number.e164.removeprefix("+")
