"""Commands of the terminal that somebody types in Slack."""

from __future__ import annotations

import pytest

from bot.cli.main import main
from bot.errors import UsageError
from bot.grammar import Lookup, parse
from bot.grammar.vocabulary import COMMANDS, IN_TERMINAL_ONLY
from tests.cases import each
from tests.grammar.contexts import parse_context


@each("text", [*(f"{word}{rest}" for word in IN_TERMINAL_ONLY for rest in ("", " check", "!")), "Config"])
def test_what_only_the_terminal_does_is_told_so(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(text, parse_context())

    assert "in the terminal" in str(error.value)
    assert error.value.example is None


BEHIND = ("+8613711112222 forget", "please forget 13711112222", "13711112222 forget it!", "请 forget 13711112222")


@each(
    "text",
    ["forget +8613711112222", "FORGET 13711112222 since 2h", "**forget** 13711112222", "/smsstatus forget 13711112222", *BEHIND],
)
def test_a_number_that_is_to_be_forgotten_is_not_looked_up(text: str) -> None:
    with pytest.raises(UsageError, match="Nothing was removed"):
        parse(text, parse_context())


@each("text", ["audit 13711112222", "data 13711112222 since 2h", "13711112222 forgets", "13711112222 forgot"])
def test_before_a_number_a_word_of_the_terminal_changes_nothing(text: str) -> None:
    assert isinstance(parse(text, parse_context()), Lookup)


def test_the_words_of_the_terminal_are_its_commands_and_no_commands_of_slack() -> None:
    assert set(IN_TERMINAL_ONLY) <= set(main.commands)
    assert set(main.commands) - set(IN_TERMINAL_ONLY) - set(COMMANDS) == {"lookup", "receipts"}
