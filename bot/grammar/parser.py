"""The words of a command -> Command, or an error with a corrected command.

Reading stops at the first word that is not understood (`StumbleError`). Only then is a correction looked for: the word's edits
are applied and the text is read again, until it reads. So the example in an error is the asker's own command wherever possible,
and is always one that works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.grammar.command import Asker, Command, Explain, Help, Providers
from bot.grammar.lookup import read_lookup
from bot.grammar.reader import BREAK, Edit, Reader, Span, StumbleError
from bot.grammar.text import clean, escape, shorten
from bot.grammar.words import COMMAND, COMMANDS, EXAMPLE, EXAMPLE_CODE
from bot.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH = 8000  # fifty targets with ids take less than half of it; Slack would let 40,000 through
MAX_CODE = 100
_CORRECTED_LENGTH = 2500  # what is corrected and shown of a longer text
_CORRECTIONS = 30
_CORRECTION_WORK = 6000  # characters read while looking for a correction; a long text gets fewer attempts


def parse(text: str, asker: Asker) -> Command:
    """What `text` (without the slash command or the mention before it) asks for. Empty text asks for help.

    Raises:
        UsageError: A word is not understood, or what it asks for makes no sense. Nothing else is raised, whatever the text.
    """
    plain = clean(text[: MAX_LENGTH + 1])
    try:
        _check_length(text, plain)
        return _read(plain, asker)
    except StumbleError as stumble:
        example = _correct(plain, stumble.edits, asker)
        raise UsageError(stumble.problem, word=stumble.word, example=example) from None


def _check_length(text: str, plain: str) -> None:
    length = max(len(text), len(plain))  # unfolding ligatures and the like makes a text longer
    if length > MAX_LENGTH:
        problem = phrase(
            "The text that begins with `{word}` has {length:,} characters; a command has at most {most:,}.",
            length=length,
            most=MAX_LENGTH,
        )
        raise StumbleError(problem, word=shorten(_first_word(plain)))


def _first_word(plain: str) -> str:
    reader = Reader(plain)
    reader.skip_breaks()
    return reader.cut(reader.word())


def _correct(plain: str, edits: Iterable[Edit], asker: Asker) -> str:
    """`plain` with `edits` made, and then whatever it still stumbles over put right. A fixed example if that leads nowhere."""
    attempts = _CORRECTION_WORK // max(len(plain[:_CORRECTED_LENGTH]), _CORRECTION_WORK // _CORRECTIONS)
    for _ in range(attempts):
        plain = _edited(plain, edits)
        if not plain:
            break
        try:
            _read(clean(escape(plain)), asker)
        except StumbleError as again:
            edits = again.edits
        else:
            return escape(plain)
    return EXAMPLE


def _edited(plain: str, edits: Iterable[Edit]) -> str:
    """`plain` with `edits` made, on one line and no longer than an example should be."""
    for span, instead in sorted(edits, reverse=True):
        plain = plain[: span.start] + instead + plain[span.end :]
    if len(plain) > _CORRECTED_LENGTH:
        plain = plain[:_CORRECTED_LENGTH].rpartition(" ")[0]
    return " ".join(plain.replace("\n", " , ").split()).replace(" ,", ",").strip(f" {BREAK}")


def _read(plain: str, asker: Asker) -> Command:
    reader = Reader(plain)
    reader.skip_breaks()
    command = reader.take(COMMAND)
    if reader.ended and not command:
        return Help()
    match COMMANDS[command[0].lower()] if command else "lookup":
        case "help":
            return Help()  # whatever follows: who asks for help should get it
        case "explain":
            return _explain(reader)
        case "providers":
            reader.skip_breaks()
            if not reader.ended:
                span = Span(reader.at, len(plain))
                word = shorten(reader.cut(reader.word()))
                problem = phrase("`providers` takes nothing after it, but there is `{word}`.")
                raise StumbleError(problem, word=word, edits=[Edit(span, "")])
            return Providers()
        case _:
            return read_lookup(reader, asker)


def _explain(reader: Reader) -> Explain:
    start = reader.at
    code = " ".join(reader.text[start:].split()).strip(f" :{BREAK}")
    rest = Span(start, len(reader.text))
    if not code:
        problem = phrase("`{word}` needs a code after it, such as `{code}`.", code=EXAMPLE_CODE)
        raise StumbleError(problem, word="explain", edits=[Edit(rest, f" {EXAMPLE_CODE}")])
    if len(code) > MAX_CODE:
        problem = phrase("`{word}` is too long for a code, which has at most {most} characters.", most=MAX_CODE)
        raise StumbleError(problem, word=shorten(code), edits=[Edit(rest, f" {EXAMPLE_CODE}")])
    return Explain(code)
