"""What an answer about everybody does not cover, and how it was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import STORE, Coverage, Window
from bot.model.statistics import Grain, WhyNot
from bot.presentation.statistics.shares import BEFORE, source_name, span_words
from bot.presentation.wording import fault_sentence, window_words
from bot.statistics.judgement import LOW, MIN_MESSAGES, POINTS
from bot.statistics.plan import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase
    from bot.model.statistics import StatisticsReport
    from bot.presentation.wording import TextFormat

_WHY: Mapping[WhyNot, Phrase] = {
    WhyNot.TOO_LONG: phrase("{who}: not compared with {when} (window too long)"),
    WhyNot.NOT_KEPT: phrase("{who}: not compared with {when} (not kept so long)"),
    WhyNot.NO_ANSWER: phrase("{who}: not compared with {when} (no answer)"),
}


def gap_lines(report: StatisticsReport, text_format: TextFormat) -> list[str]:
    """What could not be counted or compared, and in which unit others count."""
    return [*_faults(report, text_format), *_lacking(report, text_format), *_not_compared(report, text_format)]


def small_print(report: StatisticsReport, text_format: TextFormat) -> list[str]:
    """The window, as of when; how the sources count; the rule."""
    say, language = text_format.say, text_format.language
    first = (window_words(report.question.window, text_format), say("as of {time}", time=text_format.times.minute(report.as_of)))
    counting = [
        say("At most {days} days are counted.", days=LONGEST.days) if report.is_cut else "",
        *_ways_of_counting(report, text_format),
    ]
    rule = say(
        "Unusual: of {least} receipts or more, under {low} % delivered, or {points} points below yesterday and a week ago.",
        least=MIN_MESSAGES,
        low=int(LOW * 100),
        points=int(POINTS * 100),
    )
    return [" · ".join(first), language.sentences(counting), rule]


def _faults(report: StatisticsReport, text_format: TextFormat) -> Iterator[str]:
    for source in report.sources:
        if source.error is not None and not source.lacks:
            window = Window(source.span.since, source.span.until, open=False)
            part = Coverage(source.provider, source.account, window, report.as_of, complete=False, error=source.error)
            yield fault_sentence(part, text_format, source_name(source, report, text_format), partly=False, brief=True)


def _lacking(report: StatisticsReport, text_format: TextFormat) -> Iterator[str]:
    for source in report.sources:
        for lack in source.lacks:
            said = text_format.prose(lack.said_in(text_format.language), _LONG)
            yield text_format.say("{who}: {words}", who=source_name(source, report, text_format), words=said)


_LONG = 240


def _not_compared(report: StatisticsReport, text_format: TextFormat) -> Iterator[str]:
    language = text_format.language
    for source in report.sources:
        if source.error is None and not source.groups:
            if source.provider == STORE and len(report.sources) > 1:
                continue  # it knows what was pushed; the vendors know what was sent
            yield text_format.say("{who}: nothing counted in this window", who=source_name(source, report, text_format))
            continue
        if source.is_partial:
            yield text_format.say("{who}: some of the figures are missing", who=source_name(source, report, text_format))
        for why, words in _WHY.items():
            when = [BEFORE[one.before].said_in(language) for one in source.not_compared if one.why is why]
            if when:
                who = source_name(source, report, text_format)
                yield words.filled(who=who, when=language.listed(when, either=True)).said_in(language)
    if report.without:
        names = [text_format.title(name) for name in report.without]
        yield text_format.say("No statistics: {names}", names=language.comma_list(names))


def _ways_of_counting(report: StatisticsReport, text_format: TextFormat) -> Iterator[str]:
    """Which hours or days are counted, in which unit."""
    counting = [source for source in report.sources if source.groups]
    for grain, words in _GRAINS.items():
        of_it = [source for source in counting if source.grain is grain]
        if of_it:
            titles = dict.fromkeys(text_format.title(source.provider) for source in of_it)
            who, span = text_format.language.listed(list(titles)), span_words(of_it[0], text_format)
            yield words.filled(who=who, span=span).said_in(text_format.language)
    if any(one.carriers for source in counting for one in source.groups):
        yield text_format.say("Carrier by number range; ported numbers may differ.")


_GRAINS: Mapping[Grain, Phrase] = {
    Grain.HOUR: phrase("{who}: {span}, whole hours."),
    Grain.DAY: phrase("{who}: billing segments."),
    Grain.MINUTE: phrase("{who}: {span}, receipts only."),
}
