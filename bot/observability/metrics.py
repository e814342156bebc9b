"""Prometheus metrics, served at `/metrics`. Labels are names and codes, never personal data.

A counter whose labels are known beforehand stands at 0 from the start (`expect_…`): Prometheus sees no increase in a series that
begins with 1 (https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics), and the alert rules of
deploy/prometheus would miss the first failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class DrainCounts(Protocol):
    """The counters of a drain."""

    account: str
    pulls: int
    receipts: int
    unreadable: int
    pulled_at: float


class SocketState(Protocol):
    """What is counted of Socket Mode."""

    @property
    def live_connections(self) -> int:
        """The connections whose last ping was answered."""

    @property
    def heard_at(self) -> float:
        """When Slack last said anything, in seconds since 1970."""


MAX_OUTCOMES = 500  # of one provider: codes that a table explains by their beginning are without end


class Metrics:
    """The metrics of one running app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, open files, and when the process began
        self._outcomes: dict[str, set[str]] = {}
        self._answers = Counter(
            "smsstatus_provider_answers_total", "Asks by how they ended.", ["provider", "outcome"], registry=self.registry
        )
        self._failures = Counter(
            "smsstatus_provider_failures_total", "Asks that brought no answer.", ["provider"], registry=self.registry
        )
        self._unlisted = Counter(
            "smsstatus_unlisted_codes_total", "Codes in answers that no table lists.", ["provider"], registry=self.registry
        )
        self._cache = Counter("smsstatus_cache_total", "Asks by cache result.", ["provider", "result"], registry=self.registry)
        self._begun = Counter(
            "smsstatus_slack_requests_begun_total", "Slack requests that were taken, by kind.", ["kind"], registry=self.registry
        )
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
        self._ready = Gauge(
            "smsstatus_ready", "1 while this part can do its work, as /readyz says.", ["part"], registry=self.registry
        )
        self._receipts = Counter(
            "smsstatus_receipts_total", "Receipts that were pushed or drained.", ["system"], registry=self.registry
        )
        self._last_receipt = Gauge(
            "smsstatus_last_receipt_timestamp_seconds", "When the last receipt came.", ["system"], registry=self.registry
        )
        self._alerts_judged = Gauge(
            "smsstatus_alerts_judged_timestamp_seconds", "The last minute that was judged for alerts.", registry=self.registry
        )
        self._alerts_open = Gauge("smsstatus_alerts_open", "Alerts that last.", registry=self.registry)
        self._drains = Gauge(
            "smsstatus_drain", "What a drained queue gave since the start.", ["account", "count"], registry=self.registry
        )
        self._pulled = Gauge(
            "smsstatus_drain_pulled_timestamp_seconds",
            "When a drained queue last answered; at first, when the drain began.",
            ["account"],
            registry=self.registry,
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
        self._pulled.labels(state.account).set_function(lambda: state.pulled_at)

    def watch_socket(self, state: SocketState) -> None:
        """Export the state of Socket Mode from now on. In HTTP mode there is no such series, rather than one that says 0."""
        connections = Gauge(
            "smsstatus_socket_connections", "Socket Mode connections whose last ping was answered.", registry=None
        )
        connections.set_function(lambda: state.live_connections)
        heard = Gauge("smsstatus_socket_heard_timestamp_seconds", "When Slack last said anything by Socket Mode.", registry=None)
        heard.set_function(lambda: state.heard_at)
        self.registry.register(connections)
        self.registry.register(heard)

    def expect_signatures(self) -> None:
        """Requests will come in by HTTP."""
        for outcome in ("holds", "refused"):
            self._signatures.labels(outcome)

    def expect_requests(self, kinds: Iterable[str], outcomes: Iterable[str]) -> None:
        """Requests will be of these kinds, and end in these ways among others."""
        outcomes = tuple(outcomes)
        for kind in kinds:
            self._begun.labels(kind)
            self._seconds.labels(kind)
            for outcome in outcomes:
                self._requests.labels(kind, outcome)

    def expect_provider(self, provider: str) -> None:
        """This provider will be asked."""
        self._answers.labels(provider, "ok")
        self._failures.labels(provider)
        self._cache.labels(provider, "hit")
        self._cache.labels(provider, "miss")
        self._unlisted.labels(provider)

    def expect_receipts(self, newest: Mapping[str, datetime]) -> None:
        """Receipts of these systems have come before, last at these moments."""
        for system, moment in newest.items():
            self._receipts.labels(system)
            self._last_receipt.labels(system).set(moment.timestamp())

    def observe_provider_call(self, provider: str, outcome: str) -> None:
        """Count a query of one account: `ok`, or the fault's code; of codes beyond MAX_OUTCOMES, `other`."""
        outcomes = self._outcomes.setdefault(provider, {"ok", "other"})
        if outcome not in outcomes and len(outcomes) >= MAX_OUTCOMES:
            outcome = "other"
        outcomes.add(outcome)
        self._answers.labels(provider, outcome).inc()
        if outcome != "ok":
            self._failures.labels(provider).inc()

    def observe_unlisted(self, provider: str) -> None:
        """Count a code of a provider that no table lists."""
        self._unlisted.labels(provider).inc()

    def observe_lookup(self, outcome: str) -> None:
        """Count a lookup by its outcome: `delivered`, `failed`, `unanswered` and so on."""
        self._lookups.labels(outcome).inc()

    def observe_cache(self, provider: str, *, hit: bool) -> None:
        """Count a cache hit or miss."""
        self._cache.labels(provider, "hit" if hit else "miss").inc()

    def observe_begun(self, kind: str) -> None:
        """Count a Slack request that was taken; `observe_slack_request` follows when it has ended."""
        self._begun.labels(kind).inc()

    def observe_slack_request(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a Slack request by kind (`command`, `action`, …) and outcome (`answered`, `usage`, `refused`, `crashed`, …).

        `seconds` is the time from the ack to the visible answer.
        """
        self._requests.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)

    def observe_signature(self, *, valid: bool) -> None:
        """Count an HTTP request of Slack's by whether its signature is valid."""
        self._signatures.labels("holds" if valid else "refused").inc()

    def observe_ready(self, parts: Mapping[str, bool]) -> None:
        """Note of each part whether it can do its work."""
        for part, is_ready in parts.items():
            self._ready.labels(part).set(is_ready)

    def observe_receipts(self, system: str, count: int, at: datetime) -> None:
        """Count receipts of a system that are stored."""
        self._receipts.labels(system).inc(count)
        self._last_receipt.labels(system).set(at.timestamp())

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
