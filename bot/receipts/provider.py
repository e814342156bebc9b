"""The provider `receipts`: what the store knows, asked beside the vendors.

It answers for numbers and for ids alone, over all of the retention, so also for windows older than the vendors keep. Its rows
name the vendor's system, whose tables explain their codes; a row that the vendor's own lookup tells too is joined to that one
by `bot.lookup.deduplication`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import ProviderError, StoreError
from bot.model import NewestOnly, Note, ProviderFault, Replied, RowsUnreadable, StoredSince
from bot.receipts.rows import ACCOUNT, PROVIDER
from bot.sanitize import truncate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from bot.model import Target
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.receipts.model import InboundSms, StoreResult
    from bot.receipts.store import ReceiptStore

UNREACHABLE = "Transport.Store"

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

    def unsupported_reason(self, _target: Target) -> Note | None:
        """It can be asked about anything."""
        return None

    async def query(self, question: ProviderQuery, findings: ResultCollector) -> None:
        """See `Provider.ask`."""
        findings.requests += 1
        try:
            found = await self._store.find(question.target, question.window)
        except StoreError as error:
            raise ProviderError(ProviderFault(UNREACHABLE, str(error), retryable=True)) from error
        findings.add(found.deliveries)
        for note in notes_of(found):
            findings.note(note)

    async def aclose(self) -> None:
        """The store is closed with the database, by whoever opened it."""


def notes_of(found: StoreResult) -> Iterator[Note]:
    """What the answer says besides the rows."""
    if found.since is not None:
        yield StoredSince(since=found.since, count=found.receipts)
    if found.unreadable:
        yield RowsUnreadable(count=found.unreadable)
    if found.is_cut:
        yield NewestOnly(shown=len(found.deliveries))
    for reply in found.replies:
        yield _replied(reply)


def _replied(reply: InboundSms) -> Note:
    """Only the word of an opt-out is told: anything else that a customer writes is not for everybody's eyes."""
    words = truncate(reply.text, LONGEST_OPT_OUT) if is_opt_out(reply.text) else ""
    return Replied(at=reply.at, number=reply.number.masked, words=words)


def is_opt_out(text: str) -> bool:
    """Whether a reply asks for no more messages: it is nothing but one of the usual words, in whatever spelling."""
    return re.sub(r"[\W_]+", "", text).upper() in OPT_OUTS
