"""Keeping to a limit of N calls in any second that is counted where the calls *arrive*, which the caller does not see. Pure.

What is known of a call: it arrives after it begins, no later than its answer, and about as long after it was written to its
connection as other calls do: some unknown time d for the quickest, and up to `late` more. A call counts until `SECOND` after
`min(answered, written + late)`, and none begins while N count. So no second sees more than N arrivals:

    of the calls that arrive within one second, let k be the one that began last. Another one, j, arrives less than a second
    before k or later: arrival(j) > arrival(k) - 1.
    If j is answered:  answered(j) >= arrival(j) > arrival(k) - 1 >= begun(k) - 1.
    In any case:       written(j) + d + late(j) >= arrival(j) > arrival(k) - 1 >= begun(k) + d - 1.
    Either way min(answered, written + late) of j plus one second is after begun(k), so j still counted when k began.

Without the second line it is the best that can be done: every call that was answered less than a second ago may have arrived just
then, and one under way may arrive now. It is also slow: with answers that take a second, 20 calls a second become 10.

`late` is measured. For most calls it is `spread`: by how much the slower answers of late took longer than the quickest. A call
that takes longer still counts until its answer; from then on its `late` is the spread, and by how much it took longer. What is
assumed is that a way does not vary more than the answers do, so that no unusually long way meets an unusually short work of the
vendor. Where that fails, the vendor may refuse one call, which is then tried again. So it may where usual answers take more than
a second: a call then stops counting before it is known to be late. To wait for each answer would be slow, as above.

The quickest is remembered for minutes, and believed only when calls of several seconds were answered: those that set out together
are held up together, by a first connection or a busy moment, and their answers differ by little. Taken for the rule, that would
have the next ones, which nothing holds up, arrive within the same second. Until then the spread is UNPROVEN_SPREAD at least.

How many may count (`calls`) can change, where replicas share a limit. A call that counts stays counted.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

SECOND = 1.01  # a second, and a little for timers that fire early and clocks that tick differently
LEAST_SPREAD = 0.03  # seconds that a way may differ without a trace in the answers: a scheduler's delay, here or there
UNPROVEN_SPREAD = 0.25  # the same, while all answers are to calls that set out together
LEAST_ANSWERS = 5  # from which the spread is estimated
LEAST_SECONDS = 3  # in which calls began that were answered
QUICKEST_KEPT = 300.0  # seconds, and as long again: a busy minute must not be taken for the rule
REMEMBERED = 100  # answers
SLOWER = 0.75  # of them take less time than those that are slow


@dataclass(slots=True, eq=False)
class OutgoingCall:
    """The moments of a call, by one monotonic timer; None: not yet. One that ends without an answer has `ended` alone."""

    begun: float
    is_reserved: bool
    written: float | None = None
    answered: float | None = None
    ended: float | None = None


class ArrivalWindow:
    """At most `calls` arrivals within any second. Every method takes the present moment in seconds.

    Half of the calls are a reserve: `many` calls, those of an asker with much to do, take it one by one, spread over a second. So
    not all come free at one moment, and whoever asks next waits for a fraction of a second.
    """

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._reserve_opens = 0.0
        self._counted: list[OutgoingCall] = []
        self._ways = _AnswerTimes()

    def counted(self, now: float) -> int:
        """How many calls count now."""
        spread = self._ways.spread
        self._counted = [call for call in self._counted if self._counts_until(call, now, *spread) > now]
        return len(self._counted)

    def admits(self, now: float, *, many: bool = False) -> bool:
        """Whether a call may begin now."""
        if len(self._counted) >= self.calls and self.counted(now) >= self.calls:  # those that no longer count leave the list late
            return False
        if not many or now >= self._reserve_opens:
            return True
        self.counted(now)
        return not self._is_reserve_next()

    def begin(self, now: float, *, many: bool = False) -> OutgoingCall:
        """Count a call that begins now. Raises RuntimeError if none may."""
        if not self.admits(now, many=many):
            raise RuntimeError("as many calls as allowed may arrive within this second")
        self.counted(now)
        call = OutgoingCall(now, is_reserved=self._is_reserve_next())
        if call.is_reserved and many:
            self._reserve_opens = now + SECOND / max(1, self._reserve)
        self._counted.append(call)
        return call

    @property
    def _reserve(self) -> int:
        return self.calls // 2

    def _is_reserve_next(self) -> bool:
        return sum(not call.is_reserved for call in self._counted) >= self.calls - self._reserve

    def answer(self, call: OutgoingCall, now: float) -> None:
        """The first byte of the call's answer came."""
        call.answered = now
        self._ways.add(call.begun, now - (call.begun if call.written is None else call.written), now)

    def end(self, call: OutgoingCall, now: float) -> None:
        """The call is over. Without an answer it may arrive all the same, as late as the slowest one known."""
        call.ended = now

    def next_change(self, now: float) -> float:
        """When a call may begin that may not begin now, if none is answered before: infinity if only an answer can tell."""
        spread = self._ways.spread
        moments = (self._counts_until(call, now, *spread) for call in self._counted)
        return min((moment for moment in (self._reserve_opens, *moments) if moment > now), default=math.inf)

    def _counts_until(self, call: OutgoingCall, now: float, quickest: float, spread: float) -> float:
        written = call.begun if call.written is None else call.written
        end = call.ended if call.answered is None else call.answered
        if call.answered is None and end is not None:  # given up
            return max(end, written + self._ways.slowest) + SECOND
        if call.written is None:
            late = math.inf
        elif (longer := (now if end is None else end) - written - quickest) <= spread:
            late = spread
        else:
            late = math.inf if end is None else longer + spread
        return min(written + late, math.inf if end is None else end) + SECOND


class _AnswerTimes:
    """How long answers took of late, from when their calls were written, and how short a way they prove."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=REMEMBERED)
        self._quickest = [math.inf, math.inf]  # of these minutes, and of those before
        self._quickest_since = 0.0
        self._seconds = 0  # in which calls began that were answered
        self._latest_second = -math.inf
        self.spread = (0.0, math.inf)
        """The time of the quickest answer, and by how much the slower ones took longer; without end while too few are known."""

    def add(self, begun: float, seconds: float, now: float) -> None:
        """A call that began at `begun` was answered now, after `seconds`."""
        if begun >= self._latest_second + SECOND:
            self._seconds += 1
            self._latest_second = begun
        if now - self._quickest_since > QUICKEST_KEPT:
            self._quickest = [math.inf, self._quickest[0]]
            self._quickest_since = now
        self._quickest[0] = min(self._quickest[0], seconds)
        self._times.append(seconds)
        if len(self._times) >= LEAST_ANSWERS:
            self.spread = self._measured()

    @property
    def slowest(self) -> float:
        """The longest of late; 0 while none is known."""
        return max(self._times, default=0.0)

    def _measured(self) -> tuple[float, float]:
        quickest = min(self._quickest)
        least = LEAST_SPREAD if self._seconds >= LEAST_SECONDS else UNPROVEN_SPREAD
        return quickest, max(least, sorted(self._times)[int(SLOWER * len(self._times))] - quickest)
