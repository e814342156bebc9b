"""Parses a command: text -> Command, or UsageError with a corrected command.

Parsing stops at the first word that is not understood (`ParseError`). Only then is a correction looked for: the error's edits are
applied and the text is parsed again, until it succeeds. The example in an error is the user's own command: no number, id or time
in it is made up or lost, and a placeholder stands for what is missing. Where that is not possible there is no example.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.encoded_text import decode_text
from bot.errors import UsageError
from bot.grammar.bare_code import bare_code
from bot.grammar.command import Command, Explain, Help, ParseContext, Providers
from bot.grammar.cursor import SEPARATORS, Cursor, Edit, ParseError, Span, pattern
from bot.grammar.decoration import strip_decoration
from bot.grammar.lookup import read_lookup
from bot.grammar.phone_numbers import read_number
from bot.grammar.text import escape_entities, normalize, shorten
from bot.grammar.vocabulary import A_CODE, A_NUMBER, A_PROVIDER, A_STATUS, A_TIME, COMMAND, COMMANDS, EXAMPLE_CODE, EXPLAINS
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH = 8000  # fifty targets with ids take less than half of it; Slack would let 40,000 through
MAX_CODE = 100
_MAX_PASTE = 6000  # an error object or some lines of a log, with a code in them
_ONE_WORD = re.compile(r"\w+")
_EXPLAIN = pattern(rf"[\s{SEPARATORS}]*(?:{'|'.join(EXPLAINS)})")
_NUMBER_LIKE = pattern(r"\d(?:[ ()\-.]?\d){6}")  # help me with 137 1111 2222
_OURSELVES = pattern(r"\A/?smsstatus(?: +|\Z)")  # typed once more behind the slash command
_DIGITS = pattern(r"\d")
_AMOUNT = 4  # as many digits as `limit 5` may have
_GROWS = pattern(r"[\d)]\s*\Z")
_COULD_GROW = pattern(r"\s*(?:[\d+(]|(?:(?:biz|message)?id|serialno)\b)")
_CORRECTED_LENGTH = 2500  # what is corrected and shown of a longer text
_CORRECTIONS = 30
_CORRECTION_WORK = 6000  # characters read while looking for a correction; a long text gets fewer attempts


def parse(text: str, context: ParseContext) -> Command:
    """What `text` (without the slash command or the mention before it) asks for. Empty text asks for help.

    Raises:
        UsageError: A word is not understood, or what it asks for makes no sense. Nothing else is raised, whatever the text.
    """
    plain = normalize(text[: MAX_LENGTH + 1])
    try:
        _check_length(text, plain)
        plain = _bare(plain)
        return _read(Cursor(plain), context)
    except ParseError as error:
        example = _correct(plain, error.edits, context)
        raise UsageError(error.problem, word=error.word, example=example) from None


def _bare(plain: str) -> str:
    plain = _OURSELVES.sub("", plain)
    if _EXPLAIN.match(plain):  # a code may hold any character
        return plain
    decoded = decode_text(plain)
    return strip_decoration(plain if decoded == plain else normalize(escape_entities(decoded)))


def _check_length(text: str, plain: str) -> None:
    length = max(len(text), len(plain))  # unfolding ligatures and the like makes a text longer
    if length > MAX_LENGTH:
        problem = phrase(
            "The text that begins with `{word}` has {length:,} characters; a command has at most {most:,}.",
            length=length,
            most=MAX_LENGTH,
        )
        raise ParseError(problem, word=shorten(_first_word(plain)))


def _first_word(plain: str) -> str:
    cursor = Cursor(plain)
    cursor.skip_breaks()
    return cursor.text_of(cursor.word())


def _correct(plain: str, edits: Iterable[Edit], context: ParseContext) -> str | None:
    """`plain` with `edits` applied, and then the edits of each further error. None if that leads to no safe command."""
    if len(plain) > _CORRECTED_LENGTH:
        return None
    attempts = _CORRECTION_WORK // max(len(plain), _CORRECTION_WORK // _CORRECTIONS)
    for _ in range(attempts):
        edits = tuple(edits)
        if not edits or not _is_honest(plain, edits):
            return None
        plain = _edited(plain, edits) or A_NUMBER
        try:
            _read(Cursor(_bare(normalize(escape_entities(plain))), trial=True), context)
        except ParseError as again:
            edits = again.edits
        else:
            return escape_entities(plain)
    return None


def _is_honest(plain: str, edits: Iterable[Edit]) -> bool:
    """Whether the edits invent no digits, and remove none except a small amount or in favour of a placeholder."""
    removed = "".join(_DIGITS.findall("".join(plain[edit.span.start : edit.span.end] for edit in edits)))
    written = "".join(_DIGITS.findall("".join(edit.text for edit in edits)))
    if written:
        return sorted(written) == sorted(removed)
    return len(removed) <= _AMOUNT or any(edit.text.strip() == A_TIME for edit in edits)


def _edited(plain: str, edits: Iterable[Edit]) -> str:
    """`plain` with `edits` applied, on one line. A comma keeps the words around a removed one apart."""
    for span, instead in sorted(edits, reverse=True):
        rest = plain[span.end :]
        gap = (
            f" {instead} "
            if instead in {A_TIME, A_PROVIDER, A_STATUS}
            else instead or (" , " if _GROWS.search(plain[: span.start]) and _COULD_GROW.match(rest) else " ")
        )
        plain = plain[: span.start] + gap + rest
    return re.sub(r"(?:\s*,)+", ",", " ".join(plain.replace("\n", " , ").split())).strip(f" {SEPARATORS}")


def _read(cursor: Cursor, context: ParseContext) -> Command:
    plain = cursor.text
    cursor.skip_breaks()
    command = cursor.take(COMMAND)
    if cursor.at_end and not command:
        return Help()
    match COMMANDS[command[0].lower()] if command else "lookup":
        case "help" if not _NUMBER_LIKE.search(plain):
            return Help()  # whatever else follows: who asks for help should get it
        case "help":
            return read_lookup(Cursor(plain, trial=cursor.trial), context)
        case "explain":
            return _explain(cursor, context)
        case "providers":
            cursor.skip_breaks()
            if not cursor.at_end:
                span = Span(cursor.at, len(plain))
                word = shorten(cursor.text_of(cursor.word()))
                problem = phrase("`providers` takes no arguments: `{word}` is one too many.")
                raise ParseError(problem, word=word, edits=[Edit(span, "")])
            return Providers()
        case _:
            code = bare_code(plain)
            return Explain(code) if code else read_lookup(cursor, context)


def _explain(cursor: Cursor, context: ParseContext) -> Explain:
    start = cursor.at
    _reject_number(cursor, context)
    code = " ".join(cursor.text[start:].split()).strip(f" :{SEPARATORS}")
    rest = Span(start, len(cursor.text))
    if not code:
        problem = phrase("`{word}` needs a code after it, such as `{code}`.", code=EXAMPLE_CODE)
        raise ParseError(problem, word="explain", edits=[Edit(rest, f" {A_CODE}")])
    most = MAX_CODE if _ONE_WORD.fullmatch(code) else _MAX_PASTE
    if len(code) > most:
        problem = phrase("`{word}` is too long for a code, which has at most {most} characters.", most=most)
        raise ParseError(problem, word=shorten(code))
    return Explain(code)


def _reject_number(cursor: Cursor, context: ParseContext) -> None:
    """Raise ParseError when a phone number follows and nothing else: somebody meant to look it up."""
    ahead = Cursor(cursor.text.rstrip(" .?!"), cursor.at)
    ahead.skip_breaks()
    begins = ahead.at
    try:
        number = read_number(ahead, context.region)
    except ParseError:
        return
    if number and ahead.at_end:
        problem = phrase("`{word}` is a phone number and no code. To look it up, leave out `explain`.")
        raise ParseError(problem, word=cursor.text[begins : ahead.at], edits=[Edit(Span(0, begins), "")])
