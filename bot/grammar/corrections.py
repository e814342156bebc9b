"""What may have been meant by a text that is not understood: the corrected example, and every reading that can be run.

The example is the user's own command: no number, id or time in it is made up or lost, and a placeholder stands for what is
missing. A reading has no placeholder: where only a time, a provider or a status is missing, it is one of the usual ones, which
the button that runs it names.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.grammar.cursor import SEPARATORS, ParseError, pattern
from bot.grammar.text import escape_entities
from bot.grammar.vocabulary import A_CODE, A_NAME, A_NUMBER, A_PROVIDER, A_STATUS, A_TIME, AN_ID, COMMON_WINDOWS
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.grammar.command import Command, ParseContext
    from bot.grammar.cursor import Edit

    Check = Callable[[str], Command]  # parses a text in which placeholders are accepted; raises ParseError

MOST_READINGS = 5  # as many buttons as one looks through
_DIGITS = pattern(r"\d")
_AMOUNT = 4  # as many digits as `limit 5` may have
_GROWS = pattern(r"[\d)]\s*\Z")
_COULD_GROW = pattern(r"\s*(?:[\d+(]|(?:(?:biz|message)?id|serialno)\b)")
_CORRECTED_LENGTH = 2500  # what is corrected and shown of a longer text
_CORRECTIONS = 30
_CORRECTION_WORK = 6000  # characters read while looking for a correction; a long text gets fewer attempts
_PLACEHOLDERS = re.compile(rf"\b(?:{A_NUMBER}|{A_TIME}|{A_PROVIDER}|{A_STATUS}|{A_CODE}|{A_NAME}|{AN_ID})\b")
_COMMON_STATUSES = (Status.FAILED, Status.DELIVERED, Status.PENDING)


def corrected(plain: str, edits: Iterable[Edit], check: Check) -> str | None:
    """`plain` with `edits` applied, and then the edits of each further error. None if that leads to no safe command."""
    if len(plain) > _CORRECTED_LENGTH:
        return None
    attempts = _CORRECTION_WORK // max(len(plain), _CORRECTION_WORK // _CORRECTIONS)
    for _ in range(attempts):
        edits = tuple(edits)
        if not edits or not _is_honest(plain, edits):
            return None
        plain = _edited(plain, edits) or A_NUMBER
        try:
            check(plain)
        except ParseError as again:
            edits = again.edits
        else:
            return escape_entities(plain)
    return None


def readings(
    plain: str, others: Iterable[Iterable[Edit]], example: str | None, context: ParseContext, check: Check
) -> tuple[str, ...]:
    """The commands that may have been meant, each complete; those of `others` first. One that fails again is left out.

    Two texts that ask the same are one reading.
    """
    if len(plain) > _CORRECTED_LENGTH:
        return ()
    meant = [escape_entities(_edited(plain, tuple(edits))) for edits in others]
    complete = _complete(meant, check)
    if example is not None and (not complete or not _PLACEHOLDERS.search(example)):
        complete |= _complete(_filled(example, context), check)
    return tuple({command: text for text, command in reversed(complete.items())}.values())[::-1][:MOST_READINGS]


def _filled(example: str, context: ParseContext) -> Iterator[str]:
    """The example, or where one thing is missing, the example with each of the usual ones."""
    missing = set(_PLACEHOLDERS.findall(example))
    usual = {A_TIME: COMMON_WINDOWS, A_PROVIDER: dict.fromkeys(context.providers.values()), A_STATUS: _COMMON_STATUSES}
    match list(missing):
        case []:
            yield example
        case [placeholder] if placeholder in usual:
            for value in usual[placeholder]:
                yield re.sub(rf"\b{placeholder}\b", value, example)


def _complete(texts: Iterable[str], check: Check) -> dict[str, Command]:
    """Those of the texts that are commands, with what they ask."""
    found = {}
    for text in dict.fromkeys(texts):
        if text and not _PLACEHOLDERS.search(text):
            with suppress(ParseError):
                found[text] = check(text)
    return found


def _is_honest(plain: str, edits: Iterable[Edit]) -> bool:
    """Whether the edits invent no digits, and remove none except a small amount or in favour of a placeholder."""
    removed = "".join(_DIGITS.findall("".join(plain[edit.span.start : edit.span.end] for edit in edits)))
    written = "".join(_DIGITS.findall("".join(edit.text for edit in edits)))
    if written:
        return sorted(written) == sorted(removed)
    return len(removed) <= _AMOUNT or any(edit.text.strip() == A_TIME for edit in edits)


def _edited(plain: str, edits: Iterable[Edit]) -> str:
    """`plain` with `edits` applied, on one line. A comma keeps the words around a removed one apart."""
    for span, instead in sorted(edits, reverse=True):
        rest = plain[span.end :]
        gap = (
            f" {instead} "
            if instead in {A_TIME, A_PROVIDER, A_STATUS}
            else instead or (" , " if _GROWS.search(plain[: span.start]) and _COULD_GROW.match(rest) else " ")
        )
        plain = plain[: span.start] + gap + rest
    return re.sub(r"(?:\s*,)+", ",", " ".join(plain.replace("\n", " , ").split())).strip(f" {SEPARATORS}")
