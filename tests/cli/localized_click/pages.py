"""Every command of the terminal, and its help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from bot.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGLISH_TERMINAL: Mapping[str, str] = {"LANG": "C", "LC_ALL": "", "LC_MESSAGES": "", "SMSSTATUS_LANGUAGE": ""}
CHINESE_TERMINAL: Mapping[str, str] = {**ENGLISH_TERMINAL, "LANG": "zh_CN.UTF-8"}


def paths(command: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words by which every command is reached, the groups first."""
    yield path
    for name, one in command.commands.items() if isinstance(command, click.Group) else ():
        yield from paths(one, (*path, name))


def typed(*words: str, width: int = 80, environ: Mapping[str, str] = CHINESE_TERMINAL) -> tuple[int, str]:
    """The exit status and all that was printed, in a Chinese terminal unless `environ` says otherwise."""
    pages = min(width, 100) - 2  # as click does it, whose runner takes every terminal for one of 80 columns
    environ = {**ENGLISH_TERMINAL, **environ, "COLUMNS": str(width)}
    done = CliRunner().invoke(main, list(words), env=environ, prog_name="smsstatus", terminal_width=pages)
    return done.exit_code, done.output


def latin_words(text: str) -> set[str]:
    """What in a text is longer than two Latin letters, but for what is typed as it is: options, settings, examples in quotes."""
    text = re.sub(r"--?[a-z][a-z-]*|(?:SMSSTATUS|SLACK|LC)_\w+|https://\S+|\[[^]]*\]|`[^`]*`|\"[^\"]*\"|'[^']*'", " ", text)
    return set(re.findall(r"[A-Za-z]{3,}", text))
