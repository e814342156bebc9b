"""Resolves `explain TEXT`: a listed code, a typo of one, a paste, a glossary term, or words to search for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.codes.catalogue import INNER_SOURCE
from bot.codes.flow_limits import FlowLimit, limit_in
from bot.codes.normalization import letters_and_digits, normalize_code
from bot.codes.pasted_text import CodeWeight, codes_in, unlisted_code_in
from bot.codes.text_decoding import decode_text, has_chinese, mask_phone_numbers
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
    """What a text resolves to. `readings` are those of `codes`, the listed codes in question, in the same order.

    Without codes, as they apply: `readings` of the number inside it (`wrapped`) or of its pattern (`grouped`), `similar` codes,
    the `term` it names, and the search results (`found`). `meant`: the listed code from which `text` differs in punctuation or
    one letter only. `limit`: the flow control limit in the text. `text` is as it was typed, or the unlisted code of a paste, with
    the digits of phone numbers masked.
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
        """Whether anything is known: the meaning of a code's group, or similar codes, do not count."""
        return bool(self.codes or self.term or self.found or self.wrapped)

    @property
    def wrapped(self) -> bool:
        """Whether the code is not listed, and the readings are those of the number inside it."""
        return not self.codes and any(one.source == INNER_SOURCE for one in self.readings)

    @property
    def grouped(self) -> bool:
        """Whether the code is not listed, and the readings are those of its group."""
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
    """Look `text` up in every way that applies. Never raises."""
    if catalogue.lists(text) and not _means_a_word(catalogue, text):
        return Resolution(text, readings=catalogue.find(text), codes=(text.strip(),))
    if codes := _pasted(catalogue, text) or _in_question(catalogue, text):
        return Resolution(mask_phone_numbers(text), readings=_readings(catalogue, codes), codes=codes, limit=limit_in(text))
    if named := unlisted_code_in(text, catalogue.spellings):
        return _unlisted(catalogue, named)
    return _unlisted(catalogue, text) if _like_a_code(text) else _words(catalogue, text)


def as_data() -> dict[str, Any]:
    """The patterns and figures of the rules, for a search that follows them elsewhere. `question` is read in any case."""
    return {
        "like_a_code": _LIKE_A_CODE.pattern,
        "question": _QUESTION.pattern,
        "longest_question": _LONGEST_QUESTION,
        "marks": _MARKS,
        "hyphenated": _HYPHENATED.pattern,
        "shortest_guess": _SHORTEST_GUESS,
        "most_found": MOST_FOUND,
    }


def _means_a_word(catalogue: Catalogue, text: str) -> bool:
    """Whether a code is typed as a word, names a family as one, and its meaning as a code is not sure."""
    bare = text.strip()
    if not (bare.isalpha() and bare.islower() and catalogue.names_family(bare)):
        return False
    return all(one.confidence is Confidence.UNSURE for one in catalogue.find(bare))


def _unlisted(catalogue: Catalogue, text: str) -> Resolution:
    """A code that no table lists: a typo, a word, a nested code, one of a group, or one with similar codes."""
    shown, bare = mask_phone_numbers(text), text.strip()
    same = catalogue.spellings.same_letters(bare)
    meant = same[0] if len(same) == 1 else catalogue.spellings.typo_of(bare)
    if meant and not same[1:]:
        return Resolution(shown, readings=catalogue.find(meant), codes=(meant,), meant=meant)
    if found := _named(catalogue, bare):
        return Resolution(shown, term=catalogue.term(bare), found=found)
    resolution = Resolution(shown, readings=catalogue.find(shown), term=catalogue.term(text))
    if resolution.wrapped:
        return resolution
    guesses = catalogue.similar(shown) if len(letters_and_digits(bare)) >= _SHORTEST_GUESS else ()
    return replace(resolution, similar=tuple(dict.fromkeys((*same, *guesses))))


def _named(catalogue: Catalogue, text: str) -> tuple[SearchHit, ...]:
    """Search results for a word in capitals, or for a number that is a name, such as 12321."""
    if _WORD.fullmatch(text):
        return catalogue.search(text.lower(), MOST_FOUND)
    is_number = text.isdecimal() and len(text) >= _SHORTEST_GUESS and catalogue.mentions(text)
    return catalogue.search(text, MOST_FOUND) if is_number else ()


def _words(catalogue: Catalogue, text: str) -> Resolution:
    shown, term, found = mask_phone_numbers(text), catalogue.term(text), catalogue.search(text, MOST_FOUND)
    if term or found:
        return Resolution(shown, term=term, found=found)
    return Resolution(shown, readings=catalogue.find(shown) if " " not in shown.strip() else ())


def _readings(catalogue: Catalogue, codes: tuple[str, ...]) -> tuple[Explanation, ...]:
    """All readings of one code, or the surest of each of several."""
    return catalogue.find(codes[0]) if len(codes) == 1 else tuple(_first_of_each(catalogue, codes))


def _first_of_each(catalogue: Catalogue, codes: Iterable[str]) -> Iterator[Explanation]:
    """The surest reading of each code, with its other meanings in `also`."""
    for code in codes:
        first, *others = catalogue.find(code)
        yield replace(first, also=tuple(one for one in others if one.family != first.family))


def _pasted(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The most specific codes of a paste: an OK ranks below the word for a failure, and a word below a code."""
    spotted = codes_in(text, catalogue.spellings)
    ranks = {one.code: _rank(catalogue, one.code, one.weight) for one in spotted}
    return tuple(code for code, rank in ranks.items() if rank == max(ranks.values()))[:MOST_CODES]


def _in_question(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The code in a question such as "what is CODE"; one that could be a word counts only in its published spelling.

    Its vendor may stand before it: "twilio error 30007".
    """
    if len(text) > _LONGEST_QUESTION:
        return ()
    asked = decode_text(text).strip(_MARKS)
    first, _, rest = asked.partition(" ")
    found = _QUESTION.fullmatch(rest.strip() if first.lower() in catalogue.vendors else asked)
    code = catalogue.spellings.published(found["code"]) if found else None
    return (code,) if found and code and (found["code"] == code or not code.isalpha()) else ()


def _rank(catalogue: Catalogue, code: str, weight: CodeWeight) -> float:
    accepted = all(one.family == _ACCEPTED for one in catalogue.find(code))
    return CodeWeight.NUMBER + 0.5 if accepted else float(weight)


def _like_a_code(text: str) -> bool:
    bare = normalize_code(text) if not text.isascii() else text.strip()
    return bool(_LIKE_A_CODE.fullmatch(bare)) and not (_HYPHENATED.fullmatch(bare) or has_chinese(bare))
