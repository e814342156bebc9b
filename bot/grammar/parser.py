"""Parses a command: text -> Command, or UsageError with a corrected command.

Parsing stops at the first word that is not understood (`ParseError`). Only then is a correction looked for: the error's edits are
applied and the text is parsed again, until it succeeds (`corrections.py`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.encoded_text import decode_text
from bot.errors import UsageError
from bot.grammar.bare_code import bare_code
from bot.grammar.checks import check_word, read_check
from bot.grammar.command import (
    CheckSignature,
    Command,
    Doctor,
    Explain,
    Help,
    Lookup,
    ParseContext,
    Providers,
    Stats,
    Watch,
    Watches,
)
from bot.grammar.corrections import corrected, readings
from bot.grammar.cursor import SEPARATORS, Cursor, Edit, ParseError, Span, pattern
from bot.grammar.decoration import strip_decoration
from bot.grammar.lookup import read_lookup, read_stats
from bot.grammar.phone_numbers import read_number
from bot.grammar.text import escape_entities, normalize, shorten
from bot.grammar.traditional import as_typed, simplify
from bot.grammar.vocabulary import (
    A_CODE,
    COMMAND,
    COMMANDS,
    EXAMPLE_CODE,
    EXPLAINS,
    FORGET_BEHIND,
    POLITELY,
    TERMINAL_COMMAND,
)
from bot.grammar.watching import read_watch, watch_word
from bot.i18n import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LENGTH = 8000  # fifty targets with ids take less than half of it; Slack would let 40,000 through
MAX_CODE = 100
_MAX_PASTE = 6000  # an error object or some lines of a log, with a code in them
_ONE_WORD = re.compile(r"\w+")
_EXPLAIN = pattern(rf"[\s{SEPARATORS}]*(?:{'|'.join(EXPLAINS)})")
_NUMBER_LIKE = pattern(r"\d(?:[ ()\-.]?\d){6}")  # help me with 137 1111 2222
_OURSELVES = pattern(r"\A/?smsstatus(?: +|\Z)")  # typed once more behind the slash command

_ALONE: Mapping[str, tuple[type[Providers | Watches | Doctor], Phrase]] = {
    "providers": (Providers, phrase("`providers` takes no arguments: `{word}` is one too many.")),
    "watches": (Watches, phrase("`watches` takes no arguments: `{word}` is one too many.")),
    "doctor": (Doctor, phrase("`doctor` takes no arguments: `{word}` is one too many.")),
}


def parse(text: str, context: ParseContext) -> Command:
    """What `text` (without the slash command or the mention before it) asks for. Empty text asks for help.

    Raises:
        UsageError: A word is not understood, or what it asks for makes no sense. Nothing else is raised, whatever the text.
    """
    typed = normalize(text[: MAX_LENGTH + 1])
    plain = simplify(typed)
    try:
        _check_length(text, plain)
        plain = _bare(plain)
        return _as_typed(_read(Cursor(plain), context), typed)
    except ParseError as error:
        check = partial(_check, context=context)
        example = corrected(plain, error.edits, check)
        meant = [as_typed(each, typed) for each in readings(plain, error.others, example, context, check)]
        example, word = example and as_typed(example, typed), as_typed(error.word, typed)
        problem = Phrase(error.problem.text, (*error.problem.values, ("word", word)))
        raise UsageError(problem, word=word, example=example, readings=meant, can_be_corrected=error.can_be_corrected) from None


def _check(text: str, context: ParseContext) -> Command:
    """The command that a correction comes to. Raises ParseError."""
    return _read(Cursor(_bare(normalize(escape_entities(text))), trial=True), context)


def _as_typed(command: Command, typed: str) -> Command:
    """The command with a name, or the words that were passed over, as they were typed."""
    match command:
        case Lookup() | Stats() | Watch():
            return replace(command, ignored=tuple(as_typed(word, typed) for word in command.ignored))
        case CheckSignature(name):
            return CheckSignature(as_typed(name, typed))
        case _:
            return command


def _bare(plain: str) -> str:
    plain = _OURSELVES.sub("", plain)
    if _EXPLAIN.match(plain) or check_word(plain):  # a code, and a name, may hold any character
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


def _read(cursor: Cursor, context: ParseContext) -> Command:
    plain = cursor.text
    if check := check_word(plain):
        return read_check(plain, check)
    if span := watch_word(plain):
        return read_watch(plain, span, context, trial=cursor.trial)
    cursor.skip_breaks()
    command = cursor.take(COMMAND)
    if cursor.at_end and not command:
        return Help()
    if not command:
        _reject_terminal_command(cursor)
    match COMMANDS[command[0].lower()] if command else "lookup":
        case "help" if not _NUMBER_LIKE.search(plain):
            return Help()  # whatever else follows: who asks for help should get it
        case "help":
            return read_lookup(Cursor(plain, trial=cursor.trial), context)
        case "explain":
            return _explain(cursor, context)
        case "stats":
            return read_stats(cursor, context)
        case "providers" | "watches" | "doctor" as alone:
            command_type, problem = _ALONE[alone]
            _reject_more(cursor, problem)
            return command_type()
        case _:
            code = bare_code(plain)
            return Explain(code) if code else read_lookup(cursor, context)


def _reject_terminal_command(cursor: Cursor) -> None:
    """Raise ParseError for what only the terminal does; of words that may stand before a lookup too, where no number follows."""
    polite = POLITELY.match(cursor.text, cursor.at)
    found = TERMINAL_COMMAND.match(cursor.text, polite.end() if polite else cursor.at) or FORGET_BEHIND.search(cursor.text)
    if found is None:
        return
    word = found[found.lastgroup or 0].lower()
    if word == "forget":
        problem = phrase("Nothing was removed: `{word}` is for the app's operator, in the terminal: `smsstatus {word} NUMBER`.")
        raise ParseError(problem, word=word, can_be_corrected=False)
    if not _NUMBER_LIKE.search(cursor.text):
        problem = phrase("`{word}` works in the terminal only: `smsstatus {word}`.")
        raise ParseError(problem, word=word, can_be_corrected=False)


def _reject_more(cursor: Cursor, problem: Phrase) -> None:
    """Raise ParseError, `problem`, when anything follows."""
    cursor.skip_breaks()
    if not cursor.at_end:
        word = shorten(cursor.text_of(cursor.word()))
        raise ParseError(problem, word=word, edits=[Edit(Span(cursor.at, len(cursor.text)), "")])


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
