"""The gate: the policy over the directory. It decides for whoever comes now, whoever asked first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.slack.access import policy as rules
from bot.slack.access.policy import AccessPolicy, Denial, DenialReason
from bot.slack.access.rate_limiter import UserRateLimiter
from bot.slack.requests.slack_request import Surface
from bot.storage.audit_log import AuditEntry, AuditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings
    from bot.model import Target
    from bot.slack.access.directory import People
    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage.audit_log import AuditLog
    from bot.timing.clock import Clock

log = structlog.get_logger(__name__)

_UNCOUNTED = frozenset({Surface.SYSTEM_EVENT, Surface.HOME, Surface.WORKFLOW})


def open_authorizer(general: AppSettings, identity: AuthorizeResult, people: People, clock: Clock, audit: AuditLog) -> Authorizer:
    """The gate that the settings describe, in the workspace that the app is installed in."""
    policy = AccessPolicy(
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
    return Authorizer(policy, people, UserRateLimiter(general.user_rate, clock), audit)


class Authorizer:
    """Decides who is let in and who may see whole numbers."""

    def __init__(self, policy: AccessPolicy, people: People, rate: UserRateLimiter, audit: AuditLog) -> None:
        self.policy = policy
        self.rate = rate
        self._people = people
        self._audit = audit

    def check_rate(self, visit: SlackRequest) -> Denial | None:
        """Count a visit towards the person's limit. What Slack delivers again, or did not come from a person, is not counted."""
        if visit.surface in _UNCOUNTED or visit.is_retry or visit.request_id or not visit.user or self.rate.allow(visit.user):
            return None
        return Denial(DenialReason.TOO_MANY)

    def can_decide_now(self, visit: SlackRequest) -> bool:
        """Whether `refuses` can answer without asking Slack."""
        if rules.check_payload(visit, self.policy) is not None:
            return True
        user = visit.user if rules.needs_profile(visit, self.policy) else ""
        groups = self.policy.usergroups if rules.needs_groups(visit, self.policy) else frozenset()
        return self._people.knows(user, groups)

    async def authorize(self, visit: SlackRequest) -> Denial | None:
        """Why this visit is turned away; None when it is let in. Never raises."""
        refusal = rules.check_payload(visit, self.policy)
        if refusal is None and rules.needs_profile(visit, self.policy):
            refusal = rules.check_profile(await self._people.profile(visit.user), self.policy)
        if refusal is None and rules.needs_groups(visit, self.policy):
            refusal = await self._in_groups(visit.user, self.policy.usergroups, DenialReason.USER)
        return refusal

    def authorize_channel(self, channel: str) -> Denial | None:
        """Why nothing may be posted in `channel`; for a conversation that is chosen otherwise than in the request itself."""
        return Denial(DenialReason.CHANNEL) if self.policy.channels and channel not in self.policy.channels else None

    async def may_reveal(self, user: str) -> Denial | None:
        """Why `user` may not see whole numbers; None when they may. For deciding whether to offer it."""
        if user and user in self.policy.reveal_users:
            return None
        return await self._in_groups(user, self.policy.reveal_usergroups, DenialReason.REVEAL)

    async def reveal(self, visit: SlackRequest, targets: Sequence[Target], providers: Sequence[str]) -> Denial | None:
        """Let the visitor see whole numbers: None once that is in the audit, else why not. Call it before showing anything."""
        refusal = await self.may_reveal(visit.user)
        entry = AuditEntry(
            team=visit.teams[0] if visit.teams else "",
            user=visit.user,
            channel=visit.channel,
            surface=visit.surface.value,
            command="reveal",
            outcome=f"refused: {refusal.reason.value}" if refusal else "revealed",
            targets=tuple(self._audit.hash_target(target) for target in targets),
            providers=tuple(providers),
            reveal=refusal is None,
        )
        try:
            await self._audit.write(entry)
        except AuditError as error:
            log.error("audit.not_written", command="reveal", reason=str(error))  # noqa: TRY400 - the reason says it all
            return refusal or Denial(DenialReason.AUDIT)
        return refusal

    async def _in_groups(self, user: str, groups: frozenset[str], otherwise: DenialReason) -> Denial | None:
        listed = sorted(groups)
        members = await asyncio.gather(*(self._people.members(group) for group in listed))
        return rules.check_membership(user, dict(zip(listed, members, strict=True)), otherwise)
