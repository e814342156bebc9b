"""Text that came from outside (a code, an id, a provider's words), made fit to show.

One line, without characters that cannot be seen or that turn the reading direction, and without the phone numbers that the
answer is about: a provider may repeat a number in its own words. What a medium needs on top (escaping, code spans) is the
medium's own business.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import PhoneNumber

_LONG_DIGITS = re.compile(r"\d{7,}")

_LONGEST = 1000

_SHORTEST_NUMBER = 7  # digits; fewer would also be found inside codes and times

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format (bidi, zero width), surrogate, private, unassigned


def single_line(text: str, limit: int = _LONGEST) -> str:
    """`text` on one line: blanks run together, invisible characters dropped (terminal escapes and bidi marks with them).

    Of a text much longer than `limit`, what will be shown of it, only the beginning is looked at.
    """
    spaced = " ".join(text[: 4 * limit].split())
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE).strip()


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis when something was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def mask_known(text: str, numbers: Iterable[PhoneNumber]) -> str:
    """`text` with every written-out number of `numbers` masked, with or without its country code."""
    for number in numbers:
        if len(number.national) >= _SHORTEST_NUMBER and number.national in text:
            text = re.sub(rf"(?:\+|00)?(?:{number.country_code})?{re.escape(number.national)}", number.masked, text)
    return text


def mask_digits(text: str) -> str:
    """`text` with every long run of digits hidden: for prose of a provider, where such a run is likely somebody's number."""
    return _LONG_DIGITS.sub("****", text)


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


def sanitize_sms_text(text: str) -> str:
    """The text of an SMS as it may be shown to the one who asked."""
    return truncate(blank_digits(single_line(text)), MAX_TEXT)


def sanitize_provider_text(text: str, limit: int = MAX_WORDS) -> str:
    """A provider's own sentence as it may be shown: what it repeats of our request is taken out."""
    words = single_line(text)
    signed = _SIGNED_STRING.search(words)
    if signed is not None:
        words = words[: signed.start()].rstrip(" ,;:.[(") + " …"
    return truncate(_LONG_NUMBER.sub(BLANK * 5, _TOKEN.sub(BLANK * 5, words)).strip(), limit)
