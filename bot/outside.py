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


def tidy(text: str, limit: int = _LONGEST) -> str:
    """`text` on one line: blanks run together, invisible characters dropped (terminal escapes and bidi marks with them).

    Of a text much longer than `limit`, what will be shown of it, only the beginning is looked at.
    """
    spaced = " ".join(text[: 4 * limit].split())
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE).strip()


def clip(text: str, limit: int) -> str:
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
