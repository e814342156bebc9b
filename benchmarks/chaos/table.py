"""What a run found, as lines to read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.chaos.ledger import AS_THE_APP_SAYS, percentile

if TYPE_CHECKING:
    from benchmarks.chaos.run import Result

MOST_VIOLATIONS = 40
MOST_WORDS = 70
HEADS = (
    *("mode, store, replicas", "requests", "acked", "once", "late", "told", "twice", "never", "excused"),
    *("receipts", "acked", "kills", "p50 ms", "p99 ms", "quiet p50", "quiet p99", "seconds"),
)


def heading() -> str:
    """The heads of the columns."""
    return _cells(HEADS)


def row(result: Result) -> str:
    """One run's figures."""
    counts, excused, acks = result.verdict.counts, result.verdict.excused, result.ledger.acks
    kills = sum(len(replica.kills) for replica in result.scene.replicas)
    milliseconds = [percentile(acks, 0.5), percentile(acks, 0.99), *(percentile(result.quiet_acks, one) for one in (0.5, 0.99))]
    figures = [counts[name] for name in ("requests", "acknowledged", "once", "late", "told", "twice", "never")]
    figures += [sum(excused.values()), counts["receipts"], counts["receipts acknowledged"], kills]
    return _cells((result.setup.name, *map(str, figures), *(f"{one:.1f}" for one in milliseconds), f"{result.seconds:.0f}"))


def details(result: Result) -> list[str]:
    """What was done, what was excused and why, what the asker was told instead, and every violation."""
    verdict, replicas = result.verdict, result.scene.replicas
    told = Counter(_short(text) for asked in result.ledger.requests.values() for text in asked.told)
    said = sum((replica.said for replica in replicas), Counter[str]())
    ended = sum(len(replica.exits) for replica in replicas)
    slow = [one for one in result.ledger.troubles if one.name == AS_THE_APP_SAYS and not result.ledger.is_our_doing(one)]
    lines = [
        f"store too slow without our doing: {len(slow)} times, {sum(one.ended - one.begun for one in slow):.0f} s",
        f"troubles: {_listed(result.scene.done)}",
        f"queue: {sum(len(one.rows) for one in result.ledger.handed)} receipts in {len(result.ledger.handed)} answers",
        f"excused: {_listed(verdict.excused)}",
        f"told: {_listed(told)}",
        f"to nobody who asked: {_listed(Counter(map(_short, result.ledger.strays)))}",
        f"log: {_listed(said)}",
        f"ended by itself: {ended} times",
    ]
    lines += [f"VIOLATION {one}" for one in verdict.violations[:MOST_VIOLATIONS]]
    if len(verdict.violations) > MOST_VIOLATIONS:
        lines.append(f"VIOLATION … {len(verdict.violations)} in all")
    return [f"    {line}" for line in lines]


def _cells(cells: tuple[str, ...]) -> str:
    first, *others = cells
    return f"{first:22}" + "".join(f"{cell:>10}" for cell in others)


def _short(text: str) -> str:
    return " ".join(text.split())[:MOST_WORDS]


def _listed(counted: Counter[str]) -> str:
    return "; ".join(f"{count} {name}" for name, count in counted.most_common()) or "none"
