"""click commands, groups, options and arguments whose help is translated when it is shown."""

from __future__ import annotations

import os
import re
import sys
import traceback
from contextlib import contextmanager
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.exceptions import NoSuchCommand

from bot.cli.localized_click.click_gettext import click_in
from bot.cli.localized_click.errors import folded, localize_error
from bot.cli.localized_click.help_page import Context
from bot.cli.localized_click.locale import LANGUAGE, CliLocale, locale_of
from bot.cli.localized_click.metavars import localize_metavars
from bot.cli.localized_click.output import fail
from bot.cli.streams import encoding_of, fitted_streams
from bot.i18n import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.i18n import Language, Phrase

_SETTINGS: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_SENTENCE_END = re.compile(r"(?<=\.)\s|(?<=。)")

COMPLETION = "_SMSSTATUS_COMPLETE"  # set by a shell that asks for completions: nothing else may be printed then


class Argument(click.Argument):
    """A click argument with a translated metavar."""

    def make_metavar(self, ctx: click.Context) -> str:
        """The translated metavar, such as `[WORDS]...`."""
        return localize_metavars(super().make_metavar(ctx), locale_of(ctx).language)


def argument(*names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Like `click.argument`, with a translated metavar."""
    return click.argument(*names, cls=Argument, **attributes)


class Option(click.Option):
    """A click option with a translated help text, `about`."""

    def __init__(self, names: Sequence[str], *, about: Phrase | None = None, **attributes: Any) -> None:
        super().__init__(names, help=about.said_in(ENGLISH) if about else None, **attributes)
        self.about = about

    def make_metavar(self, ctx: click.Context) -> str:
        """The translated metavar, such as `INTEGER RANGE`."""
        return localize_metavars(super().make_metavar(ctx), locale_of(ctx).language)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Spelling and help text. Overridden because click joins default and range with a Latin semicolon in every language."""
        record = super().get_help_record(ctx)
        language = locale_of(ctx).language
        if record is None or language == ENGLISH:
            return record
        extra = self.get_help_extra(ctx)
        notes = [language.say("default: {value}", value=extra["default"])] if "default" in extra else []
        notes += [extra["range"]] if "range" in extra else []
        said = [self.about.said_in(language)] if self.about else []
        return record[0], "  ".join([*said, f"[{language.semicolon_list(notes)}]"] if notes else said)


def option(*names: str, about: Phrase | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Like `click.option`, with a translated help text."""
    return click.option(*names, cls=Option, about=about, **attributes)


class Command(click.Command):
    """A click command in the terminal's language. `about` is its help text; the first sentence serves in lists of commands.

    `closing` stands below the options.

    Every command accepts `--language`; help shows the option only where the command defines it itself.
    """

    context_class = Context

    def __init__(self, name: str | None, *, about: Phrase, closing: Phrase | None = None, **attributes: Any) -> None:
        super().__init__(name, **attributes | {"help": about.said_in(ENGLISH), "context_settings": dict(_SETTINGS)})
        self.about = about
        self.closing = closing
        if all(LANGUAGE not in one.opts for one in self.params):
            self.params.append(Option([LANGUAGE], type=click.Choice(LANGUAGES), expose_value=False, hidden=True))

    def main(self, args: Sequence[str] | None = None, *positional: Any, **named: Any) -> Any:
        """Parse `args`, run the command and exit, with click's messages in the terminal's language."""
        words = sys.argv[1:] if args is None else args
        locale = CliLocale.for_arguments(words, os.environ).readable_on(sys.stdout)
        with fitted_streams(os.environ, chinese=locale.language != ENGLISH), click_in(locale.language):
            if locale.unreadable and COMPLETION not in os.environ:
                shown_in = encoding_of(sys.stdout)
                said = ENGLISH.say("This terminal ({encoding}) has no Chinese characters: English instead.", encoding=shown_in)
                click.echo(said, err=True)
            return super().main(args, *positional, **{"obj": locale, **named})

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse `args`. The outermost command determines the language. Raises click.UsageError when parsing fails."""
        if parent is not None:
            return super().make_context(info_name, args, parent, **extra)
        locale = CliLocale.for_arguments(args, os.environ)
        with _reporting_errors(locale.language):
            return super().make_context(info_name, args, **{"obj": locale, **extra})

    def invoke(self, ctx: click.Context) -> Any:
        """Run the callback. Raises click.ClickException when parsing a subcommand fails or the callback raises it."""
        if ctx.parent is not None:
            return super().invoke(ctx)
        with _reporting_errors(locale_of(ctx).language):
            return super().invoke(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The `--help` option. Its text is set anew, because click caches the one of the first call."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = gettext("Show this message and exit.")
        return option

    def summary(self, language: Language) -> str:
        """The first sentence of the help text, for lists of commands."""
        return _SENTENCE_END.split(self.about.said_in(language), maxsplit=1)[0]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The translated parts of the usage line: `[OPTIONS]`, `[WORDS]...`."""
        return [localize_metavars(piece, locale_of(ctx).language) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help text."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.about.said_in(locale_of(ctx).language))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what stands below the options."""
        if self.closing is not None:
            formatter.write_paragraph()
            formatter.write_text(self.closing.said_in(locale_of(ctx).language))


CRASHED = 70  # EX_SOFTWARE of sysexits.h


def _crashed(error: Exception, language: Language) -> NoReturn:
    """Report an unexpected exception: the traceback's places go to the log, a line with the entry's id to stderr; exit 70."""
    import structlog  # noqa: PLC0415 - it loads slowly, and Tab and `--help` log nothing

    from bot.observability.logging import ensure_logging, error_id  # noqa: PLC0415

    ensure_logging("ERROR")
    number = error_id()
    log = structlog.get_logger("smsstatus")
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("crashed", id=number, error=type(error).__name__, said=str(error), places=places)
    fail([language.say("This is an error of smsstatus itself, with the id {id}: the log says where", id=number)], CRASHED)


@contextmanager
def _reporting_errors(language: Language) -> Iterator[None]:
    """Translate click's errors, and report unexpected exceptions in one line."""
    try:
        yield
    except (click.MissingParameter, click.NoSuchOption, NoSuchCommand) as error:
        raise folded(localize_error(error, language)) from error
    except click.UsageError as error:
        raise folded(error) from error
    except (click.ClickException, click.exceptions.Exit, click.Abort, EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever escapes is reported in one line
        _crashed(error, language)
