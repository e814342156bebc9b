"""What the answer does not cover: accounts that did not answer, targets without a record, accounts not asked, rows not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.lookup.note_rules import NOTHING_FOUND
from bot.model import NoteKind
from bot.presentation.evidence.reasons import OF_ROWS
from bot.presentation.evidence.rows import asks_several
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    fault_sentence,
    filter_words,
    name_of,
    not_asked,
    note_sentence,
    origin_of,
    with_several_accounts,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.i18n import Language
    from bot.model import Note, Report
    from bot.presentation.wording import TextFormat

MAX_FAULTS = 6
MAX_SILENT = 5
MAX_NOTES = 6
MAX_NOT_ASKED = 4
_OF_SENDS = frozenset(
    {NoteKind.SENDS_COVERED, NoteKind.SENDS_MISSING, NoteKind.SENDS_SKIPPED}
)  # tells what "nothing found" means
_ORDINARY = _OF_SENDS | {  # how a source works, and what the verdict says already
    NoteKind.EMPTY_RECEIPTS,
    NoteKind.NO_RECORD,
    NoteKind.STORED_SINCE,
    NoteKind.MAY_CHANGE,
    NoteKind.WINDOW_IGNORED,
}


def fault_lines(report: Report, text_format: TextFormat, *, brief: bool = False) -> list[str]:
    """One line for each account that did not answer, or not fully."""
    several = with_several_accounts(report)
    found = {(row.provider, row.account) for row in report.deliveries}
    lines = [
        fault_sentence(
            part,
            text_format,
            name_of(part.provider, part.account, text_format, several),
            partly=(part.provider, part.account) in found,
            brief=brief,
        )
        for part in report.failed_accounts[:MAX_FAULTS]
    ]
    rest = len(report.failed_accounts) - len(lines)
    return [*lines, text_format.say("And {count} more did not answer.", count=rest)] if rest > 0 else lines


def missing_targets_line(report: Report, text_format: TextFormat, *, reveal: bool = False) -> str:
    """`No record of … and 12 more`; empty when every target has one, or for a single target, where the verdict says it.

    `Nothing found for …` while an account that could hold a record has not answered, for then nobody knows whether there is one.
    """
    missing = report.targets_without_record
    if not missing or not asks_several(report):
        return ""
    names = [text_format.quote(target.whole if reveal else target.masked, IDENTIFIER) for target in missing[:MAX_SILENT]]
    listed, rest = text_format.language.comma_list(names), len(missing) - len(names)
    if rest > 0:
        listed = text_format.say("{targets} and {count} more", targets=listed, count=rest)
    if all(report.is_whole_for(target) for target in missing):
        return text_format.say("No record of {targets}.", targets=listed)
    return text_format.say("Nothing found for {targets} so far: not every source has answered.", targets=listed)


def remarks(report: Report, text_format: TextFormat, *, most: int = MAX_NOTES, brief: bool = False) -> list[str]:
    """The notes of the accounts asked, each once, at most `most` of them; `brief`: without those on how a source works."""
    several = with_several_accounts(report)
    left_out = frozenset() if not brief else _ORDINARY if report.deliveries else _ORDINARY - _OF_SENDS
    lines: list[str] = []
    empty: list[str] = []  # where others have rows, an account with none is worth a word, not a sentence
    for part in report.coverage:
        notes = [note for note in part.notes if note.kind not in left_out]
        name = name_of(part.provider, part.account, text_format, several) if notes else ""
        for note in notes:
            if note.kind in _OF_SENDS and _is_of_all(note, part.provider, report):
                lines.append(note_sentence(note, text_format, text_format.title(part.provider)))
            elif note.kind in NOTHING_FOUND and report.deliveries:
                empty.append(name)
            else:
                lines.append(note_sentence(note, text_format, name))
    if empty:
        names = text_format.language.comma_list(dict.fromkeys(empty))
        lines.append(text_format.say("No records: {names}.", names=names))
    lines += [
        note_sentence(note, text_format, origin_of(row, text_format, several))
        for row in report.deliveries
        for note in row.notes
        if note.kind not in OF_ROWS and note.kind not in left_out
    ]
    unique = list(dict.fromkeys(lines))
    rest = len(unique) - most
    if rest <= 0:
        return unique
    return [*unique[:most], text_format.plural(rest, "And {count} more remark.", "And {count} more remarks.")]


def _is_of_all(note: Note, provider: str, report: Report) -> bool:
    """Whether all accounts of the provider have an equal note."""
    return all(note in part.notes for part in report.coverage if part.provider == provider)


def accounts_not_asked(report: Report, text_format: TextFormat, *, only: Collection[NoteKind] | None = None) -> list[str]:
    """`Alibaba intl not asked (needs a message id)`, once for each provider and reason; `only` for these reasons.

    Those that `via` left out are one line: whoever asked knows, others need no list.
    """
    several = with_several_accounts(report)
    parts = [part for part in report.not_asked if only is None or part.reason.kind in only]
    chosen = [part for part in parts if part.reason.kind is not NoteKind.NOT_CHOSEN]
    lines = (not_asked(part, text_format, name_of(part.provider, part.account, text_format, several)) for part in chosen)
    unique = list(dict.fromkeys(lines))
    rest = len(unique) - MAX_NOT_ASKED
    unique = [*unique[:MAX_NOT_ASKED], text_format.say("{count} more not asked", count=rest)] if rest > 0 else unique
    if left_out := len(parts) - len(chosen):
        unique.append(text_format.plural(left_out, "{count} other skipped (via)", "{count} others skipped (via)"))
    return unique


def ignored_words_line(words: Sequence[str], text_format: TextFormat) -> str:
    """`Passed over: please, thanks`: the words of the command that were ignored."""
    if not words:
        return ""
    return text_format.say(
        "Passed over: {words}", words=text_format.language.comma_list(text_format.quote(word, CODE) for word in words)
    )


def filter_line(report: Report, language: Language) -> str:
    """`showing 2 of 7 (only failed)` when `only` leaves messages out, or in a list numbers, as the verdict counts; else empty."""
    if not report.query.only:
        return ""
    shown, total = len(report.shown), len(report.deliveries)
    if asks_several(report):
        passing = set(map(id, report.shown))
        shown, total = sum(id(row) in passing for row in report.newest_of_targets), len(report.query.targets)
    return language.say(
        "showing {shown} of {total} ({filter})", shown=shown, total=total, filter=filter_words(report.query.only, language)
    )
