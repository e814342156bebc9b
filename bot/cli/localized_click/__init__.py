"""click in the language of who types: help pages and errors.

    reader.py          Reader: the language of the terminal, found out before anything is parsed
    commands.py        Command, Group, Option, Argument: help texts are phrases
    click_gettext.py   click's own sentences, by click's own gettext and a `click.po`
    refusals.py        the errors that click puts together as English is written
    page.py            a help page: columns and line breaks that fit Chinese
    metavars.py        COMMAND, INTEGER RANGE, …

gettext has one language for the whole process, as a terminal has one reader.
"""

from bot.cli.localized_click.commands import Argument, Command, Group, argument, fail, option, print_json
from bot.cli.localized_click.locale import CliLocale

__all__ = ["Argument", "CliLocale", "Command", "Group", "argument", "fail", "option", "print_json"]
