"""The access policy: a request and what Slack says of the person in; None or a `Denial` out. Pure.

The checks, in their order; every one must pass, and what cannot be checked does not pass:

    on_sight     bots, workspaces, channels read by outsiders, channels, people    from the payload alone
    of_profile   deactivated people and bots, outsiders, guests                    needs users.info, scope users:read
    in_groups    members of the allowed user groups                                needs usergroups.users.list, usergroups:read

Whom the app is for is one rule on every surface: people of the workspaces that `teams` lists, of the organisation that the app is
installed in, or else of its workspace, and through these. A payload refuses only whom it surely shows to be somebody else's. On
Enterprise Grid an unknown workspace can be a sister, and most surfaces do not say whose it is: there the profile decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.requests.slack_request import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.requests.slack_request import SlackRequest

# The surfaces that always name one, and Slackbot, which does not say where it answers.
_IN_A_CHANNEL = frozenset({Surface.COMMAND, Surface.MENTION, Surface.DIRECT, Surface.AGENT})
USERS_SCOPE, GROUPS_SCOPE = "users:read", "usergroups:read"


class DenialReason(StrEnum):
    """Why somebody is denied."""

    BOT = "bot"
    WORKSPACE = "workspace"  # the request comes through a workspace that is not allowed
    EXTERNAL = "external"  # the person belongs to another organisation
    SHARED_CHANNEL = "shared channel"  # people of another organisation read the channel
    CHANNEL = "channel"
    USER = "user"
    GUEST = "guest"
    UNCHECKED = "unchecked"  # Slack did not tell what the check needs
    TOO_MANY = "too many"
    REVEAL = "reveal"
    DOCTOR = "doctor"
    AUDIT = "audit"  # what must be audited cannot be


MENDED_BY: Mapping[DenialReason, str] = {
    DenialReason.WORKSPACE: "SMSSTATUS_ALLOWED_TEAMS",
    DenialReason.EXTERNAL: "SMSSTATUS_ALLOW_EXTERNALS",
    DenialReason.SHARED_CHANNEL: "SMSSTATUS_ALLOW_EXTERNALS",
    DenialReason.CHANNEL: "SMSSTATUS_ALLOWED_CHANNELS",
    DenialReason.USER: "SMSSTATUS_ALLOWED_USERS",
    DenialReason.GUEST: "SMSSTATUS_ALLOW_GUESTS",
    DenialReason.TOO_MANY: "SMSSTATUS_USER_RATE",
    DenialReason.REVEAL: "SMSSTATUS_REVEAL_USERS",
    DenialReason.DOCTOR: "SMSSTATUS_REVEAL_USERS",
}
"""The setting by which the operator lets such people in, for the log."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why, and the scope that the app lacks when that is why it could not be checked."""

    reason: DenialReason
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """What the operator allows. An empty set restricts nothing, except `reveal_…`: there it is nobody."""

    home: str  # the workspace that the app is installed in
    enterprise: str | None = None  # and its organisation on Enterprise Grid
    teams: frozenset[str] = frozenset()  # empty: home
    channels: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()
    guests: bool = False
    externals: bool = False
    reveal_users: frozenset[str] = frozenset()
    reveal_usergroups: frozenset[str] = frozenset()

    @property
    def known_teams(self) -> frozenset[str]:
        """The workspaces whose people are no outsiders."""
        return (self.teams or frozenset({self.home})) | ({self.enterprise} if self.enterprise else frozenset())

    def is_of_organisation(self, enterprise: str | None) -> bool:
        """Whether all of this organisation is at home here."""
        return bool(enterprise) and enterprise == self.enterprise and not self.teams


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What `users.info` says of a person."""

    team: str = ""
    teams: frozenset[str] = frozenset()  # on Enterprise Grid: all the workspaces that the person is in
    enterprise: str | None = None
    is_guest: bool = False
    is_stranger: bool = False  # seen through a shared channel only
    is_bot: bool = False
    is_gone: bool = False  # deactivated, or no user of that id
    zone: str = ""  # "Europe/Berlin"; empty: not told
    locale: str = ""  # "zh-CN"; empty: not told


@dataclass(frozen=True, slots=True)
class UnverifiedProfile:
    """Slack did not say; `scope` is what the app lacks, None when it was another failure."""

    scope: str | None = None


Members = frozenset[str] | UnverifiedProfile


def check_payload(request: SlackRequest, policy: AccessPolicy) -> Denial | None:
    """The denial that the payload alone implies, if any."""
    if request.surface is Surface.UNKNOWN:
        return Denial(DenialReason.UNCHECKED)
    if request.is_bot:
        return Denial(DenialReason.BOT)
    if (foreign := _check_workspaces(request, policy)) is not None:
        return foreign
    if request.shared_channel and not policy.externals:
        return Denial(DenialReason.SHARED_CHANNEL)
    if request.surface is Surface.SYSTEM_EVENT:
        return None
    is_somewhere = request.channel or request.surface not in _IN_A_CHANNEL
    if policy.channels and not (is_somewhere and policy.channels.issuperset(request.channels)):
        return Denial(DenialReason.CHANNEL)
    if not request.user:
        # A workflow's step says nothing of the person behind it; where only some people may ask, it cannot be let in.
        restricted = bool(policy.users or policy.usergroups)
        return None if request.surface is Surface.WORKFLOW and not restricted else Denial(DenialReason.UNCHECKED)
    if policy.users and not policy.usergroups and request.user not in policy.users:
        return Denial(DenialReason.USER)
    return None


def _check_workspaces(request: SlackRequest, policy: AccessPolicy) -> Denial | None:
    """Whether the payload shows that the request, or its person, is of somewhere else."""
    known = policy.known_teams
    place = (*request.teams, request.enterprise)[0]
    if not place:
        return Denial(DenialReason.WORKSPACE)
    is_told = bool(request.enterprise) or not request.user  # else the person's profile tells
    may_be_sister = bool(policy.enterprise) and not policy.teams and not is_told
    if place not in known and not policy.is_of_organisation(request.enterprise) and not may_be_sister:
        return None if policy.externals and not policy.teams else Denial(DenialReason.WORKSPACE)
    strangers = [team for team in request.own_teams if team not in known and not (policy.enterprise and team.startswith("T"))]
    if not strangers or policy.externals:
        return None
    return Denial(DenialReason.WORKSPACE if policy.teams else DenialReason.EXTERNAL)


def team_of(request: SlackRequest, policy: AccessPolicy) -> str:
    """The workspace to name to Slack, which an organisation's token asks for (https://docs.slack.dev/enterprise); else empty."""
    return next((team for team in request.teams if team.startswith("T")), "") if policy.home.startswith("E") else ""


def needs_profile(request: SlackRequest, policy: AccessPolicy) -> bool:
    """Whether the decision depends on the person's profile."""
    return bool(request.user) and request.surface is not Surface.SYSTEM_EVENT and not (policy.guests and policy.externals)


def needs_groups(request: SlackRequest, policy: AccessPolicy) -> bool:
    """Whether the decision depends on membership in a user group."""
    return (
        bool(request.user and policy.usergroups)
        and request.surface is not Surface.SYSTEM_EVENT
        and request.user not in policy.users
    )


def check_profile(profile: Profile | UnverifiedProfile, policy: AccessPolicy) -> Denial | None:
    """The denial that the person's profile implies, if any."""
    if isinstance(profile, UnverifiedProfile):
        return Denial(DenialReason.UNCHECKED, profile.scope)
    if profile.is_gone:
        return Denial(DenialReason.USER)
    if profile.is_bot:
        return Denial(DenialReason.BOT)
    if not policy.externals and _is_outsider(profile, policy):
        return Denial(DenialReason.EXTERNAL)
    if profile.is_guest and not policy.guests:
        return Denial(DenialReason.GUEST)
    return None


def _is_outsider(profile: Profile, policy: AccessPolicy) -> bool:
    if policy.teams:  # the operator named the workspaces; one of another organisation can be among them
        return policy.teams.isdisjoint({profile.team, *profile.teams})
    if policy.is_of_organisation(profile.enterprise):
        return False
    return profile.is_stranger or profile.team not in policy.known_teams


def check_membership(user: str, groups: Mapping[str, Members], otherwise: DenialReason) -> Denial | None:
    """Whether `user` is in one of `groups`. When one could not be asked for and no other has them, that is the refusal."""
    if any(user in members for members in groups.values() if not isinstance(members, UnverifiedProfile)):
        return None
    unknown = next((members for members in groups.values() if isinstance(members, UnverifiedProfile)), None)
    return Denial(DenialReason.UNCHECKED, unknown.scope) if unknown else Denial(otherwise)
