"""Explanations of codes as lines of text, in any TextFormat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.codes.catalogue import TRANSPORT
from bot.codes.normalization import letters_and_digits
from bot.i18n import phrase
from bot.model import CodeKind
from bot.presentation.wording import (
    ACCOUNT,
    CODE,
    STEP,
    TITLE,
    advice,
    capitalised,
    carrier_words,
    confidence_words,
    mid_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes import CodeEntry, Resolution
    from bot.codes.flow_limits import FlowLimit
    from bot.i18n import Phrase
    from bot.model import Explanation
    from bot.presentation.wording import TextFormat

MAX_READINGS = 3
MAX_CAUSES = 4
_KINDS: Mapping[CodeKind, Phrase] = {
    CodeKind.RECEIPT: phrase("receipt"),
    CodeKind.API: phrase("answer to a send"),
    CodeKind.QUERY: phrase("answer to a lookup"),
}
_LIMITS: Mapping[str, tuple[Phrase, Phrase]] = {
    "minute": (
        phrase("The limit per minute for one number was reached."),
        phrase("The limit reached here: {count} a minute for one number."),
    ),
    "hour": (
        phrase("The limit per hour for one number was reached."),
        phrase("The limit reached here: {count} an hour for one number."),
    ),
    "day": (
        phrase("The limit per day for one number was reached."),
        phrase("The limit reached here: {count} a day for one number."),
    ),
}


def introduction(resolution: Resolution, text_format: TextFormat) -> list[str]:
    """What precedes the readings: which code is meant, which were found in a paste, which limit the text names."""
    lines = []
    if resolution.meant:
        asked, meant = text_format.quote(resolution.text, CODE), text_format.quote(resolution.meant, CODE)
        if letters_and_digits(resolution.text) == letters_and_digits(resolution.meant):
            lines.append(
                text_format.say("{code} is not listed. {meant} has the same letters and digits:", code=asked, meant=meant)
            )
        else:
            lines.append(text_format.say("{code} is not listed. {meant} differs in one letter:", code=asked, meant=meant))
    elif resolution.wrapped:
        asked = text_format.quote(resolution.text, CODE)
        lines.append(text_format.say("{code} is not listed. The number inside it means, in other codes:", code=asked))
    elif resolution.grouped and not resolution.similar:  # beside similar codes, the readings say it themselves
        asked = text_format.quote(resolution.text, CODE)
        lines.append(text_format.say("{code} is not listed. Codes of the same group usually mean:", code=asked))
    elif len(resolution.codes) > 1:
        lines.append(
            text_format.say(
                "Codes found: {codes}.",
                codes=text_format.language.comma_list(text_format.quote(code, CODE) for code in resolution.codes),
            )
        )
    if resolution.limit:
        lines.append(_limit(resolution.limit, text_format))
    if resolution.too_short:
        lines.append(
            text_format.say("{code} is too short to guess. Give the whole code.", code=text_format.quote(resolution.text, CODE))
        )
    return lines


def _limit(limit: FlowLimit, text_format: TextFormat) -> str:
    uncounted, counted = _LIMITS[limit.span]
    said = uncounted if limit.most is None else counted.filled(count=limit.most)
    return said.said_in(text_format.language)


def group_readings(readings: Iterable[Explanation]) -> list[tuple[Explanation, ...]]:
    """The readings in their order, with those that differ in nothing but the provider in one group."""
    groups: dict[object, list[Explanation]] = {}
    for one in readings:
        groups.setdefault((one.code, one.kind, one.carrier, one.family, one.en, one.zh, one.also), []).append(one)
    return [tuple(group) for group in groups.values()]


def heading(one: Explanation, text_format: TextFormat, *others: Explanation) -> str:
    """``MK:0008` · Tencent and Alibaba · China Mobile · receipt``: the code and its table. `others` differ in vendor only."""
    code = [text_format.quote(one.code, CODE)] if one.code else []
    return " · ".join([*code, table_words(one, text_format, *others)])


def table_words(one: Explanation, text_format: TextFormat, *others: Explanation) -> str:
    """`Tencent and Alibaba · China Mobile · receipt`: whose code it is, of which carrier, and of what kind."""
    vendors = list(dict.fromkeys(text_format.title(each.vendor) for each in (one, *others)))
    carrier = [text_format.prose(carrier_words(one.carrier, text_format.language), ACCOUNT)] if one.carrier else []
    kind = _KINDS[one.kind].said_in(text_format.language)
    return " · ".join([text_format.language.comma_list(vendors), *carrier, kind])


def title_with_confidence(one: Explanation, text_format: TextFormat) -> str:
    """The title with its confidence: `The handset could not be reached (likely)`, with a full stop."""
    doubt = confidence_words(one, text_format.language)
    title = text_format.prose(capitalised(one.words(text_format.language.code).title.rstrip(".。")), TITLE)
    return (
        text_format.say("{title} ({doubt}).", title=title, doubt=doubt) if doubt else text_format.language.with_full_stop(title)
    )


def explanation_lines(one: Explanation, text_format: TextFormat, *, most_readings: int | None = MAX_READINGS) -> list[str]:
    """What to do: owner and whether to resend, the next step, other readings. `most_readings` None: all of them."""
    words = one.words(text_format.language.code)
    lines = [
        advice(one, text_format.language),
        text_format.say("Do now: {step}", step=text_format.prose(words.next_step, STEP)) if words.next_step else "",
        *(
            text_format.say("Or: {reading}", reading=title_with_confidence(other, text_format))
            for other in one.also[:most_readings]
        ),
    ]
    return [line for line in lines if line]


def background_lines(one: Explanation, text_format: TextFormat) -> list[str]:
    """What the code means in full, possible causes, and what to tell the customer."""
    words = one.words(text_format.language.code)
    causes = [text_format.prose(cause.rstrip(".。"), TITLE) for cause in words.causes[:MAX_CAUSES]]
    listed = text_format.language.semicolon_list([*map(mid_sentence, causes)])
    lines = [
        text_format.prose(words.meaning, STEP) if words.meaning else "",
        text_format.language.with_full_stop(text_format.say("Possible causes: {causes}", causes=listed)) if causes else "",
        text_format.say("Tell the customer: {words}", words=text_format.prose(words.customer_wording, STEP))
        if words.customer_wording
        else "",
    ]
    return [line for line in lines if line]


def code_lines(rows: Iterable[CodeEntry], text_format: TextFormat, most: int) -> Iterator[str]:
    """`Tencent: MK:0001, … and 130 more`: the codes of these rows, a line for each provider, at most `most` in each.

    The codes of our own, for calls that got no answer, have no provider.
    """
    by_vendor: dict[str, list[str]] = {}
    for row in rows:
        if not row.is_pattern and row.vendor != TRANSPORT:
            by_vendor.setdefault(row.vendor, []).append(row.code)
    for vendor, listed in by_vendor.items():
        unique = list(dict.fromkeys(listed))
        codes = text_format.language.comma_list(text_format.quote(code, CODE) for code in unique[:most])
        rest = len(unique) - most
        if rest > 0:
            yield text_format.say(
                "{provider}: {codes} and {count} more", provider=text_format.title(vendor), codes=codes, count=rest
            )
        else:
            yield text_format.say("{provider}: {codes}", provider=text_format.title(vendor), codes=codes)
