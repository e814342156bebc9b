"""The codes within something pasted: an error object, a log line, an exception's text, a link.

A code is taken where it stands by itself between whatever surrounds it. What could as well be a word or a count, such as `ERROR`
or `3`, is taken only behind a name that says it is a code. Seven digits in a row
or more may be a phone number: they are never taken.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.codes.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_PASTE = 20_000  # characters that are looked at
LIMIT_CODE = (
    "isv.BUSINESS_LIMIT_CONTROL"  # whose message is "触发分钟级流控Permits:1": https://help.aliyun.com/document_detail/44335.htm
)
_RUN = re.compile(r"[A-Za-z0-9:._\-]+")
_MOST_PARTS = 8
_PART = re.compile(r"[^:._\-]+")
_TELLING = re.compile(r"(?=.*[A-Za-z])(?=.*[\d:._])[A-Za-z\d].{3,}|[A-Z]{6,}|(?:[A-Z][a-z]+){2,}")
_BELONGS = re.compile(
    r"(?:code|err|error|errmsg|status|stat|state|report|description|reason|状态|错误|返回|回执|状态码|错误码)"
    r"[\"'`\]\[\s]{0,4}(?:=>|:|=|>)[\"'`\[\s]{0,4}$",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LONG_NUMBER = re.compile(r"\d{7,}")
_PHONE = re.compile(r"(?<!\d)\+?\d(?:[\s\-()]{0,2}\d){6,}")
_PERMITS = re.compile(
    r"触发?(?P<span>分钟|小时|天|日)级?流控(?:\s*permits\s*[:=]?\s*(?P<most>\d{1,6}))?|permits\s*[:=]\s*\d", re.IGNORECASE
)
_SPANS: Mapping[str, str] = {"分钟": "minute", "小时": "hour", "天": "day", "日": "day"}


@dataclass(frozen=True, slots=True)
class Limit:
    """How many messages a number may get in a "minute", "hour" or "day", as the vendor's own words tell it."""

    span: str
    most: int


def plain(text: str) -> str:
    """`text` without the clothes in which it travelled: percent signs, JSON's escapes, full-width forms."""
    text = text[:LONGEST_PASTE]
    for _ in range(2):  # a link within a link is encoded twice
        text = unquote(text) if "%" in text else text
    return unicodedata.normalize("NFKC", _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", " "))


def codes_in(text: str, listed: Mapping[str, str]) -> tuple[str, ...]:
    """The codes in `text`, each once, as published; the first one first. `listed`: the published spelling of each folded one."""
    shown = plain(text)
    found: dict[str, None] = {}
    for run in _RUN.finditer(shown):
        named = bool(_BELONGS.search(shown[max(0, run.start() - 40) : run.start()]))
        if code := _code_of(run[0], listed, named=named):
            found.setdefault(code)
    if _PERMITS.search(shown) and (limit := listed.get(fold(LIMIT_CODE))):
        found.setdefault(limit)
    return tuple(found)


def limit_in(text: str) -> Limit | None:
    """The limit that the vendor's own words name, such as `触发分钟级流控Permits:1`; None when they name none."""
    found = _PERMITS.search(plain(text))
    if found is None or not found["most"]:
        return None
    return Limit(_SPANS[found["span"]], int(found["most"]))


def without_numbers(text: str) -> str:
    """`text` with the digits of everything that may be a phone number hidden."""
    return _PHONE.sub(lambda found: re.sub(r"\d", "*", found[0]), text)


def _code_of(run: str, listed: Mapping[str, str], *, named: bool) -> str | None:
    """The longest part of `run` that is a code; `ErrCode:MK:0001` has one behind its label."""
    parts = [(part.start(), part.end()) for part in _PART.finditer(run)][:_MOST_PARTS]
    spans = [(start, end) for at, (start, _) in enumerate(parts) for _, end in parts[at:]]
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        part = run[start:end]
        code = listed.get(fold(part))
        if code is None or _LONG_NUMBER.search(part):
            continue
        if _stands_alone(part, code) or (end == len(run.rstrip(":._-")) and (named or _BELONGS.search(run[:start]))):
            return code
    return None


def _stands_alone(part: str, code: str) -> bool:
    return bool(_TELLING.fullmatch(code)) and (part == code or not part.isalpha())


def listed_codes(codes: Iterator[str]) -> dict[str, str]:
    """The published spelling of each folded code; a code that is published folded has it."""
    spelt: dict[str, str] = {}
    for code in codes:
        folded = fold(code)
        if code == folded:
            spelt[folded] = code
        else:
            spelt.setdefault(folded, code)
    return spelt
