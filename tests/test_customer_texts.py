"""What to tell the customer: of failures only, each text once, the newest failure's first."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rich.console import Console

from bot.evidence import MAX_CUSTOMER_TEXTS, customer_texts, has_customer_text
from bot.language import ENGLISH, language_called
from bot.model import Delivery, Explanation, Status
from bot.terminal import render
from tests.reports import NOW, PHONE_OFF, SHANGHAI, TITLES, ago, delivery, failed, report


def telling(text: str, code: str = "MK:0008") -> Explanation:
    return replace(PHONE_OFF, code=code, en=replace(PHONE_OFF.en, tell=text), zh=replace(PHONE_OFF.zh, tell=f"{text}。"))


def told(*rows: Delivery) -> list[str]:
    return [words.tell for words in customer_texts(rows, ENGLISH)]


def test_each_text_is_told_once_the_newest_failures_first() -> None:
    assert told(failed(telling("Check.")), delivery(), failed(telling("Wait.", "X")), failed(telling("Check."))) == [
        "Check.",
        "Wait.",
    ]


def test_at_most_three_are_told() -> None:
    assert len(told(*(failed(telling(f"Text {index}.")) for index in range(9)))) == MAX_CUSTOMER_TEXTS


def test_it_is_in_the_readers_language() -> None:
    (words,) = customer_texts([failed(telling("Check"))], language_called("zh"))

    assert words.tell == "Check。"


def test_a_message_that_arrived_has_nothing_to_be_told() -> None:
    assert told(replace(delivery(), explanation=telling("Check.")), delivery(Status.PENDING)) == []


def test_the_newest_failure_decides_whether_there_is_something_to_tell() -> None:
    silent = failed(PHONE_OFF)

    assert has_customer_text([delivery(), failed(telling("Check.")), silent], ENGLISH)
    assert not has_customer_text([silent, failed(telling("Check."))], ENGLISH)
    assert not has_customer_text([delivery()], ENGLISH)
    assert not has_customer_text([], ENGLISH)


def test_the_terminal_tells_it_below_the_failures_advice() -> None:
    text = StringIO()
    rows = (failed(telling("Check that it is on.")), failed(telling("Check that it is on."), sent=ago(minutes=9)))
    Console(file=text, width=120).print(render(report(*rows), TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH))
    lines = [line.strip() for line in text.getvalue().splitlines()]

    assert lines.count("For the customer: Check that it is on.") == 1
    assert lines.index("For the customer: Check that it is on.") > lines.index("Theirs to fix · resend later")
