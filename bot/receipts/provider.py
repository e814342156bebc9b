"""The provider `receipts`: the receipt store, queried beside the vendors.

It is queried by number or by id alone, over the store's retention, which is longer than the vendors'. Its rows have the vendor's
system, whose tables explain their codes; `bot.lookup.deduplication` merges them with the rows of the vendor's own lookup.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import ProviderError, StoreError
from bot.model import NewestOnly, Note, ProviderFault, Replied, RowsUnreadable, StoredSince
from bot.receipts.rows import ACCOUNT, PROVIDER
from bot.receipts.statistics import UNREACHABLE, StoreStatistics
from bot.sanitize import truncate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from bot.model import Target
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.receipts.model import InboundSms, StoreResult
    from bot.receipts.store import ReceiptStore

# What messages in China ask for ("reply TD to unsubscribe", 回T退订, 拒收请回复R), and what carriers abroad act upon
# (https://www.ctia.org/the-wireless-industry/industry-commitments/messaging-interoperability-sms-mms).
OPT_OUTS = frozenset(
    {"T", "TD", "TT", "N", "R", "QX", "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT"}
    | {"退订", "退", "取消", "拒收", "取消订阅", "不要再发"}
)
LONGEST_OPT_OUT = 20


class StoreProvider:
    """The receipt store as a provider."""

    name = PROVIDER
    account = ACCOUNT

    def __init__(self, store: ReceiptStore, retention: timedelta) -> None:
        self.retention: timedelta | None = retention
        self._store = store
        self.statistics: StoreStatistics | None = StoreStatistics(store, retention)

    def unsupported_reason(self, _target: Target) -> Note | None:
        """See `Provider.unsupported_reason`: every target is supported."""
        return None

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """See `Provider.query`. Raises ProviderError."""
        collector.requests += 1
        try:
            result = await self._store.find(query.target, query.window)
        except StoreError as error:
            raise ProviderError(ProviderFault(UNREACHABLE, str(error), retryable=True)) from error
        collector.add(result.deliveries)
        for note in notes_of(result):
            collector.note(note)

    async def aclose(self) -> None:
        """Do nothing: the store is closed with the database."""


def notes_of(result: StoreResult) -> Iterator[Note]:
    """The notes of an answer."""
    if result.since is not None:
        yield StoredSince(since=result.since, count=result.receipts)
    if result.unreadable:
        yield RowsUnreadable(count=result.unreadable)
    if result.is_cut:
        yield NewestOnly(shown=len(result.deliveries))
    for reply in result.replies:
        yield _replied(reply)


def _replied(reply: InboundSms) -> Note:
    """The note of a reply. Only the text of an opt-out is included: any other reply may be private."""
    words = truncate(reply.text, LONGEST_OPT_OUT) if is_opt_out(reply.text) else ""
    return Replied(at=reply.at, number=reply.number.masked, words=words)


def is_opt_out(text: str) -> bool:
    """True if a reply is an opt-out: nothing but one of the usual keywords, in any case and punctuation."""
    return re.sub(r"[\W_]+", "", text).upper() in OPT_OUTS
