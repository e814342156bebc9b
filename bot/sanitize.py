"""Sanitizes untrusted text (codes, ids, texts of SMS, providers' messages) for display. Pure.

One line, without invisible characters and bidi marks, with phone numbers masked: a provider may repeat a number in its message.
Escaping for a medium (Slack's mrkdwn, the terminal) is done there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import PhoneNumber

BLANK = "•"
MAX_WORDS = 200  # characters of a provider's message
MAX_TEXT = 1000  # characters of an SMS; the longest that carriers concatenate is about as long

_MAX_LINE = 1000  # characters
_MIN_NUMBER = 7  # digits of a number that is masked; fewer would also be found inside codes and times
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format (bidi, zero width), surrogate, private, unassigned
_LONG_DIGITS = re.compile(r"\d{7,}")
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){4,}")  # also in groups: 137 1111 2222
_TOKEN = re.compile(r"(?=[A-Za-z_+=]*\d)[A-Za-z0-9_+=]{16,}")  # key ids, secrets, signatures: long, letters and digits
# A provider that rejects a signature repeats the string to sign, with the number and the key id.
_SIGNED_STRING = re.compile(r"(?:\b(?:server|the)\s+)*(?:string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)", re.IGNORECASE)


def single_line(text: str, limit: int = _MAX_LINE) -> str:
    """`text` on one line: whitespace collapsed, invisible characters removed, terminal escapes and bidi marks among them.

    `limit` is how many characters will be shown: of a much longer text only the beginning is processed.
    """
    spaced = " ".join(text[: 4 * limit].split())
    if spaced.isascii() and spaced.isprintable():  # nearly every code and id
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE).strip()


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis if the text was longer."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def mask_known(text: str, numbers: Iterable[PhoneNumber]) -> str:
    """`text` with every occurrence of `numbers` masked, with or without country code."""
    for number in numbers:
        if len(number.national) >= _MIN_NUMBER and number.national in text:
            text = re.sub(rf"(?:\+|00)?(?:{number.country_code})?{re.escape(number.national)}", number.masked, text)
    return text


def mask_digits(text: str) -> str:
    """`text` with every run of seven or more digits masked: in a provider's message it is likely a phone number."""
    return _LONG_DIGITS.sub("****", text)


def blank_digits(text: str) -> str:
    """`text` with every digit of every script (also ² and ①) replaced by `•`."""
    return "".join(BLANK if char.isdigit() else char for char in text)


def sanitize_sms_text(text: str) -> str:
    """The text of an SMS as the asker may see it: one line, digits blanked."""
    return truncate(blank_digits(single_line(text)), MAX_TEXT)


def sanitize_provider_text(text: str, limit: int = MAX_WORDS) -> str:
    """A provider's message without what it repeats of the request: signed strings, tokens, long numbers."""
    words = single_line(text)
    signed = _SIGNED_STRING.search(words)
    if signed is not None:
        words = words[: signed.start()].rstrip(" ,;:.[(") + " …"
    return truncate(_LONG_NUMBER.sub(BLANK * 5, _TOKEN.sub(BLANK * 5, words)).strip(), limit)
