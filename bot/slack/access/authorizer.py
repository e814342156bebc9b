"""Authorizer: applies the access policy to the person making this request, not to the original asker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.slack.access import policy as rules
from bot.slack.access.policy import AccessPolicy, Denial, DenialReason
from bot.slack.requests.slack_request import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings
    from bot.model import Target
    from bot.slack.access.directory import People
    from bot.slack.access.rate_limiter import UserRateLimiter
    from bot.slack.requests.audit import AuditRecorder
    from bot.slack.requests.slack_request import SlackRequest

_UNCOUNTED = frozenset({Surface.SYSTEM_EVENT, Surface.HOME, Surface.WORKFLOW})


def open_authorizer(
    general: AppSettings, identity: AuthorizeResult, people: People, rate: UserRateLimiter, recorder: AuditRecorder
) -> Authorizer:
    """The authorizer that the settings describe, where the app is installed."""
    return Authorizer(policy_of(general, identity), people, rate, recorder)


def policy_of(general: AppSettings, identity: AuthorizeResult) -> AccessPolicy:
    """The policy that the settings describe, in the workspace or the organisation that the app is installed in."""
    home = identity.team_id or identity.enterprise_id or ""
    return AccessPolicy(
        home=home,
        # Installed in a whole organisation, auth.test may name just that: https://docs.slack.dev/enterprise
        enterprise=identity.enterprise_id or (home if home.startswith("E") else None),
        teams=general.allowed_teams,
        channels=general.allowed_channels,
        users=general.allowed_users,
        usergroups=general.allowed_usergroups,
        guests=general.allow_guests,
        externals=general.allow_externals,
        reveal_users=general.reveal_users,
        reveal_usergroups=general.reveal_usergroups,
    )


class Authorizer:
    """Decides who is let in and who may see whole numbers."""

    def __init__(self, policy: AccessPolicy, people: People, rate: UserRateLimiter, recorder: AuditRecorder) -> None:
        self.policy = policy
        self.rate = rate
        self._people = people
        self._recorder = recorder

    def check_rate(self, request: SlackRequest) -> Denial | None:
        """Count a request towards the person's limit. What Slack delivers again, or no person made, is not counted."""
        if (
            request.surface in _UNCOUNTED
            or request.is_retry
            or request.request_id
            or not request.user
            or self.rate.allow(request.user, request.idempotency_keys)
        ):
            return None
        return Denial(DenialReason.TOO_MANY)

    def can_decide_now(self, request: SlackRequest) -> bool:
        """Whether `authorize` can answer without asking Slack."""
        if rules.check_payload(request, self.policy) is not None:
            return True
        user = request.user if rules.needs_profile(request, self.policy) else ""
        groups = self.policy.usergroups if rules.needs_groups(request, self.policy) else frozenset()
        return self._people.knows(user, groups, rules.team_of(request, self.policy))

    async def authorize(self, request: SlackRequest) -> Denial | None:
        """Why this request is denied; None when it is allowed. Never raises."""
        denial = rules.check_payload(request, self.policy)
        if denial is None and rules.needs_profile(request, self.policy):
            denial = rules.check_profile(await self._people.profile(request.user), self.policy)
        if denial is None and rules.needs_groups(request, self.policy):
            denial = await self._in_groups(request.user, self.policy.usergroups, request, DenialReason.USER)
        return denial

    def authorize_channel(self, channel: str) -> Denial | None:
        """Why nothing may be posted in `channel`; for a conversation that is chosen otherwise than in the request itself."""
        return Denial(DenialReason.CHANNEL) if self.policy.channels and channel not in self.policy.channels else None

    async def may_reveal(self, user: str, request: SlackRequest) -> Denial | None:
        """Why `user` may not see whole numbers where `request` is made; None when they may. For deciding whether to offer it."""
        return await self._is_trusted(user, request, DenialReason.REVEAL)

    async def may_examine(self, request: SlackRequest) -> Denial | None:
        """Why the person may not run the doctor; None when they may: those who may see whole numbers, for it tells as much."""
        return await self._is_trusted(request.user, request, DenialReason.DOCTOR)

    async def _is_trusted(self, user: str, request: SlackRequest, otherwise: DenialReason) -> Denial | None:
        if user and user in self.policy.reveal_users:
            return None
        return await self._in_groups(user, self.policy.reveal_usergroups, request, otherwise)

    async def authorize_reveal(self, request: SlackRequest, targets: Sequence[Target], providers: Sequence[str]) -> Denial | None:
        """Let the person see whole numbers: None once that is in the audit, else why not. Call it before showing anything."""
        denial = await self.may_reveal(request.user, request)
        outcome = f"refused: {denial.reason.value}" if denial else "revealed"
        entry = self._recorder.entry(request, "reveal", outcome, targets=targets, providers=providers, reveal=denial is None)
        if not await self._recorder.write(entry):
            return denial or Denial(DenialReason.AUDIT)
        return denial

    async def _in_groups(
        self, user: str, groups: frozenset[str], request: SlackRequest, otherwise: DenialReason
    ) -> Denial | None:
        listed, team = sorted(groups), rules.team_of(request, self.policy)
        members = await asyncio.gather(*(self._people.members(group, team) for group in listed))
        return rules.check_membership(user, dict(zip(listed, members, strict=True)), otherwise)
