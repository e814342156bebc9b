"""How a text begins: every keyword of the grammar is known to whoever asks, whatever list it stands in."""

from __future__ import annotations

from bot.grammar import begins_like_a_command, says_when
from bot.grammar.vocabulary import COMMANDS, KEYWORDS, LEADING_WORDS
from tests.cases import each
from tests.grammar.contexts import lookup

VALUES = {"since": "09:00", "last": "2h", "until": "12:00", "via": "aliyun", "only": "failed"}
WORDS = [word for word in (*COMMANDS, *KEYWORDS, *LEADING_WORDS) if word != "?"]


def test_every_keyword_begins_a_command() -> None:
    texts = [text for word in WORDS for text in (word, f"  {word.upper()} 2h", f"{word}!")]

    assert [text for text in texts if not begins_like_a_command(text)] == []


def test_the_keywords_of_times_say_when_and_the_others_do_not() -> None:
    of_times = [word for word in WORDS if KEYWORDS.get(word) in {"since", "last", "until"}]

    assert [word for word in WORDS if says_when(f"{word} 2h")] == of_times


@each("text", ["", "?", "lastly", "helper", "viaduct", "sinceramente", "ok", "2h", "yesterday"])
def test_a_word_that_only_begins_like_a_keyword_is_none(text: str) -> None:
    assert not begins_like_a_command(text)
    assert not says_when(text)


@each("mark", [": ", "=", ":"])
def test_every_keyword_may_be_written_like_an_option(mark: str) -> None:
    number = "+8613711112222"
    of_values = [(word, VALUES[part]) for word, part in KEYWORDS.items() if part in VALUES]

    assert {word: lookup(f"{number} {word}{mark}{value}") for word, value in of_values} == {
        word: lookup(f"{number} {word} {value}") for word, value in of_values
    }
