"""The languages that people read us in: English as the code says it, Chinese from plain files.

    language.py   Language: says a phrase in one language, and joins what was said the way that language does; Phrase: a
                  sentence that is made before it is known who reads it; Country: a name that is, too
    opening.py    from a code, a Slack locale or a terminal's environment to the Language
    zh/*.po       the Chinese: gettext files, one for each part of the code

The English text of a phrase is its key. `{names}` in it are filled in after it was looked up. To add one, write it in the code in
one of the forms below and run `./scripts/phrases`, which adds the key to the right file; a test fails on a key that is missing,
unused or without its translation.

    language.say("No record of {whom}.", whom=number)
    language.plural(count, "{count} message", "{count} messages")
    phrase("{word} needs a number after it.", word=typed)
"""

from bot.i18n.catalogs import LANGUAGE_KEY, LANGUAGES, code_of, language_called, terminal_language
from bot.i18n.language import ENGLISH, Country, Language, Phrase, phrase

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "LANGUAGE_KEY",
    "Country",
    "Language",
    "Phrase",
    "code_of",
    "language_called",
    "phrase",
    "terminal_language",
]
