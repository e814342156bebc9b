"""What must not be in a log: tokens, keys, signatures, response URLs and phone numbers are redacted.

A value that cannot be redacted is dropped, not printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.encoded_text import decode_text
from bot.model.personal_numbers import GROUPED_MOBILE, ODD_SPELLINGS, plain_digits

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

_KEYED_SECRET = re.compile(
    r"""(?ix) (?<![a-z])
        (authorization | signature | secret(?:_?key)? | token | appkey
        | (?:ssl)? pass (?:word|wd|phrase) | pwd | (?:client|server|private|api|access)_key | (?<=[?&]) (?:hex|text)? key) \b
        (['"]? \s* (?: [:=] | %3D ) \s* ['"]?) [^\s'",}]+"""
)
_UUID = r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
# Seven digits and more, however they are spaced. A UUID's digits are no number; a request id is what support asks for.
_DIGITS = re.compile(rf"({_UUID})|{GROUPED_MOBILE}|{ODD_SPELLINGS}|[+＋]?\d(?:[\s().–—/_·-]{{0,2}}\d){{6,}}")
_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+"), "<slack token>"),
    (re.compile(r"https://hooks\.slack\.com/\S+"), "<response url>"),
    (re.compile(r"\b(?:AKID|LTAI|STS\.)[A-Za-z0-9]{6,}"), "<access key id>"),
    (re.compile(r"(?i)\b(TC3-HMAC-SHA256|ACS3-HMAC-SHA256|Bearer)\s+\S.*"), r"\1 <secret>"),
    (_KEYED_SECRET, r"\1\2<secret>"),
    (re.compile(r"(\b[a-z][a-z0-9+]*://)(?:[^\s:/@\[]*:\S*@|[^\s/@]+@)"), r"\1<login>@"),
    (re.compile(r"(\b[a-z][a-z0-9+]*://)[^\s:/@\[<]+:(?!\d{1,5}(?![^\s/?#,;.'\")\]}]))\S+"), r"\1<login>"),  # its @ is missing
    (re.compile(r"(\bpostgres\w*:)(?!//)\S+@"), r"\1<login>@"),
)
_LEAST_NUMBER = 10**6
_NOT_REDACTED = frozenset({"timestamp", "level", "logger"})


def redact(text: str) -> str:
    """`text` without tokens, keys, signatures, response URLs and long digit runs."""
    text = plain_digits(text)
    decoded = decode_text(text)
    if len(_DIGITS.findall(decoded)) > len(_DIGITS.findall(text)):  # an encoding takes a number apart
        text = decoded
    for pattern, instead in _REDACTIONS:
        text = pattern.sub(instead, text)
    return _DIGITS.sub(lambda found: found[1] or "<digits>", text)


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog's processor form of `redact`, for every value of an event."""
    return {key: value if key in _NOT_REDACTED else _redact_value(value) for key, value in event.items()}


def _redact_value(value: Any) -> Any:
    try:
        match value:
            case None | bool():
                return value
            case int() | float():
                return "<digits>" if abs(value) >= _LEAST_NUMBER else value
            case Mapping():
                return {redact(str(key)): _redact_value(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [_redact_value(inner) for inner in value]
            case _:
                return redact(str(value))
    except Exception:  # noqa: BLE001 - whatever fails here, the value must not be printed
        return "<redaction failed>"
