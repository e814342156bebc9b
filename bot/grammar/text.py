"""Normalises pasted text.

A number copied from a phone, a spreadsheet or a chat brings direction marks, zero-width characters, no-break spaces,
full-width digits and Slack's own markup along. After `normalize` there are only visible characters, ASCII digits, single-width
punctuation, spaces and newlines. Normalising is idempotent, as long as `escape_entities` goes between.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

# Shown as nothing although Unicode does not call them format characters: the grapheme joiner, Hangul fillers, Khmer inherent
# vowels, Mongolian and common variation selectors (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point).
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DASHES = frozenset("‐‑‒–—―−﹘﹣－")
# ① ⑴ ⒈ ⓵ ❶ 1️⃣: marks of a list. As plain digits they would grow together with the number behind them.
_MARKS = re.compile("[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]")
_KEYCAP = re.compile("[0-9#*]\u20e3|\U0001f51f")
_REPLACED = {"`": " ", "\t": " ", "∶": ":", "’": "'"}  # a back-tick comes along with a code copied from an answer

# `<tel:+8613711112222|137 1111 2222>`, `<https://…>`, `<@U123|name>`: the part before the bar is the one that Slack normalised.
_LINK = re.compile(r"<([^<>|\s][^<>|\n]*)(?:\|[^<>\n]*)?>")
_TEL = re.compile(r"(?<![^\s,;(])tel:(?=[+(]{0,2}[0-9])", re.IGNORECASE)
_LONG_DIGITS = re.compile(r"\d{5,}")
_SHOWN_LENGTH = 40
_SHOWN_DIGITS = 15  # as many as one E.164 number has


def normalize(text: str) -> str:
    """`text` in plain characters: Slack's links unwrapped, `&amp; &lt; &gt;` decoded, NFKC, invisible characters removed."""
    bare = _LINK.sub(_unwrap, _fold(text))
    for written, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(written, char)
    plain = _TEL.sub("", _fold(unicodedata.normalize("NFKC", bare)))
    return _KEYCAP.sub(", ", plain).strip()


def escape_entities(text: str) -> str:
    """`text` with `& < >` as Slack delivers them, so that `normalize(escape_entities(text)) == text` for normalised text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(word: str) -> str:
    """`word` short enough for an error: 40 characters, and never more than one phone number of it."""
    numbers = [run.start() for run in _LONG_DIGITS.finditer(word)]
    digits = [index for index, char in enumerate(word) if char.isdigit()]
    return _cut(word, min([_SHOWN_LENGTH, *numbers[1:2], *digits[_SHOWN_DIGITS : _SHOWN_DIGITS + 1]]))


def shorten_time(word: str) -> str:
    """The same for a word that was read as a time: its digits, of which ISO 8601 has up to twenty, are no phone number."""
    return _cut(word, _SHOWN_LENGTH)


def _cut(word: str, end: int) -> str:
    return word if len(word) <= end else word[:end] + "…"


def _unwrap(link: re.Match[str]) -> str:
    inner = link[1]
    if inner[:4].lower() != "tel:":
        return inner
    return unquote(inner[4:].partition(";")[0])  # RFC 3966: parameters follow a semicolon


def _fold(text: str) -> str:
    return "".join(char if " " <= char <= "~" and char != "`" else _plain(char) for char in text)


def _plain(char: str) -> str:
    if char in _REPLACED:
        return _REPLACED[char]
    if _MARKS.match(char):
        return ", "
    category = unicodedata.category(char)
    if char.isspace():
        return " " if category == "Zs" else "\n"
    if category in {"Cf", "Cc"} or _IGNORABLE.match(char):
        return ""
    if category == "Cs":
        return "\ufffd"  # half a character can be neither shown nor sent on
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return "-" if char in _DASHES else char
