"""The rows behind a verdict as lines of text: one for what became of a message, up to a few for why.

The same for every medium. An explanation is told once for each code, however many rows carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.language import ENGLISH
from bot.meaning import MAX_READINGS, reading
from bot.model import Confidence, NoteKind, Status
from bot.outside import mask_digits
from bot.wording import (
    CODE,
    IDENTIFIER,
    PLACE,
    STEP,
    WORDS,
    advice,
    carrier_words,
    fault_sentence,
    filter_words,
    name_of,
    not_asked,
    note_sentence,
    origin_of,
    status_words,
    with_several_accounts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.language import Language
    from bot.model import Delivery, Explanation, Report
    from bot.wording import Medium

MAX_CODES = 5
MAX_ROW_NOTES = 3
MAX_FAULTS = 6
MAX_SILENT = 5
MAX_NOTES = 6
MAX_NOT_ASKED = 4
_NOTHING_FOUND = frozenset({NoteKind.EMPTY_RECEIPTS, NoteKind.NO_RECORD})
_OF_ROWS = frozenset({NoteKind.CONTRADICTION, NoteKind.PROVIDER_WORDS})  # told beside the code, not below the answer


class Detail(IntEnum):
    """How much is told of an explanation."""

    NONE = 0
    BRIEF = 1  # what it is, whose it is and whether to resend
    FULL = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """The rows that one explanation is for."""

    rows: tuple[Delivery, ...]

    @property
    def code(self) -> str | None:
        """The code as received, of the first row."""
        return self.rows[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes as received, each once."""
        return tuple(dict.fromkeys(row.code for row in self.rows if row.code))

    @property
    def explanation(self) -> Explanation | None:
        """What it means."""
        return self.rows[0].explanation


def reasons(rows: Iterable[Delivery]) -> tuple[Reason, ...]:
    """The codes that need words, in the order in which they are first met. A plain delivered row needs none."""
    found: dict[tuple[str, str | None], list[Delivery]] = {}
    for row in rows:
        if _needs_words(row):
            found.setdefault((row.vendor, row.code), []).append(row)
    return tuple(Reason(tuple(group)) for group in found.values())


def causes(rows: Iterable[Delivery]) -> tuple[Reason, ...]:
    """Like `reasons`, with the codes that mean the same told together. The least sure of them speaks for all."""
    found: dict[object, list[Delivery]] = {}
    for reason in reasons(rows):
        found.setdefault(_same_words(reason), []).extend(reason.rows)
    return tuple(Reason(tuple(sorted(group, key=_doubt, reverse=True))) for group in found.values())


def _same_words(reason: Reason) -> object:
    """What two reasons must share to be told together: all that is said of them."""
    one = reason.explanation
    said_of_rows = any(note.kind in _OF_ROWS for row in reason.rows for note in row.notes)
    if one is None or one.also or one.confidence is Confidence.UNLISTED or said_of_rows:
        return (reason.rows[0].provider, reason.code)
    return (one.en, one.zh, one.owner, one.resend)


def _doubt(row: Delivery) -> int:
    order = (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE, Confidence.UNLISTED)
    return order.index(row.explanation.confidence) if row.explanation else len(order)


def _needs_words(row: Delivery) -> bool:
    return row.status not in {Status.DELIVERED, Status.PENDING} or any(note.kind in _OF_ROWS for note in row.notes)


def codes_label(reason: Reason, medium: Medium) -> str:
    """`MK:0001`, `INVALID_NUMBER` × 5: the codes of a cause and how many rows carry them."""
    codes = [medium.quote(code, CODE) for code in reason.codes[:MAX_CODES]] or [medium.say("No code")]
    codes += ["…"] if len(reason.codes) > MAX_CODES else []
    return medium.language.enumerated(codes) + (f" × {len(reason.rows)}" if len(reason.rows) > 1 else "")


def reason_lines(reason: Reason, medium: Medium, detail: Detail) -> list[str]:
    """Meaning and next step; whose it is and whether to resend; other readings; what the provider says of it."""
    if detail is Detail.NONE:
        return []
    tells_failure = any(row.status is not Status.DELIVERED for row in reason.rows)
    lines = _explanation_lines(reason, medium, detail) if tells_failure else []
    return lines + (_remarks(reason, medium) if detail is Detail.FULL else [])


def _explanation_lines(reason: Reason, medium: Medium, detail: Detail) -> list[str]:
    explanation = reason.explanation
    unlisted = medium.say("The code is not in our table: it is shown as received.")
    if explanation is None:
        return [unlisted if reason.code else medium.say("The provider gave no code.")]
    words = explanation.words(medium.language.code)
    head = unlisted if explanation.confidence is Confidence.UNLISTED else reading(explanation, medium)
    step = medium.prose(words.next_step, STEP) if detail is Detail.FULL and words.next_step else ""
    lines = [medium.language.sentences([head, step]), advice(explanation, medium.language)]
    if detail is Detail.FULL:
        lines += [medium.say("or: {reading}", reading=reading(other, medium)) for other in explanation.also[:MAX_READINGS]]
        rest = len(explanation.also) - MAX_READINGS
        if rest > 0:
            lines.append(medium.plural(rest, "and {count} further reading", "and {count} further readings"))
    return [line for line in lines if line]


def _remarks(reason: Reason, medium: Medium) -> list[str]:
    """Contradictions, the provider's own words, and the message id where only the provider can tell more."""
    title = medium.title(reason.rows[0].vendor)
    notes = [note for row in reason.rows for note in row.notes if note.kind in _OF_ROWS]
    lines = list(dict.fromkeys(note_sentence(note, medium, title) for note in notes))
    unlisted = reason.explanation is None or reason.explanation.confidence is Confidence.UNLISTED
    message_id = reason.rows[0].message_id
    if message_id and (unlisted or any(note.kind is NoteKind.CONTRADICTION for note in notes)):
        lines = [*lines[:MAX_ROW_NOTES], medium.say("Message id {id}", id=medium.quote(message_id, IDENTIFIER))]
    return lines[: MAX_ROW_NOTES + 1]


def row_words(row: Delivery, report: Report, medium: Medium) -> str:
    """`delivered in 3 s`, ``failed `MK:0008` after 20 s``: the status, and the code unless the message arrived."""
    code = medium.quote(row.code, CODE) if row.code and _needs_words(row) else ""
    return status_words(row, report.as_of, medium.language, code)


def row_origin(row: Delivery, report: Report, medium: Medium) -> str:
    """`Tencent`, with the account when there are several, and with carrier, region and country where they are told."""
    carrier = carrier_words(row.carrier, medium.language) if row.carrier else None
    country = (medium.language.country(row.region or "") or row.country) if row.country else None
    places = (medium.prose(place, PLACE) for place in (carrier, row.region, country) if place and place.strip())
    return " · ".join([origin_of(row, medium, with_several_accounts(report)), *places])


def row_text(row: Delivery, medium: Medium) -> str:
    """The message's text, blanked, on one short line. Only for the asker's eyes."""
    return medium.say("Text: {text}", text=medium.quote(mask_digits(row.text or ""), WORDS))


def number_of(row: Delivery, *, reveal: bool) -> str:
    """The number that a row is about, masked unless it may be seen; a dash when the provider tells none."""
    if row.number is None:
        return "–"
    return row.number.e164 if reveal else row.number.masked


def asks_several(report: Report) -> bool:
    """Whether a row must say which number it is about."""
    return len(report.query.targets) > 1


def faults(report: Report, medium: Medium, *, brief: bool = False) -> list[str]:
    """One line for each account that did not answer, or not fully."""
    several = with_several_accounts(report)
    found = {(row.provider, row.account) for row in report.deliveries}
    lines = [
        fault_sentence(
            part,
            medium,
            name_of(part.provider, part.account, medium, several),
            partly=(part.provider, part.account) in found,
            brief=brief,
        )
        for part in report.failing[:MAX_FAULTS]
    ]
    rest = len(report.failing) - len(lines)
    return [*lines, medium.say("And {count} more did not answer.", count=rest)] if rest > 0 else lines


def silent(report: Report, medium: Medium, *, reveal: bool = False) -> str:
    """`No record of … and 12 more`; empty when all targets have one, or when there is one target and the verdict says it."""
    missing = report.silent
    if not missing or not asks_several(report):
        return ""
    names = []
    for target in missing[:MAX_SILENT]:
        number = (target.number.e164 if reveal else target.number.masked) if target.number else ""
        names.append(medium.quote(" id:".join(part for part in (number, target.message_id or "") if part), IDENTIFIER))
    listed, rest = medium.language.enumerated(names), len(missing) - len(names)
    if rest > 0:
        return medium.say("No record of {targets} and {count} more.", targets=listed, count=rest)
    return medium.say("No record of {targets}.", targets=listed)


def remarks(report: Report, medium: Medium, *, most: int = MAX_NOTES) -> list[str]:
    """What the answer does not cover: the notes of the accounts asked, each once, at most `most` of them."""
    several = with_several_accounts(report)
    lines: list[str] = []
    empty: list[str] = []  # where others have rows, an account with none is worth a word, not a sentence
    for part in report.coverage:
        name = name_of(part.provider, part.account, medium, several)
        for note in part.notes:
            if note.kind in _NOTHING_FOUND and report.deliveries:
                empty.append(name)
            else:
                lines.append(note_sentence(note, medium, name))
    if empty:
        names = medium.language.listed(list(dict.fromkeys(empty)), either=True)
        lines.append(medium.say("Nothing found at {names}.", names=names))
    lines += [
        note_sentence(note, medium, origin_of(row, medium, several))
        for row in report.deliveries
        for note in row.notes
        if note.kind not in _OF_ROWS
    ]
    unique = list(dict.fromkeys(lines))
    rest = len(unique) - most
    if rest <= 0:
        return unique
    return [*unique[:most], medium.plural(rest, "And {count} more remark.", "And {count} more remarks.")]


def accounts_not_asked(report: Report, medium: Medium) -> list[str]:
    """`Alibaba intl not asked (needs a message id)`, once for each provider and reason."""
    several = with_several_accounts(report)
    lines = [not_asked(part, medium, name_of(part.provider, part.account, medium, several)) for part in report.not_asked]
    unique = list(dict.fromkeys(lines))
    rest = len(unique) - MAX_NOT_ASKED
    return [*unique[:MAX_NOT_ASKED], medium.say("{count} more not asked", count=rest)] if rest > 0 else unique


def selection(report: Report, language: Language = ENGLISH) -> str:
    """`showing 2 of 7 (only failed)` when `only` leaves rows out; empty otherwise."""
    if not report.query.only:
        return ""
    return language.say(
        "showing {shown} of {total} ({filter})",
        shown=len(report.shown),
        total=len(report.deliveries),
        filter=filter_words(report.query.only, language),
    )
