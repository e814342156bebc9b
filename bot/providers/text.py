"""Words from a provider, made fit to be shown: no codes, no keys, no numbers, nothing that plays tricks with the screen.

    text of an SMS      -> `message_text`: tidied, every digit blanked (a one-time code must not be read here)
    provider's sentence -> `provider_words`: tidied, keys and numbers redacted, shortened

Pure. Both take text of any kind and raise nothing.
"""

from __future__ import annotations

import re

from bot.outside import clip, tidy

BLANK = "•"
MAX_WORDS = 200  # characters of a provider's sentence
MAX_TEXT = 1000  # characters of an SMS; the longest that carriers join is about as long

# A provider that finds a signature wrong repeats all that it signed, the number and the id of the key included.
_SIGNED_STRING = re.compile(r"(?:\b(?:server|the)\s+)*(?:string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){4,}")  # also in groups: 137 1111 2222
_TOKEN = re.compile(r"(?=[A-Za-z_+=]*\d)[A-Za-z0-9_+=]{16,}")  # ids of keys, secrets, signatures: long, letters and digits


def blank_digits(text: str) -> str:
    """`text` with every digit of every script (also ² and ①) replaced by `•`."""
    return "".join(BLANK if char.isdigit() else char for char in text)


def message_text(text: str) -> str:
    """The text of an SMS as it may be shown to the one who asked."""
    return clip(blank_digits(tidy(text)), MAX_TEXT)


def provider_words(text: str, limit: int = MAX_WORDS) -> str:
    """A provider's own sentence as it may be shown: what it repeats of our request is taken out."""
    words = tidy(text)
    signed = _SIGNED_STRING.search(words)
    if signed is not None:
        words = words[: signed.start()].rstrip(" ,;:.[(") + " …"
    return clip(_LONG_NUMBER.sub(BLANK * 5, _TOKEN.sub(BLANK * 5, words)).strip(), limit)
