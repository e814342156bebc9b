"""A watch as a value, and as it is sealed for the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.grammar import Lookup, ParseContext, parse, write
from bot.slack.answer_message import is_direct
from bot.slack.requests.slack_request import SlackRequest, Surface
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Query, Target


class WatchState(StrEnum):
    """The state of a watch, as the database has it."""

    OPEN = "open"
    TELLING = "telling"  # its outcome is being said: it may have been, so nobody says it again
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a watch is seen: the conversation, the thread in it, and its card, once that is posted."""

    channel: str
    thread_ts: str | None = None
    card_ts: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether nobody else reads along."""
        return is_direct(self.channel)

    @property
    def root(self) -> str | None:
        """The thread in which its outcome is said; None: in the conversation itself."""
        return self.thread_ts or (None if self.is_direct else self.card_ts)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, as the access policy wants to know it again at each look."""

    user: str
    teams: tuple[str, ...] = ()
    enterprise: str = ""
    own_teams: tuple[str, ...] = ()
    shared_channel: bool = False

    @classmethod
    def of(cls, request: SlackRequest) -> Asker:
        """The person behind a request."""
        return cls(request.user, request.teams, request.enterprise, request.own_teams, request.shared_channel)

    def request(self, channel: str) -> SlackRequest:
        """What is done on their behalf, as a request."""
        return SlackRequest(
            surface=Surface.WATCH,
            user=self.user,
            teams=self.teams,
            enterprise=self.enterprise,
            own_teams=self.own_teams,
            channels=(channel,),
            shared_channel=self.shared_channel,
        )


@dataclass(frozen=True, slots=True)
class Watch:
    """One watch: a question that is asked until its answer is final, or the time is up."""

    query: Query
    asker: Asker
    asked_in: str  # the channel of the request
    place: Place
    begun_at: datetime
    ends_at: datetime
    id: str = ""
    state: WatchState = WatchState.OPEN
    owner: str = ""  # of the lease under which it was read
    waiting: tuple[int, ...] | None = None  # which targets are still waited for, by their index; None: not looked yet
    looked_at: datetime | None = None
    shown: str = ""  # what its card says, as a fingerprint
    shown_at: datetime | None = None

    @property
    def waiting_targets(self) -> tuple[Target, ...]:
        """What is still waited for; all of it, as long as nobody has looked."""
        targets = self.query.targets
        return tuple(targets[index] for index in self.waiting) if self.waiting else targets


def to_bytes(watch: Watch, providers: Mapping[str, str]) -> bytes:
    """What is sealed of a watch; the rest is in columns."""
    asker, place = watch.asker, watch.place
    value: dict[str, Any] = {
        "words": write(Lookup(watch.query), _context(watch.begun_at, providers)),
        "by": [asker.user, asker.teams, asker.enterprise, asker.own_teams, asker.shared_channel],
        "in": watch.asked_in,
        "place": [place.channel, place.thread_ts, place.card_ts],
        "begun": watch.begun_at.timestamp(),
        "waiting": watch.waiting,
        "looked": watch.looked_at and watch.looked_at.timestamp(),
        "shown": watch.shown,
        "shown_at": watch.shown_at and watch.shown_at.timestamp(),
    }
    return json.dumps(value).encode()


def from_bytes(sealed: bytes, ends_at: datetime, providers: Mapping[str, str]) -> Watch:
    """Read what `to_bytes` wrote. Raises UsageError, ValueError, LookupError, WrongKeyError."""
    value = json.loads(sealed)
    begun_at = datetime.fromtimestamp(value["begun"], UTC)
    command = parse(value["words"], _context(begun_at, providers))
    if not isinstance(command, Lookup):
        raise WrongKeyError("a stored watch is not about a lookup")
    user, teams, enterprise, own_teams, shared = value["by"]
    return Watch(
        command.query,
        Asker(user, tuple(teams), enterprise, tuple(own_teams), shared),
        value["in"],
        Place(*value["place"]),
        begun_at,
        ends_at,
        waiting=None if value["waiting"] is None else tuple(value["waiting"]),
        looked_at=_moment(value["looked"]),
        shown=value["shown"],
        shown_at=_moment(value["shown_at"]),
    )


def _context(now: datetime, providers: Mapping[str, str]) -> ParseContext:
    return ParseContext(now=now, zone=UTC, region="ZZ", providers=providers)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
