"""Percentages, and whose figures they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import STORE, Window
from bot.model.statistics import Before, Counts, Finding, Grain, share
from bot.presentation.wording import ACCOUNT, PLACE, carrier_words
from bot.providers.china_time import CHINA
from bot.statistics.judgement import is_comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from bot.i18n import Language, Phrase
    from bot.model.statistics import Comparison, Fall, Group, SourceStatistics, Span, StatisticsReport
    from bot.presentation.wording import TextFormat

_WHOLE = 100
BEFORE: Mapping[Before, Phrase] = {Before.YESTERDAY: phrase("yesterday"), Before.WEEK_AGO: phrase("a week ago")}
_TROUBLE = frozenset({Finding.UNUSUAL, Finding.REFUSED, Finding.MISSING, Finding.SLOW})


def percent(part: Fraction, language: Language) -> str:
    """`61 %`. Only all of them are 100 %, and only none are 0 %."""
    rounded = round(part * _WHOLE)
    if part not in {0, 1}:
        rounded = min(max(rounded, 1), _WHOLE - 1)
    return language.say("{percent} %", percent=rounded)


def percent_of(part: int, whole: int, language: Language) -> str:
    """The same of two counts; empty of nothing."""
    amount = share(part, whole)
    return "" if amount is None else percent(amount, language)


def is_trouble(comparison: Comparison) -> bool:
    """Whether something is wrong with these figures."""
    return comparison.finding in _TROUBLE


def account_of(group: Group, report: StatisticsReport, text_format: TextFormat) -> str:
    """The account, where several of its system are counted."""
    if not group.account or group.system not in _with_several_accounts(report):
        return ""
    return text_format.quote(group.account, ACCOUNT)


def group_name(group: Group, report: StatisticsReport, text_format: TextFormat) -> str:
    """`Tencent`, with its account where several are counted; `Alibaba, abroad`; `Tencent, China Mobile`."""
    return short_name(group, text_format, account_of(group, report, text_format))


def short_name(group: Group, text_format: TextFormat, account: str = "") -> str:
    """The same without its account: a headline is bold, and an account is set apart."""
    name = f"{text_format.title(group.system)} {account}".rstrip()
    parts = [text_format.say("abroad") if group.abroad else "", carrier_name(group, text_format)]
    for part in filter(None, parts):
        name = text_format.say("{name}, {part}", name=name, part=part)
    return name


def carrier_name(group: Group, text_format: TextFormat) -> str:
    """`China Mobile`, in the reader's language."""
    return text_format.prose(carrier_words(group.carrier, text_format.language), PLACE) if group.carrier else ""


def source_name(source: SourceStatistics, report: StatisticsReport, text_format: TextFormat) -> str:
    """`Tencent`, with its account where several are counted."""
    name = text_format.title(source.provider)
    if source.provider != STORE and source.provider in _with_several_accounts(report):
        return f"{name} {text_format.quote(source.account, ACCOUNT)}"
    return name


def _with_several_accounts(report: StatisticsReport) -> frozenset[str]:
    pairs = {(source.provider, source.account) for source in report.sources if source.provider != STORE}
    pairs |= {(one.group.system, one.group.account) for source in report.sources for one in source.groups if one.group.account}
    names = [system for system, _ in pairs]
    return frozenset(name for name in names if names.count(name) > 1)


def span_words(source: SourceStatistics, text_format: TextFormat) -> str:
    """The span that a source counts: `13:00–15:00`; a day of China's time is named as there."""
    return day_words(source.span, text_format) if source.grain is Grain.DAY else text_format.times.span(_window(source.span))


def day_words(span: Span, text_format: TextFormat) -> str:
    """`2026-11-29`, `3 days to 2026-11-29`: days by the vendor's calendar, which are no moments."""
    last = f"{(span.until - Grain.DAY.length).astimezone(CHINA):%Y-%m-%d}"
    days = span.length // Grain.DAY.length
    return last if days == 1 else text_format.say("{count} days to {day}", count=days, day=last)


def earlier(comparison: Comparison) -> Iterator[tuple[Before, Counts]]:
    """The earlier figures that are known."""
    for before, counts in ((Before.YESTERDAY, comparison.yesterday), (Before.WEEK_AGO, comparison.week_ago)):
        if counts is not None:
            yield before, counts


def earlier_words(comparison: Comparison, text_format: TextFormat) -> list[str]:
    """`yesterday 97 %`, `a week ago 98 %`; where there were too few then, their number."""
    language, words = text_format.language, []
    for before, counts in earlier(comparison):
        when, delivered = BEFORE[before].said_in(language), counts.delivered_share
        if delivered is not None and is_comparable(counts):
            words.append(text_format.say("{when} {share}", when=when, share=percent(delivered, language)))
        elif counts.requested:
            words.append(text_format.say("{when} only {count}", when=when, count=f"{counts.known:,}"))
        else:
            words.append(text_format.say("{when} nothing", when=when))
    return words


def fall_time(fall: Fall, text_format: TextFormat) -> str:
    """When it fell, to the minute."""
    return text_format.times.minute(fall.at)


def _window(span: Span) -> Window:
    return Window(span.since, span.until, open=False)
