"""The ledger: what was asked and acknowledged, what became visible, what was pushed, and what was done to the app meanwhile.

A request's text names it (`id:chaos-0000017`), and so does every answer to it; what has no such name in it (a word that an answer
may or may not be visible) belongs to the request that its person made in its channel.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.requests.inbox_database import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.providers.tencent_legacy import Handed
    from bot.sandbox.slack.model import PostedMessage

NAME = re.compile(r"chaos-(\d{7})")
PROGRESS = "Asking "
AS_THE_APP_SAYS = "away, as the app says,"
SAME_TROUBLE = 3.0  # seconds between two words of it


class Kind(StrEnum):
    """What a person did."""

    COMMAND = "command"
    MENTION = "mention"
    REFRESH = "refresh"  # a button of an answer, which edits it
    SHARE = "share"  # a button of an answer, which posts it


CLICKS = frozenset({Kind.REFRESH, Kind.SHARE})
FOR_ALL, FOR_ONE = (Kind.MENTION, Kind.SHARE), (Kind.COMMAND, Kind.REFRESH)  # who sees the answer


@dataclass(slots=True)
class Asked:
    """One request. Moments are of the monotonic clock; `answers` are those at which an answer became visible."""

    kind: Kind
    number: int
    asked_at: float
    person: str
    channel: str
    key: str = ""  # by which the app knows it again
    acked_at: float | None = None  # when Slack had its 200; None: it never had
    answers: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what else was said to the asker
    told_at: float = math.inf  # first
    was_failed: bool = False  # Slack failed the very call that answers it, and leaves open whether it was carried out

    @property
    def is_click(self) -> bool:
        """Whether a button of an answer was pressed."""
        return self.kind in CLICKS

    @property
    def is_acked(self) -> bool:
        """Whether Slack was told that it is taken."""
        return self.acked_at is not None


@dataclass(frozen=True, slots=True)
class Span:
    """A time of trouble."""

    name: str
    begun: float
    ended: float


class Ledger:
    """Notes what happens."""

    def __init__(self) -> None:
        self.requests: dict[tuple[Kind, int], Asked] = {}
        self.troubles: list[Span] = []  # of the store
        self.halts: list[Span] = []  # while a process was frozen, or stopping
        self.unknown: defaultdict[str, list[float]] = defaultdict(list)  # by person, when Slack did not say who that is
        self.acks: list[float] = []  # milliseconds
        self.pushed: set[str] = set()  # message ids of the receipts
        self.handed: Sequence[Handed] = ()  # the answers of the vendor's queue
        self.acknowledged: set[str] = set()
        self.strays: list[str] = []  # what was said to nobody who asked
        self.nameless: list[float] = []  # when Slack failed a call whose text names no request, such as that it is no longer kept
        self._by_place: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
        self._count = 0

    def command(self, number: int) -> Asked | None:
        """The command that has this number."""
        return self.requests.get((Kind.COMMAND, number))

    def next_number(self) -> int:
        """A number that no request has."""
        self._count += 1
        return self._count

    def ask(self, asked: Asked) -> None:
        """A person asks now."""
        self.requests[asked.kind, asked.number] = asked
        self._by_place[asked.person, asked.channel].append(asked)

    def see(self, now: float, message: PostedMessage, before: PostedMessage | None) -> None:
        """A message of the app appeared, or was edited."""
        number = self.number_in(message.text)
        if message.text.startswith(PROGRESS):
            return
        if number is None:
            self._hear(now, message)
            return
        asked = self._answered(number, message, is_edit=before is not None and not before.text.startswith(PROGRESS))
        if asked is not None:
            asked.answers.append(now)

    @staticmethod
    def number_in(text: str) -> int | None:
        """The number of the request that a message answers."""
        named = NAME.search(text)
        return int(named[1]) if named else None

    def fail(self, now: float, text: str, *, is_for_all: bool) -> None:
        """Slack failed the call that shows this text, to all in the channel or to one person."""
        number = self.number_in(text)
        if number is None:
            self.nameless.append(now)
        if number is None or text.startswith(PROGRESS):
            return
        for kind in FOR_ALL if is_for_all else FOR_ONE:
            asked = self.requests.get((kind, number))
            if asked is not None:
                asked.was_failed = asked.was_failed or not asked.answers

    def trouble(self, name: str, begun: float, ended: float) -> None:
        """The store was in trouble."""
        self.troubles.append(Span(name, begun, ended))

    def heard_away(self, moments: Sequence[float]) -> None:
        """A process said at these moments that it could not store a request: the store was in trouble as that process saw it."""
        begun = ended = 0.0
        for moment in [*sorted(moments), math.inf]:
            if moment - ended > SAME_TROUBLE:
                if ended:
                    self.trouble(AS_THE_APP_SAYS, begun - WAIT_SECONDS, ended)
                begun = moment
            ended = moment

    def is_our_doing(self, span: Span) -> bool:
        """Whether a trouble was made, or began during, or just after, one that was."""
        if span.name != AS_THE_APP_SAYS:
            return True
        made = [one for one in self.troubles if one.name != AS_THE_APP_SAYS]
        return any(one.begun - WAIT_SECONDS <= span.begun <= one.ended + SAME_TROUBLE for one in made)

    def _answered(self, number: int, message: PostedMessage, *, is_edit: bool) -> Asked | None:
        """The request that such a message answers; None where it answers none anew."""
        if mention := self.requests.get((Kind.MENTION, number)):
            return None if is_edit else mention
        refresh, share = (self.requests.get((kind, number)) for kind in (Kind.REFRESH, Kind.SHARE))
        if message.ephemeral_to is None:
            return share
        if is_edit:
            # The same edit twice is one edit: the app may repeat it.
            return refresh if refresh is not None and not refresh.answers else None
        if refresh is not None:
            return refresh  # where the answer could not be edited it is posted
        # Whoever shared is shown the answer again where its button could not be taken away.
        return self.requests.get((Kind.COMMAND, number)) if share is None else None

    def _hear(self, now: float, message: PostedMessage) -> None:
        person = message.ephemeral_to or ""
        heard = self._by_place.get((person, message.channel), [])
        if not heard:
            self.strays.append(message.text)
        # The same place comes again: whoever still waits there is told.
        waiting = [asked for asked in heard if not asked.answers and not asked.told]
        for asked in (waiting or heard)[-1:]:
            asked.told.append(message.text)
            asked.told_at = min(asked.told_at, now)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` are not above; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
