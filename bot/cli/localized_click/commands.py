"""Commands, groups and options whose help is a phrase, said when it is shown."""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import structlog

from bot.cli.localized_click.errors import refusal
from bot.cli.localized_click.help_page import Context
from bot.cli.localized_click.locale import LANGUAGE, Reader, reader_of
from bot.cli.localized_click.metavars import with_metavars
from bot.i18n import ENGLISH, LANGUAGES, phrase
from bot.observability.logging import error_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.i18n import Language, Phrase

_SETTINGS: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_BY_CLICK: Mapping[str, Phrase] = {"Show this message and exit.": phrase("Show this message and exit.")}


class Option(click.Option):
    """An option. `about` is its line in help."""

    def __init__(self, names: Sequence[str], *, about: Phrase | None = None, **attributes: Any) -> None:
        super().__init__(names, help=about.said_in(ENGLISH) if about else None, **attributes)
        self.about = about


def option(*names: str, about: Phrase | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """As `click.option`, with a phrase for its help."""
    return click.option(*names, cls=Option, about=about, **attributes)


class Command(click.Command):
    """A command that speaks the language of who types it. `about` is what it does, its first sentence enough for a list.

    Every command takes `--language`; help shows it where the command says what it does there.
    """

    context_class = Context

    def __init__(self, name: str | None, *, about: Phrase, **attributes: Any) -> None:
        super().__init__(name, **attributes | {"help": about.said_in(ENGLISH), "context_settings": dict(_SETTINGS)})
        self.about = about
        if all(LANGUAGE not in one.opts for one in self.params):
            self.params.append(Option([LANGUAGE], type=click.Choice(LANGUAGES), expose_value=False, hidden=True))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse. The outermost command finds out who reads."""
        if parent is not None:
            return super().make_context(info_name, args, parent, **extra)
        reader = Reader.of(args, os.environ)
        with _telling(reader.language):
            return super().make_context(info_name, args, **{"obj": reader, **extra})

    def invoke(self, ctx: click.Context) -> Any:
        """Do what was typed."""
        if ctx.parent is not None:
            return super().invoke(ctx)
        with _telling(reader_of(ctx).language):
            return super().invoke(ctx)

    def summary(self, language: Language, limit: int) -> str:
        """Its line in the list of commands: English cut to `limit`, as click does, Chinese as long as its first sentence is."""
        if language == ENGLISH:
            return self.get_short_help_str(limit)
        first, stop, _ = self.about.said_in(language).partition(language.marks.stop)
        return first + stop

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """`[OPTIONS]`, `[WORDS]...`."""
        return [with_metavars(piece, reader_of(ctx).language) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.about.said_in(reader_of(ctx).language))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each option with what it does."""
        language = reader_of(ctx).language
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and not one.hidden]
        with formatter.section("Options"):
            formatter.write_dl([_line(one, ctx, language) for one in options])


class Group(Command, click.Group):
    """A command of commands."""

    command_class = Command
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names))
        language = reader_of(ctx).language
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(self.commands[name], language, limit)) for name in names])


def fail(lines: Iterable[str], status: int) -> NoReturn:
    """End with these lines on stderr."""
    for line in lines:
        click.echo(line, err=True)
    sys.exit(status)


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _summary(command: click.Command, language: Language, limit: int) -> str:
    return command.summary(language, limit) if isinstance(command, Command) else command.get_short_help_str(limit)


def _line(one: click.Option, ctx: click.Context, language: Language) -> tuple[str, str]:
    names, by_click = one.get_help_record(ctx) or ("", "")
    about = one.about if isinstance(one, Option) else _BY_CLICK.get(one.help or "")
    if language == ENGLISH or (about is None and not isinstance(one, Option)):
        return names, by_click
    extra = one.get_help_extra(ctx)
    notes = [language.say("default: {value}", value=extra["default"])] if "default" in extra else []
    notes += [extra["range"]] if "range" in extra else []
    said = [about.said_in(language)] if about else []
    return with_metavars(names, language), "  ".join([*said, f"[{language.loosely(notes)}]"] if notes else said)


CRASHED = 70  # EX_SOFTWARE of sysexits.h


def _crashed(error: Exception, language: Language) -> NoReturn:
    """Tell a bug of ours: where it happened goes to the log, one line with the id of that entry is the last on the screen."""
    number = error_id()
    log = structlog.get_logger("smsstatus")
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("crashed", id=number, error=type(error).__name__, said=str(error)[:300], places=places)
    fail([language.say("This is an error of smsstatus itself, with the id {id}: the log says where", id=number)], CRASHED)


@contextmanager
def _telling(language: Language) -> Iterator[None]:
    """Tell what click refuses, and end with its exit status."""
    try:
        yield
    except click.ClickException as error:
        click.echo(refusal(error, language), err=True)
        raise click.exceptions.Exit(error.exit_code) from error
    except (KeyboardInterrupt, EOFError) as stop:
        click.echo(f"\n{language.say('Aborted!')}", err=True)
        raise click.exceptions.Exit(1) from stop
    except (click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever escapes is told in one line
        _crashed(error, language)
