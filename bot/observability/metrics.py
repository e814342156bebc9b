"""Prometheus metrics, served at `/metrics`. Labels are names and codes, never personal data."""

from __future__ import annotations

from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class DrainCounts(Protocol):
    """The counters of a drain."""

    account: str
    pulls: int
    receipts: int
    unreadable: int


MAX_OUTCOMES = 500  # of one provider: codes that a table explains by their beginning are without end


class Metrics:
    """The metrics of one running app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._outcomes: dict[str, set[str]] = {}
        self._answers = Counter(
            "smsstatus_provider_answers_total", "Asks by how they ended.", ["provider", "outcome"], registry=self.registry
        )
        self._cache = Counter("smsstatus_cache_total", "Asks by cache result.", ["provider", "result"], registry=self.registry)
        self._requests = Counter(
            "smsstatus_slack_requests_total", "Slack requests by kind and outcome.", ["kind", "outcome"], registry=self.registry
        )
        self._lookups = Counter(
            "smsstatus_lookups_total", "Lookups by what they amounted to.", ["outcome"], registry=self.registry
        )
        self._signatures = Counter(
            "smsstatus_slack_signatures_total", "Slack's HTTP requests by their signature.", ["outcome"], registry=self.registry
        )
        self._dropped = Counter(
            "smsstatus_slack_events_dropped_total", "Minutes in which Slack dropped events of ours.", registry=self.registry
        )
        self._alerts_judged = Gauge(
            "smsstatus_alerts_judged_timestamp_seconds", "The last minute that was judged for alerts.", registry=self.registry
        )
        self._alerts_open = Gauge("smsstatus_alerts_open", "Alerts that last.", registry=self.registry)
        self._drains = Gauge(
            "smsstatus_drain", "What a drained queue gave since the start.", ["account", "count"], registry=self.registry
        )
        self._seconds = Histogram(
            "smsstatus_answer_seconds",
            "From the ack to the visible answer.",
            ["kind"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16),
            registry=self.registry,
        )

    def watch_drain(self, state: DrainCounts) -> None:
        """Export the counters of a drain from now on."""
        self._drains.labels(state.account, "pulls").set_function(lambda: state.pulls)
        self._drains.labels(state.account, "receipts").set_function(lambda: state.receipts)
        self._drains.labels(state.account, "unreadable").set_function(lambda: state.unreadable)

    def observe_provider_call(self, provider: str, outcome: str) -> None:
        """Count a query of one account: `ok`, or the fault's code; of codes beyond MAX_OUTCOMES, `other`."""
        outcomes = self._outcomes.setdefault(provider, {"ok", "other"})
        if outcome not in outcomes and len(outcomes) >= MAX_OUTCOMES:
            outcome = "other"
        outcomes.add(outcome)
        self._answers.labels(provider, outcome).inc()

    def observe_lookup(self, outcome: str) -> None:
        """Count a lookup by its outcome: `delivered`, `failed`, `unanswered` and so on."""
        self._lookups.labels(outcome).inc()

    def observe_cache(self, provider: str, *, hit: bool) -> None:
        """Count a cache hit or miss."""
        self._cache.labels(provider, "hit" if hit else "miss").inc()

    def observe_slack_request(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a Slack request by kind (`command`, `action`, …) and outcome (`answered`, `usage`, `refused`, `crashed`, …).

        `seconds` is the time from the ack to the visible answer.
        """
        self._requests.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)

    def observe_signature(self, *, valid: bool) -> None:
        """Count an HTTP request of Slack's by whether its signature is valid."""
        self._signatures.labels("holds" if valid else "refused").inc()

    def observe_events_dropped(self) -> None:
        """Count a minute in which Slack dropped events because there were too many of them (app_rate_limited)."""
        self._dropped.inc()

    def observe_judged(self, minute: float, alerts_open: int) -> None:
        """Note the last minute that was judged for alerts, and how many of them last."""
        self._alerts_judged.set(minute)
        self._alerts_open.set(alerts_open)

    def render(self) -> bytes:
        """The body of `/metrics`, in Prometheus's text format."""
        return generate_latest(self.registry)
