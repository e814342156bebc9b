"""Metrics: a provider cannot make up labels without end; what an alert counts stands at 0 before anything happens."""

from __future__ import annotations

import re
from datetime import UTC, datetime

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


def test_a_fault_is_a_failure_whatever_it_is_called_and_both_are_there_before_the_first() -> None:
    metrics = Metrics()
    metrics.expect_provider("toy")
    before = metrics.render().decode()
    for outcome in ("ok", "timeout", "other"):
        metrics.observe_provider_call("toy", outcome)
    metrics.observe_unlisted("toy")
    after = metrics.render().decode()

    assert 'smsstatus_provider_failures_total{provider="toy"} 0.0' in before
    assert 'smsstatus_provider_answers_total{outcome="ok",provider="toy"} 0.0' in before
    assert 'smsstatus_unlisted_codes_total{provider="toy"} 0.0' in before
    assert 'smsstatus_provider_failures_total{provider="toy"} 2.0' in after
    assert 'smsstatus_unlisted_codes_total{provider="toy"} 1.0' in after


def test_the_last_receipt_is_known_from_before_the_start_and_moves_on() -> None:
    metrics = Metrics()
    metrics.expect_receipts({"tencent": datetime(2026, 11, 29, tzinfo=UTC)})
    assert 'smsstatus_receipts_total{system="tencent"} 0.0' in metrics.render().decode()

    metrics.observe_receipts("tencent", 3, datetime(2026, 11, 30, tzinfo=UTC))
    rendered = metrics.render().decode()

    assert 'smsstatus_receipts_total{system="tencent"} 3.0' in rendered
    moment = re.search(r'^smsstatus_last_receipt_timestamp_seconds{system="tencent"} (\S+)$', rendered, re.MULTILINE)
    assert moment is not None
    assert float(moment[1]) == datetime(2026, 11, 30, tzinfo=UTC).timestamp()
