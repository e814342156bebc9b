"""The first line of an answer about everybody, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model.statistics import Affected, Counts, Finding, Grain
from bot.presentation.statistics.shares import (
    day_words,
    fall_time,
    group_name,
    is_trouble,
    percent,
    percent_of,
    short_name,
)
from bot.presentation.wording import ACCOUNT, window_words
from bot.statistics.judgement import MIN_MESSAGES, is_comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Language, Phrase
    from bot.model.statistics import Comparison, StatisticsReport
    from bot.presentation.wording import TextFormat

_SIGNS: Mapping[Finding, str] = {
    Finding.UNUSUAL: "❌",
    Finding.REFUSED: "❌",
    Finding.MISSING: "⏳",
    Finding.SLOW: "⏳",
    Finding.USUAL: "✅",
    Finding.TOO_FEW: "❔",
    Finding.UNANSWERED: "⚠️",
}

_USUAL: Mapping[Affected | None, Phrase] = {
    None: phrase("Nothing unusual"),
    Affected.CUSTOMER: phrase("Nothing unusual: look at this number"),
    Affected.UNCLEAR: phrase("Nothing unusual in the totals"),
}
_A_DAY = timedelta(days=1)
_FELL = phrase("Fell at {time}, from {before} to {share}.")
_FELL_IN_THE_HOUR = phrase("Fell in the hour from {time}, from {before} to {share}.")
_EVERYONE: Mapping[Affected, tuple[Phrase, Phrase]] = {  # who, and what to do
    Affected.SIGNATURE: (
        phrase("Everyone with this signature, not one customer"),
        phrase("Fix the signature, then resend."),
    ),
    Affected.TEMPLATE: (
        phrase("Everyone with this template, not one customer"),
        phrase("Fix the template, then resend."),
    ),
    Affected.TEXT: (phrase("Everyone with this text, not one customer"), phrase("Change the text, then resend.")),
    Affected.ROUTE: (
        phrase("Everyone on this route, not one customer"),
        phrase("Fix what the answer names, then resend."),
    ),
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line, of which `line` is what matters, and the sentences below it."""

    sign: str
    line: str
    aside: str = ""
    below: str = ""

    def whole(self, language: Language) -> str:
        """The first line without its sign."""
        return language.clauses([self.line, self.aside])


def headline(report: StatisticsReport, text_format: TextFormat) -> Headline:
    """`Everyone at Tencent: 61 % delivered, 97 % yesterday at this time`; `Nothing unusual: look at this number`.

    Where the failure that is asked about has a cause that others share, that is said, whatever the shares say.
    """
    finding, language = report.finding, text_format.language
    incomplete, days = _incomplete(report, text_format), _days(report, text_format)
    lead = next((one for one in culprits(report) if one.finding is finding), None)
    if (cause := report.question.affected) is not None and cause.is_everyone:
        who, step = (words.said_in(language) for words in _EVERYONE[cause])
        shown = _line(lead, text_format) if lead else text_format.say("The totals do not show it")
        fell = _fall(lead, text_format) if lead else ""
        below = [step, language.with_full_stop(shown), fell, incomplete, *days]
        return Headline(_SIGNS[Finding.UNUSUAL], who, below=language.sentences(below))
    if lead is not None:
        others = _others(report, lead, text_format)
        below = [incomplete, *days, _fall(lead, text_format), *others]
        return Headline(_SIGNS[finding], _line(lead, text_format), _aside(lead, text_format), language.sentences(below))
    sign = _SIGNS[Finding.UNANSWERED] if incomplete else _SIGNS[finding]
    below = [incomplete, *days, _hides_outages(report, text_format)]
    return Headline(sign, _calm_line(report, text_format, whole=not incomplete), below=language.sentences(below))


def _days(report: StatisticsReport, text_format: TextFormat) -> list[str]:
    """Which days are counted, where a source counts no hours: nobody asked for a whole day."""
    spans = {source.span: source for source in report.sources if source.groups and source.grain is Grain.DAY}
    return [
        text_format.say(
            "{who} counts whole days: {days} (UTC+8).",
            who=text_format.title(source.provider),
            days=day_words(span, text_format),
        )
        for span, source in spans.items()
    ]


def _hides_outages(report: StatisticsReport, text_format: TextFormat) -> str:
    """What must be said of a calm sum over days."""
    if report.finding is not Finding.USUAL or report.question.window.length <= _A_DAY:
        return ""
    return text_format.say("More than a day hides a short outage: count the last 2 h.")


def culprits(report: StatisticsReport) -> list[Comparison]:
    """What is wrong, the most telling first: single carriers where the others are well, else whole accounts."""
    found = [one for source in report.sources for group in source.groups for one in _narrowest(group)]
    return sorted(found, key=lambda one: (list(Finding).index(one.finding), one.fall is None, -one.now.requested))


def _narrowest(group: Comparison) -> Iterator[Comparison]:
    counting = [one for one in group.carriers if is_comparable(one.now) or is_trouble(one)]
    bad = [one for one in counting if is_trouble(one)]
    if bad and len(bad) < len(counting):
        yield from bad
    elif is_trouble(group):
        yield group
    else:
        yield from bad


def _line(lead: Comparison, text_format: TextFormat) -> str:
    say, language = text_format.say, text_format.language
    who, now = short_name(lead.group, text_format), lead.now
    match lead.finding:
        case Finding.REFUSED:
            share = percent_of(now.refused, now.requested, language)
            return say("Everyone at {who}: {share} of the submissions are refused", who=who, share=share)
        case Finding.MISSING:
            share = percent_of(now.waiting, now.accepted, language)
            return say("Everyone at {who}: {share} have no receipt yet", who=who, share=share)
        case Finding.SLOW:
            share = percent_of(now.slow, now.timed, language)
            return say("Everyone at {who}: {share} of the receipts took more than 5 min", who=who, share=share)
        case _:
            counts = lead.fall.since if lead.fall else now
            share = percent_of(counts.delivered, counts.known, language)
            if lead.fall is None:
                return say("Everyone at {who}: {share} delivered", who=who, share=share)
            since = fall_time(lead.fall, text_format)
            return say("Everyone at {who}: {share} delivered since {time}", who=who, share=share, time=since)


def _aside(lead: Comparison, text_format: TextFormat) -> str:
    """`97 % yesterday at this time · 1400007777`."""
    language, yesterday = text_format.language, lead.yesterday
    before = ""
    if lead.finding is Finding.UNUSUAL and yesterday is not None and is_comparable(yesterday):
        share = percent_of(yesterday.delivered, yesterday.known, language)
        before = text_format.say("{share} yesterday at this time", share=share)
    account = text_format.quote(lead.group.account, ACCOUNT) if lead.group.account else ""  # others of the vendor may be well
    return " · ".join(part for part in (before, account) if part)


def _fall(lead: Comparison, text_format: TextFormat) -> str:
    fall, language = lead.fall, text_format.language
    if fall is None or fall.since.delivered_share is None:
        return ""
    words = _FELL_IN_THE_HOUR if fall.step >= timedelta(hours=1) else _FELL
    before, since = percent(fall.before, language), percent(fall.since.delivered_share, language)
    return words.filled(time=fall_time(fall, text_format), before=before, share=since).said_in(language)


def _others(report: StatisticsReport, lead: Comparison, text_format: TextFormat) -> list[str]:
    """Who else is affected: another vendor, or another carrier, so that nobody blames the first one alone."""
    account = replace(lead.group, carrier="")
    rest = [one.group for one in culprits(report) if one.finding is lead.finding and one.group not in {lead.group, account}]
    names = dict.fromkeys(group_name(group, report, text_format) for group in rest)
    return [text_format.say("Also {others}.", others=text_format.language.listed(list(names), most=3))] if names else []


def _calm_line(report: StatisticsReport, text_format: TextFormat, *, whole: bool) -> str:
    say = text_format.say
    match report.finding:
        case Finding.USUAL if whole:
            return _USUAL[report.question.affected].said_in(text_format.language)
        case Finding.USUAL:
            return say("Nothing unusual where it could be counted")
        case Finding.UNANSWERED:
            return say("Cannot tell: no statistics could be read")
        case _:
            most = max((group.now.known for source in report.sources for group in source.groups), default=Counts().known)
            window = window_words(report.question.window, text_format)
            return say(
                "Too few messages to tell: {count} with a receipt, {window}; {least} are needed",
                count=most,
                window=window,
                least=MIN_MESSAGES,
            )


def _incomplete(report: StatisticsReport, text_format: TextFormat) -> str:
    failed = dict.fromkeys(text_format.title(source.provider) for source in report.sources if source.error is not None)
    if not failed:
        return ""
    return text_format.say("Incomplete: no answer from {names}.", names=text_format.language.listed(list(failed)))
