"""Renders a report for the terminal with rich: the same verdict, rows and notes as in Slack, in the reader's language.

Nothing is shown by colour alone, so a pipe or a screen reader loses nothing. Text from outside is never parsed as rich's markup,
and its control characters are removed first.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table

from bot.cli.rich_text import CjkText
from bot.i18n import phrase
from bot.model import Confidence, Status
from bot.presentation.evidence import (
    Detail,
    accounts_not_asked,
    codes_label,
    fault_lines,
    filter_line,
    group_by_meaning,
    is_advised,
    missing_targets_line,
    number_label,
    reason_lines,
    remarks,
    row_origin,
    texts_of,
)
from bot.presentation.evidence import ignored_words_line as words_passed_over
from bot.presentation.explanation import background_lines, explanation_lines, group_readings, heading, title_with_confidence
from bot.presentation.times import format_window, zone_name
from bot.presentation.verdict import verdict
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    NO_DAY,
    SIGNS,
    STEP,
    TITLE,
    WORDS,
    fault_words,
    filter_words,
    freshness,
    mid_sentence,
    plain_text_format,
    source_words,
    status_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from rich.console import RenderableType

    from bot.i18n import Language, Phrase
    from bot.model import Explanation, Report
    from bot.presentation.wording import ProviderStatus, TextFormat

_STYLES = {
    Status.DELIVERED: "green",
    Status.FAILED: "red",
    Status.REJECTED: "red",
    Status.PENDING: "yellow",
    Status.UNKNOWN: "yellow",
}
_COLUMNS = (phrase("Time"), phrase("Number"), phrase("Status"), phrase("Code"), phrase("Via"))
_OF_PROVIDERS = (phrase("Provider"), phrase("Account"), phrase("Answers"), phrase("Keeps"), phrase("State"))
_ADDRESS = 800
_WIDEST = 120  # lines longer than this are hard to read


def console() -> Console:
    """A console on stdout, as wide as the terminal up to a readable width. Colours only if stdout is a terminal."""
    if isinstance(sys.stdout, TextIOWrapper):
        # GBK, which a Chinese terminal may use, lacks our signs; the words beside them say the same.
        sys.stdout.reconfigure(errors="replace")
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
    language: Language,
    passed_over: Sequence[str] = (),
) -> RenderableType:
    """The answer to a lookup. `now` is the time of reading, by default `report.as_of`; times are shown relative to it.

    `passed_over` are the words of the command that the grammar ignored.
    """
    text_format = plain_text_format(report, titles, zone=zone, now=now or report.as_of, reveal=reveal, language=language)
    result = verdict(report, language, titles=titles)
    target = report.query.targets[0]
    about = text_format.quote(target.whole if reveal else target.masked, IDENTIFIER)
    about = "" if len(report.query.targets) > 1 else f"{about} · "
    parts: list[RenderableType] = [
        CjkText(f"{about}{result.sentence_at(text_format.moment(result.when) if result.when else '')}", style="bold")
    ]
    if report.shown:
        parts += [_table(report, text_format, reveal=reveal), *_explanations(report, text_format)]
    elif report.deliveries:
        parts.append(CjkText(language.say("Nothing to show with {filter}.", filter=filter_words(report.query.only, language))))
    parts += _lines([*fault_lines(report, text_format), missing_targets_line(report, text_format, reveal=reveal)])
    parts += _lines(
        [_small_print(report, text_format), *remarks(report, text_format), words_passed_over(passed_over, text_format)],
        style="dim",
    )
    return Group(*parts)


def _table(report: Report, text_format: TextFormat, *, reveal: bool) -> Table:
    table = _with_columns(_COLUMNS, text_format, whole=2)
    for row in report.shown:
        table.add_row(
            CjkText(text_format.moment(row.at) if row.at else "–"),
            CjkText(number_label(row, reveal=reveal)),
            CjkText(f"{SIGNS[row.status]} {status_words(row, report.as_of, text_format.language)}", style=_STYLES[row.status]),
            CjkText(text_format.quote(row.code, CODE) if row.code else "–"),
            CjkText(row_origin(row, report, text_format)),
        )
    return table


def _with_columns(names: Sequence[Phrase], text_format: TextFormat, *, whole: int = 0) -> Table:
    """An empty table. The first `whole` columns are never wrapped."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for at, name in enumerate(names):
        table.add_column(CjkText(name.said_in(text_format.language)), overflow="fold", no_wrap=at < whole)
    return table


def _explanations(report: Report, text_format: TextFormat) -> list[RenderableType]:
    """Each cause once: its codes, and their explanation below."""
    parts: list[RenderableType] = []
    for group in group_by_meaning(report.shown):
        parts.append(CjkText(codes_label(group, text_format)))
        standing = report.standing(group.rows)
        texts = (text_format.prose(words.customer_wording, STEP) for words in texts_of(standing, text_format.language))
        customer_lines = [text_format.say("For the customer: {words}", words=text) for text in texts]
        parts.append(_below([*reason_lines(group, text_format, Detail.FULL, advised=is_advised(group, report)), *customer_lines]))
    return parts


def _small_print(report: Report, text_format: TextFormat) -> str:
    window = text_format.say(
        "{window} ({zone})",
        window=format_window(report.query.window, text_format.zone, text_format.now, text_format.language),
        zone=zone_name(text_format.zone, text_format.now),
    )
    return " · ".join(
        part
        for part in (
            window,
            freshness(report, text_format),
            filter_line(report, text_format.language),
            *accounts_not_asked(report, text_format),
        )
        if part
    )


def _lines(lines: Iterable[str], style: str = "") -> list[RenderableType]:
    return [CjkText(line, style=style) for line in lines if line]


def _below(lines: Iterable[str]) -> RenderableType:
    return Padding(CjkText("\n".join(line for line in lines if line)), (0, 0, 0, 4), expand=False)


def render_explanations(
    code: str, readings: Sequence[Explanation], similar: Sequence[str], titles: Mapping[str, str], *, language: Language
) -> RenderableType:
    """All readings of a code, by provider; similar codes for one that is not listed."""
    text_format = plain_text_format(None, titles, now=NO_DAY, language=language)
    listed = [one for one in readings if one.confidence is not Confidence.UNLISTED]
    parts: list[RenderableType] = []
    near = language.comma_list(text_format.quote(other, CODE) for other in similar)
    if listed and near:
        group = language.say("{code} is not listed. Codes of the same group usually mean:", code=text_format.quote(code, CODE))
        parts += [CjkText(language.say("Similar codes: {codes}.", codes=near), style="bold"), CjkText(group)]
    for one, *same in group_readings(listed):
        parts.append(CjkText(heading(one, text_format, *same), style="bold"))
        source = text_format.prose(source_words(one, language), _ADDRESS)
        published = language.say("Source: {source}", source=source)
        parts.append(
            _below(
                [
                    title_with_confidence(one, text_format),
                    *explanation_lines(one, text_format, most_readings=None),
                    *background_lines(one, text_format),
                    published,
                ]
            )
        )
    if not listed:
        parts.append(CjkText(language.say("{code} is not listed.", code=text_format.quote(code, CODE)), style="bold"))
        parts += _lines([language.say("Similar codes: {codes}.", codes=near) if near else ""])
    return Group(*parts)


def render_providers(
    states: Sequence[ProviderStatus], *, zone: tzinfo = UTC, now: datetime = NO_DAY, language: Language
) -> RenderableType:
    """A table of provider accounts: what each answers, its retention and the result of its latest call."""
    text_format = plain_text_format(None, {}, zone=zone, now=now, language=language)
    table = _with_columns(_OF_PROVIDERS, text_format)
    for state in states:
        table.add_row(
            CjkText(text_format.prose(state.title, TITLE)),
            CjkText(text_format.quote(state.account, IDENTIFIER) if state.account else "–"),
            CjkText(text_format.prose(state.answers, WORDS)),
            CjkText(text_format.plural(state.keeps_days, "{count} day", "{count} days") if state.keeps_days is not None else "–"),
            CjkText(_state(state, text_format)),
        )
    return table


def _state(state: ProviderStatus, text_format: TextFormat) -> str:
    if not state.configured:
        return (
            text_format.say("not set up: set {keys}", keys=text_format.language.comma_list(state.keys))
            if state.keys
            else text_format.say("not set up")
        )
    if state.last_error is not None:
        title = text_format.prose(mid_sentence(fault_words(state.last_error, text_format.language).title), TITLE)
        return text_format.say("no answer: {title} ({code})", title=title, code=text_format.quote(state.last_error.code, CODE))
    if state.last_answer_at is None:
        return text_format.say("set up, not asked yet")
    return text_format.say("answered {time}", time=text_format.moment(state.last_answer_at))


def render_help(examples: Sequence[str], command: str, *, language: Language) -> RenderableType:
    """Help for `lookup`: examples that work as they are."""
    return Group(
        CjkText(language.say("Was this SMS delivered, and if not, why?"), style="bold"),
        *(CjkText(f"  {command} {one}") for one in examples),
    )
