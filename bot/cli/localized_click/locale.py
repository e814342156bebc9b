"""Who reads the terminal. That is known before anything is parsed: help, and what cannot be parsed, are in their language too."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, LANGUAGE_KEY, LANGUAGES, Language, terminal_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click

LANGUAGE = "--language"
CONFIG_KEY = "SMSSTATUS_CONFIG"  # as in bot/config, which is too heavy to be read for this


@dataclass(frozen=True, slots=True)
class CliLocale:
    """Their language, and whether they asked for it by `--language` rather than by how their terminal is set up."""

    language: Language = ENGLISH
    asked: bool = False

    @property
    def file_language(self) -> Language:
        """The language for what other programs read, where a terminal's locale must change nothing: English unless asked."""
        return self.language if self.asked else ENGLISH

    @classmethod
    def for_arguments(cls, words: Sequence[str], environ: Mapping[str, str]) -> CliLocale:
        """Whoever types these words in this environment."""
        wanted = _wanted(words)
        said = {name: value for name, value in environ.items() if value.strip()}
        return cls(terminal_language(_set_in_file(environ) | said, wanted), asked=wanted is not None)


def locale_of(ctx: click.Context) -> CliLocale:
    """Whoever typed the command of this context."""
    return ctx.find_object(CliLocale) or CliLocale()


def _set_in_file(environ: Mapping[str, str]) -> dict[str, str]:
    """What the TOML file says of the language. What is wrong with the file is told by whoever needs its settings."""
    path = environ.get(CONFIG_KEY)
    if not path:
        return {}
    try:
        value = tomllib.loads(Path(path).read_text(encoding="utf-8")).get(LANGUAGE_KEY)
    except (OSError, ValueError):
        return {}
    return {LANGUAGE_KEY: value} if isinstance(value, str) else {}


def _wanted(words: Sequence[str]) -> str | None:
    """What the last `--language` says, wherever it stands before a `--`; None also for a language that click will refuse."""
    options = [*(words[: words.index("--")] if "--" in words else words), ""]
    said = [after if word == LANGUAGE else word.removeprefix(f"{LANGUAGE}=") for word, after in pairwise(options) if _is_it(word)]
    return next((one for one in reversed(said) if one in LANGUAGES), None)


def _is_it(word: str) -> bool:
    return word == LANGUAGE or word.startswith(f"{LANGUAGE}=")
