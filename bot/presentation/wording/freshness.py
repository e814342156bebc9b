"""The small print: the window, as of when the answer is, whether it comes from the cache, and how many sources it rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.presentation.times import duration, is_said_as_length

if TYPE_CHECKING:
    from bot.model import Report, Window
    from bot.presentation.wording.text_format import TextFormat

STILL_FRESH = timedelta(seconds=10)
_BOTH = 2


def window_words(window: Window, text_format: TextFormat) -> str:
    """`last 2 h` for a length that was asked for; else both ends, as after "since 09:00" or when the end has moved on."""
    seconds = round(window.length.total_seconds())
    if window.open and is_said_as_length(window.length):
        return text_format.say("last {length}", length=duration(timedelta(seconds=seconds), text_format.language))
    return text_format.times.span(window)


def as_of_words(report: Report, text_format: TextFormat) -> str:
    """`as of 14:05`, `as of 14:05, cached 18 s ago`, `as of 14:05, 3 h ago`: by its oldest part."""
    answered = [part for part in report.coverage if part.error is None]
    as_of = min((part.as_of for part in answered), default=report.as_of)
    time, age = text_format.times.minute(as_of), text_format.now - as_of
    if any(part.cached for part in answered):
        return text_format.say("as of {time}, cached {age} ago", time=time, age=_age(age, text_format))
    if age < STILL_FRESH:
        return text_format.say("as of {time}", time=time)
    return text_format.say("as of {time}, {age} ago", time=time, age=_age(age, text_format))


def sources_words(report: Report, text_format: TextFormat) -> str:
    """`all 4 sources answered`, `both sources answered`, `3 of 4 sources answered`, `Tencent answered`; empty when none did."""
    asked = report.coverage
    answered = [part for part in asked if part.error is None]
    if not answered:
        return ""
    if len(asked) == 1:
        return text_format.say("{source} answered", source=text_format.title(asked[0].provider))
    if len(answered) == len(asked) == _BOTH:
        return text_format.say("both sources answered")
    if len(answered) == len(asked):
        return text_format.say("all {count} sources answered", count=len(asked))
    return text_format.say("{count} of {total} sources answered", count=len(answered), total=len(asked))


def freshness(report: Report, text_format: TextFormat) -> str:
    """`as of 14:05`, `as of 14:05, cached 18 s ago`, or which parts are cached when only some are."""
    answered = [part for part in report.coverage if part.error is None]
    cached = [part for part in answered if part.cached]
    if answered and len(cached) == len(answered):
        oldest = min(part.as_of for part in cached)
        return text_format.say(
            "as of {time}, cached {age} ago",
            time=text_format.times.minute(oldest),
            age=_age(text_format.now - oldest, text_format),
        )
    as_of = min((part.as_of for part in answered if not part.cached), default=report.as_of)
    age = text_format.now - as_of
    whole = (
        text_format.say("as of {time}", time=text_format.times.minute(as_of))
        if age < STILL_FRESH
        else text_format.say("as of {time}, {age} ago", time=text_format.times.minute(as_of), age=_age(age, text_format))
    )
    parts = {text_format.title(part.provider): _age(text_format.now - part.as_of, text_format) for part in cached}
    return " · ".join([whole, *(text_format.say("{who} cached {age} ago", who=title, age=ago) for title, ago in parts.items())])


def _age(span: timedelta, text_format: TextFormat) -> str:
    return duration(span, text_format.language)
