"""The excuses: what the ledger lets pass, each by the evidence of one mechanism, each with the share that a run may have of it.

`bot/slack/requests/exactly_once.py` says which gaps are left on purpose; `benchmarks/README.md` lists the mechanisms.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.requests.inbox_database import WAIT_SECONDS
from bot.slack.requests.inbox_tables import ANSWERING, DONE, LEASE, MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.chaos.ledger import Asked, Ledger, Span

WRITTEN_SECONDS = 5.0  # after the store is back, by when a process that lives has written what it had kept
BEGUN = frozenset({ANSWERING, DONE})
TWICE_WITHIN = 10.0  # seconds: what Slack did not say the app asks once more, and remembers for a while
UNKNOWN = "Slack did not tell this app who you are"
UNCONFIRMED = "Slack did not confirm"
NOT_KEPT = "This answer is no longer kept"
DELETED = "deleted"  # the trouble of a store
FEWEST = 5  # that any run may have of each: of 300 requests a share says little


class Excuse(Enum):
    """One mechanism: its name in the table, and the most of the acknowledged requests that it may explain."""

    BEGUN = ("begun", 0.005)
    AWAY = ("away", 0.01)
    AWAY_TWICE = ("away, twice", 0.005)
    FORGOTTEN = ("forgotten, twice", 0.001)
    GIVEN_UP = ("given up", 0.005)
    SLOW = ("slow", 0.002)
    SLOW_TWICE = ("slow, twice", 0.001)
    WEATHER = ("weather", 0.01)
    UNCONFIRMED = ("told: not confirmed", 0.02)
    NOT_KEPT = ("told: not kept", 0.01)
    UNKNOWN = ("told: unknown person", 0.02)

    def __init__(self, title: str, share: float) -> None:
        self.title = title
        self.share = share

    def most(self, acknowledged: int) -> int:
        """How many a run may have."""
        return max(FEWEST, int(self.share * acknowledged))


class Stored(NamedTuple):
    """What the store holds of a request: its state, and since when its last worker had it for sure, by the monotonic clock."""

    state: str
    since: float
    attempts: int = 1


def of_silence(asked: Asked, stored: Stored | None, ledger: Ledger, kills: Sequence[float]) -> Excuse | None:
    """Why a request that was acknowledged has no answer; None where nothing excuses it."""
    if asked.was_failed:
        return Excuse.WEATHER
    if stored is not None:
        until = stored.since + LEASE.total_seconds()
        ends = [*kills, *(halt.begun for halt in ledger.halts)]
        if stored.state in BEGUN:
            return Excuse.BEGUN if any(stored.since <= end <= until for end in ends) else None
        is_given_up = stored.attempts >= MAX_ATTEMPTS and sum(end > asked.asked_at for end in ends) >= MAX_ATTEMPTS
        return Excuse.GIVEN_UP if is_given_up else None
    return _away(asked, [], ledger, kills, (Excuse.AWAY, Excuse.SLOW))


def of_repetition(asked: Asked, ledger: Ledger, kills: Sequence[float]) -> Excuse | None:
    """Why a request has two answers; None where nothing excuses it."""
    away = _away(asked, asked.answers[:1], ledger, kills, (Excuse.AWAY_TWICE, Excuse.SLOW_TWICE))
    return away or _forgotten(asked, ledger, kills)


def of_words(asked: Asked, ledger: Ledger) -> Excuse | None:
    """Why the asker was told something in place of an answer; None where that is wrong."""
    if any(UNCONFIRMED in text for text in asked.told):
        is_halted = any(halt.begun <= asked.told_at and asked.asked_at <= halt.ended for halt in ledger.halts)
        is_nameless = asked.is_click and any(asked.asked_at <= at <= asked.told_at for at in ledger.nameless)
        return Excuse.UNCONFIRMED if asked.was_failed or is_halted or is_nameless else None
    if any(UNKNOWN in text for text in asked.told):
        failed = [at for at in ledger.unknown[asked.person] if asked.told_at - TWICE_WITHIN <= at <= asked.told_at]
        return Excuse.UNKNOWN if len(failed) > 1 else None
    if asked.is_click and any(NOT_KEPT in text for text in asked.told):
        # Its answer was given, or the button pressed, while the store was away.
        command = ledger.command(asked.number)
        moments = [(asked.asked_at, asked.told_at), *((at, at) for at in (command.answers if command else []))]
        is_hit = any(_overlaps(span, *moment) for span in ledger.troubles for moment in moments)
        return Excuse.NOT_KEPT if is_hit else None
    return None


def _away(
    asked: Asked, answers: Sequence[float], ledger: Ledger, kills: Sequence[float], kinds: tuple[Excuse, Excuse]
) -> Excuse | None:
    """The first kind where the store was away when the request was taken or answered, and a kill took what was not written yet.

    The second where only the app itself says that the store was too slow.
    """
    moments = [asked.asked_at, *([asked.acked_at] if asked.acked_at else []), *answers]
    ends = [*kills, *(halt.begun for halt in ledger.halts)]
    found = [
        span
        for span in ledger.troubles
        for moment in moments
        if _overlaps(span, moment, moment) and any(moment <= end <= span.ended + WRITTEN_SECONDS for end in ends)
    ]
    if not found:
        return None
    return kinds[0] if any(ledger.is_our_doing(span) for span in found) else kinds[1]


def _forgotten(asked: Asked, ledger: Ledger, kills: Sequence[float]) -> Excuse | None:
    """The store that knew of the first answer was deleted, and a process had the request that could not know: frozen, or new."""
    first, last = asked.answers[0], asked.answers[-1]
    deletions = [span for span in ledger.troubles if span.name == DELETED]
    is_deleted = any(first - WAIT_SECONDS <= span.ended and span.begun <= last for span in deletions)
    was_absent = any(halt.begun <= first and asked.asked_at <= halt.ended for halt in ledger.halts)
    is_new = any(first <= kill <= last for kill in kills)
    return Excuse.FORGOTTEN if is_deleted and (was_absent or is_new) else None


def _overlaps(span: Span, begun: float, ended: float) -> bool:
    return span.begun - WAIT_SECONDS <= ended and begun <= span.ended + WAIT_SECONDS
