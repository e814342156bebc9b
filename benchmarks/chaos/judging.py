"""What became of everything that was acknowledged, and whether that is right.

Excused is only what `bot/slack/requests/exactly_once.py` says is left on purpose, each with its evidence:

    begun    unanswered: the store knows that its answer was begun, and a process was killed since
    away     unanswered or twice: the store was in trouble when it was taken or answered, by our doing or by the app's own word,
             and a process was killed before it had written what it had kept
    weather  unanswered: Slack failed the very call that answered it, so that nobody can tell whether it was carried out
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from benchmarks.chaos.ledger import Asked, Ledger

LATE_SECONDS = 10.0
WRITTEN_SECONDS = 20.0  # after the store is back, by when a process that lives has written what it had kept
NEAR_SECONDS = 30.0
CRASHED = "Something went wrong in this app"
BEGUN = frozenset({"answering", "done"})


@dataclass(frozen=True, slots=True)
class Found:
    """What the store holds at the end."""

    states: Mapping[str, str]  # of the requests, by key
    receipts: Mapping[str, int]  # how often each message id is there


@dataclass(slots=True)
class Verdict:
    """The counts of a run, and what was not right."""

    counts: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def judge(ledger: Ledger, found: Found, kills: Sequence[float]) -> Verdict:
    """Compare what was acknowledged with what was seen."""
    verdict = Verdict()
    for asked in ledger.requests.values():
        _judge_request(asked, ledger, found, kills, verdict)
    _judge_receipts(ledger, found.receipts, verdict)
    return verdict


def _judge_request(asked: Asked, ledger: Ledger, found: Found, kills: Sequence[float], verdict: Verdict) -> None:
    counts, name = verdict.counts, f"{asked.kind} {asked.number}"
    counts["requests"] += 1
    counts["acknowledged"] += asked.is_acked
    if len(asked.answers) > 1:
        counts["twice"] += 1
        if _was_away(asked, ledger, kills):
            verdict.excused["away, twice"] += 1
        else:
            apart = asked.answers[-1] - asked.answers[0]
            verdict.violations.append(
                f"{name}: answered {len(asked.answers)} times, {apart:.1f} s apart; {_beside(asked, ledger, kills)}"
            )
        return
    if asked.answers:
        delay = asked.answers[0] - (asked.acked_at or asked.answers[0])
        counts["late" if delay > LATE_SECONDS else "once"] += 1
        counts["once, not acknowledged"] += not asked.is_acked
        return
    if asked.told:
        counts["told"] += 1
        if any(CRASHED in text for text in asked.told):
            verdict.violations.append(f"{name}: the app broke over it")
        return
    if asked.acked_at is None:
        counts["neither"] += 1
        return
    counts["never"] += 1
    state = found.states.get(asked.key)
    reason = _excuse(asked, state, ledger, kills)
    if reason is None:
        said = f"acknowledged and never answered; in the store: {state or 'nothing'}; {_beside(asked, ledger, kills)}"
        verdict.violations.append(f"{name}: {said}")
    else:
        verdict.excused[reason] += 1


def _excuse(asked: Asked, state: str | None, ledger: Ledger, kills: Sequence[float]) -> str | None:
    assert asked.acked_at is not None  # noqa: S101 - for mypy
    if asked.was_failed:
        return "weather"
    if state in BEGUN and any(kill > asked.asked_at for kill in kills):
        return "begun"
    if state is None and _was_away(asked, ledger, kills):
        return "away"
    return None


def _was_away(asked: Asked, ledger: Ledger, kills: Sequence[float]) -> bool:
    """Whether a process may have forgotten what became of it: killed before it could write that."""
    moments = [asked.asked_at, asked.acked_at or asked.asked_at, *asked.answers]
    for trouble in ledger.troubles:
        until = trouble.ended + WRITTEN_SECONDS
        is_hit = any(trouble.begun - 1 <= moment <= trouble.ended + 1 for moment in moments)
        if is_hit and any(trouble.begun <= kill <= until for kill in kills):
            return True
    return False


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
    verdict.counts["receipts"] = len(ledger.pushed)
    verdict.counts["receipts acknowledged"] = len(ledger.acknowledged)
    verdict.violations += _some("receipts acknowledged and lost", [one for one in ledger.acknowledged if not stored.get(one)])
    verdict.violations += _some("receipts stored twice", [one for one, times in stored.items() if times > 1])


def _some(what: str, ids: Collection[str]) -> list[str]:
    return [f"{len(ids)} {what}, such as {', '.join(sorted(ids)[:3])}"] if ids else []
