"""What the page of symptoms quotes is what the app says; quoted words of Slack's own are listed here."""

from __future__ import annotations

import re
from functools import cache

from bot.codes import load_catalogue
from tests.cases import each
from tests.docs.pages import ROOT, Page
from tests.phrases import said

PAGE = Page(ROOT / "docs" / "troubleshoot.md")
SLACKS_OWN = frozenset(  # https://docs.slack.dev/interactivity/implementing-slash-commands
    {
        '/smsstatus failed with the error "dispatch_failed"',
        '/smsstatus failed with the error "operation_timeout"',
        "/smsstatus is not supported in threads. Sorry!",
    }
)
VALUE = re.compile(r"\{[^{}]*\}")
ENOUGH = 0.45  # of a quote's characters are written out in the code; the rest may be names, times and reasons
LEAST = 6  # characters that a phrase has, for it to tell anything


def quotes() -> list[str]:
    """What stands in the first column in quotation marks."""
    return [
        quote
        for header, *rows in PAGE.tables
        for row in rows
        if header[0] == "you see"
        for quote in re.findall("“(.*?)”", row[0])
    ]


@cache
def forms() -> list[tuple[re.Pattern[str], int]]:
    """Every phrase and every text of the catalogue: as a pattern, and how many characters of it are written out."""
    titles = [family.en.title for family in load_catalogue().families.values()]
    phrases = [text for key in said() for text in ((key,) if isinstance(key, str) else key)]
    literal = {text: VALUE.split(text) for text in (*phrases, *titles)}
    return [
        (re.compile("(.+?)".join(map(re.escape, parts))), length)
        for parts in literal.values()
        if (length := sum(map(len, parts))) >= LEAST
    ]


def written_out(text: str, depth: int = 2) -> int:
    """How many characters of `text` are the app's own: of the sentence, and of the sentences within it."""
    found = [(match, length) for form, length in forms() if (match := form.fullmatch(text))]
    return max(
        (length + sum(written_out(part, depth - 1) for part in match.groups() if depth) for match, length in found), default=0
    )


@each("quote", quotes())
def test_what_is_quoted_is_said(quote: str) -> None:
    assert quote in SLACKS_OWN or written_out(quote) >= ENOUGH * len(quote), "the app does not say this; quote what it says"


def test_many_sentences_are_quoted_and_a_wrong_one_would_be_found() -> None:
    assert len(quotes()) > 30
    assert written_out("This app does not like this channel.") < 10
