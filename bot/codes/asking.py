"""What there is to say to somebody who asks what a text means: a code, a code with a slip in it, a term, or words about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.codes.catalogue import Catalogue
    from bot.codes.glossary import Term
    from bot.codes.search import Finding
    from bot.model import Explanation

MOST_FOUND = 3
_LIKE_A_CODE = re.compile(r"\S*[\d:._^-]\S*|[A-Z]{3,}")


@dataclass(frozen=True, slots=True)
class Told:
    """What was found: nothing but `readings` for a code that a table lists.

    Otherwise, as they fit: `readings` of the group that it belongs to, `similar` codes, the `term` it names, and the meanings
    that it is about (`found`).
    """

    text: str
    readings: tuple[Explanation, ...] = ()
    similar: tuple[str, ...] = ()
    term: Term | None = None
    found: tuple[Finding, ...] = ()


def tell(catalogue: Catalogue, text: str) -> Told:
    """Look `text` up in every way that fits it. Never raises."""
    if catalogue.lists(text):
        return Told(text, readings=catalogue.find(text))
    if _LIKE_A_CODE.fullmatch(text.strip()):
        return Told(text, readings=catalogue.find(text), similar=catalogue.similar(text), term=catalogue.term(text))
    if term := catalogue.term(text):
        return Told(text, term=term)
    if found := catalogue.search(text, MOST_FOUND):
        return Told(text, found=found)
    return Told(text, readings=catalogue.find(text), similar=catalogue.similar(text))
