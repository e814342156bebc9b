"""Decodes text copied from links, JSON and logs."""

from __future__ import annotations

import unicodedata

from bot import encoded_text
from bot.model.personal_numbers import hide_numbers

LONGEST_PASTE = 20_000  # characters that are looked at


def decode_text(text: str) -> str:
    """`text` with the encodings of links, JSON, HTML and mails decoded, full-width forms folded, and in one line."""
    return unicodedata.normalize("NFKC", encoded_text.decode_text(text[:LONGEST_PASTE])).replace("\n", " ")


def has_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character, which no code has."""
    return any("\u3400" <= char <= "\u9fff" for char in text)


def mask_phone_numbers(text: str) -> str:
    """`text` without the digits of what may be a phone number or a card's, also where an encoding takes it apart."""
    decoded = encoded_text.decode_text(text[:LONGEST_PASTE])
    return hide_numbers(text if hide_numbers(decoded) == decoded else decoded)
