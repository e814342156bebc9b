"""Metrics: a provider cannot make up labels without end."""

from __future__ import annotations

from bot.observability.metrics import MAX_OUTCOMES, Metrics


def test_codes_without_end_are_counted_together() -> None:
    metrics = Metrics()
    for which in range(2 * MAX_OUTCOMES):
        metrics.observe_provider_call("toy", f"isv.CODE_{which}")
    metrics.observe_provider_call("another", "isv.CODE_1")

    lines = [line for line in metrics.render().decode().splitlines() if line.startswith("smsstatus_provider_answers_total{")]
    assert len(lines) == MAX_OUTCOMES
    assert 'smsstatus_provider_answers_total{outcome="other",provider="toy"} 502.0' in lines
    assert 'smsstatus_provider_answers_total{outcome="isv.CODE_1",provider="another"} 1.0' in lines
