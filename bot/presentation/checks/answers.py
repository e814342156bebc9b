"""What each register answered, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.model import ReviewState, Standing
from bot.presentation.checks.reviews import STATES
from bot.presentation.wording import ACCOUNT, STEP, TITLE, WORDS, fault_words, mid_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from bot.model import RegisterAnswer, RegisterReport
    from bot.model.register import Entry
    from bot.presentation.wording import TextFormat

T = TypeVar("T", bound="Entry")

_MOST_ACCOUNTS = 3
_SEVERAL = 2


def answer_lines(
    report: RegisterReport[T], text_format: TextFormat, lines_of: Callable[[T, str], Iterable[str]]
) -> tuple[str, ...]:
    """The lines of each register; `lines_of` words an entry, with who has it in front."""
    return tuple(line for answer in report.answers for line in _lines(answer, text_format, lines_of))


def _lines(answer: RegisterAnswer[T], text_format: TextFormat, lines_of: Callable[[T, str], Iterable[str]]) -> Iterator[str]:
    who = who_has(answer, text_format)
    if answer.fault is not None:
        words = fault_words(answer.fault, text_format.language)
        why = text_format.prose(mid_sentence(words.title), TITLE)
        step = text_format.prose(words.next_step, STEP)
        if answer.lacked_right:
            step = text_format.say("Allow {right} in the key's policy", right=text_format.quote(answer.lacked_right, TITLE))
        sentences = (text_format.say("{who} did not answer: {why}.", who=who, why=why), step)
        yield text_format.language.sentences(text_format.language.with_full_stop(line) for line in sentences if line)
    elif not answer.found:
        yield text_format.say("{who}: not found", who=who)
    for entry in answer.found:
        yield from lines_of(entry, who)


def who_has(answer: RegisterAnswer[T], text_format: TextFormat) -> str:
    """`Alibaba LTAI…0001`, `Tencent 1400006666 and 1400007777`."""
    named = [text_format.quote(account, ACCOUNT) for account in answer.accounts[:_MOST_ACCOUNTS]]
    if more := len(answer.accounts) - len(named):
        named.append(text_format.say("{count} more", count=more))
    return f"{text_format.title(answer.provider)} {text_format.language.listed(named)}"


def worst_of(report: RegisterReport[T]) -> tuple[RegisterAnswer[T], T]:
    """The entry that leads: the one that stands worst, and of these one of which the vendor says why."""
    standings = list(Standing)
    return min(report.found, key=lambda pair: (standings.index(pair[1].standing), pair[1].review is ReviewState.UNUSABLE))


def where(report: RegisterReport[T], answer: RegisterAnswer[T], text_format: TextFormat) -> str:
    """The provider's name, where more than one register was asked; else nothing needs to tell it."""
    return text_format.title(answer.provider) if len(report.answers) >= _SEVERAL else ""


def review_words(review: ReviewState, reviewed_at: datetime | None, refusal: str, text_format: TextFormat) -> str:
    """`approved, Nov 20`, `refused at review: the reason`."""
    said = STATES[review].said_in(text_format.language)
    if reviewed_at is not None:
        said = text_format.say("{state}, {day}", state=said, day=text_format.times.day(reviewed_at))
    return text_format.say("{state}: {words}", state=said, words=text_format.prose(refusal, WORDS)) if refusal else said


def missing_words(report: RegisterReport[T], text_format: TextFormat) -> str:
    """`Incomplete: no answer from Tencent.`, where something else was found."""
    if report.standing is Standing.UNANSWERED or not report.unanswered:
        return ""
    names = list(dict.fromkeys(text_format.title(answer.provider) for answer in report.unanswered))
    return text_format.say("Incomplete: no answer from {names}.", names=text_format.language.listed(names))


def unanswered_advice(report: RegisterReport[T], text_format: TextFormat) -> str:
    """What to do where nothing was found and not everybody answered: most often the key lacks the right."""
    rights = list(dict.fromkeys(answer.lacked_right for answer in report.unanswered if answer.lacked_right))
    if rights:
        named = text_format.language.listed([text_format.quote(right, TITLE) for right in rights])
        return text_format.say("Fix: us (allow {rights} in the key's policy)", rights=named)
    return text_format.say("Ask again in a minute, or see the provider's console.")


def as_of_line(report: RegisterReport[T], text_format: TextFormat) -> str:
    """`as of 14:05`."""
    return text_format.say("as of {time}", time=text_format.times.minute(report.as_of))
