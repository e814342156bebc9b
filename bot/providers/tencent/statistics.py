"""What an app sent, by the hour: `CallbackStatusStatistics` and `SendStatusStatistics` (2021-01-11).

https://cloud.tencent.com/document/api/382/55966 is what became of the messages; the other, with the same parameters, is how
many were taken in (https://cloud.tencent.com/document/api/382/52077 lists both). Each returns one sum for a span of whole
hours, no series, at 10 calls a second. The pages do not name the zone of an hour; other times of Tencent's without a zone are
China's. Nor do they say whether a receipt counts in the hour of the message or in its own; if in its own, a short span can have
more receipts than messages, hence no negative counts.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.i18n import phrase
from bot.model import PartMissing
from bot.model.statistics import Cause, Counts, Figures, Grain, Group, Unit
from bot.providers.china_time import CHINA
from bot.providers.optional_actions import ActionMissingError, OptionalAction
from bot.providers.side_by_side import side_by_side
from bot.providers.tencent import NAME
from bot.providers.tencent.errors import read_response
from bot.providers.tencent.signing import call_headers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model.statistics import Span
    from bot.providers.base import ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.providers.statistics import StatisticsQuery

OUTCOMES = OptionalAction(
    "CallbackStatusStatistics", "sms:CallbackStatusStatistics", phrase("statistics of what became of all messages")
)
SUBMISSIONS = OptionalAction("SendStatusStatistics", "sms:SendStatusStatistics", phrase("how many submissions were refused"))

_HOUR = timedelta(hours=1)
_CAUSES: Mapping[str, Cause] = {
    "InternalErrorCount": Cause.CARRIER,
    "InvalidNumberCount": Cause.NUMBER,
    "ShutdownErrorCount": Cause.HANDSET,
    "BlackListCount": Cause.BLOCKED,
    "FrequencyLimitCount": Cause.FREQUENCY,
}


class TencentStatistics:
    """The statistics of one app id. The apps of one set of credentials share `clients`, one for each action."""

    unit = Unit.MESSAGES
    grain = Grain.HOUR
    reach: timedelta | None = None  # no page states one
    has_series = False

    def __init__(
        self,
        clients: Mapping[OptionalAction, ProviderHttpClient],
        actions: OptionalActions,
        *,
        app_id: str,
        region: str,
    ) -> None:
        self._clients = clients
        self.actions = actions
        self._app_id = app_id
        self._region = region

    async def count(self, query: StatisticsQuery, collector: ResultCollector) -> tuple[Figures, ...]:
        """See `Statistics.count`. Raises ProviderError if it is not known what became of the messages.

        How many were refused counts as none where that is not known.
        """
        actions = (OUTCOMES, SUBMISSIONS) if query.with_refused else (OUTCOMES,)
        found, *submitted = await side_by_side(self._ask(action, query, collector) for action in actions)
        if isinstance(found, ProviderError):
            raise found
        if any(isinstance(part, ProviderError) and not isinstance(part, ActionMissingError) for part in submitted):
            collector.note(PartMissing(missing=1, parts=2))
        counts = read_counts(found, next((part for part in submitted if not isinstance(part, ProviderError)), {}))
        return (Figures(Group(NAME, self._app_id), counts),) if counts.requested else ()

    async def _ask(self, action: OptionalAction, query: StatisticsQuery, collector: ResultCollector) -> Mapping[str, Any]:
        """The fields of the answer. Raises ProviderError."""

        async def call() -> Mapping[str, Any]:
            return await self._clients[action].call(
                lambda response: _fields(response, action.name),
                collector,
                askers=query.askers,
                content=request_body(self._app_id, query.span),
                headers=call_headers(action.name, self._region),
            )

        return await self.actions.ask(action, call)

    async def aclose(self) -> None:
        """Close the connections, which the apps share."""
        for client in self._clients.values():
            await client.aclose()


def request_body(app_id: str, span: Span) -> bytes:
    """The request body. Hours are text, and the last one is included. `Limit` and `Offset` must be there and be 0."""
    return json.dumps(
        {
            "BeginTime": _hour(span.since),
            "EndTime": _hour(span.until - _HOUR),
            "SmsSdkAppId": app_id,
            "Limit": 0,
            "Offset": 0,
        },
        separators=(",", ":"),
    ).encode()


def read_counts(outcomes: Mapping[str, Any], submissions: Mapping[str, Any]) -> Counts:
    """The counts of both answers. An odd field counts as none of its messages."""
    delivered, failed = _amount(outcomes, "CallbackSuccessCount"), _amount(outcomes, "CallbackFailCount")
    receipts = max(delivered + failed, _amount(outcomes, "CallbackCount"))
    causes = {cause: _amount(outcomes, name) for name, cause in _CAUSES.items()}
    return Counts(
        delivered=delivered,
        failed=failed,
        waiting=max(0, _amount(outcomes, "RequestSuccessCount") - receipts),
        refused=max(0, _amount(submissions, "RequestCount") - _amount(submissions, "RequestSuccessCount")),
        causes=tuple(sorted((cause, amount) for cause, amount in causes.items() if amount)),
    )


def _fields(response: ApiResponse, name: str) -> Mapping[str, Any]:
    """The object of this name. Raises ProviderError; KeyError or TypeError for another shape."""
    fields = read_response(response)[name]
    if not isinstance(fields, dict) or "RequestSuccessCount" not in fields:
        raise TypeError(name)
    return fields


def _amount(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:_MOST_DIGITS])
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


_MOST_DIGITS = 15


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y%m%d%H}"
