"""click in the terminal's language: help pages and errors.

    locale.py          CliLocale: the terminal's language, determined before arguments are parsed
    commands.py        Command, Option, Argument: help texts are phrases
    group.py           Group: subcommands, and the one that is meant when none is named
    output.py          messages on stderr, and JSON
    click_gettext.py   click's own messages, by gettext and a `click.po`
    errors.py          errors that click concatenates with English punctuation
    help_page.py       the help formatter: columns and line breaks for Chinese
    metavars.py        COMMAND, INTEGER RANGE, …

Only click's messages follow the process's gettext; everything else is a phrase, translated by the `Language` that is passed on.
"""

from bot.cli.localized_click.commands import COMPLETION, Argument, Command, argument, option
from bot.cli.localized_click.group import Group
from bot.cli.localized_click.locale import CliLocale
from bot.cli.localized_click.output import fail, print_json, to_json

__all__ = [
    "COMPLETION",
    "Argument",
    "CliLocale",
    "Command",
    "Group",
    "argument",
    "fail",
    "option",
    "print_json",
    "to_json",
]
