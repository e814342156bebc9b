"""Text packed as base64 or hex, in which a secret is read by anybody who pastes it into a decoder. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){8,}(?![0-9A-Za-z])")


def unpacked_runs(text: str) -> Iterator[tuple[str, str]]:
    """Each run of `text` that is packed text, and what it says. What unpacks to anything but printable text is passed over."""
    for found in _HEX.finditer(text):
        if plain := _printable(bytes.fromhex(found[0])):
            yield found[0], plain
    for found in _BASE64.finditer(text):
        letters = found[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            octets = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except binascii.Error:
            continue
        if plain := _printable(octets):
            yield found[0], plain


def _printable(octets: bytes) -> str | None:
    try:
        plain = octets.decode()
    except UnicodeDecodeError:
        return None
    return plain if plain.replace("\n", " ").isprintable() else None
