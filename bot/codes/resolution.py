"""What there is to say to somebody who asks what a text means: a code, a code with a slip in it, a paste, a term, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.codes.catalogue import INNER_SOURCE
from bot.codes.flow_limits import FlowLimit, limit_in
from bot.codes.normalization import letters_and_digits, normalize_code
from bot.codes.pasted_text import FindingWeight, codes_in, unlisted_code_in
from bot.codes.plain_text import has_chinese, plain_text, without_numbers
from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.codes.catalogue import Catalogue
    from bot.codes.glossary import Term
    from bot.codes.search import SearchHit
    from bot.model import Explanation

MOST_FOUND = 3
MOST_CODES = 10  # of one paste
_SHORTEST_GUESS = 4  # characters; of less, anything is similar
_LIKE_A_CODE = re.compile(r"\S*[\d:._^-]\S*|[A-Z]{3,}|(?:[A-Z][a-z]+){2,}|[A-Za-z]{2,3}[ .]\d{2,6}")
# "what is 1016?", 1016是什么意思: the question round a code that is no word by itself
_QUESTION = re.compile(
    r"(?:what(?:'s| is| does)?|explain|meaning of|(?:error |err)?code|error|错误码?|报错|返回)?[\s:#(\"'`]*"
    r"(?P<code>[A-Za-z0-9:._\-]*[A-Za-z0-9])"
    r"[\s)\"'`.,;!?]*(?:means?|meaning|是什么(?:意思|错误)?|什么意思|啥意思|怎么办|怎么处理|怎么解决)?",
    re.IGNORECASE,
)
_LONGEST_QUESTION = 80  # characters
_MARKS = " .,;!?。、"
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z]+)+")
_WORD = re.compile(r"[A-Za-z]+")
_ACCEPTED = "call_ok"  # the OK of a call, which stands in many answers beside the code that matters


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was found. `readings` are those of `codes`, the listed ones that were asked about, the first one first.

    Without codes, as they fit: `readings` of the number inside it (`wrapped`) or of its group (`grouped`), `similar` codes, the
    `term` it names, and the meanings that it is about (`found`). `meant`: the listed code that `text` is but for its signs or
    for one letter. `limit`: the one that the text names. `text` is as it was asked, or the unlisted code of a paste, with the
    digits of phone numbers hidden.
    """

    text: str
    readings: tuple[Explanation, ...] = ()
    similar: tuple[str, ...] = ()
    term: Term | None = None
    found: tuple[SearchHit, ...] = ()
    codes: tuple[str, ...] = ()
    meant: str = ""
    limit: FlowLimit | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known: what the group of a code means, or which codes look like it, is not that."""
        return bool(self.codes or self.term or self.found or self.wrapped)

    @property
    def wrapped(self) -> bool:
        """Whether the code is not listed and read by the number inside it."""
        return not self.codes and any(one.source == INNER_SOURCE for one in self.readings)

    @property
    def grouped(self) -> bool:
        """Whether the code is not listed and the readings are those of its group."""
        return bool(self.readings) and not self.codes and not self.wrapped

    @property
    def too_short(self) -> bool:
        """Whether the text is a code too short to guess which one was meant."""
        return (
            not self.known
            and not self.similar
            and len(letters_and_digits(self.text)) < _SHORTEST_GUESS
            and _like_a_code(self.text)
        )


def resolve(catalogue: Catalogue, text: str) -> Resolution:
    """Look `text` up in every way that fits it. Never raises."""
    if catalogue.lists(text) and not _means_a_word(catalogue, text):
        return Resolution(text, readings=catalogue.find(text), codes=(text.strip(),))
    if codes := _pasted(catalogue, text) or _in_question(catalogue, text):
        return Resolution(without_numbers(text), readings=_readings(catalogue, codes), codes=codes, limit=limit_in(text))
    if named := unlisted_code_in(text, catalogue.spellings):
        return _unlisted(catalogue, named)
    return _unlisted(catalogue, text) if _like_a_code(text) else _words(catalogue, text)


def _means_a_word(catalogue: Catalogue, text: str) -> bool:
    """Whether a code is typed as a word, names what can happen as one, and nobody knows for sure what it means as a code."""
    bare = text.strip()
    if not (bare.isalpha() and bare.islower() and catalogue.names(bare)):
        return False
    return all(one.confidence is Confidence.UNSURE for one in catalogue.find(bare))


def _unlisted(catalogue: Catalogue, text: str) -> Resolution:
    """A code that no table lists: one that was meant, a word that it is, the number inside it, its group, or its likes."""
    shown, bare = without_numbers(text), text.strip()
    same = catalogue.spellings.same_letters(bare)
    meant = same[0] if len(same) == 1 else catalogue.spellings.slip_of(bare)
    if meant and not same[1:]:
        return Resolution(shown, readings=catalogue.find(meant), codes=(meant,), meant=meant)
    if found := _named(catalogue, bare):
        return Resolution(shown, term=catalogue.term(bare), found=found)
    told = Resolution(shown, readings=catalogue.find(shown), term=catalogue.term(text))
    if told.wrapped:
        return told
    guesses = catalogue.similar(shown) if len(letters_and_digits(bare)) >= _SHORTEST_GUESS else ()
    return replace(told, similar=tuple(dict.fromkeys((*same, *guesses))))


def _named(catalogue: Catalogue, text: str) -> tuple[SearchHit, ...]:
    """What a word in capitals is about, or a number that is the name of something, such as 12321."""
    if _WORD.fullmatch(text):
        return catalogue.search(text.lower(), MOST_FOUND)
    return catalogue.search(text, MOST_FOUND) if text.isdecimal() and len(text) >= _SHORTEST_GUESS else ()


def _words(catalogue: Catalogue, text: str) -> Resolution:
    shown, term, found = without_numbers(text), catalogue.term(text), catalogue.search(text, MOST_FOUND)
    if term or found:
        return Resolution(shown, term=term, found=found)
    return Resolution(shown, readings=catalogue.find(shown) if " " not in shown.strip() else ())


def _readings(catalogue: Catalogue, codes: tuple[str, ...]) -> tuple[Explanation, ...]:
    """All readings of one code, the surest of each of several."""
    return catalogue.find(codes[0]) if len(codes) == 1 else tuple(_first_of_each(catalogue, codes))


def _first_of_each(catalogue: Catalogue, codes: Iterable[str]) -> Iterator[Explanation]:
    """The surest reading of each code, with those of other meanings beside it."""
    for code in codes:
        first, *others = catalogue.find(code)
        yield replace(first, also=tuple(one for one in others if one.family != first.family))


def _pasted(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The codes of a paste that tell most: an OK less than the word for a failure, and a word less than a code."""
    spotted = codes_in(text, catalogue.spellings)
    ranks = {one.code: _rank(catalogue, one.code, one.weight) for one in spotted}
    return tuple(code for code, rank in ranks.items() if rank == max(ranks.values()))[:MOST_CODES]


def _in_question(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The code that is all of a question but its words; one that could be a word counts only as it was published."""
    found = _QUESTION.fullmatch(plain_text(text).strip(_MARKS)) if len(text) <= _LONGEST_QUESTION else None
    code = catalogue.spellings.published(found["code"]) if found else None
    return (code,) if found and code and (found["code"] == code or not code.isalpha()) else ()


def _rank(catalogue: Catalogue, code: str, weight: FindingWeight) -> float:
    accepted = all(one.family == _ACCEPTED for one in catalogue.find(code))
    return FindingWeight.NUMBER + 0.5 if accepted else float(weight)


def _like_a_code(text: str) -> bool:
    bare = normalize_code(text) if not text.isascii() else text.strip()
    return bool(_LIKE_A_CODE.fullmatch(bare)) and not (_HYPHENATED.fullmatch(bare) or has_chinese(bare))
