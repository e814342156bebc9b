"""The gate: the policy over the directory. It decides for whoever comes now, whoever asked first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.slack.access import policy as rules
from bot.slack.access.policy import Policy, Reason, Refusal
from bot.slack.access.rate_limiter import UserRate
from bot.slack.access.request import Surface
from bot.storage.audit_log import AuditError, Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.authorization import AuthorizeResult

    from bot.clock import Clock
    from bot.config import General
    from bot.model import Target
    from bot.slack.access.directory import People
    from bot.slack.access.request import Visit
    from bot.storage.audit_log import Audit

log = structlog.get_logger(__name__)

_UNCOUNTED = frozenset({Surface.NOTICE, Surface.HOME, Surface.WORKFLOW})


def open_gate(general: General, identity: AuthorizeResult, people: People, clock: Clock, audit: Audit) -> Gate:
    """The gate that the settings describe, in the workspace that the app is installed in."""
    policy = Policy(
        home=identity.team_id or "",
        enterprise=identity.enterprise_id,
        teams=general.allowed_teams,
        channels=general.allowed_channels,
        users=general.allowed_users,
        usergroups=general.allowed_usergroups,
        guests=general.allow_guests,
        externals=general.allow_externals,
        reveal_users=general.reveal_users,
        reveal_usergroups=general.reveal_usergroups,
    )
    return Gate(policy, people, UserRate(general.user_rate, clock), audit)


class Gate:
    """Decides who is let in and who may see whole numbers."""

    def __init__(self, policy: Policy, people: People, rate: UserRate, audit: Audit) -> None:
        self.policy = policy
        self.rate = rate
        self._people = people
        self._audit = audit

    def counts(self, visit: Visit) -> Refusal | None:
        """Count a visit towards the person's limit. What Slack delivers again, or did not come from a person, is not counted."""
        if visit.surface in _UNCOUNTED or visit.is_retry or visit.request_id or not visit.user or self.rate.admits(visit.user):
            return None
        return Refusal(Reason.TOO_MANY)

    def is_ready(self, visit: Visit) -> bool:
        """Whether `refuses` can answer without asking Slack."""
        if rules.on_sight(visit, self.policy) is not None:
            return True
        user = visit.user if rules.needs_profile(visit, self.policy) else ""
        groups = self.policy.usergroups if rules.needs_groups(visit, self.policy) else frozenset()
        return self._people.knows(user, groups)

    async def refuses(self, visit: Visit) -> Refusal | None:
        """Why this visit is turned away; None when it is let in. Never raises."""
        refusal = rules.on_sight(visit, self.policy)
        if refusal is None and rules.needs_profile(visit, self.policy):
            refusal = rules.of_profile(await self._people.profile(visit.user), self.policy)
        if refusal is None and rules.needs_groups(visit, self.policy):
            refusal = await self._in_groups(visit.user, self.policy.usergroups, Reason.USER)
        return refusal

    def refuses_channel(self, channel: str) -> Refusal | None:
        """Why nothing may be posted in `channel`; for a conversation that is chosen otherwise than in the request itself."""
        return Refusal(Reason.CHANNEL) if self.policy.channels and channel not in self.policy.channels else None

    async def may_reveal(self, user: str) -> Refusal | None:
        """Why `user` may not see whole numbers; None when they may. For deciding whether to offer it."""
        if user and user in self.policy.reveal_users:
            return None
        return await self._in_groups(user, self.policy.reveal_usergroups, Reason.REVEAL)

    async def reveal(self, visit: Visit, targets: Sequence[Target], providers: Sequence[str]) -> Refusal | None:
        """Let the visitor see whole numbers: None once that is in the audit, else why not. Call it before showing anything."""
        refusal = await self.may_reveal(visit.user)
        entry = Entry(
            team=visit.teams[0] if visit.teams else "",
            user=visit.user,
            channel=visit.channel,
            surface=visit.surface.value,
            command="reveal",
            outcome=f"refused: {refusal.reason.value}" if refusal else "revealed",
            targets=tuple(self._audit.hash_of(target) for target in targets),
            providers=tuple(providers),
            reveal=refusal is None,
        )
        try:
            await self._audit.write(entry)
        except AuditError as error:
            log.error("audit.not_written", command="reveal", reason=str(error))  # noqa: TRY400 - the reason says it all
            return refusal or Refusal(Reason.AUDIT)
        return refusal

    async def _in_groups(self, user: str, groups: frozenset[str], otherwise: Reason) -> Refusal | None:
        listed = sorted(groups)
        members = await asyncio.gather(*(self._people.members(group) for group in listed))
        return rules.in_groups(user, dict(zip(listed, members, strict=True)), otherwise)
