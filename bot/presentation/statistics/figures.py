"""A line for each account that sent anything: how many, how many arrived, and before."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import STORE
from bot.model.statistics import Cause, Finding, Unit, share
from bot.presentation.statistics.shares import (
    carrier_name,
    earlier_words,
    fall_time,
    group_name,
    is_trouble,
    percent,
    percent_of,
)
from bot.statistics.judgement import is_comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Phrase
    from bot.model.statistics import Comparison, Counts, Fall, SourceStatistics, StatisticsReport
    from bot.presentation.wording import TextFormat

MOST_LINES = 6
_MOST_CARRIERS = 4
_WORTH_SAYING = Fraction(1, 100)
_CAUSES: Mapping[Cause, Phrase] = {
    Cause.CARRIER: phrase("carrier fault"),
    Cause.NUMBER: phrase("invalid number"),
    Cause.HANDSET: phrase("phone off or line suspended"),
    Cause.BLOCKED: phrase("do-not-disturb list"),
    Cause.FREQUENCY: phrase("frequency limit"),
}


def figure_lines(report: StatisticsReport, text_format: TextFormat) -> list[str]:
    """A line for each account, the troubled ones first; further accounts are counted."""
    counted = [(source, group) for source in report.sources for group in source.groups]
    counted.sort(key=lambda one: not _has_trouble(one[1]))
    shown = counted[:MOST_LINES]
    lines = [line for source, group in shown for line in _lines(source, group, report, text_format)]
    rest = len(counted) - len(shown)
    if rest:
        troubled = sum(1 for _, group in counted[MOST_LINES:] if _has_trouble(group))
        lines.append(
            text_format.plural(troubled, "… and {count} more account with trouble", "… and {count} more accounts with trouble")
            if troubled
            else text_format.plural(rest, "… and {count} more account as usual", "… and {count} more accounts as usual")
        )
    return lines


def _has_trouble(group: Comparison) -> bool:
    return is_trouble(group) or any(map(is_trouble, group.carriers))


def _lines(source: SourceStatistics, group: Comparison, report: StatisticsReport, text_format: TextFormat) -> list[str]:
    """`✗ Tencent: 61 % of 1,204 delivered · yesterday 97 %, a week ago 98 %`, and what is behind it."""
    say, language = text_format.say, text_format.language
    who = group_name(group.group, report, text_format)
    if source.provider == STORE:
        who = say("{provider}, from the store", provider=who)
    compared = language.comma_list(earlier_words(group, text_format))
    first = " · ".join(part for part in (_delivered(group, source.unit, text_format), compared) if part)
    line = say("{who}: {figures}", who=who, figures=first)
    sign = "✗" if _has_trouble(group) else "✓" if group.finding is Finding.USUAL else "…"
    details = (_apart(group.now, text_format), _causes(group, text_format), _carriers(group, text_format))
    return [f"{sign} {line}", *(f"    {detail}" for detail in details if detail)]


def _delivered(group: Comparison, unit: Unit, text_format: TextFormat) -> str:
    """`83 % of 1,204 delivered (61 % of 400 since 13:10)`: of those with a receipt."""
    counts, fall = group.now, group.fall
    if not counts.requested:
        # Whether Alibaba shows the running day at all is not documented.
        return text_format.say("no figures yet") if unit is Unit.SEGMENTS else text_format.say("nothing sent")
    delivered = percent_of(counts.delivered, counts.known, text_format.language)
    if not delivered:
        return text_format.say("no receipt yet")
    words = text_format.say("{share} of {of} delivered", share=delivered, of=f"{counts.known:,}")
    since = _since_the_fall(fall, text_format)
    return text_format.say("{words} ({aside})", words=words, aside=since) if since else words


def _since_the_fall(fall: Fall | None, text_format: TextFormat) -> str:
    """`61 % of 400 since 13:10`: the headline's share, beside that of the window."""
    share = percent_of(fall.since.delivered, fall.since.known, text_format.language) if fall else ""
    if fall is None or not share:
        return ""
    time = fall_time(fall, text_format)
    return text_format.say("{share} of {of} since {time}", share=share, of=f"{fall.since.known:,}", time=time)


def _apart(counts: Counts, text_format: TextFormat) -> str:
    """What has no outcome, or had it late: `34 without a receipt yet (3 %) · 12 refused at submission (1 %)`."""
    language = text_format.language
    parts = (
        (counts.waiting, counts.accepted, phrase("{count} without a receipt yet ({share})")),
        (counts.refused, counts.requested, phrase("{count} refused at submission ({share})")),
        (counts.slow, counts.timed, phrase("{count} slow receipts, over 5 min ({share})")),
    )
    return " · ".join(
        words.filled(count=f"{amount:,}", share=percent_of(amount, whole, language)).said_in(language)
        for amount, whole, words in parts
        if (share(amount, whole) or 0) >= _WORTH_SAYING
    )


def _causes(group: Comparison, text_format: TextFormat) -> str:
    """`failed: phone off or line suspended 320, invalid number 81`, where something is wrong and the source knows."""
    if not is_trouble(group) or not group.now.causes:
        return ""
    language = text_format.language
    most_first = sorted(group.now.causes, key=lambda one: -one[1])
    causes = [f"{_CAUSES[cause].said_in(language)} {amount:,}" for cause, amount in most_first]
    return text_format.say("failed: {causes}", causes=language.comma_list(causes))


def _carriers(group: Comparison, text_format: TextFormat) -> str:
    """`China Mobile 61 %, China Unicom 97 %`: the troubled first, then the largest."""
    counting = [one for one in group.carriers if is_comparable(one.now)]
    counting.sort(key=lambda one: (not is_trouble(one), -one.now.known))
    shares = [
        _carrier(one, percent(one.now.delivered_share, text_format.language), text_format)
        for one in counting[:_MOST_CARRIERS]
        if one.now.delivered_share is not None
    ]
    return text_format.language.comma_list(shares)


def _carrier(one: Comparison, share: str, text_format: TextFormat) -> str:
    words, since = f"{carrier_name(one.group, text_format)} {share}", _since_the_fall(one.fall, text_format)
    return text_format.say("{words} ({aside})", words=words, aside=since) if since else words
