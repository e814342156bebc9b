"""What became of everything that was acknowledged, and whether that is right. What may pass: `excuses.py`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.chaos import excuses, handouts
from benchmarks.chaos.excuses import Excuse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from benchmarks.chaos.excuses import Stored
    from benchmarks.chaos.ledger import Asked, Ledger

LATE_SECONDS = 10.0
NEAR_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the store holds at the end."""

    states: Mapping[str, Stored]  # of the requests, by key
    receipts: Mapping[str, int]  # how often each message id is there


@dataclass(slots=True)
class Verdict:
    """The counts of a run, and what was not right."""

    counts: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def judge(ledger: Ledger, found: Found, kills: Sequence[float], lost_and_told: int = 0) -> Verdict:
    """Compare what was acknowledged with what was seen. `lost_and_told`: the queue's answers that the app says it lost."""
    verdict = Verdict()
    for asked in ledger.requests.values():
        _judge_request(asked, ledger, found, kills, verdict)
    for excuse in Excuse:
        count, most = verdict.excused[excuse.title], excuse.most(verdict.counts["acknowledged"])
        if count > most:
            verdict.violations.append(f"{count} times “{excuse.title}”, where {most} are the most")
    _judge_receipts(ledger, found.receipts, verdict)
    for reason, count in handouts.judge(ledger.handed, found.receipts, kills, lost_and_told).items():
        if reason in handouts.EXCUSES:
            verdict.excused[reason] += count
        else:
            verdict.violations.append(f"{count} of the queue's answers {reason}")
    return verdict


def _judge_request(asked: Asked, ledger: Ledger, found: Found, kills: Sequence[float], verdict: Verdict) -> None:
    counts, name = verdict.counts, f"{asked.kind} {asked.number}"
    counts["requests"] += 1
    counts["acknowledged"] += asked.is_acked
    if len(asked.answers) > 1:
        counts["twice"] += 1
        apart = asked.answers[-1] - asked.answers[0]
        wrong = f"{name}: answered {len(asked.answers)} times, {apart:.1f} s apart"
        _weigh(excuses.of_repetition(asked, ledger, kills), f"{wrong}; {_beside(asked, ledger, kills)}", verdict)
    elif asked.answers:
        delay = asked.answers[0] - (asked.acked_at or asked.answers[0])
        counts["late" if delay > LATE_SECONDS else "once"] += 1
        counts["once, not acknowledged"] += not asked.is_acked
    elif asked.told:
        counts["told"] += 1
        _weigh(excuses.of_words(asked, ledger), f"{name}: told “{asked.told[0]}”; {_beside(asked, ledger, kills)}", verdict)
    elif asked.acked_at is None:
        counts["neither"] += 1
    else:
        counts["never"] += 1
        stored = found.states.get(asked.key)
        said = f"in the store: {stored.state if stored else 'nothing'}; {_beside(asked, ledger, kills)}"
        excuse = excuses.of_silence(asked, stored, ledger, kills)
        _weigh(excuse, f"{name}: acknowledged and never answered; {said}", verdict)


def _weigh(excuse: Excuse | None, wrong: str, verdict: Verdict) -> None:
    if excuse is None:
        verdict.violations.append(wrong)
    else:
        verdict.excused[excuse.title] += 1


def _beside(asked: Asked, ledger: Ledger, kills: Sequence[float]) -> str:
    """What happened around it, in seconds from the moment it was asked."""
    moments = [("acknowledged", asked.acked_at), *(("answered", one) for one in asked.answers)]
    told = [f"{what} at {moment - asked.asked_at:.1f}" for what, moment in moments if moment is not None]
    told += [
        f"store {trouble.name} from {trouble.begun - asked.asked_at:.1f} to {trouble.ended - asked.asked_at:.1f}"
        for trouble in ledger.troubles
        if trouble.begun - asked.asked_at < NEAR_SECONDS and asked.asked_at - trouble.ended < NEAR_SECONDS
    ]
    told += [f"kill at {kill - asked.asked_at:.1f}" for kill in kills if abs(kill - asked.asked_at) < NEAR_SECONDS]
    return ", ".join(told)


def _judge_receipts(ledger: Ledger, stored: Mapping[str, int], verdict: Verdict) -> None:
    verdict.counts["receipts"] = len(ledger.pushed) + sum(len(one.rows) for one in ledger.handed)
    verdict.counts["receipts acknowledged"] = len(ledger.acknowledged)
    verdict.violations += _some("receipts acknowledged and lost", [one for one in ledger.acknowledged if not stored.get(one)])
    verdict.violations += _some("receipts stored twice", [one for one, times in stored.items() if times > 1])


def _some(what: str, ids: Collection[str]) -> list[str]:
    return [f"{len(ids)} {what}, such as {', '.join(sorted(ids)[:3])}"] if ids else []
