"""What this process itself knows of requests: those that it works on, and by which keys it would know one again.

While the database is away nobody else knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import TLRUCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from bot.slack.requests.inbox_tables import Attempt, Key
    from bot.timing.clock import Clock

MAX_REMEMBERED = 10_000


class WorkedOn(NamedTuple):
    """A request that is being worked on."""

    attempt: Attempt
    body: Mapping[str, Any]
    keys: tuple[Key, ...]
    is_stored: bool  # the database was not away when it was taken

    @property
    def shared(self) -> tuple[bytes, ...]:
        """The key that equal requests share while it is worked on, if it has one."""
        return tuple(key.digest for key in self.keys if key.shared)


class OwnRequests:
    """The requests of this process."""

    def __init__(self, clock: Clock) -> None:
        self._running: dict[str, WorkedOn] = {}  # by owner: a lease that ran out may leave two attempts at one request
        self._known: TLRUCache[bytes, tuple[str, timedelta]] = TLRUCache(
            MAX_REMEMBERED, lambda _key, known, now: now + known[1].total_seconds(), timer=lambda: clock().timestamp()
        )

    @property
    def owners(self) -> list[str]:
        """Of the attempts that are under way."""
        return list(self._running)

    @property
    def ids(self) -> set[str]:
        """Of the requests that are worked on."""
        return {one.attempt.request_id for one in self._running.values()}

    def add(self, one: WorkedOn) -> None:
        """It is worked on from now on, and known again by its keys."""
        self._running[one.attempt.owner] = one
        self._known.update({key.digest: (one.attempt.request_id, key.span) for key in one.keys})

    def get(self, owner: str) -> WorkedOn | None:
        """The request that the attempt works on, if it does."""
        return self._running.get(owner)

    def drop(self, owner: str) -> WorkedOn | None:
        """The attempt is over."""
        return self._running.pop(owner, None)

    def clear(self) -> None:
        """All attempts are over."""
        self._running.clear()

    def holders(self, keys: Iterable[Key]) -> set[str]:
        """The ids of the requests that are known by any of the keys."""
        return {known[0] for key in keys if (known := self._known.get(key.digest)) is not None}

    def forget(self, digests: Iterable[bytes]) -> None:
        """No request is known by these keys any more."""
        for digest in digests:
            self._known.pop(digest, None)

    @property
    def unstored(self) -> list[WorkedOn]:
        """Those that are worked on, and were taken while the database was away."""
        return [one for one in self._running.values() if not one.is_stored]

    def stored(self, owner: str) -> None:
        """What the attempt works on is stored by now."""
        if (one := self._running.get(owner)) is not None:
            self._running[owner] = one._replace(is_stored=True)

    def is_unstored(self, request_id: str) -> bool:
        """Whether the request is worked on, and the database was away when it was taken."""
        return any(not one.is_stored for one in self._running.values() if one.attempt.request_id == request_id)
