"""Decodes text copied from links, JSON and logs."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

LONGEST_PASTE = 20_000  # characters that are looked at
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PHONE = re.compile(r"(?<!\d)\+?\d(?:[\s\-()]{0,2}\d){6,}")


def decode_text(text: str) -> str:
    """`text` with percent-encoding, JSON escapes and full-width forms decoded."""
    text = text[:LONGEST_PASTE]
    for _ in range(2):  # a link within a link is encoded twice
        text = unquote(text) if "%" in text else text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace('\\"', '"').replace("\\n", " ")
    return unicodedata.normalize("NFKC", text)


def has_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character, which no code has."""
    return any("\u3400" <= char <= "\u9fff" for char in text)


def mask_phone_numbers(text: str) -> str:
    """`text` with the digits of everything that may be a phone number masked."""
    return _PHONE.sub(lambda found: re.sub(r"\d", "*", found[0]), text)
