"""The first line of an alert: what fails, how much, since when; or that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.alert import Ending, Trouble
from bot.presentation.alerts.names import cause_words, place, subject
from bot.presentation.statistics.shares import percent_of
from bot.presentation.times import duration
from bot.statistics.judgement import is_comparable

if TYPE_CHECKING:
    from bot.alerts.alert import Alert
    from bot.presentation.wording import TextFormat

SIGNS = {Trouble.FAILING: "❌", Trouble.SLOW: "⏳", Trouble.SILENT: "⏳"}


def headline(alert: Alert, text_format: TextFormat, *, bold: bool = False) -> str:
    """`❌ *China Mobile: 61 % delivered since 14:10 (97 % yesterday)* · Tencent`."""
    said, before = _figures(alert, text_format), _before(alert, text_format)
    if before:
        said = text_format.say("{line} ({before})", line=said, before=before)
    first = f"{SIGNS[alert.trouble]} {f'*{said}*' if bold else said}"
    return " · ".join(part for part in (first, place(alert.cause, text_format)) if part)


def _figures(alert: Alert, text_format: TextFormat) -> str:
    who, since = subject(alert.cause, text_format), text_format.times.minute(alert.since)
    match alert.trouble:
        case Trouble.SILENT:
            return text_format.say("{who}: no receipts since {time}", who=who, time=since)
        case Trouble.SLOW:
            share = percent_of(alert.tally.slow, alert.tally.timed, text_format.language)
            return text_format.say("{who}: {share} of receipts take over 5 min since {time}", who=who, share=share, time=since)
        case _:
            counts = alert.tally.counts(with_handsets=alert.with_handsets)
            share = percent_of(counts.delivered, counts.known, text_format.language)
            return text_format.say("{who}: {share} delivered since {time}", who=who, share=share, time=since)


def _before(alert: Alert, text_format: TextFormat) -> str:
    """`97 % yesterday`, `usually 40 a minute`."""
    if alert.trouble is Trouble.SILENT:
        return text_format.say("usually {count} a minute", count=f"{max(1, round(alert.usual)):,}")
    if alert.yesterday is None:
        return ""
    counts = alert.yesterday.counts(with_handsets=alert.with_handsets)
    if alert.trouble is Trouble.SLOW:
        share = percent_of(counts.slow, counts.timed, text_format.language)
    else:
        share = percent_of(counts.delivered, counts.known, text_format.language) if is_comparable(counts) else ""
    return text_format.say("{share} yesterday", share=share) if share else ""


def over_line(alert: Alert, text_format: TextFormat, *, bold: bool = False) -> str:
    """`✅ *Over at 15:02* · China Mobile · Tencent · lasted 52 min · 1,204 messages failed`."""
    at = alert.ended_at or alert.since
    time, who = text_format.times.minute(at), cause_words(alert.cause, text_format)
    match alert.ending:
        case Ending.FOLDED:
            sign, first, parts = "↪️", text_format.say("Now part of a wider alert"), []
        case Ending.QUIET:
            first = text_format.say("No messages since {time}: unclear whether it is over", time=time)
            sign, parts = "❔", _lost(alert, text_format)
        case _:
            length = duration(at - alert.since, text_format.language)
            sign, first = "✅", text_format.say("Over at {time}", time=time)
            parts = [text_format.say("lasted {length}", length=length), *_lost(alert, text_format)]
    said = f"*{first}*" if bold else first
    return " · ".join([f"{sign} {said}", who, *parts])


def _lost(alert: Alert, text_format: TextFormat) -> list[str]:
    """`1,204 messages failed`."""
    if alert.trouble is Trouble.FAILING:
        failed = alert.tally.counts(with_handsets=alert.with_handsets).failed
        return [text_format.plural(failed, "{count} message failed", "{count} messages failed", count=f"{failed:,}")]
    if alert.trouble is Trouble.SLOW:
        slow = alert.tally.slow
        return [text_format.plural(slow, "{count} slow receipt", "{count} slow receipts", count=f"{slow:,}")]
    return []
