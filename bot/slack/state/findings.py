"""`Finding`: what is left of a report that is no longer in memory, without its messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Report


@dataclass(frozen=True, slots=True)
class Finding:
    """What a lookup amounted to as of a moment: an Outcome's value, and the number of messages of each status that has any."""

    outcome: str
    as_of: datetime
    counts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, report: Report) -> Self:
        """What `report` amounts to."""
        counts = tuple((status.value, count) for status, count in report.counts.items() if count)
        return cls(report.outcome.value, report.as_of, counts)

    def to_json(self) -> dict[str, Any]:
        """Made of JSON types only."""
        return {"outcome": self.outcome, "as_of": self.as_of.timestamp(), "counts": dict(self.counts)}

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """The value of `to_json`, as it was stored. Raises ValueError or LookupError."""
        return cls(value["outcome"], datetime.fromtimestamp(value["as_of"], UTC), tuple(value.get("counts", {}).items()))
