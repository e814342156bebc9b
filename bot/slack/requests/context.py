"""What one request of Slack carries with it, from the middleware through its listener to the audit. Passed on, never global."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.observability.logging import error_id
from bot.slack.messaging.claims import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Query, Report, Target
    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage.audit_log import AuditEntry

CONTEXT = "ctx"  # the argument by which Bolt hands it to a listener


class RequestOutcome(StrEnum):
    """How a request ended: a label of the metrics, and a column of the audit."""

    ANSWERED = "answered"
    USAGE = "usage"  # it was not understood, and that was said
    GONE = "gone"  # what it is about is not kept any more, and that was said
    REFUSED = "refused"  # it is not allowed, or Slack did not take the answer where it belongs; that was said
    OPENED = "opened"  # a modal
    SHARED = "shared"
    SHARED_BEFORE = "shared before"
    UNCONFIRMED = "unconfirmed"  # Slack did not say whether it took the answer, and the asker was told to look
    REVEALED = "revealed"
    INTRODUCED = "introduced"  # the help was shown unasked
    CRASHED = "crashed"  # by a bug, and that was said
    POSTPONED = "postponed"  # Slack takes nothing for the moment: it is tried again
    LOST = "lost"  # there was no way to the asker
    DUPLICATE = "repeated"  # another delivery of the same request is answered


SILENT = frozenset({RequestOutcome.DUPLICATE, RequestOutcome.SHARED_BEFORE, RequestOutcome.LOST})  # nothing was shown


@dataclass(slots=True)
class AuditDraft:
    """What the audit will say of a request, gathered while it is worked on. No number outlives the request."""

    command: str = ""
    targets: dict[Target, None] = field(default_factory=dict)  # in the order of asking, each once
    providers: dict[str, None] = field(default_factory=dict)
    cached: bool | None = None
    denial: str = ""  # why the person was not allowed what they asked for
    expected: RequestOutcome | None = None  # how it ends unless Slack fails; known when the answer begins
    begun: AuditEntry | None = None  # which says so, and is written with the beginning of the answer (`Claim.is_written`)

    def record_lookup(self, report: Report) -> None:
        """Providers were asked, or their kept answers were used."""
        self.record_providers(part.provider for part in report.coverage)
        hits = [part.cached for part in report.coverage]
        self.cached = bool(hits) and all(hits) and self.cached is not False

    def record_providers(self, names: Iterable[str]) -> None:
        """These providers were asked."""
        self.providers |= dict.fromkeys(names)

    def record_shown(self, query: Query) -> None:
        """An answer about these targets was shown."""
        self.command = self.command or "lookup"
        self.targets |= dict.fromkeys(query.targets)

    def outcome(self, outcome: RequestOutcome) -> str:
        """`outcome` as metrics and audit write it: with the reason where somebody was denied something."""
        return f"{outcome}: {self.denial}" if self.denial else outcome.value


@dataclass(slots=True)
class RequestContext:
    """One request on its way. `claim` is the permission to answer it: every responder is made with it, and confirms it."""

    request: SlackRequest
    delay: timedelta = timedelta()  # how long ago it was asked, if that is to be said
    received_at: float = field(default_factory=time.monotonic)  # what a lookup's deadline counts from
    request_id: str = field(default_factory=error_id)  # on every log line of the request; a crash shows it to the asker
    claim: Claim = field(default_factory=Claim)
    audit: AuditDraft = field(default_factory=AuditDraft)
    is_started: bool = False  # a task works on it, or will; what needs no more than the ack is never started

    async def dismiss_if_idle(self) -> None:
        """When its listener has returned: what was not started needed no more than the ack."""
        if not self.is_started:
            await self.claim.dismiss()

    @property
    def spent(self) -> float:
        """Seconds since the request was received."""
        return time.monotonic() - self.received_at
