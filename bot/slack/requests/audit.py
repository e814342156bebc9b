"""What one request does, gathered while it is worked on and written into the audit at its end.

The desk notes what is looked up and shown; surfaces add only the kind of the command. Nothing here holds a number longer than
the request lives.
"""

from __future__ import annotations

import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.slack.requests.slack_request import Surface
from bot.storage.audit_log import AuditEntry, AuditError

if TYPE_CHECKING:
    from bot.model import Query, Report, Target
    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage.audit_log import AuditLog

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,60}")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class AuditDraft:
    """The notes of one request."""

    begun: float = field(default_factory=time.monotonic)  # when the request was taken; what the deadline counts from
    command: str = ""
    targets: dict[Target, None] = field(default_factory=dict)  # in the order of asking, each once
    providers: dict[str, None] = field(default_factory=dict)
    cached: bool | None = None

    def record_lookup(self, report: Report) -> None:
        """Providers were asked, or their kept answers were used."""
        self.providers |= dict.fromkeys(part.provider for part in report.coverage)
        hits = [part.cached for part in report.coverage]
        self.cached = bool(hits) and all(hits) and self.cached is not False

    def record_shown(self, query: Query) -> None:
        """An answer about these targets was shown."""
        self.command = self.command or "lookup"
        self.targets |= dict.fromkeys(query.targets)


_TRAIL: ContextVar[AuditDraft | None] = ContextVar("smsstatus_trail", default=None)


def begin() -> AuditDraft:
    """Start the notes of the request that this task works on."""
    trail = AuditDraft()
    _TRAIL.set(trail)
    return trail


def trail() -> AuditDraft:
    """The notes of the request that this task works on; notes that nobody reads when there is none."""
    return _TRAIL.get() or AuditDraft()


class AuditRecorder:
    """Writes the trails."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    async def record(self, visit: SlackRequest, outcome: str, notes: AuditDraft | None = None) -> None:
        """Write one request into the audit. Never raises: what cannot be written is told in the log."""
        notes = notes or AuditDraft()
        entry = AuditEntry(
            team=visit.teams[0] if visit.teams else "",
            user=visit.user,
            channel=visit.channel,
            surface=visit.surface.value,
            command=_pressed(visit) or notes.command or "other",
            outcome=outcome,
            targets=tuple(self._audit.hash_target(target) for target in notes.targets),
            providers=tuple(notes.providers),
            cached=notes.cached,
        )
        try:
            await self._audit.write(entry)
        except AuditError as error:
            log.error("audit.not_written", command=entry.command, reason=str(error))  # noqa: TRY400 - the reason says it all


def _pressed(visit: SlackRequest) -> str:
    """The name of the button that was pressed; ours, so it holds nothing personal."""
    actions = visit.body.get("actions")
    if visit.surface is not Surface.ACTION or not isinstance(actions, list) or not actions:
        return ""
    name = str(actions[0].get("action_id", ""))
    return name if _NAME.fullmatch(name) else ""
