"""What codes mean, and which providers there are: the answers to `explain` and `providers`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.evidence import MAX_READINGS, reading
from bot.model import CodeKind, Confidence
from bot.moments import plural
from bot.slack.views.message import TEXT_BUDGET, Message, context, fit, section, simple
from bot.slack.views.mrkdwn import code as span
from bot.slack.views.mrkdwn import link, medium, prose
from bot.wording import ACCOUNT, CODE, IDENTIFIER, PLACE, STEP, TITLE, WORDS, advice, fault_words, mid_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from bot.codes import Term
    from bot.model import Explanation
    from bot.wording import Medium, ProviderState

_NO_DAY = datetime.fromtimestamp(0, UTC)  # where "now" is not known no moment is of today, so that its day is told
_MOST_READINGS = 4
_MOST_SIMILAR = 5
_STEP = 200
_MOST_CAUSES = 4
_MOST_PROVIDERS = 10
_KINDS = {CodeKind.RECEIPT: "receipt", CodeKind.API: "answer to a call"}


def explanations(
    code: str, readings: Sequence[Explanation], similar: Sequence[str], titles: Mapping[str, str], *, language: str = "en"
) -> Message:
    """All readings of a code, by provider; for one that is not listed, what comes near it."""
    here = medium(None, titles, zone=UTC, now=_NO_DAY, language=language)
    listed = [one for one in readings if one.confidence is not Confidence.UNLISTED]
    if not listed:
        return _unlisted(code, similar, here)
    head = f"{span(code, CODE)} has {plural(len(listed), 'reading')}:" if len(listed) > 1 else ""
    blocks: list[dict[str, Any]] = [section([head])] if head else []
    texts = [head] if head else []
    for one in listed[:_MOST_READINGS]:
        blocks += in_full(one, here)
        texts += [*full_lines(one, here), _source(one, here)]
    if len(listed) > _MOST_READINGS:
        rest = f"And {plural(len(listed) - _MOST_READINGS, 'further reading')}."
        blocks.append(context([rest]))
        texts.append(rest)
    return Message(fit(texts, (), TEXT_BUDGET), tuple(blocks))


def term(word: Term, *, language: str = "en") -> Message:
    """What a word of the field means."""
    words = word.words(language)
    return simple(f"*{prose(words.title, TITLE)}*", prose(words.text, 3 * _STEP))


def in_full(one: Explanation, here: Medium) -> list[dict[str, Any]]:
    """All that is known of a code, and where it is published."""
    return [section(full_lines(one, here)), context([_source(one, here)])]


def full_lines(one: Explanation, here: Medium) -> list[str]:
    """A code, its title and its meaning, causes, next step, whose it is, and other readings."""
    words = one.words(here.language)
    carrier = f" · {here.prose(one.carrier, ACCOUNT)}" if one.carrier else ""
    causes = [here.prose(cause, TITLE) for cause in words.causes[:_MOST_CAUSES]]
    return [
        f"{here.quote(one.code, CODE)} · {here.title(one.vendor)}{carrier} · {_KINDS[one.kind]}",
        f"*{reading(one, here)}*",
        here.prose(words.meaning, STEP) if words.meaning else "",
        f"Could be: {'; '.join(causes)}." if causes else "",
        f"Do now: {here.prose(words.next_step, STEP)}" if words.next_step else "",
        f"Tell the customer: {here.prose(words.tell, STEP)}" if words.tell else "",
        advice(one),
        *(f"or: {reading(other, here)}" for other in one.also[:MAX_READINGS]),
    ]


def _source(one: Explanation, here: Medium) -> str:
    return f"Source: {link(one.source) or here.prose(one.source, WORDS)}" if one.source else "Source: not published"


def _unlisted(code: str, similar: Sequence[str], here: Medium) -> Message:
    lines = [
        f"{span(code, CODE)} is not in our table.",
        "That does not prove that anything is wrong with the number. Ask the provider's support, with the message id.",
    ]
    near = [here.quote(other, CODE) for other in similar[:_MOST_SIMILAR]]
    if near:
        lines.append(f"Similar codes that are in it: {', '.join(near)}.")
    return Message(fit(lines, (), TEXT_BUDGET), (section(lines),))


def providers(states: Sequence[ProviderState], *, zone: tzinfo = UTC, now: datetime = _NO_DAY, language: str = "en") -> Message:
    """Every provider account: what it answers, how far back, and how its latest call went."""
    shown = [_state_lines(state, medium(None, {}, zone=zone, now=now, language=language)) for state in states[:_MOST_PROVIDERS]]
    spoken = medium(None, {}, zone=zone, now=now, language=language, tokens=False)
    texts = [line for state in states[:_MOST_PROVIDERS] for line in _state_lines(state, spoken)]
    if len(states) > _MOST_PROVIDERS:
        shown.append([f"And {len(states) - _MOST_PROVIDERS} more."])
        texts += shown[-1]
    if not states:
        shown, texts = [["No provider is known."]], ["No provider is known."]
    return Message(fit([text for text in texts if text], (), TEXT_BUDGET), tuple(section(lines) for lines in shown))


def _state_lines(state: ProviderState, here: Medium) -> list[str]:
    """Title and account; what it answers; how it went. For one that is off: the settings that switch it on."""
    title = here.prose(state.title, PLACE)
    if not state.configured:
        keys = ", ".join(here.quote(key, IDENTIFIER) for key in state.keys[:4])
        return [f"*{title}* · not set up", here.prose(state.answers, TITLE), f"Set {keys} to switch it on." if keys else ""]
    account = f" {here.quote(state.account, ACCOUNT)}" if state.account else ""
    keeps = "" if state.keeps_days is None else f" · keeps {plural(state.keeps_days, 'day')}"
    return [f"*{title}*{account}", f"{here.prose(state.answers, TITLE)}{keeps}", _state_words(state, here)]


def _state_words(state: ProviderState, here: Medium) -> str:
    """How the latest call went: `Last asked 14:03:22, answered`."""
    if state.last_answer_at is None and state.last_error is None:
        return "Not asked yet since the start"
    last = f"Last asked {here.moment(state.last_answer_at)}" if state.last_answer_at else "Last asked"
    if state.last_error is None:
        return f"{last}, answered"
    words = fault_words(state.last_error, here.language)
    title = here.prose(mid_sentence(words.title), TITLE)
    return f"{last}, no answer: {title} {here.quote(state.last_error.code, CODE)}. {here.prose(words.next_step, _STEP)}"
