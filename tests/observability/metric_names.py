"""The metrics of the app, as its families, those of Socket Mode among them."""

from __future__ import annotations

from bot.observability.metrics import Metrics


class _Hearing:
    live_connections = 1
    heard_at = 1.0


def families() -> set[str]:
    """Our own; what prometheus_client tells of the process is not ours to explain."""
    metrics = Metrics()
    metrics.watch_socket(_Hearing())
    return {family.name for family in metrics.registry.collect() if family.name.startswith("smsstatus_")}
