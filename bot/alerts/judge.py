"""The alerts of a minute ago and the history -> what changes: alerts that are new, that go on, that are over. Pure.

    nothing --the rule holds--> open --a good stretch--> over (recovered)
                                  |---no messages------> over (quiet: nobody knows)
                                  |---a wider cause----> over (folded into its alert)

It opens at once and closes slowly: after fifteen minutes or more with twenty messages or more, of which 85 % arrived and no more
than five points fewer than before, and clearly more than while it lasted. After that its cause is not told of anew for fifteen
minutes, and then only for what came since. Of two causes that overlap, the wider one is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.alerts.alert import Alert, Ending, Trouble
from bot.alerts.history import MINUTE
from bot.alerts.rule import LONGEST, find_bad, interval, onset, shares_before, troubled
from bot.alerts.silence import find_silence, is_heard_again
from bot.alerts.widest import widest
from bot.model.statistics import Span, share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.alerts.cause import Cause
    from bot.alerts.history import History
    from bot.alerts.rule import Bad

STRETCHES = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240, 360))
GOOD, NEAR, QUICK = Fraction(85, 100), Fraction(5, 100), Fraction(10, 100)
ENOUGH = 20  # messages of a good stretch
QUIET_AFTER = timedelta(hours=1)
COOLDOWN = timedelta(minutes=15)
REMEMBERED = LONGEST  # how long an alert that is over must be handed in again


def judge_minute(history: History, known: Sequence[Alert], listening_since: datetime) -> list[Alert]:
    """The alerts that are new or have changed. `known`: those that are open, or were closed in the last six hours.

    `listening_since`: receipts that came before cannot be missed. The moment is the end of the history.
    """
    now = history.now.span.until
    going_on = [_updated(history, alert, now) for alert in known if alert.is_open]
    ended = [_ended(history, alert, now) for alert in going_on]
    open_now = [alert for alert in ended if alert.is_open]
    over = [alert for alert in (*known, *ended) if not alert.is_open and alert.ending is not Ending.FOLDED]
    opened = _opened(history, now, open_now, over)
    opened += find_silence(history, now, [*open_now, *over], listening_since)
    return [*(_folded(alert, opened, now) for alert in ended), *opened]


def _opened(history: History, now: datetime, open_now: Sequence[Alert], over: Sequence[Alert]) -> list[Alert]:
    cuts: dict[Cause, datetime] = {}
    for alert in over:
        if alert.ended_at is not None and alert.trouble is not Trouble.SILENT:
            cuts[alert.cause] = max(alert.ended_at, cuts.get(alert.cause, alert.ended_at))
    resting = [alert.cause for alert in over if alert.closed_at is not None and now - alert.closed_at < COOLDOWN]
    told = [alert.cause for alert in open_now if alert.trouble is not Trouble.SILENT]
    bad = find_bad(history, now, cuts)
    if not bad:
        return []
    found = [one for one in widest(history, bad, told) if not any(cause.covers(one.cause) for cause in resting)]
    new = [_new(history, one, cuts.get(one.cause), now) for one in found]
    return [alert for alert in new if _ended(history, alert, now).is_open]  # what was over before anybody judged is history


def _new(history: History, bad: Bad, cut: datetime | None, now: datetime) -> Alert:
    alert = Alert(bad.cause, bad.trouble, onset(history, bad, cut), now, bad.tally, with_handsets=bad.with_handsets)
    return _updated(history, alert, now)


def _updated(history: History, alert: Alert, now: datetime) -> Alert:
    """The alert with what came up to now. What is older than the history is kept as it was counted."""
    if alert.trouble is Trouble.SILENT:
        return alert
    span = Span(alert.since, now)
    if history.now.covers(span):
        tally = history.tally(alert.cause, span)
        yesterday, week_ago = history.earlier(alert.cause, span)
    else:
        since = max(alert.counted_until or alert.told_at, history.now.span.since)
        tally = alert.tally + history.tally(alert.cause, Span(since, now))
        yesterday, week_ago = alert.yesterday, alert.week_ago
    last = last_minute(history, alert.cause, now) or alert.last_at
    return replace(alert, tally=tally, yesterday=yesterday, week_ago=week_ago, counted_until=now, last_at=last)


def last_minute(history: History, cause: Cause, now: datetime) -> datetime | None:
    """The last minute in which a receipt of the cause came; None: none in the whole history."""
    timeline = history.now
    tracks = [track.receipts for track in timeline.tracks_of(cause)]
    first, at = timeline.index(timeline.span.since), timeline.index(now)
    while at > first and all(sums[at] == sums[at - 1] for sums in tracks):
        at -= 1
    return timeline.origin + (at - 1) * MINUTE if at > first else None


def _ended(history: History, alert: Alert, now: datetime) -> Alert:
    """The alert, closed if it is over."""
    if alert.trouble is Trouble.SILENT:
        heard = is_heard_again(history, alert, now)
        return _closed(alert, Ending.RECOVERED, heard, now) if heard is not None else alert
    recovered = next((at for stretch in STRETCHES if (at := _good_since(history, alert, now - stretch, now)) is not None), None)
    if recovered is not None:
        over = _end_of_trouble(history, alert, recovered)
        while_it_lasted = alert.tally - history.tally(alert.cause, Span(over, now))
        return _closed(replace(alert, tally=while_it_lasted), Ending.RECOVERED, over, now)
    last = alert.last_at or alert.since
    is_thin = now - alert.since >= LONGEST and history.tally(alert.cause, Span(now - LONGEST, now)).receipts < ENOUGH
    if now - last >= QUIET_AFTER + MINUTE or is_thin:
        return _closed(alert, Ending.QUIET, last + MINUTE, now)
    return alert


def _good_since(history: History, alert: Alert, since: datetime, now: datetime) -> datetime | None:
    """`since`, if all is well from then on."""
    span = Span(since, now)
    if since <= alert.since or not history.now.covers(span):
        return None
    tally = history.tally(alert.cause, span)
    if alert.trouble is Trouble.SLOW:
        late = share(tally.slow, tally.timed)
        return since if tally.timed >= ENOUGH and late is not None and late <= QUICK else None
    counts = tally.counts(with_handsets=alert.with_handsets)
    delivered = counts.delivered_share
    if counts.known < ENOUGH or delivered is None or delivered < GOOD:
        return None
    earlier = history.earlier(alert.cause, span)
    before = shares_before(None if one is None else one.counts(with_handsets=alert.with_handsets) for one in earlier)
    if before and delivered <= min(before) - NEAR:
        return None
    bad = (alert.tally - tally).counts(with_handsets=alert.with_handsets).delivered_share
    return since if bad is None or interval(counts)[0] > bad else None


def _end_of_trouble(history: History, alert: Alert, latest: datetime) -> datetime:
    """The end of the last minute in which it was bad, found as its beginning was; at latest the beginning of the good stretch."""
    part, whole = troubled(alert.tally - history.tally(alert.cause, Span(latest, history.now.span.until)), alert)
    half = part / whole / 2 if whole else 0.0
    best, over, total = 0.0, latest, 0.0
    at = max(alert.since, history.now.span.since)
    while at < latest:
        part, whole = troubled(history.tally(alert.cause, Span(at, at + MINUTE)), alert)
        total, at = total + part - half * whole, at + MINUTE
        if total > best:
            best, over = total, at
    return over


def _closed(alert: Alert, ending: Ending, at: datetime, now: datetime) -> Alert:
    return replace(alert, ending=ending, ended_at=at, closed_at=now)


def _folded(alert: Alert, opened: Sequence[Alert], now: datetime) -> Alert:
    """The alert, closed where one that has just been opened covers it."""
    if alert.is_open and any(
        one.cause.covers(alert.cause) and (one.trouble is Trouble.SILENT) == (alert.trouble is Trouble.SILENT) for one in opened
    ):
        return _closed(alert, Ending.FOLDED, now, now)
    return alert
