"""A limit that replicas share: how many of its permits each one holds. Pure; `storage/shared_limits.py` keeps the rows.

Every replica has a row: the permits that it holds, and how many it wants. One replica after the other changes its own row, and
takes no more than the others leave. So what all hold is never more than the limit, and as each keeps to its permits with an
`ArrivalWindow`, no second sees more arrivals than the limit:

    shrink   begin no more than so many calls, from now on; the row keeps what still counts, as those may be arriving
    grow     only when the row is committed

A row that its replica does not renew is over when its `lease` is, by the database's clock. The replica believes it for a shorter
time, `valid`, by its own and from before it asked: so it stops first, and what it sent has arrived before others send for it.

Without the database nothing can grow. Each goes on with what it holds, and when that is not believed any more with no more than
an even part of the limit: the limit divided by the number of replicas that it saw last. When the database is back all rows have
run out. So whoever comes, or comes back, respects those too for as long as `returning`, in which all who live renew theirs.

One thing is not covered: a replica that alone cannot reach the database goes on with its even part, when the others have shared
out all permits. It is better than no answer, and a call that the vendor refuses is tried again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.timing.arrivals import ArrivalWindow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT_SECONDS = 3600.0  # that a row is kept when it is over, for those who come back
LEAST_WANTED = 2  # for whoever asks first: more comes with the next renewal


@dataclass(frozen=True, slots=True)
class ShareTimings:
    """The seconds of a share."""

    renewal: float = 1.0  # between two renewals
    hungry: float = 0.25  # the same while calls wait that others' permits could serve, or more count than the replica is to have
    transaction: float = 1.0  # a renewal that takes longer has failed
    valid: float = 3.5
    lease: float = 5.0  # the difference is for calls under way, and for clocks that tick differently
    returning: float = 4.0  # longer than a transaction that hangs and a renewal after it


class Share(NamedTuple):
    """One replica's row: the permits that it holds, and how many it could use; `is_over` when it was not renewed."""

    replica: str
    held: int
    wanted: int
    is_over: bool = False


def fair_share(limit: int, replica: str, wanted: Mapping[str, int]) -> int:
    """How many of `limit` permits should be the `replica`'s, of all those that want some.

    Who wants less than an even part gets that, the others share the rest evenly, and so they all share what nobody wants.
    """
    order = sorted(wanted, key=lambda one: (wanted[one], one))
    shares: dict[str, int] = {}
    left = limit
    for place, one in enumerate(order):
        shares[one] = min(max(LEAST_WANTED, wanted[one]), left // (len(order) - place))
        left -= shares[one]
    spare, more = divmod(left, len(order))
    return shares[replica] + spare + (order.index(replica) >= len(order) - more)


class SharedWindow(ArrivalWindow):
    """An `ArrivalWindow` of one replica's share of `limit` calls. It begins with none.

    `propose` says what the row should hold, and `settle` that it does.
    """

    def __init__(self, limit: int, timings: ShareTimings) -> None:
        super().__init__(0)
        self.limit = limit
        self._timings = timings
        self._proposed = 0
        self._replicas = 0  # that were seen last, with this one; 0: none yet
        self._valid_until = -math.inf
        self._careful_until: float | None = None  # None: it has just come

    @property
    def even_part(self) -> int:
        """What one replica may have of the limit when nothing is known but how many there are."""
        return max(1, self.limit // self._replicas) if self._replicas else self.limit

    def admits(self, now: float, *, many: bool = False) -> bool:
        """Whether a call may begin now."""
        self._doubt(now)
        return super().admits(now, many=many)

    def propose(self, replica: str, waiting: int, others: Sequence[Share], now: float) -> Share:
        """The row that `replica` is to have, for which `waiting` calls wait, beside the rows of `others`.

        It begins no more calls than that from now on.
        """
        self._doubt(now)
        if self._careful_until is None:
            self._careful_until = now + self._timings.returning
        counted = self.counted(now)
        respected = [one for one in others if not one.is_over or now < self._careful_until]
        wanted = {one.replica: one.wanted for one in respected} | {replica: counted + waiting}
        free = max(0, self.limit - sum(one.held for one in respected))
        self._proposed = min(fair_share(self.limit, replica, wanted), free)
        self._replicas = len(wanted)
        self.calls = min(self.calls, self._proposed)
        return Share(replica, max(self._proposed, counted), wanted[replica])

    def settle(self, asked_at: float, now: float) -> None:
        """The row that was proposed at `asked_at` or later is committed."""
        self._valid_until = asked_at + self._timings.valid
        self.calls = self._proposed
        self._doubt(now)

    def _doubt(self, now: float) -> None:
        """Go down to an even part when the row may be over."""
        if now >= self._valid_until > -math.inf:
            self.calls = min(self.calls, self.even_part)
            self._careful_until = now + self._timings.returning
