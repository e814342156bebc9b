"""Which language somebody reads, and the book for it."""

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
    """The language with this code; English for one that we do not speak. Chinese is read when it is first asked for."""
    return Language(code, _book(code)) if code in LANGUAGES and code != ENGLISH.code else ENGLISH


def language_code(locale: str) -> str:
    """The language of a locale such as Slack's `zh-CN` or POSIX's `zh_CN.UTF-8`: the one of ours that its reader reads best.

    All who read Chinese get it, in simplified characters.
    """
    language = locale.replace("_", "-").partition("-")[0].partition(".")[0].lower()
    return language if language in LANGUAGES else ENGLISH.code


def terminal_language(environ: Mapping[str, str], wanted: str | None = None) -> Language:
    """The terminal's: as `wanted`, or as SMSSTATUS_LANGUAGE says, or else as the terminal's own locale does."""
    setting = environ.get(LANGUAGE_KEY, "").strip().lower()
    if wanted or setting in LANGUAGES:
        return get_language(wanted or setting)
    return get_language(language_code(next((environ[name] for name in _POSIX if environ.get(name)), "")))


@cache
def _book(code: str) -> NullTranslations:
    """The compiled phrases of a language. Raises FileNotFoundError when `./scripts/phrases` has not compiled them."""
    return translation(_DOMAIN, CATALOGS, languages=[code])
