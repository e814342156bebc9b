"""Statistics of sending: how many messages of everybody arrived, over a span, as each source counts them.

Values only. A source counts in its own unit and grain: Tencent messages by the hour, Alibaba billing segments by the day, the
receipt store messages by the minute. Counts of two sources are never added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.i18n import Phrase
    from bot.model.query import Window
    from bot.model.report import ProviderFault


class Unit(StrEnum):
    """What is counted."""

    MESSAGES = "messages"
    SEGMENTS = "segments"  # of billing: a long message is several


class Grain(StrEnum):
    """The shortest span that a source can count."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """Its length."""
        return {Grain.MINUTE: timedelta(minutes=1), Grain.HOUR: timedelta(hours=1), Grain.DAY: timedelta(days=1)}[self]


class Cause(StrEnum):
    """Why messages failed, as far as a source counts causes apart."""

    CARRIER = "carrier"  # failed inside the carrier
    NUMBER = "number"  # invalid or unassigned
    HANDSET = "handset"  # service suspended, phone off and the like
    BLOCKED = "blocked"  # on a do-not-disturb list
    FREQUENCY = "frequency"  # the carrier's frequency limit


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time without its end. It begins and ends with the grain of its source."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """The duration."""
        return self.until - self.since

    def earlier(self, by: timedelta) -> Span:
        """The same hours, `by` before."""
        return Span(self.since - by, self.until - by)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the messages of a span."""

    delivered: int = 0
    failed: int = 0
    waiting: int = 0  # accepted, no receipt yet
    refused: int = 0  # at submission
    slow: int = 0  # of `timed`, those whose receipt took more than five minutes
    timed: int = 0  # receipts of which is known how long they took
    causes: tuple[tuple[Cause, int], ...] = ()  # of the failed ones; they need not add up

    @property
    def known(self) -> int:
        """Those whose receipt has come."""
        return self.delivered + self.failed

    @property
    def accepted(self) -> int:
        """Those that were taken for sending."""
        return self.known + self.waiting

    @property
    def requested(self) -> int:
        """All that were handed in."""
        return self.accepted + self.refused

    @property
    def delivered_share(self) -> Fraction | None:
        """The share of delivered messages among those with a receipt; None without any."""
        return share(self.delivered, self.known)

    def __add__(self, other: Counts) -> Counts:
        causes = Counter(dict(self.causes)) + Counter(dict(other.causes))
        return Counts(
            delivered=self.delivered + other.delivered,
            failed=self.failed + other.failed,
            waiting=self.waiting + other.waiting,
            refused=self.refused + other.refused,
            slow=self.slow + other.slow,
            timed=self.timed + other.timed,
            causes=tuple(sorted(causes.items())),
        )


def share(part: int, whole: int) -> Fraction | None:
    """`part` of `whole`; None of nothing."""
    return Fraction(part, whole) if whole else None


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Whose messages are counted together. An empty name: those of all, or it is not known."""

    system: str  # the vendor's system they were sent with
    account: str = ""
    carrier: str = ""  # by the number's range: ported numbers are counted with the carrier they left
    abroad: bool | None = None  # where a source counts mainland China and abroad apart


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one group, in a series from `at` on for the length of a step."""

    group: Group
    counts: Counts
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """Where a series falls: the delivered share before and since."""

    at: datetime
    step: timedelta  # how exact `at` is
    before: Fraction
    since: Counts


class Finding(StrEnum):
    """What the figures of one group amount to, by the rule of `bot.statistics.judgement`."""

    UNUSUAL = "unusual"
    REFUSED = "refused"  # the delivered share is usual, but submissions are refused
    MISSING = "missing"  # the same, but receipts are missing
    SLOW = "slow"  # the same, but receipts are slow
    USUAL = "usual"
    TOO_FEW = "too_few"
    UNANSWERED = "unanswered"  # nobody answered, so nothing is known


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures of one group now and at the same hours before. None: not known."""

    group: Group
    now: Counts
    yesterday: Counts | None = None
    week_ago: Counts | None = None
    finding: Finding = Finding.TOO_FEW
    fall: Fall | None = None
    carriers: tuple[Comparison, ...] = ()  # of an account, where its source knows them


@dataclass(frozen=True, slots=True)
class SourceStatistics:
    """What one source counted."""

    provider: str
    account: str
    unit: Unit
    grain: Grain
    span: Span
    groups: tuple[Comparison, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    lacks: tuple[Phrase, ...] = ()  # actions that the account lacks, a sentence each
    is_partial: bool = False  # some of its figures are missing
    error: ProviderFault | None = None


class Before(StrEnum):
    """Which earlier hours."""

    YESTERDAY = "yesterday"
    WEEK_AGO = "week_ago"

    @property
    def distance(self) -> timedelta:
        """How long before."""
        return timedelta(days=1 if self is Before.YESTERDAY else 7)


class WhyNot(StrEnum):
    """Why hours could not be compared."""

    TOO_LONG = "too_long"  # the window is longer than the distance
    NOT_KEPT = "not_kept"  # the source does not reach back so far
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Earlier hours that could not be compared, and why."""

    before: Before
    why: WhyNot


class Affected(StrEnum):
    """Whom the cause of a failure affects, as far as its code tells."""

    CUSTOMER = "customer"  # this one alone
    UNCLEAR = "unclear"
    SIGNATURE = "signature"  # every message with this signature
    TEMPLATE = "template"
    TEXT = "text"
    ROUTE = "route"  # every message of the account: its balance, its quota, its rights

    @property
    def is_everyone(self) -> bool:
        """Whether others are affected, whatever the shares say: one signature is lost among all messages of an account."""
        return self not in {Affected.CUSTOMER, Affected.UNCLEAR}


@dataclass(frozen=True, slots=True)
class StatisticsQuestion:
    """What is asked: which window, of which systems (empty: all), and of these accounts alone (empty: all)."""

    window: Window
    providers: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()  # system, account
    affected: Affected | None = None  # by the failure that is asked about; None: none is


@dataclass(frozen=True, slots=True)
class StatisticsReport:
    """The answer to a question, from every source that counts."""

    question: StatisticsQuestion
    as_of: datetime
    sources: tuple[SourceStatistics, ...] = ()
    without: tuple[str, ...] = ()  # systems asked for that count nothing
    is_cut: bool = False  # the window was longer than what is counted

    @property
    def finding(self) -> Finding:
        """What it amounts to: the worst finding of all groups."""
        found = {one.finding for source in self.sources for group in source.groups for one in (group, *group.carriers)}
        if not any(source.groups for source in self.sources) and (not self.sources or any(s.error for s in self.sources)):
            return Finding.UNANSWERED
        return next((finding for finding in Finding if finding in found), Finding.TOO_FEW)
