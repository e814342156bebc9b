"""The code and the language files say the same: nothing missing, nothing unused, nothing half translated."""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from babel.messages.mofile import read_mo

from bot.i18n import get_language
from tests.cases import each
from tests.i18n.calls import calls
from tests.phrases import COMPILED, Key, file_of, key_of, of_click, said, translations, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from babel.messages.catalog import Catalog

HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def where() -> Mapping[Key, str]:
    """The language file of each phrase."""
    return {key: file for file, key, _ in translations()}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_phrase_is_written_out_where_it_is_said() -> None:
    assert [f"{call.path}:{call.line}" for call in calls() if call.key is None] == []


def test_every_phrase_stands_where_the_extraction_finds_it() -> None:
    hidden = [f"{call.path}:{call.line}" for call in calls() if call.key and call.path not in said().get(call.key, [])]

    assert hidden == [], "take it out of the f-string or the nested call"


def test_every_phrase_of_the_code_is_in_a_language_file() -> None:
    missing = {key: [str(path) for path in paths] for key, paths in said().items() if key not in where()}

    assert missing == {}, "run ./scripts/phrases and translate what it added"


def test_every_entry_of_a_language_file_is_said_by_the_code() -> None:
    unused = {key: file for key, file in where().items() if key not in said()}

    assert unused == {}, "run ./scripts/phrases, which takes them out"


def test_a_phrase_stands_in_the_file_of_the_room_that_says_it() -> None:
    strayed = {key: file for key, file in where().items() if file_of(said()[key]) != file}

    assert strayed == {}


def test_no_phrase_stands_in_two_files() -> None:
    assert [key for key, count in Counter(key for _, key, _ in translations()).items() if count > 1] == []


def test_every_translation_is_whole_and_fills_in_the_same_values() -> None:
    wrong = {}
    for _, key, strings in translations():
        wanted = set().union(*map(names, (key,) if isinstance(key, str) else key))
        if not all(strings) or any(names(text) != wanted for text in strings):
            wrong[key] = f"{strings} must not be empty, and fill in {sorted(wanted)}"

    assert wrong == {}


def test_every_translation_is_chinese_in_chinese_punctuation() -> None:
    found = {text: list(faults_of("".join(key), text)) for _, key, strings in translations() for text in strings}

    assert {text: faults for text, faults in found.items() if faults} == {}


def faults_of(english: str, chinese: str) -> Iterator[str]:
    spoken = re.sub(r"`[^`]*`|\{[^}]*\}|<[^>]*>|--[a-z-]+", "◊", chinese)
    has_words = re.search(r"[A-Za-z]{2}", re.sub(r"`[^`]*`|\{[^}]*\}", "", english))
    if has_words and re.search(r"[a-z]{3}", spoken) and not HAN.search(chinese):
        yield "it is not translated"
    if re.search(r"[\u4e00-\u9fff][,;:?!.](?:\s|$|[\u4e00-\u9fff])", spoken):
        yield "half-width punctuation after Chinese"
    if re.search(r"\s[，。；：？！）”]|[，。；：？！（“]\s", spoken):
        yield "a blank beside full-width punctuation"
    if re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", spoken):
        yield "no blank between Chinese and Latin"


@each(("name", "catalogue"), [("smsstatus", whole()), ("click", of_click())], ids=["smsstatus", "click"])
def test_what_gettext_reads_is_compiled_from_the_language_files(name: str, catalogue: Catalog) -> None:
    with (COMPILED / f"{name}.mo").open("rb") as file:
        compiled = read_mo(file)

    assert compiled.plural_forms == catalogue.plural_forms
    assert messages(compiled) == messages(catalogue), "run ./scripts/phrases, which compiles them"


def messages(catalogue: Catalog) -> Mapping[Key, tuple[str, ...]]:
    texts = {key_of(message.id): message.string for message in catalogue if message.id}
    return {key: (text,) if isinstance(text, str) else tuple(text or ()) for key, text in texts.items()}


@each("file", lambda: sorted({file for file, _, _ in translations()}))
def test_the_packaged_files_are_all_read(file: str) -> None:
    key, strings = next((key, strings) for name, key, strings in translations() if name == file and not names("".join(key)))
    chinese = get_language("zh")

    assert isinstance(key, str)
    assert (chinese.say(key), chinese.translated(key)) == (strings[0], strings[0])


# What is filled in only where the phrase is said in the end: by the error that quotes the word, by `.filled` of a table's entry.
FILLED_LATER: Mapping[str, set[str]] = {
    "grammar": {"word"},
    "presentation/explanation.py": {"count"},
    "slack/views/notices.py": {"example"},
    "slack/views/answer_changes.py": {"what", "who", "answer"},
    "presentation/verdict/several_targets.py": {"count"},
    "presentation/statistics/headline.py": {"time", "before", "share"},
    "presentation/statistics/figures.py": {"count", "share"},
    "presentation/statistics/gaps.py": {"who", "when", "span"},
    "presentation/mix/sentences.py": {"value", "shares"},
}


def filled_later(path: Path) -> set[str]:
    return FILLED_LATER.get(path.as_posix()) or FILLED_LATER.get(path.parts[0], set())


def test_a_phrase_gets_the_values_that_it_names_and_no_others() -> None:
    wrong = {}
    for call in calls():
        if call.key is None:
            continue
        plural = not isinstance(call.key, str)
        wanted = set().union(*map(names, (call.key,) if isinstance(call.key, str) else call.key))
        given = call.given | ({"count"} & wanted if plural else set())
        missing = wanted - given - filled_later(call.path) if call.whole else set()
        if missing or given - wanted:
            wrong[f"{call.path}:{call.line}"] = {"missing": missing, "not named": given - wanted}

    assert wrong == {}


SLACKS_OWN = {"复制链接", "消息"}  # a menu entry and a tab, as Slack calls them
IN_ENGLISH = {"Check SMS status"}  # the shortcut's name in the manifest
QUOTED = re.compile(r"“([^”]*)”")


def test_a_button_or_a_menu_entry_is_called_what_stands_on_it() -> None:
    labels = {key: strings[0] for _, key, strings in translations() if isinstance(key, str)}
    wrong = {}
    for _, key, strings in translations():
        english = QUOTED.findall("".join(key))
        for text in strings:
            quoted = set(QUOTED.findall(text))
            unknown = quoted - set(labels.values()) - IN_ENGLISH - SLACKS_OWN
            otherwise = {labels[label] for label in english if label in labels and label not in IN_ENGLISH} - quoted
            if unknown or otherwise:
                wrong[text] = unknown | otherwise

    assert wrong == {}
