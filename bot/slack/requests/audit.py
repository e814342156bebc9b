"""Writes what a request did into the audit: as its answer begins, where the end can be foreseen, or at its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog

from bot.slack.messaging.claims import CarriedWrite, nothing
from bot.slack.requests.slack_request import Surface
from bot.storage.audit_log import AuditEntry, AuditError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

    from bot.model import Target
    from bot.slack.requests.context import RequestContext, RequestOutcome
    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage.audit_log import AuditLog

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,60}")

log = structlog.get_logger(__name__)


class AuditRecorder:
    """Writes entries about requests."""

    def __init__(self, audit_log: AuditLog) -> None:
        self._audit_log = audit_log

    def entry(
        self,
        request: SlackRequest,
        command: str,
        outcome: str,
        *,
        targets: Iterable[Target],
        providers: Iterable[str],
        cached: bool | None = None,
        reveal: bool = False,
    ) -> AuditEntry:
        """An entry about `request`, its targets hashed."""
        return AuditEntry(
            team=request.teams[0] if request.teams else "",
            user=request.user,
            channel=request.channel,
            surface=request.surface.value,
            command=command,
            outcome=outcome,
            targets=tuple(self._audit_log.hash_target(target) for target in targets),
            providers=tuple(providers),
            cached=cached,
            reveal=reveal,
        )

    async def write(self, entry: AuditEntry) -> bool:
        """Write one entry; whether that worked. Never raises: what cannot be written is told in the log."""
        try:
            await self._audit_log.write(entry)
        except AuditError as error:
            log.error("audit.not_written", command=entry.command, reason=str(error))  # noqa: TRY400 - the reason says it all
            return False
        return True

    def carry(self, ctx: RequestContext) -> None:
        """Have the entry of a request whose end can be foreseen written in the commit that its answer begins with."""
        draft = ctx.audit

        def prepare() -> Callable[[Connection], object]:
            if draft.expected is None:
                return nothing
            draft.begun = self._audit_log.dated(self._entry_of(ctx, draft.expected))
            return self._audit_log.appending(draft.begun)

        ctx.claim.carry("audit", CarriedWrite(prepare))

    async def record(self, ctx: RequestContext, outcome: RequestOutcome) -> None:
        """Write how a request ended; an end that was foreseen is written already, another one is told as well. Never raises."""
        begun = ctx.audit.begun
        if begun is None or begun.outcome != ctx.audit.outcome(outcome):
            await self.write(self._entry_of(ctx, outcome))
        elif not ctx.claim.is_written:  # but a database that was too slow to tell may have it all the same
            await self.write(begun)

    def _entry_of(self, ctx: RequestContext, outcome: RequestOutcome) -> AuditEntry:
        draft = ctx.audit
        command = _pressed(ctx.request) or draft.command or "other"
        return self.entry(
            ctx.request, command, draft.outcome(outcome), targets=draft.targets, providers=draft.providers, cached=draft.cached
        )


def _pressed(request: SlackRequest) -> str:
    """The name of the button that was pressed; ours, so it holds nothing personal."""
    actions = request.body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    name = first.get("action_id") if request.surface is Surface.ACTION and isinstance(first, dict) else None
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""
