"""What Slack says of people and user groups, remembered for some minutes.

Nothing here raises: a scope that is missing, and a Slack that does not answer, become `UnverifiedProfile`, which no rule allows.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from cachetools import TLRUCache
from slack_sdk.errors import SlackApiError

from bot.slack.access.policy import GROUPS_SCOPE, USERS_SCOPE, Members, Profile, UnverifiedProfile
from bot.slack.messaging.failures import SLACK_EXCEPTIONS, FailureKind, classify, from_exception

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.timing.clock import Clock

KEEP_SECONDS = 600.0
KEEP_LACKING_SECONDS = 60.0  # a scope that is missing: after a reinstallation the app need not be restarted
KEEP_FAILED_SECONDS = 5.0
ASK_SECONDS = 2.5  # a modal's trigger lives three
AGAIN_SECONDS = 0.3  # until Slack is asked a second time
MAX_KEPT = 10_000  # people; the members of a group count as an eighth each

Answer = Profile | frozenset[str] | UnverifiedProfile

log = structlog.get_logger(__name__)


class People(Protocol):
    """What the authorizer asks about people."""

    def knows(self, user: str, groups: frozenset[str], team: str = "") -> bool:
        """Whether `profile(user)` (unless `user` is empty) and `members` of each group can be answered without asking Slack."""

    async def profile(self, user: str) -> Profile | UnverifiedProfile:
        """What Slack says of a person. Never raises."""

    async def members(self, group: str, team: str = "") -> Members:
        """Who is in a user group. `team` is its workspace, for an app of a whole organisation. Never raises."""


class Directory:
    """Asks the Web API. Equal questions at the same time are asked once."""

    def __init__(
        self, client: AsyncWebClient, clock: Clock, *, ask_seconds: float = ASK_SECONDS, again_seconds: float = AGAIN_SECONDS
    ) -> None:
        self._client = client
        self._ask_seconds = ask_seconds
        self._again_seconds = again_seconds
        self._known: TLRUCache[str, Answer] = TLRUCache(MAX_KEPT, _until, timer=lambda: clock().timestamp(), getsizeof=_weight)
        self._asking: dict[str, asyncio.Task[Any]] = {}

    def knows(self, user: str, groups: frozenset[str], team: str = "") -> bool:
        """Whether nothing needs to be asked."""
        return all(key in self._known for key in [*([user] if user else []), *(_group_key(one, team) for one in groups)])

    def at_hand(self, user: str) -> Profile | UnverifiedProfile | None:
        """What `profile` would answer without asking Slack; None when it would have to ask."""
        known = self._known.get(user)
        return None if isinstance(known, frozenset) else known

    async def profile(self, user: str) -> Profile | UnverifiedProfile:
        """`users.info`, needs `users:read`. Cached."""
        found: Profile | UnverifiedProfile = await self._find(user, self._ask_profile, USERS_SCOPE)
        return found

    async def members(self, group: str, team: str = "") -> Members:
        """`usergroups.users.list`, needs `usergroups:read`. Cached."""
        found: Members = await self._find(_group_key(group, team), lambda _: self._ask_members(group, team), GROUPS_SCOPE)
        return found

    async def _find(self, key: str, ask: Callable[[str], Awaitable[Answer]], scope: str) -> Any:
        if (known := self._known.get(key)) is not None:
            return known
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key, ask, scope), name="slack directory")
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, key: str, ask: Callable[[str], Awaitable[Answer]], scope: str) -> Answer:
        answer: Answer
        try:
            async with asyncio.timeout(self._ask_seconds):
                answer = await self._ask_twice(key, ask)
        except SLACK_EXCEPTIONS as error:
            reason = from_exception(error).reason
            answer = UnverifiedProfile(scope if reason == "missing_scope" else None)
            log.warning("access.unchecked", reason=reason, scope=answer.scope)
        except (LookupError, TypeError, AttributeError) as error:  # an answer of another shape
            answer = UnverifiedProfile()
            log.warning("access.unchecked", reason=type(error).__name__)
        self._known[key] = answer
        return answer

    async def _ask_twice(self, key: str, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
        """Ask, and once more where Slack was away for a moment: one mishap of it must keep nobody out. Raises Slack's errors."""
        try:
            return await ask(key)
        except SLACK_EXCEPTIONS as error:
            if classify(from_exception(error).reason) not in {FailureKind.RETRYABLE, FailureKind.UNCONFIRMED}:
                raise
        await asyncio.sleep(self._again_seconds)
        return await ask(key)

    async def _ask_profile(self, user: str) -> Profile:
        try:
            said = (await self._client.users_info(user=user, include_locale=True))["user"]
        except SlackApiError as error:
            if from_exception(error).reason in {"user_not_found", "user_not_visible"}:
                return Profile(is_gone=True)
            raise
        organisation = said.get("enterprise_user") or {}  # https://docs.slack.dev/reference/objects/user-object#enterprise-grid
        return Profile(
            team=said.get("team_id") or "",
            teams=frozenset(organisation.get("teams") or ()),
            enterprise=organisation.get("enterprise_id"),
            is_guest=bool(said.get("is_restricted") or said.get("is_ultra_restricted")),
            is_stranger=bool(said.get("is_stranger")),
            is_bot=bool(said.get("is_bot") or said.get("is_workflow_bot")),
            is_gone=bool(said.get("deleted")),
            zone=str(said.get("tz") or ""),
            locale=str(said.get("locale") or ""),
        )

    async def _ask_members(self, group: str, team: str) -> frozenset[str]:
        try:
            return frozenset((await self._client.usergroups_users_list(usergroup=group, team_id=team or None))["users"])
        except SlackApiError as error:
            if from_exception(error).reason in {"no_such_subteam", "subteam_not_found"}:
                log.warning("access.unknown_usergroup", group=group)
                return frozenset()
            raise


def _group_key(group: str, team: str) -> str:
    return f"{group} {team}".rstrip()


def _until(_key: str, answer: Answer, now: float) -> float:
    if not isinstance(answer, UnverifiedProfile):
        return now + KEEP_SECONDS
    return now + (KEEP_LACKING_SECONDS if answer.scope else KEEP_FAILED_SECONDS)


def _weight(answer: Answer) -> int:
    return min(MAX_KEPT // 4, 1 + len(answer) // 8) if isinstance(answer, frozenset) else 1
