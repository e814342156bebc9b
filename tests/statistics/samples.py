"""Reports about everybody, of each kind that reads differently."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bot.model import ProviderFault, Window
from bot.model.statistics import (
    Affected,
    Before,
    Cause,
    Comparison,
    Counts,
    Fall,
    Grain,
    Group,
    NotCompared,
    SourceStatistics,
    Span,
    StatisticsQuestion,
    StatisticsReport,
    Unit,
    WhyNot,
)
from bot.providers.optional_actions import Lack, MissingAction
from bot.providers.tencent.statistics import SUBMISSIONS
from bot.statistics.judgement import judge
from tests.reports import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

HOUR = timedelta(hours=1)
LAST = Window(NOW - 2 * HOUR, NOW)
HOURS = Span(NOW.replace(minute=0, second=0, microsecond=0) - 2 * HOUR, NOW.replace(minute=0, second=0, microsecond=0) + HOUR)
MINUTES = Span(LAST.since.replace(second=0), LAST.until.replace(second=0) + timedelta(minutes=1))
DAY = Span(datetime.fromisoformat("2026-11-21T00:00+08:00"), datetime.fromisoformat("2026-11-22T00:00+08:00"))
MINUTE = timedelta(minutes=1)


def counts(percent: int, known: int = 1000, **more: Any) -> Counts:
    """So many receipts, of which so many per cent were delivered."""
    delivered = known * percent // 100
    return Counts(delivered=delivered, failed=known - delivered, **more)


def comparison(group: Group, now: Counts, *before: Counts | None, fall: Fall | None = None, **more: Any) -> Comparison:
    """Judged as the service does."""
    yesterday, week_ago = before or (counts(97), counts(98))
    return Comparison(group, now, yesterday, week_ago, finding=judge(now, (yesterday, week_ago), fall), fall=fall, **more)


def source(provider: str, account: str, *groups: Comparison, **more: Any) -> SourceStatistics:
    span, unit, grain = {
        "tencent": (HOURS, Unit.MESSAGES, Grain.HOUR),
        "aliyun": (DAY, Unit.SEGMENTS, Grain.DAY),
        "receipts": (MINUTES, Unit.MESSAGES, Grain.MINUTE),
    }[provider]
    return SourceStatistics(provider, account, unit, grain, span, groups, **more)


def report(*sources: SourceStatistics, **more: Any) -> StatisticsReport:
    return StatisticsReport(StatisticsQuestion(LAST), NOW, sources, **more)


CODES, OFFERS = Group("tencent", "1400006666"), Group("tencent", "1400007777")
AT_HOME, ABROAD = Group("aliyun", "LTAI…9xQ", abroad=False), Group("aliyun", "LTAI…9xQ", abroad=True)
USUAL_ALIBABA = source("aliyun", "LTAI…9xQ", comparison(AT_HOME, counts(97, 2310)), comparison(ABROAD, counts(95, 120)))
FELL = Fall(NOW.replace(minute=10, second=0, microsecond=0) - HOUR, MINUTE, Fraction(97, 100), counts(61, 400))


def _stored() -> SourceStatistics:
    """China Mobile's messages have fallen, the other carriers' have not."""
    mobile = comparison(Group("tencent", "1400006666", "China Mobile"), counts(74, 800), fall=FELL)
    others = [
        comparison(Group("tencent", "1400006666", name), counts(97, known))
        for name, known in (("China Unicom", 300), ("China Telecom", 250))
    ]
    account = comparison(CODES, counts(83, 1350, slow=200, timed=1350), fall=FELL, carriers=(mobile, *others))
    return source("receipts", "store", account)


def _asked_of(affected: Affected, group: Comparison) -> StatisticsReport:
    """By the button of a failure."""
    shown = report(source("tencent", "1400006666", group))
    return replace(shown, question=replace(shown.question, affected=affected, accounts=(("tencent", "1400006666"),)))


def _few() -> StatisticsReport:
    now = comparison(CODES, counts(90, 30, waiting=2), counts(97, 40), counts(98, 1000))
    return report(source("tencent", "1400006666", now), without=("aliyun-intl",))


def _gaps() -> StatisticsReport:
    said = ProviderFault("InvalidAction")
    known = source(
        "tencent",
        "1400006666",
        comparison(CODES, counts(97), None, None),
        not_compared=(NotCompared(Before.YESTERDAY, WhyNot.TOO_LONG), NotCompared(Before.WEEK_AGO, WhyNot.NO_ANSWER)),
        lacks=(MissingAction(SUBMISSIONS, Lack.ACTION, said, NOW).notice,),
        is_partial=True,
    )
    fault = ProviderFault("Transport.Timeout", retryable=True)
    return report(known, source("aliyun", "LTAI…9xQ", error=fault), source("receipts", "store"), is_cut=True)


def reports() -> Mapping[str, StatisticsReport]:
    """By name."""
    causes = ((Cause.HANDSET, 300), (Cause.NUMBER, 90))
    fallen = comparison(OFFERS, counts(61, causes=causes, waiting=40))
    usual = comparison(CODES, counts(97, 1204))
    return {
        "everyone": report(source("tencent", "1400007777", fallen), source("tencent", "1400006666", usual), USUAL_ALIBABA),
        "one-carrier": report(source("tencent", "1400006666", comparison(CODES, counts(83, 1350))), _stored()),
        "usual": report(source("tencent", "1400006666", usual), USUAL_ALIBABA, without=("aliyun-intl",)),
        **{f"asked-{affected}": _asked_of(affected, usual) for affected in Affected},
        "asked-template-fallen": _asked_of(Affected.TEMPLATE, comparison(CODES, counts(83, 1350), fall=FELL)),
        "too-few": _few(),
        "missing": report(source("tencent", "1400006666", comparison(CODES, counts(97, 700, waiting=300)))),
        "refused": report(source("tencent", "1400006666", comparison(CODES, counts(97, 700, refused=300)))),
        "slow": report(source("receipts", "store", comparison(CODES, counts(97, slow=400, timed=900)))),
        "gaps": _gaps(),
        "unanswered": report(source("tencent", "1400006666", error=ProviderFault("Transport.Deadline", retryable=True))),
        "several-days": report(replace(USUAL_ALIBABA, span=Span(DAY.since - timedelta(days=2), DAY.until))),
        "both-vendors": report(
            source("tencent", "1400006666", comparison(CODES, counts(41))),
            source("aliyun", "LTAI…9xQ", comparison(AT_HOME, counts(39, 700))),
        ),
    }
