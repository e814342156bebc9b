"""Freshness: as of when an answer is, and whether it comes from the cache."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.presentation.times import duration

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.wording.text_format import TextFormat

STILL_FRESH = timedelta(seconds=10)


def freshness(report: Report, text_format: TextFormat) -> str:
    """`as of 14:05:31, fresh`, `as of 14:05:13, cached 18 s ago`, or which parts are cached when only some are."""
    answered = [part for part in report.coverage if part.error is None]
    cached = [part for part in answered if part.cached]
    if answered and len(cached) == len(answered):
        oldest = min(part.as_of for part in cached)
        return text_format.say(
            "as of {time}, cached {age} ago", time=text_format.moment(oldest), age=_age(text_format.now - oldest, text_format)
        )
    as_of = min((part.as_of for part in answered if not part.cached), default=report.as_of)
    age = text_format.now - as_of
    whole = (
        text_format.say("as of {time}, fresh", time=text_format.moment(as_of))
        if age < STILL_FRESH
        else text_format.say("as of {time}, {age} ago", time=text_format.moment(as_of), age=_age(age, text_format))
    )
    parts = {text_format.title(part.provider): _age(text_format.now - part.as_of, text_format) for part in cached}
    return " · ".join([whole, *(text_format.say("{who} cached {age} ago", who=title, age=ago) for title, ago in parts.items())])


def _age(span: timedelta, text_format: TextFormat) -> str:
    return duration(span, text_format.language)
