"""Below the first line of an alert: who must fix it, why messages fail, how others do, examples, and what was not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.alert import Trouble
from bot.i18n import phrase
from bot.model import Confidence, Owner
from bot.model.statistics import Before
from bot.presentation.alerts.names import carrier_name
from bot.presentation.statistics.shares import BEFORE, percent_of
from bot.presentation.wording import CODE, IDENTIFIER, STEP, TITLE, advice, confidence_words, mid_sentence
from bot.sanitize import single_line
from bot.statistics.judgement import is_comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.alerts.alert import Alert
    from bot.alerts.cause import Cause
    from bot.alerts.history import Tally
    from bot.alerts.reader import Evidence
    from bot.i18n import Phrase
    from bot.model import Delivery, Explanation
    from bot.presentation.wording import TextFormat

_MOST_CAUSES, _MOST_PARTS = 2, 4
_TO_DO: Mapping[Trouble, Phrase] = {
    Trouble.SLOW: phrase("Check the provider's status page; don't resend codes that may still arrive."),
    Trouble.SILENT: phrase("Messages may arrive all the same. Check the callback address and the provider's status page."),
}


def detail_lines(alert: Alert, evidence: Evidence, text_format: TextFormat) -> list[str]:
    """What to do, why, and how the others do."""
    lines = [_to_do(alert, evidence, text_format), causes_line(evidence, text_format), _parts(alert, evidence, text_format)]
    return [line for line in lines if line]


def _to_do(alert: Alert, evidence: Evidence, text_format: TextFormat) -> str:
    """`Fix: us · resend after the fix. Ask your SMS admin …`, about the most frequent cause."""
    language = text_format.language
    if alert.trouble in _TO_DO:
        return _TO_DO[alert.trouble].said_in(language)
    if not evidence.causes:
        return ""
    explanation = evidence.causes[0][0]
    words = explanation.words(language.code)
    step = text_format.prose(words.next_step_many or words.next_step, STEP)
    if explanation.owner is Owner.RECIPIENT or explanation.confidence is Confidence.UNLISTED:
        return step
    return language.sentences([language.with_full_stop(advice(explanation, language)), step])


def causes_line(evidence: Evidence, text_format: TextFormat) -> str:
    """`Failed by cause: signature not registered ×812 · unknown code X ×30`."""
    if not evidence.causes:
        return ""
    named = [
        text_format.say("{cause} ×{count}", cause=_cause(explanation, text_format), count=f"{count:,}")
        for explanation, count in evidence.causes[:_MOST_CAUSES]
    ]
    rest = len(evidence.causes) - len(named)
    shares = " · ".join([*named, *([text_format.say("and {count} more", count=rest)] if rest else [])])
    return text_format.say("Failed by cause: {shares}", shares=shares)


def _cause(explanation: Explanation, text_format: TextFormat) -> str:
    language = text_format.language
    if explanation.confidence is Confidence.UNLISTED:
        if not explanation.code:
            return text_format.say("the provider gives no reason")
        return text_format.say("unknown code {code}", code=text_format.quote(explanation.code, CODE))
    title = text_format.prose(mid_sentence(single_line(explanation.words(language.code).title).rstrip(".。")), TITLE)
    doubt = confidence_words(explanation, language)
    return text_format.say("{title} ({doubt})", title=title, doubt=doubt) if doubt else title


def _parts(alert: Alert, evidence: Evidence, text_format: TextFormat) -> str:
    """`Meanwhile: China Unicom 97 %, China Telecom 98 %` beside a carrier; of a provider `By carrier: …`."""
    if alert.trouble is not Trouble.FAILING:
        return ""
    found = {part: tally for part, tally in (evidence.parts or {}).items() if part != alert.cause and part.carrier != ""}
    shown = sorted(found.items(), key=lambda one: -one[1].receipts)[:_MOST_PARTS]
    shares = [words for part, tally in shown if (words := _share(part, tally, alert, text_format))]
    if not shares:
        return ""
    listed = text_format.language.comma_list(shares)
    if alert.cause.carrier is not None:
        return text_format.say("Meanwhile: {shares}", shares=listed)
    if alert.cause.system is None:
        return text_format.say("By provider: {shares}", shares=listed)
    return text_format.say("By carrier: {shares}", shares=listed)


def _share(part: Cause, tally: Tally, alert: Alert, text_format: TextFormat) -> str:
    counts = tally.counts(with_handsets=alert.with_handsets)
    delivered = percent_of(counts.delivered, counts.known, text_format.language)
    name = carrier_name(part.carrier, text_format) if part.carrier is not None else text_format.title(part.system or "")
    return text_format.say("{who} {share}", who=name, share=delivered) if delivered else ""


def example_lines(evidence: Evidence, text_format: TextFormat) -> list[str]:
    """Three of those that failed, masked."""
    return [failure_line(row, text_format) for row in evidence.examples]


def failure_line(row: Delivery, text_format: TextFormat) -> str:
    """``✗ 14:31:07  +86 137****2222 `MK:0008` ``."""
    at = row.sent_at or row.received_at
    time = text_format.moment(at) if at is not None else ""
    number = text_format.quote(row.number.masked, IDENTIFIER) if row.number is not None else ""
    code = text_format.quote(row.code, CODE) if row.code else ""
    return " ".join(part for part in ("✗", time, number, code) if part)


def small_lines(alert: Alert, as_of: datetime, text_format: TextFormat) -> list[str]:
    """As of when, what was compared and what was not, and what was left out."""
    first = [text_format.say("as of {time}", time=text_format.times.minute(as_of)), *_compared(alert, text_format)]
    lines = [" · ".join(first), *_left_out(alert, text_format)]
    if alert.cause.carrier:
        lines.append(text_format.say("Carrier by number range; ported numbers may differ."))
    return lines


def _compared(alert: Alert, text_format: TextFormat) -> Iterator[str]:
    """`a week ago 98 %`, `not compared with yesterday`; the share of yesterday is in the first line."""
    if alert.trouble is Trouble.SILENT:
        return
    missing = []
    for which, tally in ((Before.YESTERDAY, alert.yesterday), (Before.WEEK_AGO, alert.week_ago)):
        when = BEFORE[which].said_in(text_format.language)
        counts = None if tally is None else tally.counts(with_handsets=alert.with_handsets)
        if counts is None or not is_comparable(counts):
            missing.append(when)
        elif which is Before.WEEK_AGO and alert.trouble is Trouble.FAILING:
            share = percent_of(counts.delivered, counts.known, text_format.language)
            yield text_format.say("{when} {share}", when=when, share=share)
    if missing:
        either = text_format.language.listed(missing, either=True)
        yield text_format.say("not compared with {when}: too few receipts kept", when=either)


def _left_out(alert: Alert, text_format: TextFormat) -> Iterator[str]:
    if alert.trouble is not Trouble.FAILING or not alert.tally.handset:
        return
    if alert.with_handsets:
        yield text_format.say("Phone failures count here: this carrier has them, the others don't.")
    else:
        yield text_format.plural(
            alert.tally.handset,
            "Not counted: {count} failure on the customer's side (phone off, wrong number)",
            "Not counted: {count} failures on the customer's side (phone off, wrong number)",
            count=f"{alert.tally.handset:,}",
        )
