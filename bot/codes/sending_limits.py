"""How many codes one number may get, and which of these limits the messages at hand have reached. Pure.

Alibaba's limits hold for one signature and one number; they are counted at submission, over rolling spans, and can be changed in
its console (https://help.aliyun.com/document_detail/2881383.html). What fails on its way counts, what a limit stopped does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.model import Delivery

FAMILIES = frozenset({"frequency", "limit_reached"})
"""Whose codes say that a number got too many messages."""


@dataclass(frozen=True, slots=True)
class SendingLimit:
    """At most so many codes to one number within any `span`."""

    span: timedelta
    most: int


SENDING_LIMITS: Mapping[str, tuple[SendingLimit, ...]] = MappingProxyType(
    {
        "aliyun": (
            SendingLimit(timedelta(minutes=1), 1),
            SendingLimit(timedelta(hours=1), 5),
            SendingLimit(timedelta(days=1), 10),
        )
    }
)
"""The limits for codes by system, where it publishes them, as they are set at first."""

_CHINA = timezone(timedelta(hours=8))
_A_DAY_OF_CHINA = None  # until midnight there, whatever the reader's zone
_FREE_AFTER: Mapping[tuple[str, str], timedelta | None] = MappingProxyType(
    {
        ("tencent", "LimitExceeded.PhoneNumberDailyLimit"): _A_DAY_OF_CHINA,
        ("tencent", "LimitExceeded.PhoneNumberSameContentDailyLimit"): _A_DAY_OF_CHINA,
        ("tencent", "LimitExceeded.PhoneNumberOneHourLimit"): timedelta(hours=1),
        ("tencent", "LimitExceeded.PhoneNumberThirtySecondLimit"): timedelta(seconds=30),
        ("tencent", "1025"): _A_DAY_OF_CHINA,
        ("tencent", "1024"): timedelta(hours=1),
        ("tencent", "1023"): timedelta(seconds=30),
    }
)
"""How long the limit that a code names holds at most, by system and code, as the code tables say it."""


def free_at(failed: Delivery) -> datetime | None:
    """When the number is free again, at the latest, by the code of the limit alone; None where the code does not tell."""
    key = (failed.vendor, failed.code or "")
    if key not in _FREE_AFTER or failed.at is None:
        return None
    span = _FREE_AFTER[key]
    if span is not None:
        return failed.at + span
    midnight = failed.at.astimezone(_CHINA).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight.astimezone(failed.at.tzinfo)


@dataclass(frozen=True, slots=True)
class ReachedLimit:
    """A limit that was reached before a message, which was the `ordinal`-th in its span; the next gets through at `until`."""

    limit: SendingLimit
    ordinal: int
    until: datetime


def reached_limit(failed: Delivery, deliveries: Iterable[Delivery], now: datetime) -> ReachedLimit | None:
    """The limit that explains why `failed` was stopped: of several the one that holds longest. None: no count shows one.

    `deliveries` may begin within the span: then there were more, and a limit that is reached is reached all the same.
    """
    if failed.sent_at is None or failed.explanation is None or failed.explanation.family not in FAMILIES:
        return None
    times = sorted(row.sent_at for row in deliveries if row.sent_at is not None and _counts_with(row, failed))
    found = []
    for limit in SENDING_LIMITS.get(failed.vendor, ()):
        before = [at for at in times if failed.sent_at - limit.span < at <= failed.sent_at]
        if len(before) >= limit.most:
            counted = [at for at in times if at <= now]
            found.append(ReachedLimit(limit, len(before) + 1, counted[-limit.most] + limit.span))
    return max(found, key=lambda one: one.until, default=None)


def _counts_with(row: Delivery, failed: Delivery) -> bool:
    """Whether a message counts for the limit that stopped `failed`."""
    is_stopped = row.explanation is not None and row.explanation.family in FAMILIES
    same_signature = len({row.signature, failed.signature} - {None}) <= 1  # what is not known may be the same
    same_number = row.number is not None and failed.number is not None and row.number.e164 == failed.number.e164
    is_sent = row.status is not Status.REJECTED and not is_stopped
    return is_sent and same_number and same_signature and row.vendor == failed.vendor
