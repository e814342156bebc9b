"""click in the terminal's language: help pages and errors.

    locale.py          CliLocale: the terminal's language, determined before arguments are parsed
    commands.py        Command, Group, Option, Argument: help texts are phrases
    click_gettext.py   click's own messages, by gettext and a `click.po`
    errors.py          errors that click concatenates with English punctuation
    help_page.py       the help formatter: columns and line breaks for Chinese
    metavars.py        COMMAND, INTEGER RANGE, …

Only click's messages follow the process's gettext; everything else is a phrase, translated by the `Language` that is passed on.
"""

from bot.cli.localized_click.commands import Argument, Command, Group, argument, fail, option, print_json
from bot.cli.localized_click.locale import CliLocale

__all__ = ["Argument", "CliLocale", "Command", "Group", "argument", "fail", "option", "print_json"]
