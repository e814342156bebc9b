"""What there is to say to somebody who asks what a text means: a code, a code with a slip in it, a paste, a term, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.codes.paste import Limit, codes_in, limit_in, listed_codes, without_numbers
from bot.codes.spelling import fold, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.catalogue import Catalogue
    from bot.codes.glossary import Term
    from bot.codes.search import Finding
    from bot.model import Explanation

MOST_FOUND = 3
MOST_CODES = 10  # of one paste
_SHORTEST_GUESS = 4  # characters; of less, anything is similar
_LIKE_A_CODE = re.compile(r"\S*[\d:._^-]\S*|[A-Z]{3,}|[A-Za-z]{2,3}[ .]\d{2,6}")
_WORD = re.compile(r"[A-Za-z]+")
_ACCEPTED = "call_ok"  # the OK of a call, which stands in many answers beside the code that matters


@dataclass(frozen=True, slots=True)
class Told:
    """What was found. `readings` are those of `codes`, the listed ones that were asked about, the first one first.

    Without codes, as they fit: `readings` of the group that it belongs to, `similar` codes, the `term` it names, and the meanings
    that it is about (`found`). `meant`: the listed code that has the letters and digits of `text`. `limit`: the one that the
    text names. `text` is as it was asked, with the digits of phone numbers hidden.
    """

    text: str
    readings: tuple[Explanation, ...] = ()
    similar: tuple[str, ...] = ()
    term: Term | None = None
    found: tuple[Finding, ...] = ()
    codes: tuple[str, ...] = ()
    meant: str = ""
    limit: Limit | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known: what the group of a code means, or which codes look like it, is not that."""
        return bool(self.codes or self.term or self.found)

    @property
    def too_short(self) -> bool:
        """Whether the text is a code too short to guess which one was meant."""
        return not self.known and not self.similar and len(letters(self.text)) < _SHORTEST_GUESS and _like_a_code(self.text)


def tell(catalogue: Catalogue, text: str) -> Told:
    """Look `text` up in every way that fits it. Never raises."""
    if catalogue.lists(text):
        return Told(text, readings=catalogue.find(text), codes=(text.strip(),))
    listed = listed_codes(row.code for row in catalogue.rows if not row.is_pattern)
    shown = without_numbers(text)
    if codes := _pasted(catalogue, text, listed):
        readings = (
            [one for code in codes for one in catalogue.find(code)] if len(codes) == 1 else _first_of_each(catalogue, codes)
        )
        return Told(shown, readings=tuple(readings), codes=codes, limit=limit_in(text))
    bare = text.strip()
    if not _like_a_code(bare):
        return _words(catalogue, text, shown)
    same = tuple(_same_letters(bare, listed))
    if len(same) == 1:
        return Told(shown, readings=catalogue.find(same[0]), codes=same, meant=same[0])
    if _WORD.fullmatch(bare) and (found := catalogue.search(bare.lower(), MOST_FOUND)):
        return Told(shown, term=catalogue.term(bare), found=found)
    guesses = catalogue.similar(shown) if len(letters(bare)) >= _SHORTEST_GUESS else ()
    similar = tuple(dict.fromkeys((*same, *guesses)))
    return Told(shown, readings=catalogue.find(shown), similar=similar, term=catalogue.term(text))


def _words(catalogue: Catalogue, text: str, shown: str) -> Told:
    term, found = catalogue.term(text), catalogue.search(text, MOST_FOUND)
    if term or found:
        return Told(shown, term=term, found=found)
    return Told(shown, readings=catalogue.find(shown) if " " not in shown.strip() else ())


def _first_of_each(catalogue: Catalogue, codes: Iterable[str]) -> Iterator[Explanation]:
    """The surest reading of each code, with those of other meanings beside it."""
    for code in codes:
        first, *others = catalogue.find(code)
        yield replace(first, also=tuple(one for one in others if one.family != first.family))


def _pasted(catalogue: Catalogue, text: str, listed: Mapping[str, str]) -> tuple[str, ...]:
    codes = codes_in(text, listed)
    telling = tuple(code for code in codes if any(one.family != _ACCEPTED for one in catalogue.find(code)))
    return (telling or codes)[:MOST_CODES]


def _same_letters(text: str, listed: Mapping[str, str]) -> Iterator[str]:
    """The listed codes with the letters and digits of `text`: `MK:0001` for `MK0001` and `mk.0001`."""
    asked = letters(text)
    if not asked.isdigit():
        yield from (code for folded, code in listed.items() if letters(folded) == asked)


def _like_a_code(text: str) -> bool:
    return bool(_LIKE_A_CODE.fullmatch(fold(text) if not text.isascii() else text.strip()))
