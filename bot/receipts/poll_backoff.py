"""How soon to pull again: at once while the queue is full, ever more slowly while it is empty or something is wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PollBackoff:
    """Seconds. A pause doubles from its first to its longest while nothing changes."""

    some: float = 1.0  # after an answer with fewer rows than it could hold
    empty_first: float = 2.0
    empty_most: float = 15.0
    fault_first: float = 2.0
    fault_most: float = 60.0

    def after(self, rows: int, most: int, pause: float) -> float:
        """The pause after an answer of so many rows; `pause` is the one before it."""
        if rows >= most:
            return 0.0
        return self.some if rows else _longer(pause, self.empty_first, self.empty_most)

    def after_fault(self, pause: float) -> float:
        """The pause after a fault; `pause` is the one before it."""
        return _longer(pause, self.fault_first, self.fault_most)


def _longer(pause: float, first: float, most: float) -> float:
    return min(most, max(first, 2 * pause))
