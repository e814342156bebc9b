"""Translations: English is written in the code, Chinese comes from gettext catalogues.

    language.py   Language: translates phrases, joins sentences and lists, formats dates
                  Phrase: a sentence made before its reader's language is known; Country: the same for the name of a country
    catalogs.py   selects the Language for a code, a Slack locale or a terminal's environment
    zh/*.po       the Chinese, one file for each part of the code
    zh/LC_MESSAGES/  what gettext reads: the same compiled to one file, and click's own messages (click.po)

The English text of a phrase is its key. `{names}` in it are filled in after the lookup. To add one, write it in the code in
one of the forms below and run `./scripts/phrases`, which adds the key to the right file and compiles the files; a test fails on a
key that is missing, unused or without its translation. Keep it out of f-strings and nested calls, where Babel does not find it.

    language.say("No record of {whom}.", whom=number)
    language.plural(count, "{count} message", "{count} messages")
    phrase("{word} needs a number after it.", word=typed)
"""

from bot.i18n.catalogs import CATALOGS, LANGUAGE_KEY, LANGUAGES, get_language, language_code, terminal_language
from bot.i18n.language import ENGLISH, Country, Language, Phrase, phrase

__all__ = [
    "CATALOGS",
    "ENGLISH",
    "LANGUAGES",
    "LANGUAGE_KEY",
    "Country",
    "Language",
    "Phrase",
    "get_language",
    "language_code",
    "phrase",
    "terminal_language",
]
