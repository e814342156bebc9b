"""The poll backoff of a drain: no pause while the queue is full, doubling pauses while it is empty or faulty. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PollBackoff:
    """Pauses in seconds. A pause doubles from `…_first` to `…_most` while nothing changes."""

    some: float = 1.0  # after a response with fewer rows than it could have
    empty_first: float = 2.0
    empty_most: float = 15.0
    fault_first: float = 2.0
    fault_most: float = 60.0

    def after(self, rows: int, most: int, pause: float) -> float:
        """The pause in seconds after a response of `rows` of at most `most`; `pause` is the previous one."""
        if rows >= most:
            return 0.0
        return self.some if rows else _longer(pause, self.empty_first, self.empty_most)

    def after_fault(self, pause: float) -> float:
        """The pause in seconds after a fault; `pause` is the previous one."""
        return _longer(pause, self.fault_first, self.fault_most)


def _longer(pause: float, first: float, most: float) -> float:
    return min(most, max(first, 2 * pause))
