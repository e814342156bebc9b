"""What commands print beside their answers: messages on stderr, and JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from bot.cli.streams import is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable


def fail(lines: Iterable[str], status: int) -> NoReturn:
    """Print these lines on stderr and exit with `status`. Raises SystemExit."""
    from bot.cli.console import show_lines  # noqa: PLC0415 - rich, which `smsstatus --help` does not need

    show_lines(lines, err=True)
    sys.exit(status)


def print_json(value: object) -> None:
    """Print one JSON value on stdout. What the terminal cannot show is escaped, so that nothing is lost."""
    click.echo(to_json(value, indent=2))


def to_json(value: object, *, indent: int | None = None) -> str:
    """`value` as JSON that stdout can take as it is."""
    return json.dumps(value, ensure_ascii=not is_unicode(sys.stdout), indent=indent)
