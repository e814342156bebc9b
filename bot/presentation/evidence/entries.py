"""The lines of an answer's evidence: one target's messages, equal ones folded; of several targets one each, worst first.

Where many targets fail for several causes, a line for each of the worst causes, and one for all further ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Outcome, Status, Window
from bot.presentation.evidence.reasons import needs_words
from bot.presentation.evidence.rows import asks_several, number_label, row_origin, row_words
from bot.presentation.verdict.causes import causes_of
from bot.presentation.wording import CODE, IDENTIFIER, STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Delivery, Report, Target
    from bot.presentation.verdict.causes import Cause
    from bot.presentation.wording import TextFormat

MOST_UNFOLDED = 3  # messages, or targets that ended alike, that have a line each
MOST_NUMBERS = 5  # named in one line
MOST_CAUSES = 3  # of a mixed list
_OF_A_MIXED_LIST = 1  # numbers named in a line of it
_MOST_ORIGINS = 2
_ORDER = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: messages of one status and one code, the newest first. `earlier` ones of its targets count if they arrived.

    In a mixed list: messages of one cause, or with `further` those of so many other causes.
    """

    rows: tuple[Delivery, ...]
    targets: tuple[Target, ...] = ()
    earlier: tuple[Delivery, ...] = ()
    cause: Cause | None = None
    further: int = 0

    @property
    def newest(self) -> Delivery:
        """The newest of its messages."""
        return self.rows[0]

    @property
    def span(self) -> Window | None:
        """From the oldest to the newest of those with a time."""
        times = [row.at for row in self.rows if row.at is not None]
        return Window(min(times), max(times)) if times else None


def entries(report: Report, *, each: bool = False) -> tuple[Entry, ...]:
    """The lines for the messages that `only` lets through; with `each`, every message has its own."""
    if each:
        return tuple(Entry((row,)) for row in report.shown)
    if asks_several(report):
        return _by_target(report)
    few = len(report.shown) <= MOST_UNFOLDED
    found = [Entry((row,)) for row in report.shown] if few else [Entry(rows) for rows in _alike(report.shown)]
    if report.outcome.is_failure:
        found.sort(key=lambda entry: not entry.newest.status.is_failure)
    return tuple(found)


def _by_target(report: Report) -> tuple[Entry, ...]:
    """A line for each target, the worst first; targets that ended alike share one where they are many."""
    shown = set(map(id, report.shown))
    found = []
    for target in report.query.targets:
        rows = [row for row in report.rows_of(target) if id(row) in shown]
        if rows:
            found.append(Entry((rows[0],), (target,), tuple(rows[1:])))
    if is_mixed(report):  # counted as the verdict counts: a failure before a message that arrived is none of it
        return _by_cause([entry for entry in found if entry.newest is report.rows_of(entry.targets[0])[0]])
    found.sort(key=lambda entry: _ORDER.index(Outcome(entry.newest.status.value)))
    return tuple(line for alike in _grouped(found) for line in ([_joined(alike)] if len(alike) > MOST_UNFOLDED else alike))


def is_mixed(report: Report) -> bool:
    """Whether so many of several targets failed, for several causes, that a line each is no answer."""
    if not asks_several(report):
        return False
    failed = [row for row in report.newest_of_targets if row.status.is_failure]
    return len(failed) > MOST_UNFOLDED and len(causes_of(failed)) > 1


def _by_cause(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """The worst causes, what is ours to fix before what happens most often; then what did not fail, by its status."""
    failed = {id(entry.newest): entry for entry in found if entry.newest.status.is_failure}
    causes = causes_of([entry.newest for entry in failed.values()])
    joined = [replace(_joined([failed[id(row)] for row in cause.rows]), cause=cause) for cause in causes]
    named, rest = joined[:MOST_CAUSES], joined[MOST_CAUSES:]
    if len(rest) > 1:
        named.append(replace(_joined(rest), further=len(rest)))
    else:
        named += rest
    others = sorted(
        (entry for entry in found if not entry.newest.status.is_failure),
        key=lambda entry: _ORDER.index(Outcome(entry.newest.status.value)),
    )
    return (*named, *map(_joined, _grouped(others)))


def _grouped(found: Iterable[Entry]) -> list[list[Entry]]:
    groups: dict[object, list[Entry]] = {}
    for entry in found:
        groups.setdefault(_kind(entry.newest), []).append(entry)
    return list(groups.values())


def _joined(alike: Sequence[Entry]) -> Entry:
    return Entry(
        tuple(row for entry in alike for row in entry.rows),
        tuple(target for entry in alike for target in entry.targets),
        tuple(row for entry in alike for row in entry.earlier),
    )


def _alike(rows: Iterable[Delivery]) -> list[tuple[Delivery, ...]]:
    groups: dict[object, list[Delivery]] = {}
    for row in rows:
        groups.setdefault(_kind(row), []).append(row)
    return [tuple(group) for group in groups.values()]


def _kind(row: Delivery) -> object:
    """What two messages must share to be one line: all that is told of them but their times."""
    return (row.status, row.vendor, row.code, row.is_contradicted) if needs_words(row) else row.status


def entry_words(entry: Entry, report: Report, text_format: TextFormat, *, after: Entry | None = None) -> str:
    """`14:03:22  delivered in 3 s · Tencent`; of several `9 delivered 02:05-02:06 · Tencent`, or their numbers.

    Who reports many is not said again `after` a line that says the same.
    """
    if entry.cause or entry.further:
        return _of_a_cause(entry, text_format)
    is_one = len(entry.rows) == 1
    line = _one(entry.newest, report, text_format) if is_one else _several(entry, report, text_format, after)
    arrived = [row for row in entry.earlier if row.status is Status.DELIVERED and entry.newest.status is not Status.DELIVERED]
    before = text_format.say("{count} delivered before", count=len(arrived)) if arrived else ""
    return " · ".join(part for part in (line, before) if part)


def _one(row: Delivery, report: Report, text_format: TextFormat) -> str:
    if asks_several(report):
        is_failure = row.status.is_failure  # beside a number, a phone's line has no room for how long that took
        words = row_words(replace(row, received_at=None) if is_failure else row, report, text_format)
        number = text_format.quote(number_label(row, reveal=False), CODE)
        at = text_format.times.minute(row.at) if row.at else text_format.say("time unknown")
        return f"{number}  {at}  {words}"
    at = text_format.moment(row.at) if row.at else text_format.say("time unknown")
    return f"{at}  {row_words(row, report, text_format)} · {row_origin(row, report, text_format)}"


def _several(entry: Entry, report: Report, text_format: TextFormat, after: Entry | None) -> str:
    row = entry.newest
    code = text_format.quote(row.code, CODE) if row.code and needs_words(row) else ""
    status = STATUS_WORDS[row.status].said_in(text_format.language)
    counted = text_format.say("{count} {status}", count=len(entry.rows), status=status)
    line = " ".join(part for part in (counted, code, _when(entry, text_format)) if part)
    if entry.targets:
        most = _OF_A_MIXED_LIST if is_mixed(report) else MOST_NUMBERS
        return text_format.say("{line}: {numbers}", line=line, numbers=_numbers(entry, text_format, most))
    origins = _origins(entry, report, text_format)
    return " · ".join([line, *(origins if after is None or origins != _origins(after, report, text_format) else ())])


def _of_a_cause(entry: Entry, text_format: TextFormat) -> str:
    """`13 failed: `+86 137****2226` and 12 more`; `10 more, for 9 other causes`: the codes are in the details."""
    if entry.further:
        return text_format.say("{count} more, for {causes} other causes", count=len(entry.rows), causes=entry.further)
    status = STATUS_WORDS[entry.newest.status].said_in(text_format.language)
    line = text_format.say("{count} {status}", count=len(entry.rows), status=status)
    return text_format.say("{line}: {numbers}", line=line, numbers=_numbers(entry, text_format, _OF_A_MIXED_LIST))


def _numbers(entry: Entry, text_format: TextFormat, most: int = MOST_NUMBERS) -> str:
    named = [text_format.quote(target.masked, IDENTIFIER) for target in entry.targets[:most]]
    listed, rest = text_format.language.comma_list(named), len(entry.targets) - len(named)
    return text_format.say("{targets} and {count} more", targets=listed, count=rest) if rest > 0 else listed


def _when(entry: Entry, text_format: TextFormat) -> str:
    """The minute of all, or the first and the last."""
    span = entry.span
    if span is None:
        return text_format.say("time unknown")
    one, other = text_format.times.minute(span.since), text_format.times.minute(span.until)
    return one if one == other else text_format.times.span(span)


def _origins(entry: Entry, report: Report, text_format: TextFormat) -> list[str]:
    """Who reports them, unless they are more than two."""
    names = list(dict.fromkeys(row_origin(row, report, text_format) for row in entry.rows))
    return [text_format.language.listed(names)] if len(names) <= _MOST_ORIGINS else []
