"""What lookups count: the app in its metrics, the terminal nowhere."""

from __future__ import annotations

from typing import Protocol


class LookupCounts(Protocol):
    """Counts lookups and the calls that they make, as `observability.metrics.Metrics` does."""

    def expect_provider(self, provider: str) -> None:
        """This provider will be asked."""

    def observe_provider_call(self, provider: str, outcome: str) -> None:
        """A query of one account ended: `ok`, or the fault's code."""

    def observe_unlisted(self, provider: str) -> None:
        """A provider gave a code that no table lists."""

    def observe_lookup(self, outcome: str) -> None:
        """A lookup amounted to this."""

    def observe_cache(self, provider: str, *, hit: bool) -> None:
        """An ask was in the cache, or not."""


class Uncounted:
    """Counts nothing: a command of the terminal has nobody to tell, and needs no Prometheus."""

    def expect_provider(self, provider: str) -> None:
        """Not counted."""

    def observe_provider_call(self, provider: str, outcome: str) -> None:
        """Not counted."""

    def observe_unlisted(self, provider: str) -> None:
        """Not counted."""

    def observe_lookup(self, outcome: str) -> None:
        """Not counted."""

    def observe_cache(self, provider: str, *, hit: bool) -> None:
        """Not counted."""
