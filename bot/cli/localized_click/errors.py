"""What click refuses, in words: its exceptions hold English sentences, which are recognised by their form and said anew.

A sentence that is not in the table, as a later click may have one, stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import click
from click.exceptions import NoArgsIsHelpError

from bot.cli.localized_click.metavars import with_metavars
from bot.i18n import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language

# More words before fewer. A value that is a sentence itself is looked up in turn.
_SENTENCES: Sequence[Phrase] = (
    phrase("No such option {name}. Did you mean {other}?"),
    phrase("No such option {name}. (Did you mean one of: {others}?)"),
    phrase("No such option {name}."),
    phrase("No such command {name}. Did you mean {other}?"),
    phrase("No such command {name}. (Did you mean one of: {others}?)"),
    phrase("No such command {name}."),
    phrase("Missing command."),
    phrase("Missing argument {name}."),
    phrase("Missing option {name}."),
    phrase("Argument {name} takes {count} values."),
    phrase("Option {name} requires an argument."),
    phrase("Option {name} does not take a value."),
    phrase("Got unexpected extra argument ({words})"),
    phrase("Got unexpected extra arguments ({words})"),
    phrase("Invalid value for {name}: {problem}"),
    phrase("Invalid value: {problem}"),
    phrase("{value} is not one of {choices}."),
    phrase("{value} is not a valid integer range."),
    phrase("{value} is not in the range {range}."),
    phrase("{value} does not match the formats {formats}."),
    phrase("File {name} is a directory."),
    phrase("Could not open file {name}: {problem}"),
)
_FIELD = re.compile(r"\\{(\w+)\\}")


def refusal(error: click.ClickException, language: Language) -> str:
    """All that is printed about `error`: how the command is used, where there is help, and what is wrong."""
    if isinstance(error, NoArgsIsHelpError):
        return error.format_message()  # a whole help page, which is in the language already
    lines = [language.say("Error: {problem}", problem=_said(error.format_message(), language, whole=True))]
    if isinstance(error, click.UsageError) and error.ctx is not None:
        names = error.ctx.command.get_help_option_names(error.ctx)
        hint = language.say("Try '{command} {option}' for help.", command=error.ctx.command_path, option=max(names, key=len))
        lines = [error.ctx.get_usage(), hint, "", *lines]
    return "\n".join(lines)


def _said(message: str, language: Language, *, whole: bool) -> str:
    """`message` in the language. Of its values only `problem` is a sentence of click's; what was typed stays as it was typed."""
    for sentence in _SENTENCES:
        if found := _form(sentence).fullmatch(message):
            values = {name: _value(name, value, language, whole=whole) for name, value in found.groupdict().items()}
            return Phrase(sentence.text, tuple(values.items())).said_in(language)
    return message


def _value(name: str, value: str, language: Language, *, whole: bool) -> str:
    if name == "problem" and whole:
        return _said(value, language, whole=False)
    return with_metavars(value, language) if name == "name" else value


@cache
def _form(sentence: Phrase) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(sentence.text)), re.DOTALL)
