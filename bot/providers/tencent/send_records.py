"""The sends to one number in one app, by `DescribeSendRecordList` (2021-01-11): also the refused ones and those on their way.

https://cloud.tencent.com/document/api/382/137245: the last 72 hours by the time of sending, newest first, in pages of at most 50
and 1,000 rows in all; on the China site only. The receipts list a message once its receipt has come, this call lists it at once.
It is an action with a right of its own, so an account may lack it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.i18n import phrase
from bot.model import CountedMore, SendsCovered, SendsMissing, SendsSkipped
from bot.providers.optional_actions import ActionMissingError, Lack, OptionalAction, OptionalActions
from bot.providers.side_by_side import side_by_side
from bot.providers.tencent.errors import lack_of, read_response
from bot.providers.tencent.window_splitter import SecondRange, WindowSplitter
from bot.providers.tencent.windowed_query import noting_clock, span_of
from bot.receipts.ingestion import field_text, rows_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import PhoneNumber
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.tencent.row_collector import RowCollector
    from bot.timing.clock import Clock

ACTION = OptionalAction("DescribeSendRecordList", "sms:DescribeSendRecordList", phrase("refused and in-flight sends"))
CALLS_PER_SECOND = 10  # of an account, beside the calls for receipts
MOST_WAITING = 50  # calls of one asker: five seconds' worth, in answers that are due within eight
KEPT_HOURS = 72
CLOCK_MARGIN = timedelta(seconds=60)  # the hours are counted by the provider's clock, which also refuses an end after its now
MAX_UNNOTED_CUT = timedelta(minutes=10)  # a window cut by less than this was cut for the clocks' sake
PAGE = 50
MOST_ROWS = 1000
MAX_PARTS = 16  # a number with 8,000 sends; nobody waits for more
ROWS = "SendRecordSet"


class SendRecords:
    """The sends of one app id. `headers` are those of the app's other calls, but for the action."""

    def __init__(self, http: ProviderHttpClient, *, app_id: str, headers: Mapping[str, str], clock: Clock) -> None:
        self._http = http
        self._app_id = app_id
        self._headers = {**headers, "X-TC-Action": ACTION.name}
        self._clock = clock
        self.actions = OptionalActions(lack_of, clock)

    async def query(self, query: ProviderQuery, number: PhoneNumber, rows: RowCollector, collector: ResultCollector) -> bool:
        """Add the sends of the window to `rows`, as far back as they are kept, and note what is covered.

        Returns whether all of the window is. Raises ProviderError if some of it was not answered.
        """
        if self._http.waiting(query.askers) >= MOST_WAITING:
            collector.note(SendsSkipped())
            return False
        now, window = self._clock(), query.window
        since = max(window.since, now - timedelta(hours=KEPT_HOURS) + CLOCK_MARGIN)
        search = _Search(self, number, query, rows, collector)
        try:
            if since < window.until:
                splitter = WindowSplitter(search.query_part, collector, row_cap=MOST_ROWS, max_calls=MAX_PARTS)
                await splitter.query(span_of(replace(window, since=since), now))
        except ActionMissingError as error:
            missing = error.missing
            if collector.last_fault is missing.fault:  # it is not why anything else may be missing
                collector.last_fault = None
            what = missing.action.right if missing.lack is Lack.RIGHT else missing.action.name
            collector.note(SendsMissing(what=what))
            return False
        collector.note(SendsCovered(hours=KEPT_HOURS))
        return since - window.since < MAX_UNNOTED_CUT

    async def page(
        self, query: ProviderQuery, number: PhoneNumber, span: SecondRange, offset: int, collector: ResultCollector
    ) -> RecordPage:
        """One page. Raises ProviderError; ActionMissingError if the account lacks the action."""
        is_past = span.end <= (self._clock() - CLOCK_MARGIN).timestamp()
        content = request_body(self._app_id, number, span, offset, with_end=is_past)

        async def call() -> RecordPage:
            return await self._http.call(_page_of, collector, askers=query.askers, content=content, headers=self._headers)

        with noting_clock(collector):
            return await self.actions.ask(ACTION, call)

    async def aclose(self) -> None:
        """Close the connections, which the apps of one set of credentials share."""
        await self._http.aclose()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page, and how many rows the provider counts in the window; 0 if it does not say so."""

    rows: list[object]
    counted: int


@dataclass(frozen=True, slots=True)
class _Search:
    """One query: fetches its pages and adds their rows."""

    records: SendRecords
    number: PhoneNumber
    query: ProviderQuery
    rows: RowCollector
    collector: ResultCollector

    async def query_part(self, span: SecondRange) -> int:
        """Add the rows of `span` and return how many there are; with too many, only the newest are added: it is to be split.

        A send that is taken in meanwhile moves the others down a place: what comes twice is one row, and a full last page is
        followed by one more. Raises ProviderError.
        """
        page = await self._page(span, 0)
        counted, returned = page.counted, len(page.rows)
        if counted >= MOST_ROWS and span.begin < span.end:
            return counted
        for outcome in await side_by_side([self._page(span, at) for at in range(PAGE, min(counted, MOST_ROWS), PAGE)]):
            if isinstance(outcome, ProviderError):
                raise outcome
            page, returned = outcome, returned + len(outcome.rows)
        while len(page.rows) >= PAGE and returned < MOST_ROWS:
            page = await self._page(span, returned)
            returned += len(page.rows)
        if returned < counted < MOST_ROWS:
            self.collector.note(CountedMore(counted=counted, returned=returned))
        return max(counted, returned)

    async def _page(self, span: SecondRange, offset: int) -> RecordPage:
        page = await self.records.page(self.query, self.number, span, offset, self.collector)
        self.rows.add(page.rows)
        return page


def request_body(app_id: str, number: PhoneNumber, span: SecondRange, offset: int, *, with_end: bool) -> bytes:
    """The request body. Without an end the provider's own now is taken; one after it is refused."""
    asked = {"SmsSdkAppId": app_id, "PhoneNumber": number.e164, "BeginTime": span.begin, "Limit": PAGE, "Offset": offset}
    return json.dumps(asked | ({"EndTime": span.end} if with_end else {}), separators=(",", ":")).encode()


def _page_of(response: ApiResponse) -> RecordPage:
    """The rows of a response. Raises ProviderError, or KeyError or TypeError for another shape."""
    answer = read_response(response)
    if not answer.keys() & {ROWS, "RequestId"}:
        raise KeyError(ROWS)
    counted = field_text(answer, "TotalCount") or ""
    return RecordPage(rows_in(answer.get(ROWS)), int(counted) if counted.isascii() and counted.isdigit() else 0)
