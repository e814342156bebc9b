"""The provider `tencent-legacy`: the receipts of one number in one app, by `pullstatus4mobile` of the legacy API.

This call can be repeated; `pullstatus`, of nearly the same name, is the queue. It has no documented paging, so a busy window is
split in time as with API 3.0, and no documented retention: the seven days of API 3.0, which returns the same messages, are
assumed, so that an answer does not look complete where nothing is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import CountedMore, Delivery, Note, ProviderWords, Status
from bot.providers.key_rights import KeyRights
from bot.providers.tencent import NAME as TENCENT
from bot.providers.tencent.legacy import MOST_ROWS, NAME
from bot.providers.tencent.legacy.errors import counted_rows, rows_in_answer
from bot.providers.tencent.legacy.rows import is_row_about, receipt_of
from bot.providers.tencent.row_collector import RowCollector, note_skipped
from bot.providers.tencent.window_splitter import ROW_CAP, SecondRange
from bot.providers.tencent.windowed_query import needs_number, note_empty, number_of, query_windows
from bot.receipts.ingestion import MalformedPayloadError
from bot.receipts.model import ReceiptSource

if TYPE_CHECKING:
    from bot.i18n import Phrase
    from bot.model import PhoneNumber, Target
    from bot.providers.base import Connection, ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.timing.clock import Clock

ACTION = "pullstatus4mobile"
RETENTION = timedelta(days=7)
CLOCK_MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LegacyKey:
    """The app key: the old API signs everything with it, sending among it, and has no other."""

    app_id: str

    async def rights(self) -> KeyRights:
        """See `Key.rights`. Nobody is asked."""
        return KeyRights(is_known=True, is_sole=True)


class TencentLegacyProvider:
    """One app id with its app key. `http` posts to `pullstatus4mobile` and signs."""

    name = NAME
    region = ""
    retention = RETENTION - CLOCK_MARGIN

    def __init__(self, http: ProviderHttpClient, *, app_id: str, clock: Clock, notice: Phrase | None = None) -> None:
        self._http = http
        self.account = app_id
        self.key = LegacyKey(app_id)
        self.operator_notice = notice
        self._clock = clock

    @property
    def connection(self) -> Connection:
        """See `HasConnection`."""
        return self._http

    def unsupported_reason(self, target: Target) -> Note | None:
        """See `Provider.unsupported_reason`."""
        return needs_number(target)

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """See `Provider.query`. Raises ProviderError, and ValueError for a target without a number."""
        number = number_of(query)

        async def fetch(span: SecondRange) -> list[object]:
            rows, count = await self._http.call(read, collector, askers=query.askers, content=request_body(number, span))
            if len(rows) < count and len(rows) < ROW_CAP:  # a full answer is split, and its rest comes with the parts
                collector.note(CountedMore(counted=count, returned=len(rows)))
            return rows

        def read(response: ApiResponse) -> tuple[list[object], int]:
            return rows_in_answer(response), counted_rows(response.body)

        rows = RowCollector(
            self.account,
            query.target,
            number,
            collector,
            read=lambda row: self._delivery(row, number),
            is_about=is_row_about,
        )
        try:
            await query_windows(query.window, self._clock(), rows, collector, fetch)
        finally:
            note_skipped(collector, rows)
        note_empty(collector, rows)

    def _delivery(self, row: Any, queried: PhoneNumber) -> Delivery | None:
        """The row as a Delivery about `queried`, None if it is unreadable; Tencent's table of receipt codes explains it."""
        if not isinstance(row, dict):
            return None
        try:
            receipt = receipt_of(row, system=TENCENT, source=ReceiptSource.QUEUE, queried=queried)
        except MalformedPayloadError:
            return None
        words = receipt.words if receipt.status is not Status.DELIVERED and receipt.words != receipt.code else None
        return Delivery(
            provider=NAME,
            account=self.account,
            status=receipt.status,
            number=queried,
            message_id=receipt.message_id,
            code=receipt.code,
            received_at=receipt.received_at,
            notes=(ProviderWords(words=words),) if words else (),
            system=TENCENT,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def request_body(number: PhoneNumber, span: SecondRange) -> bytes:
    """The request body without the signature. The number is national, as text; the country code is in `nationcode`."""
    return json.dumps({
        "type": 0,
        "max": MOST_ROWS,
        "begin_time": span.begin,
        "end_time": span.end,
        "nationcode": str(number.country_code),
        "mobile": number.national,
    }).encode()  # fmt: skip
