"""Logging on stderr, with secrets and phone numbers redacted in one place: lines for a reader at a terminal, JSON elsewhere.

All records pass it, those of libraries too, and warnings, and exceptions that nobody caught. A value that cannot be redacted is
dropped, not printed.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from bot.observability.line_limit import LinesPerSecond
from bot.observability.redaction import Redactor
from bot.observability.tracebacks import short_traceback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from structlog.typing import EventDict, WrappedLogger

RETRIES_A_SECOND = 10  # lines about them; a vendor that is down has hundreds, which `stamina_retries_total` counts
_LETTERS = "bcdfghjkmnpqrstvwxz"  # unambiguous ones, without vowels, so that eight of them make no word
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_CONTROLS_OF_LINES = {code: escape for code, escape in _CONTROLS.items() if chr(code) not in "\n\t"}


def error_id() -> str:
    """A new error id, shared by a log line and the message that a person reads. Letters only: digits would be redacted."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(8))


class RedactingHandler(logging.StreamHandler[TextIO]):
    """Writes redacted records to a stream. `redactor` may be told more secrets while it is in use."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.redactor = Redactor()
        self.setFormatter(_formatter(self.redactor, stream))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say that a record could not be written. Logging's own way prints its arguments as they are."""
        error = type(sys.exception()).__name__
        told = {"event": "log.record_unreadable", "error": error, "place": f"{record.filename}:{record.lineno}"}
        instead = logging.LogRecord(record.name, logging.ERROR, record.pathname, record.lineno, str(told), None, None)
        with suppress(Exception):  # a stream that is gone takes this no more than that
            self.stream.write(self.format(instead) + self.terminator)
            self.flush()


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records, warnings and uncaught exceptions to `stream` (stderr), redacted."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [RedactingHandler(stream or sys.stderr)]
    root.setLevel(level)
    # Operators do not need their INFO lines; DEBUG of slack_bolt and slack_sdk would print whole payloads.
    for name in ("slack_bolt", "slack_sdk", "aiohttp", "httpx", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
    logging.getLogger("stamina").filters = [LinesPerSecond(RETRIES_A_SECOND)]
    logging.captureWarnings(capture=True)
    _log_uncaught_exceptions()


def ensure_logging(level: str) -> None:
    """Configure the log for stderr, unless it is."""
    if not any(isinstance(one, RedactingHandler) and one.stream is sys.stderr for one in logging.getLogger().handlers):
        configure_logging(level)


def hide_in_log(values: Iterable[str]) -> None:
    """Redact these values too, wherever they occur: the secrets of the settings, which are read after logging begins."""
    values = tuple(values)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RedactingHandler):
            handler.redactor.known.add(values)


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,  # the request that is worked on
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]


def _formatter(redactor: Redactor, stream: TextIO) -> logging.Formatter:
    is_read = stream.isatty()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(short_traceback),
            redactor,
            *([_for_a_reader, _console()] if is_read else [structlog.processors.JSONRenderer(ensure_ascii=False)]),
        ],
    )


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=_wants_colours(), pad_event_to=0, pad_level=False)


def _wants_colours() -> bool:
    """Colours on a terminal that has them, unless the reader wants none (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def _for_a_reader(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The clock's time, for who looks on knows the day; control characters of strangers made visible, not obeyed."""
    event["timestamp"] = str(event["timestamp"])[11:19]
    for key, value in event.items():
        controls = _CONTROLS_OF_LINES if key in {"exception", "stack_info"} else _CONTROLS
        event[key] = value.translate(controls) if isinstance(value, str) else value
    return event


def _log_uncaught_exceptions() -> None:
    """Log what ends the process, a thread or a finaliser, where Python would print it as it is. Another's hook is left alone."""
    log = structlog.get_logger("uncaught")

    def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught", exc_info=error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            log.critical("uncaught.in_thread", exc_info=args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("uncaught.unraisable", exc_info=args.exc_value)

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = in_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = unraisable
