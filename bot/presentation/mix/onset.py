"""Since when a cause fails: the moment that best parts the messages that arrived from those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

FEW = 0.1  # the part that "nearly none" may be
LEAST_BEFORE = 2  # messages that arrived: one alone shows no change


def onset(failed: Sequence[datetime], arrived: Sequence[datetime]) -> datetime | None:
    """The first failure after which nearly nothing arrived, and before which messages did arrive and nearly none failed.

    None when there is no such moment: it fails now and then, or has failed for as long as can be seen.
    """
    events = sorted([(at, False) for at in failed] + [(at, True) for at in arrived])  # of one moment, the failures first
    failed_before = arrived_before = 0
    best: tuple[int, int, int, datetime] | None = None
    for at, has_arrived in events:
        if has_arrived:
            arrived_before += 1
            continue
        parted = arrived_before + len(failed) - failed_before
        if best is None or parted > best[0]:
            best = (parted, failed_before, arrived_before, at)
        failed_before += 1
    if best is None:
        return None
    _, failed_before, arrived_before, moment = best
    failed_after, arrived_after = len(failed) - failed_before, len(arrived) - arrived_before
    is_change = (
        arrived_before >= LEAST_BEFORE
        and failed_before <= FEW * len(failed)
        and arrived_after <= FEW * (failed_after + arrived_after)
    )
    return moment if is_change else None
