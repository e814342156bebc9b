"""What an account sent, by the day: `QuerySendStatistics` (2017-05-25).

https://help.aliyun.com/document_detail/419276.html. One row for each day of China's time and no finer; mainland China and abroad
are two questions. It counts billing segments, and nothing of numbers that the block list stopped
(https://help.aliyun.com/wordpower/456662-1.html), so its figures are never added to counts of messages. Whether today is shown is
not stated: a day without a row has no figures. Limit: 20 calls a second.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.i18n import phrase
from bot.model import PartMissing
from bot.model.statistics import Counts, Figures, Grain, Group, Unit
from bot.providers.aliyun import DOMESTIC_NAME
from bot.providers.aliyun.errors import raise_for_fault
from bot.providers.aliyun.fields import count_of
from bot.providers.aliyun.signing import call_headers
from bot.providers.china_time import CHINA
from bot.providers.field_values import optional, text_of
from bot.providers.optional_actions import OptionalAction
from bot.providers.side_by_side import side_by_side
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model.statistics import Span
    from bot.providers.base import ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.providers.statistics import StatisticsQuery

STATISTICS = OptionalAction("QuerySendStatistics", "dysms:QuerySendStatistics", phrase("statistics of all messages, by the day"))
HEADERS = call_headers(STATISTICS.name, "2017-05-25")
PAGE_SIZE = 50  # days; a span has fewer
_DOMESTIC, _ABROAD = "1", "2"


class AliyunStatistics:
    """The statistics of one account."""

    unit = Unit.SEGMENTS
    grain = Grain.DAY
    reach: timedelta | None = timedelta(days=3 * 365)  # "about three years", says https://help.aliyun.com/zh/sms/sms-skill-guide
    has_series = False

    def __init__(self, account: str, http: ProviderHttpClient, actions: OptionalActions) -> None:
        self._account = account
        self._http = http
        self.actions = actions

    async def count(self, query: StatisticsQuery, collector: ResultCollector) -> tuple[Figures, ...]:
        """See `Statistics.count`: mainland China and abroad. One that fails costs its own figures. Raises ProviderError."""
        parts = await side_by_side(self._ask(where, query, collector) for where in (_DOMESTIC, _ABROAD))
        faults = [part for part in parts if isinstance(part, ProviderError)]
        if len(faults) == len(parts):
            raise faults[0]
        if faults:
            collector.note(PartMissing(missing=1, parts=2))
        return tuple(
            Figures(Group(DOMESTIC_NAME, self._account, abroad=bool(abroad)), part)
            for abroad, part in enumerate(parts)
            if isinstance(part, Counts) and part.requested
        )

    async def _ask(self, where: str, query: StatisticsQuery, collector: ResultCollector) -> Counts:
        params = {
            "EndDate": _day(query.span.until - timedelta(days=1)),
            "IsGlobe": where,
            "PageIndex": "1",
            "PageSize": str(PAGE_SIZE),
            "StartDate": _day(query.span.since),
        }

        def read(response: ApiResponse) -> Counts:
            raise_for_fault(response, collector)
            return read_counts(response.body, query.span)

        return await self.actions.ask(
            STATISTICS,
            lambda: self._http.call(read, collector, askers=query.askers, params=params, headers=HEADERS),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def read_counts(body: Mapping[str, Any], span: Span) -> Counts:
    """The sum of the days of `span`. Raises TypeError or AttributeError for another shape."""
    wanted = {_day(span.since + timedelta(days=day)) for day in range(span.length // timedelta(days=1))}
    rows = [row for row in rows_in((body.get("Data") or {}).get("TargetList")) if isinstance(row, dict)]
    return sum((_counts(row) for row in rows if optional(text_of, row.get("SendDate")) in wanted), Counts())


def _counts(row: Mapping[str, Any]) -> Counts:
    delivered, failed, waiting = (
        count_of(row.get(name)) for name in ("RespondedSuccessCount", "RespondedFailCount", "NoRespondedCount")
    )
    return Counts(delivered=delivered, failed=failed, waiting=waiting)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y%m%d}"
