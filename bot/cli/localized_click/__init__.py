"""click, saying everything in the language of who types: help pages, its own words in them, and what it refuses.

    reader.py     Reader: who reads, found out before anything is parsed
    commands.py   Command, Group, Option: help texts are phrases; a refusal is said, not raised
    page.py       a help page: its headings, its columns, its line breaks
    metavars.py   COMMAND, INTEGER RANGE, …
    refusals.py   the exceptions of click in words

The words are phrases of our own. click's own way, a gettext domain, would be one for the whole process.
"""

from bot.cli.localized_click.commands import Command, Group, fail, option, print_json
from bot.cli.localized_click.locale import Reader

__all__ = ["Command", "Group", "Reader", "fail", "option", "print_json"]
