"""Finds the codes in pasted text: an error object, a log line, an exception's text, a link.

A code counts only as a token of its own: a part of a longer code does not, such as `TIMEOUT` in `isp.GATEWAY_TIMEOUT`. What could
as well be a word or a count, such as `ERROR` or `3`, counts only after a label that says it is a code (value_labels.py). Seven
digits in a row or more may be a phone number: they never count.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from bot.codes.flow_limits import LIMIT_CODE, names_a_limit
from bot.codes.nested_codes import is_bare_number
from bot.codes.text_decoding import decode_text
from bot.codes.value_labels import LONGEST_LABEL, ValueLabel, label_of

if TYPE_CHECKING:
    from bot.codes.spelling_index import SpellingIndex


class CodeWeight(IntEnum):
    """How specific a code in a paste is: of several in a log line, the most specific ones are meant."""

    NUMBER = 0  # 200, 404, 500: HTTP's more often than a carrier's
    WORD = 1  # FAIL, ERROR, UNDELIV: the state that a code beside it explains
    CODE = 2


class FoundCode(NamedTuple):
    """A listed code in a paste, as it was published."""

    code: str
    weight: CodeWeight


class _Value(NamedTuple):
    """A candidate, and its context."""

    text: str
    label: ValueLabel
    before: str  # of the same run of characters
    after: str
    whole: bool  # whether nothing else follows as a part of the same value


_RUN = re.compile(r"[A-Za-z0-9:._\-]+")
_MOST_PARTS = 8
_PART = re.compile(r"[^:._\-]+")
_SEPARATORS = ":._-"
_WORD = re.compile(r"[A-Za-z]+")
_CAPITALS = re.compile(r"[A-Z]{6,}")
_CAMEL = re.compile(r"(?:[A-Z][a-z]+){2,}")
_MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*[\d:._])[A-Za-z\d].{3,}")
_OF_A_CARRIER = re.compile(r"[A-Z][A-Z\d]*:[A-Z\d]*\d[A-Z\d]*")  # MK:0001: recognised whatever it is glued to
_HTTP = re.compile(r"20[0-6]|30[1-8]|40[0-9]|41[0-7]|42[0-9]|50[0-4]")
_LONG_NUMBER = re.compile(r"\d{7,}")
_END_OF_VALUE = re.compile(r"[:._\-]*\s*(?:$|[\"'`,;}\]()<&|。，；】）]|[A-Za-z_\[][\w\-\]]*\s?[:=])")
_SMPP_RECEIPT = re.compile(r"\bstat:\s?\w+\s+err:", re.IGNORECASE)
_CLASS = re.compile(r"(?:isv|isp)\.\w+|[A-Z]{2}:\d{4}|(?P<head>[A-Z][A-Za-z]+)\.[A-Z]\w+")
_OF_CODES = frozenset({ValueLabel.TEXT, ValueLabel.ENVELOPE, ValueLabel.CODE})


def as_data() -> dict[str, str]:
    """The patterns by which a value is judged, for a search that follows them elsewhere."""
    patterns = {
        "run": _RUN,
        "capitals": _CAPITALS,
        "camel": _CAMEL,
        "mixed": _MIXED,
        "of_a_carrier": _OF_A_CARRIER,
        "http": _HTTP,
        "long_number": _LONG_NUMBER,
        "end_of_value": _END_OF_VALUE,
        "smpp_receipt": _SMPP_RECEIPT,
        "class": _CLASS,
    }
    return {name: pattern.pattern for name, pattern in patterns.items()}


def codes_in(text: str, spellings: SpellingIndex) -> tuple[FoundCode, ...]:
    """The listed codes in `text`, each once, in order of occurrence."""
    shown = decode_text(text)
    in_receipt = bool(_SMPP_RECEIPT.search(shown))
    found: dict[str, CodeWeight] = {}
    for run in _RUN.finditer(shown):
        taken: list[tuple[int, int]] = []
        for start, end in _spans(run[0]):
            code = spellings.published(run[0][start:end])
            if not code or any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            value = _value(run, start, end)
            if not (in_receipt and _is_its_error(value)) and (weight := _weight(value, code)) is not None:
                found[code] = max(weight, found.get(code, weight))
                taken.append((start, end))
    if names_a_limit(text) and (limit := spellings.published(LIMIT_CODE)):
        found.setdefault(limit, CodeWeight.CODE)
    return tuple(FoundCode(code, weight) for code, weight in found.items())


def unlisted_code_in(text: str, spellings: SpellingIndex) -> str | None:
    """The code that a paste without a listed code labels so: `MK:9999` of `{"ErrCode":"MK:9999"}`; None when there is none."""
    for run in _RUN.finditer(decode_text(text)):
        for start, end in _spans(run[0]):
            if run[0][end:].strip(_SEPARATORS) or (start and run[0][start - 1] != ":"):
                continue  # a part of something longer
            part = run[0][start:end]
            form = _CLASS.fullmatch(part)
            if not (form or _MIXED.fullmatch(part)) or _LONG_NUMBER.search(part) or part == text.strip():
                continue
            if form and (form["head"] is None or spellings.published(form["head"])):
                return part
            value = _value(run, start, end)
            if value.label in _OF_CODES and value.whole:
                return part
    return None


def _spans(run: str) -> list[tuple[int, int]]:
    """Where a code may be in a run of characters: all of it, what follows a label in it, its parts; the longest first."""
    parts = [(part.start(), part.end()) for part in _PART.finditer(run)][:_MOST_PARTS]
    spans = {(start, end) for at, (start, _) in enumerate(parts) for _, end in parts[at:]}
    if run.startswith("-") and parts:
        spans.add((0, parts[-1][1]))  # -1016
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


def _value(run: re.Match[str], start: int, end: int) -> _Value:
    """The part of `run` from `start` to `end`, with its context."""
    shown, at = run.string, run.start() + start
    label = label_of(shown[max(0, at - LONGEST_LABEL) : at])
    whole = bool(_END_OF_VALUE.match(shown, run.start() + end))
    return _Value(run[0][start:end], label, run[0][:start], run[0][end:], whole)


def _weight(value: _Value, code: str) -> CodeWeight | None:
    """The weight of `value`, which is listed as `code`, in its context; None when it is no code there."""
    if _LONG_NUMBER.search(value.text) or not _stands_alone(value, code):
        return None
    if value.text.lstrip("-").isdigit():
        if value.label is ValueLabel.CODE or (value.label is ValueLabel.TEXT and value.whole):
            return CodeWeight.NUMBER if _HTTP.fullmatch(value.text) else CodeWeight.CODE
        return CodeWeight.CODE if value.label is ValueLabel.ENVELOPE and not _HTTP.fullmatch(value.text) else None
    if _WORD.fullmatch(value.text) and not _CAMEL.fullmatch(code):
        return _weight_of_word(value, code)
    if value.label is ValueLabel.NONE and not (_MIXED.fullmatch(code) or _CAMEL.fullmatch(code)):
        return None
    return CodeWeight.CODE


def _weight_of_word(value: _Value, code: str) -> CodeWeight | None:
    as_published = value.text == code
    if not (value.whole or (as_published and value.label is not ValueLabel.TEXT)):
        return None
    if value.label in _OF_CODES:
        return CodeWeight.CODE
    if value.label is ValueLabel.STATE or (as_published and _CAPITALS.fullmatch(code) and not value.before.strip(_SEPARATORS)):
        return CodeWeight.WORD
    return None


def _stands_alone(value: _Value, code: str) -> bool:
    """Whether `value` is no part of a longer code, nor a label with its value (`err:000`) taken for one (`ERR:000`)."""
    if value.text != code and label_of(value.text.partition(":")[0] + ":") is not ValueLabel.NONE:
        return False
    before, after = value.before, value.after.strip(_SEPARATORS) and value.after
    if value.text.lstrip("-").isdigit():  # nothing but its label touches a number
        return (not before or before.endswith(":")) and not after
    glue = _SEPARATORS if _OF_A_CARRIER.fullmatch(code) else ":"
    return (not before.strip(_SEPARATORS) or before[-1] in glue) and (not after or after[0] in glue)


def _is_its_error(value: _Value) -> bool:
    """Whether `value` is the `err:` of an SMPP receipt: a number defined by the message centre, where 0 means no error."""
    if value.text[:4].upper() == "ERR:":
        return True
    return value.before[-4:].upper() == "ERR:" and is_bare_number(value.text)
