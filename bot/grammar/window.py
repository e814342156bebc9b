"""since and until -> Window, from nothing or continuing the last lookup's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.grammar.cursor import Cursor, Edit, ParseError, Span
from bot.grammar.durations import LONGEST
from bot.grammar.impossible_times import OUT_OF_REACH
from bot.grammar.local_time import DAY
from bot.grammar.text import shorten_time
from bot.grammar.vocabulary import A_TIME
from bot.grammar.when import When, latest_time, time_on_day
from bot.i18n import phrase
from bot.model import Window

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from bot.grammar.command import ParseContext
    from bot.i18n import Phrase


@dataclass(frozen=True, slots=True)
class WindowEdge:
    """One edge of a window: the WHEN and its span in the text."""

    when: When
    span: Span  # of the WHEN alone


def build_window(since: WindowEdge | None, until: WindowEdge | None, cursor: Cursor, context: ParseContext) -> Window:
    """The window between the two edges. Without `until` it ends now; without `since` it has the default length.

    It is open when it ends now: because there is no `until`, or because it lies ahead. A time of day means its latest occurrence,
    unless that would reverse the window: `since yesterday 22:00 until 02:00`, asked at one o'clock, lasts until now, and in
    `since 22:00 until yesterday 23:00` both mean yesterday.

    Raises ParseError for an edge out of range, a beginning in the future, and a reversed window.
    """
    now = context.moment
    begin, end = _resolve_edges(since.when if since else None, until.when if until else None, context)
    is_open = end is None or end >= now
    last = now if end is None or is_open else end
    for edge, moment in ((since, begin), (until, last)):
        if edge and moment and now - moment > LONGEST:
            raise _edge_error(cursor, edge, OUT_OF_REACH)
    first = last - context.default_window if begin is None else begin
    if since and first > now:
        raise _edge_error(cursor, since, phrase("`{word}` is in the future."))
    if since and until and first > last:
        raise _reversed_error(cursor, since, until)
    return Window(first, last, open=is_open)


def continue_window(
    last: Window, since: WindowEdge | None, until: WindowEdge | None, cursor: Cursor, context: ParseContext
) -> Window:
    """`last` with the given edges replaced.

    An edge that is not given stays, and "now" stays now. Where a new beginning lies after the old end, the window lasts until
    now.

    Raises ParseError as `build_window` does, and for an end before the last window's beginning.
    """
    if since is None and until is None:
        return replace(last, until=max(context.moment, last.since)) if last.open else last
    window = build_window(since, until, cursor, context)
    if until is None:
        return window if last.open or window.since > last.until else replace(last, since=window.since)
    if since is not None:
        return window
    if window.until < last.since:
        word = shorten_time(cursor.text_of(until.span))
        problem = phrase("`{word}` is before the last lookup began.")
        raise ParseError(problem, word=word, edits=[Edit(until.span, A_TIME)])
    return replace(window, since=last.since)


def _resolve_edges(since: When | None, until: When | None, context: ParseContext) -> tuple[datetime | None, datetime | None]:
    """Both edges. Each inherits the date, zone or half of the day that it lacks from the other."""
    if since and until and since.clock and until.clock:
        since, until = _pair_of_clocks(since, until, context)
    elif since and until and until.latest < since.earliest:
        if until.any_day:
            until = _first_after(since, until, context)
        elif since.any_day:
            since = _last_before(until, since, context)
    return since.earliest if since else None, until.latest if until else None


def _pair_of_clocks(since: When, until: When, context: ParseContext) -> tuple[When, When]:
    """Two times of day: `yesterday 9am until 11am`, `下午3点到5点`, `10:00 to 11:00 on Monday`, `10:00-12:00 UTC`."""
    since, until = _in_zone(since, until.zone, context), _in_zone(until, since.zone, context)
    if until.any_day:
        return since, _first_after(since, until, context)
    return (_last_before(until, since, context) if since.any_day else since), until


def _in_zone(when: When, zone: tzinfo | None, context: ParseContext) -> When:
    if when.zone or zone is None or when.clock is None:
        return when
    return latest_time(when.clock, zone, context) if when.day is None else time_on_day(when.day, when.clock, zone, context)


def _first_after(since: When, until: When, context: ParseContext) -> When:
    """The time of day of `until`, at its first occurrence after `since`."""
    clock, zone = until.clock, until.zone
    if clock is None:
        return until
    day = since.day or since.earliest.astimezone(zone or context.zone).date()
    days = (day, _beside(day, 1))
    ends = [end for day in days if (end := time_on_day(day, clock, zone, context)).latest >= since.earliest]
    if since.clock and since.clock.half and clock.may_be_later and clock.padded <= since.clock.padded:
        later = replace(clock, at=clock.later)
        ends += [end for day in days if (end := time_on_day(day, later, zone, context)).latest > since.latest]
    return min(ends, key=lambda end: end.latest, default=until)


def _last_before(until: When, since: When, context: ParseContext) -> When:
    """The time of day of `since`, at its last occurrence before `until`."""
    if since.clock is None:
        return since
    day = until.day or until.latest.astimezone(since.zone or context.zone).date()
    begin = time_on_day(day, since.clock, since.zone, context)
    return begin if begin.earliest <= until.latest else time_on_day(_beside(day, -1), since.clock, since.zone, context)


def _beside(day: date, days: int) -> date:
    try:
        return day + days * DAY
    except OverflowError:  # the calendar has an end
        return day


def _edge_error(cursor: Cursor, edge: WindowEdge, problem: Phrase) -> ParseError:
    word = shorten_time(cursor.text_of(edge.span))
    return ParseError(problem, word=word, edits=[Edit(edge.span, A_TIME)])


def _reversed_error(cursor: Cursor, since: WindowEdge, until: WindowEdge) -> ParseError:
    """The error about a reversed window: the correction swaps the edges."""
    first, last = cursor.text_of(since.span), cursor.text_of(until.span)
    problem = phrase("The window would end (`{word}`) before it begins (`{first}`).", first=shorten_time(first))
    return ParseError(problem, word=shorten_time(last), edits=[Edit(since.span, last), Edit(until.span, first)])
