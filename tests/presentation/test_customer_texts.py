"""What to tell the customer: of messages that did not arrive, each text once, the newest failure's first."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from bot.cli.rendering import render
from bot.i18n import ENGLISH, get_language
from bot.presentation.evidence import MAX_CUSTOMER_TEXTS, customer_texts, group_by_code, is_advised
from tests.reports import NOW, PHONE_OFF, SHANGHAI, TITLES, ago, delivery, failed, pending, phone, report

if TYPE_CHECKING:
    from bot.model import Delivery, Explanation


def telling(text: str, code: str = "MK:0008") -> Explanation:
    return replace(
        PHONE_OFF,
        code=code,
        en=replace(PHONE_OFF.en, customer_wording=text),
        zh=replace(PHONE_OFF.zh, customer_wording=f"{text}。"),
    )


def told(*rows: Delivery) -> list[str]:
    return [words.customer_wording for words in customer_texts(report(*rows), ENGLISH)]


def test_each_text_is_told_once_the_newest_failures_first() -> None:
    assert told(failed(telling("Check.")), failed(telling("Wait.", "X")), failed(telling("Check."))) == ["Check.", "Wait."]


def test_at_most_three_are_told() -> None:
    assert len(told(*(failed(telling(f"Text {index}.")) for index in range(9)))) == MAX_CUSTOMER_TEXTS


def test_it_is_in_the_readers_language() -> None:
    (words,) = customer_texts(report(failed(telling("Check"))), get_language("zh"))

    assert words.customer_wording == "Check。"


def test_a_message_that_arrived_has_nothing_to_be_told() -> None:
    assert told(replace(delivery(), explanation=telling("Check."))) == []


def test_a_failure_that_a_newer_message_has_settled_has_nothing_to_be_told() -> None:
    assert told(delivery(), failed(telling("Check."), sent=ago(minutes=9))) == []


def test_a_message_without_a_receipt_has_words_for_the_customer() -> None:
    (words,) = told(pending())

    assert "Has it arrived?" in words


def test_the_terminal_tells_it_below_the_failures_advice() -> None:
    text = StringIO()
    rows = (failed(telling("Check that it is on.")), failed(telling("Check that it is on."), sent=ago(minutes=9)))
    Console(file=text, width=120).print(render(report(*rows), TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH))
    lines = [line.strip() for line in text.getvalue().splitlines()]

    assert lines.count("For the customer: Check that it is on.") == 1
    assert lines.index("For the customer: Check that it is on.") > lines.index("Fix: customer · resend later")


def test_a_page_that_shows_two_of_three_numbers_that_fail_alike_does_not_call_it_theirs() -> None:
    rows = tuple(failed(PHONE_OFF, number=phone(index)) for index in range(3))
    (on_this_page,) = group_by_code(rows[:2])

    assert not is_advised(on_this_page, report(*rows, numbers=3))
    assert is_advised(on_this_page, report(*rows[:2], numbers=2))
