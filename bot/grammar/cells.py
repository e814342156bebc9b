"""One cell of a list -> the targets in it. A spreadsheet's damage is repaired where nothing is lost, and named where it is. Pure.

Excel shows and exports a number of more than eleven digits as 8.61371E+12, keeps fifteen digits of a longer one, drops a leading
`+`, and writes `#####` where the column is too narrow
(https://support.microsoft.com/en-us/office/display-numbers-in-scientific-exponential-notation-f85a96c0-18a1-4249-81c3-e934cd2aae25).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.cursor import Cursor, ParseError, pattern
from bot.grammar.decoration import strip_decoration
from bot.grammar.partial_lookup import PartialLookup
from bot.grammar.target_extraction import extract_targets
from bot.grammar.targets import read_target
from bot.grammar.text import normalize, shorten
from bot.i18n import Phrase, phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.model import Target

FEWEST_DIGITS = 5  # of a number, and of an id: what has fewer is a word
MAX_CELL = 2_000  # characters looked at
_AS_TEXT = pattern(r"=\"(?P<inside>[^\"]*)\"|'(?P<quoted>.*)")  # how a spreadsheet is told to leave a number alone
_DECIMAL = pattern(r"(?P<whole>\+?\d{5,})\.0{1,2}")
_GROUPED = pattern(r"\+?\d{1,3}(?:,\d{3}){2,}")
_SCIENTIFIC = pattern(r"\+?(?P<first>\d)(?:\.(?P<rest>\d+))?E\+?(?P<exponent>\d{1,2})")
_TOO_NARROW = pattern(r"#{3,}")
_ERROR = pattern(r"#(?:N/A|VALUE!|REF!|NAME\?|DIV/0!|NUM!|NULL!)")
_ROUNDED = pattern(r"\d{15}0{2,}")
_DIGITS_ALONE = pattern(r"[\d+().\-\s*•●#?x]*")

_DIGITS_LOST = phrase(
    "A spreadsheet shortened `{word}`: the last digits are lost. Format the column as text and export it again."
)
_HIDDEN = phrase("`{word}` stands for a number that the column was too narrow to show. Widen the column and export it again.")
_FAILED = phrase("`{word}` is a spreadsheet's error. Enter the number as text and export it again.")
_ZEROS = phrase(
    "A spreadsheet rounded `{word}`: from the 16th digit on it has zeros. Format the column as text, fill it in again."
)
_NOTHING = phrase("`{word}` is no phone number and no message ID.")


def read_cell(cell: str, context: ParseContext) -> tuple[Target, ...]:
    """The targets that a cell holds, at least one. Raises ParseError, which says why there is none."""
    plain = strip_decoration(repaired(normalize(cell[:MAX_CELL])))
    if sum(map(str.isdigit, plain)) < FEWEST_DIGITS:
        raise _nothing(plain)
    try:
        targets = read_targets_alone(plain, context)
    except ParseError:
        if _DIGITS_ALONE.fullmatch(plain):
            raise
        targets = ()
    found = targets or extract_targets([plain], context.region)
    if not found:
        raise _nothing(plain)
    return found


def read_targets_alone(plain: str, context: ParseContext) -> tuple[Target, ...]:
    """The targets of normalised text that holds nothing else; none if it does. Raises ParseError for a number that is wrong."""
    cursor, draft = Cursor(plain), PartialLookup()
    cursor.skip_breaks()
    while not cursor.at_end:
        if not read_target(cursor, draft, context):
            return ()
        cursor.skip_breaks()
    return tuple(dict.fromkeys(target for target, _ in draft.mentions))


def repaired(plain: str) -> str:
    """Normalised text without a spreadsheet's additions. Raises ParseError where digits are lost."""
    if marked := _AS_TEXT.fullmatch(plain):
        plain = (marked["inside"] or marked["quoted"] or "").strip()
    if decimal := _DECIMAL.fullmatch(plain):
        return decimal["whole"]
    if _GROUPED.fullmatch(plain):
        return plain.replace(",", "")
    if scientific := _SCIENTIFIC.fullmatch(plain):
        digits = scientific["first"] + (scientific["rest"] or "")
        if len(digits) != int(scientific["exponent"]) + 1:
            raise _damaged(_DIGITS_LOST, plain)
        return digits
    for damage, problem in ((_TOO_NARROW, _HIDDEN), (_ERROR, _FAILED), (_ROUNDED, _ZEROS)):
        if damage.fullmatch(plain):
            raise _damaged(problem, plain)
    return plain


def _nothing(plain: str) -> ParseError:
    return _damaged(_NOTHING, plain)


def _damaged(problem: Phrase, plain: str) -> ParseError:
    return ParseError(problem, word=shorten(" ".join(plain.split())))
