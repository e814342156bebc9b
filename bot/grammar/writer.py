"""Command -> canonical text, which can be pasted and is parsed back to the same command.

Numbers are written in full (E.164), so the result is for the asking user, never for a log. Moments are written absolute and with
their offset: read by somebody else, or an hour later, they still mean the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.grammar.command import (
    COMMAND_NAMES,
    CheckSignature,
    CheckTemplate,
    Command,
    Doctor,
    Explain,
    Help,
    Lookup,
    ParseContext,
    Providers,
    Stats,
    Watch,
    Watches,
)
from bot.grammar.text import escape_entities
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.model import Target, Window

_MINUTE = timedelta(minutes=1)


def write(command: Command, context: ParseContext) -> str:
    """The canonical text of `command`: `parse(write(command, context), context) == command` for what `parse` returns."""
    match command:
        case Help() | Providers() | Doctor() | Watches():
            return COMMAND_NAMES[type(command)]
        case Explain(code):
            return f"explain {escape_entities(code)}"
        case CheckSignature(name):
            return f"signature {escape_entities(name)}"
        case CheckTemplate(code):
            return f"template {escape_entities(code)}"
        case Watch(query, within):
            seconds = round(within.total_seconds())
            length = f"{seconds}s" if seconds % 60 else f"{seconds // 60}m"
            return f"watch {' '.join(_lookup(Lookup(query, share=command.share), context))} for {length}"
        case Lookup():
            return " ".join(_lookup(command, context))
        case Stats(window, providers, share):
            return " ".join(["stats", *_window(window, context), *_via(providers), *(["share"] if share else [])])


def write_targets(targets: Iterable[Target]) -> str:
    """The targets alone. A comma between them keeps an id from seeming to belong to the number before it."""
    return ", ".join(map(_target, targets))


def _lookup(lookup: Lookup, context: ParseContext) -> Iterator[str]:
    query = lookup.query
    yield from (_target(target) for target in query.targets)
    yield from _window(query.window, context)
    yield from _via(query.providers)
    if query.only:
        yield f"only {','.join(status for status in Status if status in query.only)}"
    if lookup.share:
        yield "share"


def _window(window: Window, context: ParseContext) -> Iterator[str]:
    yield f"since {_moment(window.since, context)}"
    if not window.open:
        yield f"until {_moment(window.until, context)}"


def _via(providers: Sequence[str]) -> Iterator[str]:
    if providers:
        yield f"via {','.join(providers)}"


def _target(target: Target) -> str:
    number = target.number.e164 if target.number else ""
    own = f"id:{escape_entities(target.message_id)}" if target.message_id else ""
    return f"{number} {own}".strip()


def _moment(moment: datetime, context: ParseContext) -> str:
    """ISO 8601 in the user's zone, or in UTC where the zone's offset has seconds, as before clocks were standardised."""
    local = moment.astimezone(context.zone)
    offset = local.utcoffset()
    if offset is None or offset % _MINUTE:
        local = moment.astimezone(UTC)
    return local.isoformat(timespec="seconds" if local.second else "minutes")
