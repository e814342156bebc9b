"""The answers to `explain` and `providers`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from bot.model import Confidence
from bot.presentation.explanation import (
    background_lines,
    code_lines,
    explanation_lines,
    group_readings,
    introduction,
    table_words,
    title_with_confidence,
)
from bot.presentation.wording import (
    ACCOUNT,
    CODE,
    IDENTIFIER,
    NO_DAY,
    PLACE,
    STEP,
    TITLE,
    WORDS,
    advice_of,
    capitalised,
    fault_words,
    mid_sentence,
    source_words,
)
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, section, text_message, with_notice
from bot.slack.views.mrkdwn import code as span
from bot.slack.views.mrkdwn import link, mrkdwn_format, prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from bot.codes import Resolution, SearchHit, Term
    from bot.codes.page_address import CodePages
    from bot.i18n import Language
    from bot.model import Explanation
    from bot.presentation.wording import ProviderStatus, TextFormat

_MOST_READINGS = 4

_MOST_SIMILAR = 5

_STEP = 200

_MOST_PROVIDERS = 10


def explanations(
    code: str,
    readings: Sequence[Explanation],
    similar: Sequence[str],
    titles: Mapping[str, str],
    *,
    pages: CodePages | None = None,
    language: Language,
) -> Message:
    """All readings of a code, by provider; for an unlisted one, similar codes.

    `similar` beside readings: the readings are of the code's group, and no table has the code itself. `pages`: the site that has
    a page for each code, linked once for each.
    """
    text_format = mrkdwn_format(None, titles, zone=UTC, now=NO_DAY, language=language)
    listed = [one for one in readings if one.confidence is not Confidence.UNLISTED]
    if not listed:
        return _unlisted(code, similar, text_format)
    blocks: list[dict[str, Any]] = []
    texts: list[str] = []
    if similar:
        near = language.comma_list(text_format.quote(other, CODE) for other in similar[:_MOST_SIMILAR])
        texts.append(language.say("Similar codes: {codes}.", codes=near))
        group = language.say("{code} is not listed. Codes of the same group usually mean:", code=span(code, CODE))
        texts.append(group)
        blocks.append(section(texts, language))
    elif len(group_readings(listed)) > 1 and len({one.code for one in listed}) == 1:
        texts.append(language.say("{code} can mean:", code=span(listed[0].code, CODE)))
        blocks.append(section(texts, language))
    groups = group_readings(listed)
    linked: set[str] = set()
    for one, *same in groups[:_MOST_READINGS]:
        blocks += full_explanation(one, text_format, *same, pages=None if one.code in linked else pages)
        linked.add(one.code)
        texts += [*full_explanation_lines(one, text_format), *background(one, text_format, *same)]
    if len(groups) > _MOST_READINGS:
        rest = language.plural(len(groups) - _MOST_READINGS, "And {count} further reading.", "And {count} further readings.")
        blocks.append(context_block([rest], language))
        texts.append(rest)
    return Message(fit(texts, (), TEXT_BUDGET, language), tuple(blocks))


def explain_result(
    answer: Resolution,
    titles: Mapping[str, str],
    *,
    command: str = "/smsstatus",
    pages: CodePages | None = None,
    language: Language,
) -> Message:
    """The answer to `explain`: readings, a term, or search results; with links to `pages`, if there is a site."""
    text_format = mrkdwn_format(None, titles, zone=UTC, now=NO_DAY, language=language)
    first = introduction(answer, text_format)
    above_it = [text_message(language, *first)] if first else []
    if answer.too_short:
        return above_it[0]
    above_it += [term(answer.term, language=language)] if answer.term else []
    below = [meanings(answer.text, answer.found, titles, command=command, pages=pages, language=language)] if answer.found else []
    if answer.readings or not (answer.term or answer.found):
        below = [explanations(answer.text, answer.readings, answer.similar, titles, pages=pages, language=language)]
    return reduce(lambda one, other: with_notice(one, other, language=language), [*above_it, *below])


def term(word: Term, *, language: Language) -> Message:
    """A glossary term and its definition."""
    words = word.words(language.code)
    return text_message(language, f"*{prose(words.title, TITLE)}*", prose(words.text, 3 * _STEP))


def full_explanation(
    one: Explanation, text_format: TextFormat, *same: Explanation, pages: CodePages | None = None
) -> list[dict[str, Any]]:
    """The blocks of an explanation in full, with its source and its page on a site."""
    return [
        section(full_explanation_lines(one, text_format), text_format.language),
        context_block([*background(one, text_format, *same), _page_link(one, text_format, pages)], text_format.language),
    ]


def _page_link(one: Explanation, text_format: TextFormat, pages: CodePages | None) -> str:
    """``All about MK:0001``, a link; empty without a site, and for a code that it has no page of."""
    address = pages.code(one.code, text_format.language) if pages else ""
    return link(address, text_format.say("All about {code}", code=one.code)) if address else ""


def full_explanation_lines(one: Explanation, text_format: TextFormat) -> list[str]:
    """A code with its title, owner, next step, other readings and causes."""
    code = f"{text_format.quote(one.code, CODE)} " if one.code else ""
    return [f"{code}*{title_with_confidence(one, text_format)}*", *explanation_lines(one, text_format)]


def background(one: Explanation, text_format: TextFormat, *same: Explanation) -> list[str]:
    """What the code means in full, what to tell the customer, and where it is published. `same` differ in vendor only."""
    published = " · ".join((table_words(one, text_format, *same), _source(one, text_format)))
    return [*background_lines(one, text_format), published]


def _source(one: Explanation, text_format: TextFormat) -> str:
    if not one.source:
        return text_format.say("Source: not published")
    words = source_words(one, text_format.language)
    return text_format.say(
        "Source: {source}", source=link(one.source, words if one.source_title else "") or text_format.prose(words, WORDS)
    )


def _unlisted(code: str, similar: Sequence[str], text_format: TextFormat) -> Message:
    lines = [
        text_format.say("{code} is not listed.", code=span(code, CODE)),
        text_format.say(
            "That does not prove that anything is wrong with the number. Ask the provider's support, with the message id."
        ),
    ]
    near = [text_format.quote(other, CODE) for other in similar[:_MOST_SIMILAR]]
    if near:
        lines.append(text_format.say("Similar codes: {codes}.", codes=text_format.language.comma_list(near)))
    return text_message(text_format.language, *lines)


def providers(states: Sequence[ProviderStatus], *, zone: tzinfo = UTC, now: datetime = NO_DAY, language: Language) -> Message:
    """The status of every provider account: what it answers, its retention, its latest call."""
    shown = [
        _state_lines(state, mrkdwn_format(None, {}, zone=zone, now=now, language=language)) for state in states[:_MOST_PROVIDERS]
    ]
    spoken = mrkdwn_format(None, {}, zone=zone, now=now, language=language, tokens=False)
    texts = [line for state in states[:_MOST_PROVIDERS] for line in _state_lines(state, spoken)]
    if len(states) > _MOST_PROVIDERS:
        shown.append([language.say("And {count} more.", count=len(states) - _MOST_PROVIDERS)])
        texts += shown[-1]
    if not states:
        return text_message(language, language.say("No provider is known."))
    text = fit([text for text in texts if text], (), TEXT_BUDGET, language)
    return Message(text, tuple(section(lines, language) for lines in shown))


def _state_lines(state: ProviderStatus, text_format: TextFormat) -> list[str]:
    """Title and account; what it answers; its latest call. For one that is off, the settings that switch it on."""
    title = text_format.prose(state.title, PLACE)
    if not state.configured:
        keys = [text_format.quote(key, IDENTIFIER) for key in state.keys[:4]]
        switch = text_format.say("Set {keys} to switch it on.", keys=text_format.language.comma_list(keys)) if keys else ""
        off = text_format.say("not set up")
        return [f"*{title}* · {off}", text_format.prose(state.answers, TITLE), switch]
    account = f" {text_format.quote(state.account, ACCOUNT)}" if state.account else ""
    answers = text_format.prose(state.answers, TITLE)
    if state.keeps_days is not None:
        answers = text_format.plural(
            state.keeps_days, "{answers}, last {count} day", "{answers}, last {count} days", answers=answers
        )
    notice = text_format.prose(state.notice, TITLE) if state.notice else ""
    return [f"*{title}*{account} · {answers}", notice, _state_words(state, text_format)]


def _state_words(state: ProviderStatus, text_format: TextFormat) -> str:
    """The latest call: `Last check 14:03 OK`."""
    when = text_format.times.minute(state.last_answer_at) if state.last_answer_at else ""
    if state.last_error is None:
        return text_format.say("Last check {when} OK", when=when) if when else text_format.say("Not checked yet")
    words = fault_words(state.last_error, text_format.language)
    why = {
        "title": text_format.prose(mid_sentence(words.title), TITLE),
        "code": text_format.quote(state.last_error.code, CODE),
        "step": text_format.prose(words.next_step, _STEP),
    }
    if not when:
        return text_format.say("Last check failed: {title} {code}. {step}", **why)
    return text_format.say("Last check {when} failed: {title} {code}. {step}", when=when, **why)


_MOST_CODES = 6  # of one provider


def meanings(
    text: str,
    found: Sequence[SearchHit],
    titles: Mapping[str, str],
    *,
    command: str = "/smsstatus",
    pages: CodePages | None = None,
    language: Language,
) -> Message:
    """Search results: each family with what to do, and its codes, by provider."""
    text_format = mrkdwn_format(None, titles, zone=UTC, now=NO_DAY, language=language)
    full = text_format.quote(f"{command} explain CODE", IDENTIFIER)
    small = [text_format.say("A code is explained in full by {command}.", command=full)]
    if pages:
        links = [link(pages.family(one.family.id, language), one.family.words(language.code).title) for one in found]
        small.append(text_format.say("All their codes: {links}.", links=language.comma_list(links)))
    parts = [_family_lines(one, text_format) for one in found]
    parts[0] = [text_format.say("Codes about {words}:", words=text_format.quote(text, CODE)), *parts[0]]
    blocks = [*(section(lines, language) for lines in parts), context_block(small, language)]
    texts = [line for lines in (*parts, small[:1]) for line in lines if line]  # a link's address helps no listener
    return Message(fit(texts, (), TEXT_BUDGET, language), tuple(blocks))


def _family_lines(one: SearchHit, text_format: TextFormat) -> list[str]:
    words = one.family.words(text_format.language.code)
    return [
        f"*{text_format.prose(capitalised(words.title), TITLE)}*",
        text_format.prose(words.meaning, STEP),
        text_format.say("Do now: {step}", step=text_format.prose(words.next_step, STEP)),
        text_format.say("Tell the customer: {words}", words=text_format.prose(words.customer_wording, STEP))
        if words.customer_wording
        else "",
        advice_of(one.family.owner, one.family.resend, text_format.language),
        *code_lines(one.rows, text_format, _MOST_CODES),
    ]
