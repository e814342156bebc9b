"""Logging: JSON lines on stderr, with secrets and phone numbers redacted in one place.

All records pass it, those of libraries too. A value that cannot be redacted is dropped, not printed.
"""

from __future__ import annotations

import logging
import secrets
import sys

import structlog

from bot.observability.redaction import redact_event

_LETTERS = "bcdfghjkmnpqrstvwxz"  # unambiguous ones, without vowels, so that eight of them make no word


def error_id() -> str:
    """A new error id, shared by a log line and the message that a person reads. Letters only: digits would be redacted."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(8))


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
