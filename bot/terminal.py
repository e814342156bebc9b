"""A report for the terminal: the same verdict, rows and small print as in Slack, as rich renderables.

Nothing is told by colour alone, so a pipe or a screen reader loses nothing. Text from outside is put in as plain text, never as
rich's markup, and is rid of control characters first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.evidence import (
    Detail,
    accounts_not_asked,
    causes,
    codes_label,
    faults,
    number_of,
    reading,
    reason_lines,
    remarks,
    row_origin,
    selection,
    silent,
)
from bot.model import Confidence, Status
from bot.moments import plural, span, zone_name
from bot.verdict import verdict
from bot.wording import (
    CODE,
    IDENTIFIER,
    SIGNS,
    STEP,
    TITLE,
    WORDS,
    advice,
    fault_words,
    filter_words,
    freshness,
    mid_sentence,
    plain,
    status_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from rich.console import RenderableType

    from bot.model import Delivery, Explanation, Report
    from bot.wording import Medium, ProviderState

_STYLES = {
    Status.DELIVERED: "green",
    Status.FAILED: "red",
    Status.REJECTED: "red",
    Status.PENDING: "yellow",
    Status.UNKNOWN: "yellow",
}
_ADDRESS = 800
_WIDEST = 120  # lines longer than this are hard to read
_NO_DAY = datetime.fromtimestamp(0, UTC)  # where "now" is not known no moment is of today, so that its day is told


def console() -> Console:
    """Standard output, as wide as the terminal up to a readable width. Colours only where a person looks on."""
    out = Console(highlight=False, markup=False, emoji=False)
    out.width = min(out.width, _WIDEST)
    return out


def render(
    report: Report,
    titles: Mapping[str, str],
    *,
    zone: tzinfo,
    reveal: bool = False,
    now: datetime | None = None,
    language: str = "en",
) -> RenderableType:
    """The answer to a lookup. `now` is the moment it is read, by default the moment it is of."""
    here = plain(report, titles, zone=zone, now=now or report.as_of, reveal=reveal, language=language)
    said = verdict(report, language, titles=titles)
    target = report.query.targets[0]
    number = target.number.e164 if reveal and target.number else target.masked
    about = "" if len(report.query.targets) > 1 else f"{here.quote(number, IDENTIFIER)} · "
    parts: list[RenderableType] = [Text(f"{about}{said.sentence}", style="bold")]
    if report.shown:
        parts += [_table(report, here, reveal=reveal), *_explanations(report.shown, here)]
    elif report.deliveries:
        parts.append(Text(f"Nothing to show with {filter_words(report.query.only)}."))
    parts += _lines([*faults(report, here), silent(report, here, reveal=reveal)])
    parts += _lines([_small_print(report, here), *remarks(report, here)], style="dim")
    return Group(*parts)


def _table(report: Report, here: Medium, *, reveal: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for name in ("Time", "Number", "Status", "Code", "Via"):
        table.add_column(name, overflow="fold", no_wrap=name in {"Time", "Number"})
    for row in report.shown:
        table.add_row(
            Text(here.moment(row.at) if row.at else "–"),
            Text(number_of(row, reveal=reveal)),
            Text(f"{SIGNS[row.status]} {status_words(row, report.as_of)}", style=_STYLES[row.status]),
            Text(here.quote(row.code, CODE) if row.code else "–"),
            Text(row_origin(row, report, here)),
        )
    return table


def _explanations(rows: Iterable[Delivery], here: Medium) -> list[RenderableType]:
    """Each cause once, with what it means below the codes that say so."""
    parts: list[RenderableType] = []
    for reason in causes(rows):
        parts.append(Text(codes_label(reason, here)))
        parts.append(_below(reason_lines(reason, here, Detail.FULL)))
    return parts


def _small_print(report: Report, here: Medium) -> str:
    window = f"{span(report.query.window, here.zone, here.now)} ({zone_name(here.zone, here.now)})"
    return " · ".join(
        part for part in (window, freshness(report, here), selection(report), *accounts_not_asked(report, here)) if part
    )


def _lines(lines: Iterable[str], style: str = "") -> list[RenderableType]:
    return [Text(line, style=style) for line in lines if line]


def _below(lines: Iterable[str]) -> RenderableType:
    return Padding(Text("\n".join(line for line in lines if line)), (0, 0, 0, 4), expand=False)


def render_explanations(
    code: str, readings: Sequence[Explanation], similar: Sequence[str], titles: Mapping[str, str], *, language: str = "en"
) -> RenderableType:
    """All readings of a code, by provider; for one that is not listed, what comes near it."""
    here = plain(None, titles, now=_NO_DAY, language=language)
    listed = [one for one in readings if one.confidence is not Confidence.UNLISTED]
    parts: list[RenderableType] = []
    for one in listed:
        words = one.words(language)
        carrier = f" · {here.prose(one.carrier, TITLE)}" if one.carrier else ""
        parts.append(Text(f"{here.quote(one.code, CODE)} · {here.title(one.vendor)}{carrier} · {one.kind.value}", style="bold"))
        lines = [
            reading(one, here),
            here.prose(words.meaning, STEP) if words.meaning else "",
            f"Could be: {'; '.join(here.prose(cause, TITLE) for cause in words.causes)}." if words.causes else "",
            f"Do now: {here.prose(words.next_step, STEP)}" if words.next_step else "",
            f"Tell the customer: {here.prose(words.tell, STEP)}" if words.tell else "",
            advice(one),
            *(f"or: {reading(other, here)}" for other in one.also),
            f"Source: {here.prose(one.source, _ADDRESS)}",
        ]
        parts.append(_below(lines))
    if not listed:
        parts.append(Text(f"{here.quote(code, CODE)} is not in our table.", style="bold"))
        near = ", ".join(here.quote(other, CODE) for other in similar)
        parts += _lines([f"Similar codes that are in it: {near}." if near else ""])
    return Group(*parts)


def render_providers(states: Sequence[ProviderState], *, zone: tzinfo = UTC, now: datetime = _NO_DAY) -> RenderableType:
    """Every provider account: what it answers, how far back, and how its latest call went."""
    here = plain(None, {}, zone=zone, now=now)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for name in ("Provider", "Account", "Answers", "Keeps", "State"):
        table.add_column(name, overflow="fold")
    for state in states:
        table.add_row(
            Text(here.prose(state.title, TITLE)),
            Text(here.quote(state.account, IDENTIFIER) if state.account else "–"),
            Text(here.prose(state.answers, WORDS)),
            Text(plural(state.keeps_days, "day") if state.keeps_days is not None else "–"),
            Text(_state(state, here)),
        )
    return table


def _state(state: ProviderState, here: Medium) -> str:
    if not state.configured:
        return f"not set up: set {', '.join(state.keys)}" if state.keys else "not set up"
    if state.last_error is not None:
        title = here.prose(mid_sentence(fault_words(state.last_error, here.language).title), TITLE)
        return f"no answer: {title} ({here.quote(state.last_error.code, CODE)})"
    return f"answered {here.moment(state.last_answer_at)}" if state.last_answer_at else "set up, not asked yet"


def render_help(examples: Sequence[str], command: str) -> RenderableType:
    """What can be asked, by examples that work as they are."""
    return Group(
        Text("Was this SMS delivered, and if not, why?", style="bold"), *(Text(f"  {command} {one}") for one in examples)
    )
