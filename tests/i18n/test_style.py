"""The plain words that everybody reads: what a machine can find of the habits that make a sentence hard to read."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tests.cases import each
from tests.phrases import translations

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 30  # words in a sentence
HABITS = {
    "to an unknown third person": r"\b[Ww]hoever\b|\b[Oo]ur (?:team|administrator|SMS administrator)\b",
    "a riddle": r"\b(?:is|are) no \w+ (?:that|for)\b|\bnobody knows\b|\bthere is none here\b",
    "an example as a clause": r"\bsuch as .+ after it\b",
    "a chain of clauses": r";[^;.]*;",
    "a doubt twice": r"\b(?:probably|likely|perhaps)\b[^.;]*\b(?:may|might|could)\b",
    "all of two": r"\bAll 2\b|全部 2 ",
    "a date beside a bare count": r"\{(?:since|day|when|time)\},? \{count\}|\{count\},? \{(?:since|day|when|time)\}",
    "a doubt twice in Chinese": r"疑似[^。；]*可能|多半[^。；]*可能",
}


def of_the_app() -> Iterator[tuple[str, str]]:
    for file, key, strings in translations():
        for text in (*([key] if isinstance(key, str) else key), *strings):
            yield file, text


def of_the_catalogue() -> Iterator[tuple[str, str]]:
    for family in json.loads((files("bot.codes") / "families.json").read_text(encoding="utf-8"))["families"]:
        for text in _texts({language: family[language] for language in ("en", "zh")}):
            yield str(family["id"]), text


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


EVERY_TEXT = (*of_the_app(), *of_the_catalogue())


@each("habit", HABITS)
def test_no_sentence_has_the_habit_of(habit: str) -> None:
    assert [(place, text) for place, text in EVERY_TEXT if re.search(HABITS[habit], text)] == []


def test_no_sentence_is_long() -> None:
    found = []
    for place, text in EVERY_TEXT:
        plain = re.sub(r"`[^`]*`|\{[^}]*\}", "x", text)
        found += [(place, one) for one in re.split(r"(?<=[.!?:])\s+", plain) if len(one.split()) > LONGEST]
    assert found == []
