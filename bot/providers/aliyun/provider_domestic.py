"""QuerySendDetails (2017-05-25): what was sent to one number on one day in China, with the receipts. 30 days back.

    window ─► its days in UTC+8, side by side ─► of each day page 1 ─► the further pages, up to eight side by side ─► rows

https://help.aliyun.com/document_detail/419277.html. Limits: 5,000 calls a second, far above our eight in flight.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import CountedMore, MayChange, NeedsNumber, NoRecord, Note, NoteKind, OtherNumbers, PartMissing, RowsUnreadable
from bot.providers.aliyun import DOMESTIC_NAME
from bot.providers.aliyun.errors import raise_for_fault
from bot.providers.aliyun.fields import awaits_receipt, count_of
from bot.providers.aliyun.rows import DayRows, SendDetail, is_row_id, read_row
from bot.providers.aliyun.signing import call_headers
from bot.providers.china_time import CHINA
from bot.providers.number_match import is_about
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from bot.model import PhoneNumber, ProviderFault, Target, Window
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.timing.clock import Clock

NAME = DOMESTIC_NAME
HEADERS = call_headers("QuerySendDetails", "2017-05-25")
KEEPS = timedelta(days=30) - timedelta(minutes=5)  # a clock five minutes slow still asks for no day too far back
PAGE_SIZE = 50
PAGES_AT_ONCE = 8
MAX_PAGES = 100  # of one day; nobody gets 5,000 messages a day, so a provider that counts more is wrong

_MAINLAND = 86
_BIZ_ID = re.compile(r"[0-9]{1,40}\^[0-9]{1,20}")  # as SendSms and SendBatchSms return it: 900000000000000001^0


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """One page as it came. `is_full` says that there may be a next one, whatever `total` says."""

    rows: tuple[SendDetail, ...]
    total: int
    unreadable: int
    others: int = 0  # rows about another number

    @property
    def length(self) -> int:
        """The rows that came, whether or not they are shown."""
        return len(self.rows) + self.unreadable + self.others


class AliyunProvider:
    """One account at Alibaba Cloud's SMS product for China and, by its SendSms, abroad. `row_key` seals the ids of rows."""

    def __init__(self, account: str, http: ProviderHttpClient, *, row_key: bytes, clock: Clock) -> None:
        self.name = NAME
        self.account = account
        self.retention: timedelta | None = KEEPS
        self._http = http
        self._row_key = row_key
        self._clock = clock

    def unsupported_reason(self, target: Target) -> Note | None:
        """There is no lookup by BizId alone."""
        return NeedsNumber() if target.number is None else None

    async def query(self, question: ProviderQuery, findings: ResultCollector) -> None:
        """Ask for each day of the window. A day or page that does not come costs its own rows only.

        Raises `ProviderError`, the first fault there was, when the rest is done.
        """
        number, message_id = question.target.number, question.target.message_id
        if number is None:
            raise ValueError("this provider refuses targets without a number")
        if message_id is not None and not (is_row_id(message_id) or _BIZ_ID.fullmatch(message_id)):
            findings.note(NoRecord())  # another vendor's id; as a BizId it would be refused as malformed
            return
        search = _Search(self, number, message_id, question.window, findings)
        try:
            async with asyncio.TaskGroup() as group:
                for day in days_of(question.window):
                    group.create_task(search.ask_day(day))
            search.is_done = True
        finally:  # also when the deadline cancels us: what did not come by then is missing
            search.conclude()
        if search.fault is not None:
            raise ProviderError(search.fault)

    async def page(self, params: dict[str, str], number: PhoneNumber, findings: ResultCollector) -> DetailsPage:
        """Ask for one page about `number`. Raises `ProviderError`."""

        def read(reply: ApiResponse) -> DetailsPage:
            raise_for_fault(reply, findings)
            return read_page(reply.body, self._row_key, number)

        return await self._http.call(read, findings, params=params, headers=HEADERS)

    def now(self) -> datetime:
        """The moment by the provider's clock setting."""
        return self._clock()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class _Search:
    """One asking: what all its days share, and its tally of parts (a part is a page)."""

    def __init__(
        self, provider: AliyunProvider, number: PhoneNumber, message_id: str | None, window: Window, findings: ResultCollector
    ) -> None:
        self._provider = provider
        self._number = number
        self._row_id = message_id if message_id and is_row_id(message_id) else None
        self._biz_id = None if self._row_id else message_id
        self._window = window
        self._findings = findings
        self._parts = self._arrived = self._unreadable = self._others = 0
        self.is_done = False
        self.fault: ProviderFault | None = None

    async def ask_day(self, day: date) -> None:
        """Ask for the pages of one day; faults are kept, not raised."""
        rows = DayRows(day, self._biz_id)
        arrived: list[DetailsPage | None] = []
        while pages := further_pages(arrived, rows.counted):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask_page(rows, page)) for page in pages]
            arrived += [task.result() for task in tasks]
        if None in arrived:
            return
        self._add(rows.finish())
        if rows.counted > rows.distinct:
            self._findings.note(CountedMore(counted=rows.counted, returned=rows.distinct, day=day))

    async def _ask_page(self, rows: DayRows, number: int) -> DetailsPage | None:
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
            page = await self._provider.page(params, self._number, self._findings)
        except ProviderError as error:
            self.fault = self.fault or error.fault
            return None
        self._arrived += 1
        self._unreadable += page.unreadable
        self._others += page.others
        # Rows about other numbers have come, too: the provider does not owe them.
        self._add(rows.add_page(page.rows, total=page.total, unreadable=page.unreadable + page.others))
        return page

    def _add(self, rows: Iterable[tuple[str, SendDetail]]) -> None:
        since = self._window.since.replace(microsecond=0)  # SendDate has no fractions
        for message_id, row in rows:
            is_asked = self._row_id in {None, message_id}
            if is_asked and (row.sent_at is None or since <= row.sent_at <= self._window.until):
                provider = self._provider
                self._findings.add([row.delivery(provider.name, provider.account, self._number, message_id)])
                if awaits_receipt(row.status, row.sent_at, provider.now()):
                    self._findings.note(MayChange())

    def conclude(self) -> None:
        """Note what the rows alone do not tell."""
        missing = self._parts - self._arrived
        if self._unreadable:
            self._findings.note(RowsUnreadable(count=self._unreadable))
        if self._others:
            self._findings.note(OtherNumbers(count=self._others))
        if missing and self._arrived:  # if nothing came, the error says it all
            self._findings.note(PartMissing(missing=missing, parts=self._parts))
        counted_more = any(note.kind is NoteKind.COUNTED_MORE for note in self._findings.notes)
        if self.is_done and not missing and not self._unreadable and not counted_more and not self._findings.deliveries:
            self._findings.note(NoRecord())


def read_page(body: Any, key: bytes, number: PhoneNumber) -> DetailsPage:
    """Read the answer's rows, doubly nested: `SmsSendDetailDTOs: {SmsSendDetailDTO: [...]}`. None at all is no rows.

    Raises TypeError when that is not its shape. A row that can't be read, or is about another number, is counted.
    """
    rows: list[SendDetail] = []
    unreadable = others = 0
    for raw in _raws(body.get("SmsSendDetailDTOs")):
        try:
            row = read_row(raw, key)
        except (TypeError, ValueError):
            unreadable += 1
            continue
        if is_about(raw.get("PhoneNum"), number):
            rows.append(row)
        else:
            others += 1
    return DetailsPage(tuple(rows), count_of(body.get("TotalCount")), unreadable, others)


def _raws(outer: Any) -> list[Any]:
    if isinstance(outer, dict):
        named = outer.keys() & {"SmsSendDetailDTO", "smsSendDetailDTO"}
        return rows_in(outer[named.pop()]) if named else rows_in(outer)
    return rows_in(outer)


def further_pages(arrived: Sequence[DetailsPage | None], counted: int) -> range:
    """Which pages to ask for next, after those that arrived (None: that one failed).

    TotalCount is not trusted: an empty page is the end although more are counted, and a full last page is followed by
    another although no more are.
    """
    if not arrived:
        return range(1, 2)
    if any(page is not None and page.length == 0 for page in arrived):
        return range(0)
    asked = len(arrived)
    counted_pages = min(-(-counted // PAGE_SIZE), MAX_PAGES)
    if asked < counted_pages:
        return range(asked + 1, min(asked + PAGES_AT_ONCE, counted_pages) + 1)
    last = arrived[-1]
    if last is not None and last.length >= PAGE_SIZE and asked < MAX_PAGES:
        return range(asked + 1, asked + 2)
    return range(0)


def days_of(window: Window) -> Iterator[date]:
    """The days in China that the window touches, the newest first."""
    first, last = window.since.astimezone(CHINA).date(), window.until.astimezone(CHINA).date()
    for back in range((last - first).days + 1):
        yield last - timedelta(days=back)


def format_number(number: PhoneNumber) -> str:
    """11 digits for the mainland; elsewhere the country code and the number, digits only."""
    return number.national if number.country_code == _MAINLAND else number.e164.removeprefix("+")
