"""The provider `tencent`: the receipts of one number in one app, by `PullSmsSendStatusByPhoneNumber` (2021-01-11).

https://cloud.tencent.com/document/api/382/40518. This call can be repeated; `PullSmsSendStatus`, of nearly the same name, hands
each receipt out once and would take it from its consumer. On the China site the sends are asked for beside it, see
`send_records.py`, and rows of one message are joined by their id.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import CrowdedSecond, MayChange, NoteKind, PartMissing, Status
from bot.providers.side_by_side import side_by_side
from bot.providers.tencent import NAME
from bot.providers.tencent.errors import read_response
from bot.providers.tencent.registers import open_registers
from bot.providers.tencent.row_collector import RowCollector, note_skipped
from bot.providers.tencent.send_records import SendRecords
from bot.providers.tencent.send_rows import sent_delivery_of
from bot.providers.tencent.signing import call_headers
from bot.providers.tencent.window_splitter import ROW_CAP, SecondRange
from bot.providers.tencent.windowed_query import needs_number, note_empty, number_of, query_windows
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Delivery, Note, PhoneNumber, Target
    from bot.providers.base import Connection, ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.key_rights import Key
    from bot.providers.optional_actions import MissingAction
    from bot.providers.registers import Registers
    from bot.providers.tencent.statistics import TencentStatistics
    from bot.timing.clock import Clock

ACTION = "PullSmsSendStatusByPhoneNumber"
ROWS = "PullSmsSendStatusSet"
RETENTION = timedelta(days=7)
CLOCK_MARGIN = timedelta(seconds=60)  # the seven days are counted by the provider's clock, and the call takes its time


class TencentProvider:
    """One app id. The apps of one set of credentials share the clients, and with each its limit of calls per second.

    Without `sends_http`, as on the international site, only receipts are asked for; without `registers`, `http` asks them too;
    without `statistics` there are none.
    """

    name = NAME
    retention = RETENTION - CLOCK_MARGIN

    def __init__(
        self,
        http: ProviderHttpClient,
        *,
        app_id: str,
        region: str,
        clock: Clock,
        sends_http: ProviderHttpClient | None = None,
        registers: Registers | None = None,
        statistics: TencentStatistics | None = None,
        key: Key | None = None,
    ) -> None:
        self._http = http
        self._registers = registers or open_registers(http, http, region=region, clock=clock)
        self.signatures, self.templates = self._registers.signatures, self._registers.templates
        self.account = app_id
        self.region = region
        self.key = key
        self._clock = clock
        self._headers = call_headers(ACTION, region)
        self._sends = SendRecords(sends_http, app_id=app_id, headers=self._headers, clock=clock) if sends_http else None
        self._statistics = statistics

    @property
    def statistics(self) -> TencentStatistics | None:
        """See `HasStatistics`."""
        return self._statistics

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

        def read_send(row: object) -> Delivery | None:
            return sent_delivery_of(row, account=self.account, queried=number)

        receipts = RowCollector(self.account, query.target, number, collector)
        sends = RowCollector(self.account, query.target, number, collector, read=read_send)
        parts = [self._query_receipts(query, number, receipts, collector)]
        if self._sends is not None:
            parts.append(self._sends.query(query, number, sends, collector))
        try:
            outcomes = await side_by_side(parts)
        finally:
            note_skipped(collector, receipts, sends)
        if any(row.status is Status.PENDING for row in collector.deliveries):
            collector.note(MayChange())
        faults = [outcome for outcome in outcomes if isinstance(outcome, ProviderError)]
        if len(faults) < len(outcomes) and faults and not any(note.kind is NoteKind.PART_MISSING for note in collector.notes):
            collector.note(PartMissing(missing=len(faults), parts=len(outcomes)))
        if faults:
            raise faults[0]
        if True in outcomes:
            collector.notes = [note for note in collector.notes if not _is_made_up_for(note)]
        else:
            note_empty(collector, receipts, sends)

    @property
    def missing_actions(self) -> Sequence[MissingAction]:
        """See `HasOptionalActions`."""
        parts = (self._sends, self._registers, self._statistics)
        return tuple(missing for part in parts if part is not None for missing in part.actions.missing)

    async def _query_receipts(
        self, query: ProviderQuery, number: PhoneNumber, rows: RowCollector, collector: ResultCollector
    ) -> bool:
        """Add the receipts to `rows`. Returns False: that there is none does not mean that nothing was sent."""

        async def fetch(span: SecondRange) -> list[object]:
            body = request_body(self.account, number, span)
            return await self._http.call(_rows_of, collector, askers=query.askers, content=body, headers=self._headers)

        await query_windows(query.window, self._clock(), rows, collector, fetch)
        return False

    async def aclose(self) -> None:
        """Close the connections, which the apps of one set of credentials share: close all of them together."""
        await self._http.aclose()
        await self._registers.aclose()
        for part in (self._sends, self._statistics):
            if part is not None:
                await part.aclose()


def request_body(app_id: str, number: PhoneNumber, span: SecondRange) -> bytes:
    """The request body. `SmsSdkAppId` must be text: a number is rejected. `Offset` must be there and be 0."""
    return json.dumps(
        {
            "SmsSdkAppId": app_id,
            "PhoneNumber": number.e164,
            "BeginTime": span.begin,
            "EndTime": span.end,
            "Offset": 0,
            "Limit": ROW_CAP,
        },
        separators=(",", ":"),
    ).encode()


def _rows_of(response: ApiResponse) -> list[object]:
    """The rows of a response. Raises ProviderError, or KeyError or TypeError for another shape.

    A response without the set has no rows: an empty list may be left out. Every response has a RequestId.
    """
    answer = read_response(response)
    if not answer.keys() & {ROWS, "RequestId"}:
        raise KeyError(ROWS)
    return rows_in(answer.get(ROWS))


def _is_made_up_for(note: Note) -> bool:
    """Whether `note` tells of a second with more receipts than are handed out: the sends have all of them."""
    return isinstance(note, CrowdedSecond) and note.shown <= ROW_CAP
