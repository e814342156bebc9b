"""Selects a language and opens its gettext catalogue."""

from __future__ import annotations

from functools import cache
from gettext import translation
from pathlib import Path
from typing import TYPE_CHECKING

from bot.i18n.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

CATALOGS = Path(__file__).parent  # of it, <language>/LC_MESSAGES/<domain>.mo, where gettext looks
_DOMAIN = "smsstatus"
LANGUAGES = ("en", "zh")
LANGUAGE_KEY = "SMSSTATUS_LANGUAGE"
# In the order in which POSIX asks them: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
_POSIX = ("LC_ALL", "LC_MESSAGES", "LANG")


def get_language(code: str) -> Language:
    """The language with this code; English for one that is not supported. Its catalogue is read on first use."""
    return Language(code, _book(code)) if code in LANGUAGES and code != ENGLISH.code else ENGLISH


def language_code(locale: str) -> str:
    """The supported language code for a locale such as Slack's `zh-CN` or POSIX's `zh_CN.UTF-8`; "en" for any other.

    Every Chinese locale maps to "zh", which is in simplified characters.
    """
    language = locale.replace("_", "-").partition("-")[0].partition(".")[0].lower()
    return language if language in LANGUAGES else ENGLISH.code


def terminal_language(environ: Mapping[str, str], wanted: str | None = None) -> Language:
    """The terminal's language: `wanted`, else SMSSTATUS_LANGUAGE, else the POSIX locale."""
    setting = environ.get(LANGUAGE_KEY, "").strip().lower()
    if wanted or setting in LANGUAGES:
        return get_language(wanted or setting)
    return get_language(language_code(next((environ[name] for name in _POSIX if environ.get(name)), "")))


@cache
def _book(code: str) -> NullTranslations:
    """The compiled catalogue of a language. Raises FileNotFoundError if `./scripts/phrases` has not been run."""
    return translation(_DOMAIN, CATALOGS, languages=[code])
