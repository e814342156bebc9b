"""The code and the language files say the same: nothing missing, nothing unused, nothing half translated."""

from __future__ import annotations

import re
import string
from collections import Counter

import pytest

from tests.phrases import BOT, FOLDER, Key, file_of, said, translations, unsayable

HAN = re.compile(r"[\u4e00-\u9fff]")
WHERE = {key: file for file, key, _ in translations()}
ENTRIES = [
    pytest.param(key, strings, id=f"{file}: {key if isinstance(key, str) else key[0]}") for file, key, strings in translations()
]


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_phrase_is_written_out_where_it_is_said() -> None:
    assert unsayable() == []


def test_every_phrase_of_the_code_is_in_a_language_file() -> None:
    missing = {key: [str(path) for path in paths] for key, paths in said().items() if key not in WHERE}

    assert missing == {}, "run ./scripts/phrases and translate what it added"


def test_every_entry_of_a_language_file_is_said_by_the_code() -> None:
    unused = {key: file for key, file in WHERE.items() if key not in said()}

    assert unused == {}, "run ./scripts/phrases, which takes them out"


def test_a_phrase_stands_in_the_file_of_the_room_that_says_it() -> None:
    strayed = {key: file for key, file in WHERE.items() if file_of(said()[key]) != file}

    assert strayed == {}


def test_no_phrase_stands_in_two_files() -> None:
    assert [key for key, count in Counter(key for _, key, _ in translations()).items() if count > 1] == []


@pytest.mark.parametrize(("key", "strings"), ENTRIES)
def test_a_translation_is_whole_and_fills_in_the_same_values(key: Key, strings: tuple[str, ...]) -> None:
    texts = (key,) if isinstance(key, str) else key
    wanted = set().union(*map(names, texts))

    assert all(strings), "it is empty"
    assert all(names(text) == wanted for text in strings), f"it must fill in {sorted(wanted)}"


@pytest.mark.parametrize(("key", "strings"), ENTRIES)
def test_a_translation_is_chinese_in_chinese_punctuation(key: Key, strings: tuple[str, ...]) -> None:
    english = "".join(key)
    for text in strings:
        spoken = re.sub(r"`[^`]*`|\{[^}]*\}|<[^>]*>|--[a-z-]+", "◊", text)
        if re.search(r"[A-Za-z]{2}", re.sub(r"`[^`]*`|\{[^}]*\}", "", english)):
            assert HAN.search(text) or not re.search(r"[a-z]{3}", spoken), "it is not translated"
        assert not re.search(r"[\u4e00-\u9fff][,;:?!.](?:\s|$|[\u4e00-\u9fff])", spoken), "half-width punctuation after Chinese"
        assert not re.search(r"\s[，。；：？！）”]|[，。；：？！（“]\s", spoken), "a blank beside full-width punctuation"
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", spoken), (
            "no blank between Chinese and Latin"
        )


def test_the_packaged_files_are_all_read() -> None:
    assert sorted(path.suffix for path in FOLDER.iterdir()) == [".po"] * len(list(FOLDER.iterdir()))
    assert (BOT / "language" / "zh") == FOLDER
