"""since and until -> Window, from nothing or on top of the last lookup's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.grammar.local import DAY
from bot.grammar.reader import Edit, Reader, Span, StumbleError
from bot.grammar.text import shorten_time
from bot.grammar.when import LONGEST, OUT_OF_REACH, When, clock_on
from bot.grammar.words import A_TIME
from bot.language import phrase
from bot.model import Window

if TYPE_CHECKING:
    from datetime import datetime

    from bot.grammar.command import Asker
    from bot.language import Phrase


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a window: what was written, where, and what it means."""

    when: When
    span: Span  # of the WHEN alone


def build_window(since: Edge | None, until: Edge | None, reader: Reader, asker: Asker) -> Window:
    """The window between the two; what is missing is "now" and the asker's default length.

    It is open when it ends now: because nothing else was said, or because `until` lies ahead. A time of day means the last
    one that was, unless that would turn the window upside down: `since yesterday 22:00 until 02:00`, asked at one o'clock,
    lasts until now, and in `since 22:00 until yesterday 23:00` both mean yesterday.
    """
    now = asker.moment
    begin, end = _settle(since.when if since else None, until.when if until else None, asker)
    is_open = end is None or end >= now
    last = now if end is None or is_open else end
    for edge, moment in ((since, begin), (until, last)):
        if edge and moment and now - moment > LONGEST:
            raise _stumble(reader, edge, OUT_OF_REACH)
    first = last - asker.default_window if begin is None else begin
    if since and first > now:
        raise _stumble(reader, since, phrase("`{word}` is in the future."))
    if since and until and first > last:
        raise _upside_down(reader, since, until)
    return Window(first, last, open=is_open)


def continue_window(last: Window, since: Edge | None, until: Edge | None, reader: Reader, asker: Asker) -> Window:
    """`last` with its ends moved to what was said.

    An end that nobody mentions stays, and "now" stays now. Where a new beginning lies after the old end, the window lasts until
    now.
    """
    if since is None and until is None:
        return replace(last, until=max(asker.moment, last.since)) if last.open else last
    said = build_window(since, until, reader, asker)
    if until is None:
        return said if last.open or said.since > last.until else replace(last, since=said.since)
    if since is not None:
        return said
    if said.until < last.since:
        word = shorten_time(reader.cut(until.span))
        problem = phrase("`{word}` is before the last lookup began.")
        raise StumbleError(problem, word=word, edits=[Edit(until.span, A_TIME)])
    return replace(said, since=last.since)


def _settle(since: When | None, until: When | None, asker: Asker) -> tuple[datetime | None, datetime | None]:
    if since and until and until.latest < since.earliest:
        if until.clock is not None:
            day = since.earliest.astimezone(asker.zone).date()
            until = clock_on(day, until.clock, asker)
            if until.latest < since.earliest and until.clock is not None:
                until = clock_on(day + DAY, until.clock, asker)
        elif since.clock is not None:
            day = until.latest.astimezone(asker.zone).date()
            since = clock_on(day, since.clock, asker)
            if since.earliest > until.latest and since.clock is not None:
                since = clock_on(day - DAY, since.clock, asker)
    return since.earliest if since else None, until.latest if until else None


def _stumble(reader: Reader, edge: Edge, problem: Phrase) -> StumbleError:
    word = shorten_time(reader.cut(edge.span))
    return StumbleError(problem, word=word, edits=[Edit(edge.span, A_TIME)])


def _upside_down(reader: Reader, since: Edge, until: Edge) -> StumbleError:
    """Both moments are fine, but the wrong way round: the correction swaps them."""
    first, last = reader.cut(since.span), reader.cut(until.span)
    problem = phrase("The window would end (`{word}`) before it begins (`{first}`).", first=shorten_time(first))
    return StumbleError(problem, word=shorten_time(last), edits=[Edit(since.span, last), Edit(until.span, first)])
