"""Why messages failed, as lines of text: one explanation for each group of rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.model import Confidence, NoteKind, Status
from bot.model.personal_numbers import mask_message_id
from bot.presentation.explanation import MAX_READINGS, title_with_confidence
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    STEP,
    advice,
    is_systematic,
    note_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Delivery, Explanation, Report
    from bot.presentation.wording import TextFormat

MAX_CODES = 5
MAX_ROW_NOTES = 3
OF_ROWS = frozenset({NoteKind.CONTRADICTION, NoteKind.PROVIDER_WORDS})  # shown beside the code, not below the answer


class Detail(IntEnum):
    """How much of an explanation is shown."""

    NONE = 0
    BRIEF = 1  # what it is, whose it is and whether to resend
    FULL = 2


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """The rows that share an explanation."""

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
        """The shared explanation; None when nobody gave a code."""
        return self.rows[0].explanation


def group_by_code(rows: Iterable[Delivery]) -> tuple[CodeGroup, ...]:
    """The rows by vendor and code, in order of first occurrence; rows that need no explanation are left out."""
    found: dict[tuple[str, str | None], list[Delivery]] = {}
    for row in rows:
        if needs_words(row):
            found.setdefault((row.vendor, row.code), []).append(row)
    return tuple(CodeGroup(tuple(group_rows)) for group_rows in found.values())


def group_by_meaning(rows: Iterable[Delivery]) -> tuple[CodeGroup, ...]:
    """Like `group_by_code`, with codes of the same explanation in one group.

    The least sure of them comes first and represents it.
    """
    found: dict[object, list[Delivery]] = {}
    for group in group_by_code(rows):
        found.setdefault(_meaning_key(group), []).extend(group.rows)
    return tuple(CodeGroup(tuple(sorted(group_rows, key=_doubt, reverse=True))) for group_rows in found.values())


def _meaning_key(group: CodeGroup) -> object:
    """What two groups must share to be merged: everything that would be shown."""
    one = group.explanation
    said_of_rows = any(note.kind in OF_ROWS for row in group.rows for note in row.notes)
    if one is None or one.also or one.confidence is Confidence.UNLISTED or said_of_rows:
        return (group.rows[0].provider, group.code)
    return (one.en, one.zh, one.owner, one.resend)


def _doubt(row: Delivery) -> int:
    order = (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE, Confidence.UNLISTED)
    return order.index(row.explanation.confidence) if row.explanation else len(order)


def needs_words(row: Delivery) -> bool:
    """Whether the row's code needs an explanation. That of a plain delivered or pending row does not."""
    return row.status not in {Status.DELIVERED, Status.PENDING} or any(note.kind in OF_ROWS for note in row.notes)


def is_advised(group: CodeGroup, report: Report) -> bool:
    """Whether the explanation's own advice applies.

    It does not where all its rows are superseded, nor where so many fail alike that the verdict gives other advice.
    """
    if not report.standing(group.rows):
        return False
    family = group.explanation.family if group.explanation else ""
    alike = {
        row.number.e164
        for row in report.deliveries
        if row.number and row.status.is_failure and row.explanation and row.explanation.family == family
    }
    return not is_systematic(group.explanation, len(alike))


def codes_label(group: CodeGroup, text_format: TextFormat) -> str:
    """`MK:0001`, `INVALID_NUMBER` × 5: the codes of a group and the number of its rows."""
    codes = [text_format.quote(code, CODE) for code in group.codes[:MAX_CODES]] or [text_format.say("No code")]
    codes += ["…"] if len(group.codes) > MAX_CODES else []
    return text_format.language.comma_list(codes) + (f" × {len(group.rows)}" if len(group.rows) > 1 else "")


def reason_lines(group: CodeGroup, text_format: TextFormat, detail: Detail, *, advised: bool = True) -> list[str]:
    """The explanation of a group: meaning, next step, owner, whether to resend, other readings, the provider's own words.

    Unless `advised` (see `is_advised`), next step and owner are left out.
    """
    if detail is Detail.NONE:
        return []
    tells_failure = any(row.status is not Status.DELIVERED for row in group.rows)
    lines = _explanation_lines(group, text_format, detail, advised=advised) if tells_failure else []
    return lines + (remark_lines(group, text_format) if detail is Detail.FULL else [])


def cause_lines(group: CodeGroup, text_format: TextFormat, detail: Detail, *, told: bool, advised: bool, said: str) -> list[str]:
    """In one or two lines: the cause, unless the verdict has `told` it, who must fix it, other readings, contradictions.

    `said`: the advice of the verdict, which is not repeated.
    """
    if detail is Detail.NONE:
        return []
    if not any(row.status is not Status.DELIVERED for row in group.rows):
        return remark_lines(group, text_format, brief=True)
    lines = []
    if not told:
        head = _title(group, text_format)
        owner = advice(group.explanation, text_format.language) if advised and group.explanation else ""
        lines.append(text_format.language.sentences([head, owner if owner != said else ""]))
    if detail is Detail.FULL:
        lines += [*_other_readings(group, text_format), *remark_lines(group, text_format, brief=True)]
    return lines


def _title(group: CodeGroup, text_format: TextFormat) -> str:
    """What the code means, as far as anybody knows."""
    if group.explanation is None and not group.code:
        return text_format.say("The provider gave no code.")
    if group.explanation is None or group.explanation.confidence is Confidence.UNLISTED:
        return text_format.say("Unknown code, shown as received.")
    return title_with_confidence(group.explanation, text_format)


def _other_readings(group: CodeGroup, text_format: TextFormat) -> list[str]:
    also = group.explanation.also if group.explanation else ()
    lines = [text_format.say("Or: {reading}", reading=title_with_confidence(other, text_format)) for other in also[:MAX_READINGS]]
    rest = len(also) - MAX_READINGS
    return (
        [*lines, text_format.plural(rest, "and {count} further reading", "and {count} further readings")] if rest > 0 else lines
    )


def _explanation_lines(group: CodeGroup, text_format: TextFormat, detail: Detail, *, advised: bool) -> list[str]:
    explanation = group.explanation
    if explanation is None:
        return [_title(group, text_format)]
    words = explanation.words(text_format.language.code)
    step = text_format.prose(words.next_step, STEP) if advised and detail is Detail.FULL and words.next_step else ""
    lines = [
        text_format.language.sentences([_title(group, text_format), step]),
        advice(explanation, text_format.language) if advised else "",
    ]
    lines += _other_readings(group, text_format) if detail is Detail.FULL else []
    return [line for line in lines if line]


def remark_lines(group: CodeGroup, text_format: TextFormat, *, brief: bool = False) -> list[str]:
    """Contradictions, the provider's own words, and the message id where only the provider can say more.

    `brief`: the provider's words only where we have none.
    """
    title = text_format.title(group.rows[0].vendor)
    notes = [note for row in group.rows for note in row.notes if note.kind in OF_ROWS]
    unlisted = group.explanation is None or group.explanation.confidence is Confidence.UNLISTED
    told = [note for note in notes if not (brief and note.kind is NoteKind.PROVIDER_WORDS and not unlisted)]
    lines = list(dict.fromkeys(note_sentence(note, text_format, title) for note in told))
    message_id = group.rows[0].message_id
    if message_id and (unlisted or any(note.kind is NoteKind.CONTRADICTION for note in notes)):
        shown = text_format.quote(mask_message_id(message_id), IDENTIFIER)
        lines = [*lines[:MAX_ROW_NOTES], text_format.say("Message id {id}", id=shown)]
    return lines[: MAX_ROW_NOTES + 1]
