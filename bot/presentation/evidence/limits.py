"""Which limit on messages to one number was reached, and until when: computed from the messages at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.codes.sending_limits import free_at, reached_limit
from bot.presentation.evidence.rows import asks_several, number_label
from bot.presentation.times import duration
from bot.presentation.wording import IDENTIFIER

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.wording import TextFormat

MAX_LIMITS = 3


def limit_lines(report: Report, text_format: TextFormat) -> list[str]:
    """A line for each number, about its newest message that was stopped.

    `Message 6 within 1 h; Alibaba's default is 5 codes. The next fails until 09:14.`
    """
    lines: dict[str, str] = {}
    for row in report.standing(report.deliveries):
        number = number_label(row, reveal=False)
        if number in lines or not row.status.is_failure:
            continue
        if (reached := reached_limit(row, report.deliveries, report.as_of)) is None:
            continue
        span, most = duration(reached.limit.span, text_format.language), reached.limit.most
        said = text_format.plural(
            most,
            "Message {ordinal} within {span}; {provider}'s default is {count} code.",
            "Message {ordinal} within {span}; {provider}'s default is {count} codes.",
            ordinal=reached.ordinal,
            span=span,
            provider=text_format.title(row.vendor),
        )
        time = text_format.times.minute(reached.until)
        until = (
            text_format.say("The next fails until {time}.", time=time)
            if reached.until > report.as_of
            else text_format.say("The next gets through since {time}.", time=time)
        )
        whose = text_format.quote(number, IDENTIFIER) if asks_several(report) else ""
        sentence = text_format.language.sentences([said, until])
        lines[number] = text_format.say("{number}: {limit}", number=whose, limit=sentence) if whose else sentence
    return list(lines.values())[:MAX_LIMITS]


def wait_words(report: Report, text_format: TextFormat) -> str:
    """`Fix: wait · resend after 00:00`, in the place of the verdict's advice; empty unless all that failed tell when."""
    failed = [row for row in report.newest_of_targets if row.status.is_failure]
    free = [at for row in failed if (at := free_at(row)) is not None]
    if not free or len(free) < len(failed):
        return ""
    until = max(free)
    if until <= report.as_of:
        return text_format.say("The limit is over: resend now")
    return text_format.say("Fix: wait · resend after {time}", time=text_format.times.minute(until))
