"""Receipts that have stopped coming at all: apart from failures, for nobody knows what became of those messages.

A provider is silent when nothing came for ten minutes or more in which fifty receipts or more came at both earlier hours, and in
the hour before that it had sent at least half of what it did then: a batch that is not sent today is no outage.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.alerts.alert import Alert, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE, Tally
from bot.model.statistics import Span
from bot.statistics.judgement import MIN_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.alerts.history import History

LEAST = timedelta(minutes=10)
_LEAD = timedelta(hours=1)
HEARD = 10  # receipts after which it is over


def find_silence(history: History, now: datetime, known: Sequence[Alert], listening_since: datetime) -> list[Alert]:
    """An alert for each provider that has fallen silent and is not told of yet; one for all, where all of them have."""
    systems = dict.fromkeys(group.system for group in history.now.tracks)
    silent = {cause: since for cause in map(Cause, systems) if (since := _missed_since(history, cause, now, listening_since))}
    if len(silent) == len(systems) > 1:
        silent = {Cause(): min(silent.values())}
    told = [one for one in known if one.trouble is Trouble.SILENT]
    return [
        Alert(cause, Trouble.SILENT, since, now, Tally(), usual=_a_minute(history, cause, Span(since, now)), last_at=since)
        for cause, since in silent.items()
        if not any(one.cause.covers(cause) and (one.is_open or one.since == since) for one in told)
    ]


def _missed_since(history: History, cause: Cause, now: datetime, listening_since: datetime) -> datetime | None:
    """Since when nothing came of a provider, if so much should have; None otherwise."""
    since = _silent_since(history, cause, now)
    if since is None or _usual(history, cause, Span(max(since, listening_since), now)) < MIN_MESSAGES:
        return None
    lead = Span(since - _LEAD, since)
    return since if 0 < _usual(history, cause, lead) <= 2 * history.tally(cause, lead).receipts else None


def _a_minute(history: History, cause: Cause, span: Span) -> float:
    return _usual(history, cause, span) / (span.length / MINUTE)


def _silent_since(history: History, cause: Cause, now: datetime) -> datetime | None:
    """The end of the last minute in which anything came, if the shortest silence is over since; None: it is not silent."""
    timeline = history.now
    tracks = [track.receipts for track in timeline.tracks_of(cause)]
    first, at = timeline.index(timeline.span.since), timeline.index(now)
    if any(sums[at] > sums[max(first, at - LEAST // MINUTE)] for sums in tracks):
        return None
    while at > first and all(sums[at] == sums[at - 1] for sums in tracks):
        at -= 1
    return timeline.origin + at * MINUTE if at > first else None


def _usual(history: History, cause: Cause, span: Span) -> int:
    """The receipts of the span at the earlier hours, the fewer of both; 0 unless both are known."""
    if span.since >= span.until:
        return 0
    earlier = history.earlier(cause, span)
    return min(0 if one is None else one.receipts for one in earlier)


def is_heard_again(history: History, alert: Alert, now: datetime) -> datetime | None:
    """The minute from which on receipts come again; None while they do not."""
    since = max(alert.since, history.now.span.since)
    if history.tally(alert.cause, Span(since, now)).receipts < HEARD:
        return None
    at = since
    while at < now and not history.tally(alert.cause, Span(at, at + MINUTE)).receipts:
        at += MINUTE
    return at
