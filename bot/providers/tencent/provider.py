"""The provider `tencent`: the receipts of one number in one app, by `PullSmsSendStatusByPhoneNumber` (2021-01-11).

https://cloud.tencent.com/document/api/382/40518. This call can be repeated; `PullSmsSendStatus`, of nearly the same name, hands
each receipt out once and would take it from its consumer.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.providers.tencent import NAME
from bot.providers.tencent.errors import read_response
from bot.providers.tencent.row_collector import RowCollector
from bot.providers.tencent.signing import call_headers
from bot.providers.tencent.window_splitter import ROW_CAP, SecondRange
from bot.providers.tencent.windowed_query import needs_number, number_of, query_windows
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Note, PhoneNumber, Target
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import MissingAction, OptionalActions
    from bot.providers.tencent.statistics import TencentStatistics
    from bot.timing.clock import Clock

ACTION = "PullSmsSendStatusByPhoneNumber"
ROWS = "PullSmsSendStatusSet"
RETENTION = timedelta(days=7)
CLOCK_MARGIN = timedelta(seconds=60)  # the seven days are counted by the provider's clock, and the call takes its time


class TencentProvider:
    """One app id. The apps of one set of credentials share `http`, and with it the limit of calls per second."""

    name = NAME
    retention = RETENTION - CLOCK_MARGIN

    def __init__(
        self,
        http: ProviderHttpClient,
        *,
        app_id: str,
        region: str,
        clock: Clock,
        statistics: TencentStatistics | None = None,
        actions: OptionalActions | None = None,
    ) -> None:
        self._http = http
        self.account = app_id
        self._clock = clock
        self._headers = call_headers(ACTION, region)
        self._statistics = statistics
        self._actions = actions

    @property
    def statistics(self) -> TencentStatistics | None:
        """See `HasStatistics`."""
        return self._statistics

    @property
    def missing_actions(self) -> Sequence[MissingAction]:
        """See `HasOptionalActions`."""
        return self._actions.missing if self._actions else ()

    def unsupported_reason(self, target: Target) -> Note | None:
        """See `Provider.unsupported_reason`."""
        return needs_number(target)

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """See `Provider.query`. Raises ProviderError, and ValueError for a target without a number."""
        number = number_of(query)

        async def fetch(span: SecondRange) -> list[object]:
            body = request_body(self.account, number, span)
            return await self._http.call(_rows_of, collector, askers=query.askers, content=body, headers=self._headers)

        rows = RowCollector(self.account, query.target, number, collector)
        await query_windows(query.window, self._clock(), rows, collector, fetch)

    async def aclose(self) -> None:
        """Close the connections, which the apps of one set of credentials share: close all of them together."""
        await self._http.aclose()
        if self._statistics is not None:
            await self._statistics.aclose()


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
