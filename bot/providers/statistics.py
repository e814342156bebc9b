"""The seam of statistics: how many messages of everybody arrived, counted by a provider. Optional beside `Provider`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot.timing.fair_queue import Askers

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.model.statistics import Figures, Grain, Span, Unit
    from bot.providers.base import ResultCollector


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """Which span is counted, which begins and ends with the source's grain, and on whose behalf.

    With `step`, the figures of each step of that length, each with its beginning: asked only of a source with `has_series`.
    `with_refused`: also how many submissions were refused, which may be a call of its own.
    """

    span: Span
    step: timedelta | None = None
    with_refused: bool = True
    askers: Askers = field(default_factory=Askers, compare=False)


class Statistics(Protocol):
    """What one account counts."""

    @property
    def unit(self) -> Unit:
        """What is counted."""

    @property
    def grain(self) -> Grain:
        """The shortest span. Days are China's (UTC+8)."""

    @property
    def reach(self) -> timedelta | None:
        """How far back it counts. None: no known limit."""

    @property
    def has_series(self) -> bool:
        """Whether one query can return a series. Otherwise each part of one is a query of its own."""

    async def count(self, query: StatisticsQuery, collector: ResultCollector) -> tuple[Figures, ...]:
        """The figures of each group that sent anything. What it could not count is noted in `collector`. Raises ProviderError."""


@runtime_checkable
class HasStatistics(Protocol):
    """A provider that counts."""

    @property
    def statistics(self) -> Statistics | None:
        """Its statistics; None: it was opened without them."""
