"""Turns at a shared resource, such as a vendor account: askers take turns, and so do the commands of one asker.

    waiting   asker -> command -> turns in the order in which they came; next is the asker, and of theirs the command, that has
              had none for the longest time
    capacity  so many at once, and no more arrivals in a second than the vendor allows (`ArrivalWindow`)
    reserve   an asker with more to do than `LITTLE_SECONDS` of the capacity does not get all of it at once: whoever comes next is
              served soon. One with less is done soon, and gets it as fast as the limit allows

A turn that is cancelled leaves the queue, and one that fails and is tried again waits for another. Nothing here raises.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.timing.arrivals import ArrivalWindow, OutgoingCall

T = TypeVar("T")

KEPT_FREE = 2  # one slot in so many is not given to askers with much to do
LITTLE_SECONDS = 5  # of a limit's calls: fifty numbers at ten calls a second. Spread out, the last second of them takes two


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf something is asked: a person or a process, and which of their commands."""

    name: str
    command: int = 0


class Askers:
    """Those who wait for one answer. More may join while it waits for its turn: the turn is then each one's, whoever is first."""

    def __init__(self, *askers: Asker) -> None:
        self._askers = list(dict.fromkeys(askers or (Asker(""),)))
        self._watchers: list[Callable[[Asker], None]] = []

    @property
    def first(self) -> str:
        """The name of who asked first."""
        return self._askers[0].name

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(asker.name for asker in self._askers)

    def join(self, asker: Asker) -> None:
        """Add `asker`, if new."""
        if asker not in self._askers:
            self._askers.append(asker)
            for watcher in self._watchers:
                watcher(asker)

    def watch(self, watcher: Callable[[Asker], None]) -> None:
        """Call `watcher` for each of the askers, and for each who joins."""
        self._watchers.append(watcher)
        for asker in self._askers:
            watcher(asker)

    def unwatch(self, watcher: Callable[[Asker], None]) -> None:
        """Undo `watch`."""
        self._watchers.remove(watcher)


class RoundRobin(Generic[T]):
    """What waits, by asker and command. An item may wait for several askers, and leaves all of them at once. Pure."""

    def __init__(self) -> None:
        self._queues: OrderedDict[str, OrderedDict[int, OrderedDict[T, None]]] = OrderedDict()
        self._places: dict[T, list[Asker]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def add(self, asker: Asker, item: T) -> None:
        """Put `item` behind what waits for the same command of `asker`."""
        self._queues.setdefault(asker.name, OrderedDict()).setdefault(asker.command, OrderedDict())[item] = None
        self._places.setdefault(item, []).append(asker)

    def discard(self, item: T) -> None:
        """Remove `item`, if it waits."""
        for asker in self._places.pop(item, ()):
            commands = self._queues[asker.name]
            items = commands[asker.command]
            del items[item]
            if not items:
                del commands[asker.command]
            if not commands:
                del self._queues[asker.name]

    def count(self, name: str) -> int:
        """How many items wait for the asker of this name."""
        return sum(map(len, self._queues.get(name, {}).values()))

    def pop(self, may: Callable[[str], bool] = lambda _name: True) -> tuple[str, T] | None:
        """The next item in turn, of the askers that `may` have one, and whose turn it was. None: there is none."""
        name = next(filter(may, self._queues), None)
        if name is None:
            return None
        self._queues.move_to_end(name)
        commands = self._queues[name]
        command, items = next(iter(commands.items()))
        commands.move_to_end(command)
        item = next(iter(items))
        self.discard(item)
        return name, item


class FairQueue:
    """Gives turns to askers: at most `most` at once, and with `window` no more calls in a second than it allows."""

    def __init__(self, most: int, window: ArrivalWindow | None = None) -> None:
        self._most = most
        self._window = window
        self._waiting: RoundRobin[asyncio.Future[Turn]] = RoundRobin()
        self._taken: Counter[str] = Counter()  # turns, by the name of the asker
        self._asked: Counter[str] = Counter()  # turns too, since an asker had none last, neither waiting nor taken
        self._timer: asyncio.Handle | None = None

    def waiting(self, askers: Askers) -> int:
        """How many turns wait for whoever of `askers` has the fewest waiting."""
        return min(map(self._waiting.count, askers.names))

    @property
    def backlog(self) -> int:
        """How many turns wait, of all askers."""
        return len(self._waiting)

    def look_again(self) -> None:
        """There is room for more than there was."""
        if self._waiting:
            self._dispatch_soon()

    async def turn(self, askers: Askers) -> Turn:
        """A turn, when it comes. It ends with a block, which must begin at once: `with await queue.turn(askers): …`.

        Where a vendor's limit is kept, all that ask at one moment stand in line first. Otherwise there is mostly room for all.
        """
        now = asyncio.get_running_loop().time()
        if self._window is None and not self._waiting and self._admits(now, many=True):
            asker = askers.first
            self._asked[asker] += 1
            return self._give(asker, now, many=True)
        return await self._next_turn(askers)

    async def _next_turn(self, askers: Askers) -> Turn:
        granted: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()

        def wait_for(asker: Asker) -> None:
            self._waiting.add(asker, granted)
            self._asked[asker.name] += 1
            self._dispatch_soon()

        askers.watch(wait_for)
        try:
            return await granted
        except asyncio.CancelledError:
            self._waiting.discard(granted)
            if granted.done() and not granted.cancelled():
                self._end(granted.result())
            raise
        finally:
            askers.unwatch(wait_for)
            self._forget_idle(askers.names)

    def _give(self, asker: str, now: float, *, many: bool) -> Turn:
        self._taken[asker] += 1
        return Turn(asker, self._window, self._window.begin(now, many=many) if self._window else None, self._end)

    def _end(self, turn: Turn) -> None:
        if self._window is not None and turn.call is not None:
            self._window.end(turn.call, asyncio.get_running_loop().time())
        self._taken[turn.asker] -= 1
        if not self._taken[turn.asker]:
            del self._taken[turn.asker]
        self._forget_idle({turn.asker})
        self.look_again()

    def _forget_idle(self, names: Collection[str]) -> None:
        for name in names:
            if not self._taken[name] and not self._waiting.count(name):
                del self._asked[name]

    def _dispatch_soon(self) -> None:
        """Dispatch in the loop's next iteration, when all that asks in this one is in the queue."""
        self._set_timer(0.0)

    def _set_timer(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(at, self._dispatch) if at > loop.time() else loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._waiting and self._grant_next(now):
            pass
        if self._waiting and self._window is not None and math.isfinite(at := self._window.next_change(now)):
            self._set_timer(at)

    def _grant_next(self, now: float) -> bool:
        """Give a turn to whoever is next, of all or of those who have not much to do. Returns whether there was one to give."""
        is_open = self._admits(now, many=True)
        if not is_open and not self._admits(now, many=False):
            return False
        found = self._waiting.pop() if is_open else self._waiting.pop(self._has_little)
        if found is None:
            return False
        asker, granted = found
        if not granted.done():  # else it was cancelled, and is about to leave
            granted.set_result(self._give(asker, now, many=is_open))
        return True

    def _admits(self, now: float, *, many: bool) -> bool:
        kept_free = self._most // KEPT_FREE if many else 0
        return self._most - self._taken.total() > kept_free and (self._window is None or self._window.admits(now, many=many))

    def _has_little(self, asker: str) -> bool:
        """Whether all of an asker's turns, those that wait and those that were given, have room at once, or within seconds."""
        at_once = min(self._most, self._window.calls) if self._window else self._most
        if self._waiting.count(asker) + self._taken[asker] <= at_once:
            return True
        return self._asked[asker] <= min(self._most, LITTLE_SECONDS * at_once)


class Turn:
    """A turn that was given to `asker`, until its block is left.

    For the window it says when its call was written, and when its answer began.
    """

    def __init__(self, asker: str, window: ArrivalWindow | None, call: OutgoingCall | None, end: Callable[[Turn], None]) -> None:
        self.asker = asker
        self.call = call
        self._window = window
        self._end = end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end(self)

    def written(self) -> None:
        """The request was written to its connection."""
        if self.call is not None:
            self.call.written = asyncio.get_running_loop().time()

    def answered(self) -> None:
        """The answer began."""
        if self._window is not None and self.call is not None:
            self._window.answer(self.call, asyncio.get_running_loop().time())
