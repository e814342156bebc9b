"""How a text begins: every keyword of the grammar is known to whoever asks, whatever list it stands in."""

from __future__ import annotations

import pytest

from bot.grammar import begins_like_a_command, says_when
from bot.grammar.vocabulary import COMMANDS, KEYWORDS, LEADING_WORDS
from tests.grammar.contexts import lookup

VALUES = {"since": "09:00", "last": "2h", "until": "12:00", "via": "aliyun", "only": "failed"}
WORDS = [word for word in (*COMMANDS, *KEYWORDS, *LEADING_WORDS) if word != "?"]


@pytest.mark.parametrize("word", WORDS)
def test_every_keyword_begins_a_command(word: str) -> None:
    assert begins_like_a_command(word)
    assert begins_like_a_command(f"  {word.upper()} 2h")
    assert begins_like_a_command(f"{word}!")


@pytest.mark.parametrize("word", WORDS)
def test_the_keywords_of_times_say_when_and_the_others_do_not(word: str) -> None:
    assert says_when(f"{word} 2h") is (KEYWORDS.get(word) in {"since", "last", "until"})


@pytest.mark.parametrize("text", ["", "?", "lastly", "helper", "viaduct", "sinceramente", "ok", "2h", "yesterday"])
def test_a_word_that_only_begins_like_a_keyword_is_none(text: str) -> None:
    assert not begins_like_a_command(text)
    assert not says_when(text)


@pytest.mark.parametrize("mark", [": ", "=", ":"])
@pytest.mark.parametrize("word", [word for word, part in KEYWORDS.items() if part in VALUES])
def test_every_keyword_may_be_written_like_an_option(word: str, mark: str) -> None:
    value = VALUES[KEYWORDS[word]]

    assert lookup(f"+8613711112222 {word}{mark}{value}") == lookup(f"+8613711112222 {word} {value}")
