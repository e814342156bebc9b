"""Logging: JSON lines on stderr, with secrets and phone numbers redacted in one place.

All records pass it, those of libraries too. A value that cannot be redacted is dropped, not printed.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

_KEYED_SECRET = re.compile(
    r"""(?ix) (?<![a-z]) (authorization | signature | secret(?:_?key)? | token | appkey) \b
        (['"]? \s* [:=] \s* ['"]?) [^\s'",}]+"""
)
_UUID = r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
# Seven digits and more, however they are spaced. A UUID's digits are no number; a request id is what support asks for.
_DIGITS = re.compile(rf"({_UUID})|[+＋]?\d(?:[\s().–—-]{{0,2}}\d){{6,}}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")  # they would hide a number from the patterns
_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+"), "<slack token>"),
    (re.compile(r"https://hooks\.slack\.com/\S+"), "<response url>"),
    (re.compile(r"\b(?:AKID|LTAI|STS\.)[A-Za-z0-9]{6,}"), "<access key id>"),
    (re.compile(r"(?i)\b(TC3-HMAC-SHA256|ACS3-HMAC-SHA256|Bearer)\s+\S.*"), r"\1 <secret>"),
    (_KEYED_SECRET, r"\1\2<secret>"),
    (re.compile(r"(\b[a-z][a-z0-9+]*://)[^\s/@]+@"), r"\1<login>@"),
)
_LETTERS = "bcdfghjkmnpqrstvwxz"  # unambiguous ones, without vowels, so that eight of them make no word
_NOT_REDACTED = frozenset({"timestamp", "level", "logger"})


def error_id() -> str:
    """A new error id, shared by a log line and the message that a person reads. Letters only: digits would be redacted."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def redact(text: str) -> str:
    """`text` without tokens, keys, signatures, response URLs and long digit runs."""
    text = _INVISIBLE.sub("", text)
    for pattern, instead in _REDACTIONS:
        text = pattern.sub(instead, text)
    return _DIGITS.sub(lambda found: found[1] or "<digits>", text)


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog's processor form of `redact`, for every value of an event."""
    return {key: value if key in _NOT_REDACTED else _redact_value(value) for key, value in event.items()}


def _redact_value(value: Any) -> Any:
    try:
        match value:
            case None | bool() | float():
                return value
            case int():
                return value if abs(value) < 10**6 else "<digits>"
            case Mapping():
                return {redact(str(key)): _redact_value(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [_redact_value(inner) for inner in value]
            case _:
                return redact(str(value))
    except Exception:  # noqa: BLE001 - whatever fails here, the value must not be printed
        return "<redaction failed>"


def configure_logging(level: str) -> None:
    """Send structlog's and the standard library's records to stderr, redacted."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,  # the request that is worked on
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Operators do not need their INFO lines; DEBUG of slack_bolt and slack_sdk would print whole payloads.
    for name in ("slack_bolt", "slack_sdk", "aiohttp", "httpx", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
