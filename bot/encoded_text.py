r"""Decodes text as it is copied out of links, JSON, HTML, mails and logs: `%2B86`, `\u002b86`, `\053`, `&#43;86`, `=2B86`. Pure.

And JSON itself, where it is not quite as it should be.
"""

from __future__ import annotations

import html
import json
import re
import sys
from contextlib import suppress
from typing import Any

# Each pattern of backslashes begins at the first of a run and gives none back: a run of thousands costs its length.
_ROUNDS = 4  # a link within JSON within a link
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_WIDE_PERCENT = re.compile(r"%u([0-9A-Fa-f]{4})")  # JavaScript's old escape()
_UNICODE = re.compile(r"(?<!\\)(?:(?:\\++u[0-9A-Fa-f]{4})+|\\++u\{[0-9A-Fa-f]{1,6}\}|\\++U[0-9A-Fa-f]{8})")
_UNIT = re.compile(r"u\{?([0-9A-Fa-f]+)", re.IGNORECASE)
_BYTES = re.compile(r"(?<!\\)(?:\\++x[0-9A-Fa-f]{2})+")
_OCTAL = re.compile(r"(?<!\\)(?:\\++(?:[0-3][0-7]{2}|[4-7][0-7]))+")  # what C, git and PostgreSQL print
_ESCAPED = re.compile(r"(?<!\\)\\++([\"'/nrt])")
_PLAIN = {"n": "\n", "r": "\n", "t": " "}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# In quoted-printable every `=` begins a byte (RFC 2045, 6.7). `number=13711112222` looks like it, so a sure sign is asked for.
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_ALL_QUOTED = re.compile(r"[^=]*(?:=(?:[0-9A-F]{2}|[ \t]*\r?\n)[^=]*)+")
_SURELY_QUOTED = re.compile(r"=\r?\n|=3D|=2B\d|=[C-F][0-9A-F]=[89AB][0-9A-F]")
_SOFT_BREAK = re.compile(r"=[ \t]*\r?\n")


def decode_text(text: str) -> str:
    """`text` decoded until nothing changes: percent-encoding, escapes of JSON and C, entities of HTML, quoted-printable.

    What would become a control character or no character is left as it is: `5%13711112222` is no encoding.
    """
    for _ in range(_ROUNDS):
        decoded = _once(text)
        if decoded == text:
            break
        text = decoded
    return text


def read_json(body: bytes | str) -> Any:
    """A JSON body, of which what cannot be read costs itself only. Raises ValueError, RecursionError.

    Characters that are no UTF-8 (GBK is what old Chinese systems send) are read as GBK, or replaced; a number with thousands of
    digits, which Python refuses, stays a text.
    """
    text = body if isinstance(body, str) else _text_of(body)
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=str)


def _text_of(body: bytes) -> str:
    charset = json.detect_encoding(body)  # a form of UTF, by its first bytes
    for one in (charset, "gb18030"):
        with suppress(UnicodeDecodeError):
            return body.decode(one, "surrogatepass" if one == charset else "strict")
    return body.decode(charset, "replace")


def _once(text: str) -> str:
    if "%" in text:
        text = _PERCENT.sub(_bytes, _WIDE_PERCENT.sub(lambda found: _characters(found[0], [found[1]]), text))
    if "\\" in text:
        text = _UNICODE.sub(lambda found: _characters(found[0], _UNIT.findall(found[0])), text)
        text = _OCTAL.sub(_octal_bytes, _BYTES.sub(_bytes, text))
        text = _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: _visible(html.unescape(found[0]), found[0]), text)
    if "=" in text and _SURELY_QUOTED.search(text) and _ALL_QUOTED.fullmatch(text):
        text = _QUOTED.sub(_bytes, _SOFT_BREAK.sub("", text))
    return text


def _bytes(found: re.Match[str]) -> str:
    """The characters of bytes in UTF-8, or in GBK, which old Chinese systems send."""
    return _decoded(bytes(int(pair, 16) for pair in re.findall(r"[0-9A-Fa-f]{2}", found[0])), found[0])


def _octal_bytes(found: re.Match[str]) -> str:
    return _decoded(bytes(int(digits, 8) for digits in re.findall(r"[0-7]{2,3}", found[0])), found[0])


def _decoded(octets: bytes, written: str) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            return _visible(octets.decode(charset), written)
        except UnicodeDecodeError:
            continue
    return written


def _characters(written: str, units: list[str]) -> str:
    """The characters of UTF-16 units or code points in hex: two units may be one character."""
    if any(int(unit, 16) > sys.maxunicode for unit in units):
        return written
    joined = "".join(chr(int(unit, 16)) for unit in units)
    return _visible(joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), written)


def _visible(decoded: str, written: str) -> str:
    return decoded if all(char >= " " or char in "\t\r\n" for char in decoded) and "\x7f" not in decoded else written
