"""The language of the terminal, determined before arguments are parsed, so that help and parse errors use it too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.env_file import with_env_file
from bot.cli.streams import shows_chinese
from bot.errors import SettingsError
from bot.i18n import ENGLISH, LANGUAGE_KEY, LANGUAGES, Language, terminal_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    import click

LANGUAGE = "--language"
CONFIG_KEY = "SMSSTATUS_CONFIG"  # as in bot/config, which is too heavy to be read for this


@dataclass(frozen=True, slots=True)
class CliLocale:
    """The terminal's language, and whether `--language` asked for it rather than a setting or the locale.

    `unreadable` is the language that was wanted where the terminal cannot show it.
    """

    language: Language = ENGLISH
    asked: bool = False
    unreadable: Language | None = None

    @property
    def file_language(self) -> Language:
        """The language of output for programs, which must not depend on the locale: English unless `--language` is given."""
        return (self.unreadable or self.language) if self.asked else ENGLISH

    def readable_on(self, stream: TextIO) -> CliLocale:
        """This locale, or English where the stream cannot show its language: rows of question marks would tell nothing."""
        if self.language == ENGLISH or shows_chinese(stream):
            return self
        return replace(self, language=ENGLISH, unreadable=self.language)

    @classmethod
    def for_arguments(cls, words: Sequence[str], environ: Mapping[str, str]) -> CliLocale:
        """The language for these command-line arguments in this environment and the file `.env`."""
        wanted = _wanted(words)
        with suppress(SettingsError):  # which loading the settings tells
            environ = with_env_file(environ)
        given = {name: value for name, value in environ.items() if value.strip()}
        return cls(terminal_language(_set_in_file(environ) | given, wanted), asked=wanted is not None)


def locale_of(ctx: click.Context) -> CliLocale:
    """The language of this context; English outside a command."""
    return ctx.find_object(CliLocale) or CliLocale()


def _set_in_file(environ: Mapping[str, str]) -> dict[str, str]:
    """The language setting of the TOML file. A broken file is ignored here; loading the settings reports it."""
    path = environ.get(CONFIG_KEY)
    if not path:
        return {}
    import tomllib  # noqa: PLC0415 - there is seldom such a file

    try:
        value = tomllib.loads(Path(path).read_text(encoding="utf-8")).get(LANGUAGE_KEY)
    except (OSError, ValueError):
        return {}
    return {LANGUAGE_KEY: value} if isinstance(value, str) else {}


def _wanted(words: Sequence[str]) -> str | None:
    """The value of the last `--language` before any `--`; None if there is none, or for a language that click will reject."""
    options = [*(words[: words.index("--")] if "--" in words else words), ""]
    found = [
        after if word == LANGUAGE else word.removeprefix(f"{LANGUAGE}=") for word, after in pairwise(options) if _is_it(word)
    ]
    return next((one for one in reversed(found) if one in LANGUAGES), None)


def _is_it(word: str) -> bool:
    return word == LANGUAGE or word.startswith(f"{LANGUAGE}=")
