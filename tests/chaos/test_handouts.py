"""The chaos run's judge of the vendor's queue: what may be missing of what was handed out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.chaos.handouts import KILLED, TOLD, WIRE, judge
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.tencent_legacy import RECEIPTS, Handed

if TYPE_CHECKING:
    from collections.abc import Sequence

STORED = ("a", "b", "c", "d")
LOST = ("e", "f", "g", "h")


def handed(at: float, rows: tuple[str, ...], fault: ProviderFaultKind | None = None, *, is_sent: bool = True) -> Handed:
    return Handed("1400005555", RECEIPTS, rows, is_sent, fault, at)


def judged(*answers: Handed, kills: Sequence[float] = (), told: int = 0) -> dict[str, int]:
    return dict(judge(answers, dict.fromkeys(STORED, 1), kills, told))


def test_an_answer_that_was_sent_is_stored_or_wrong() -> None:
    assert judged(handed(1.0, STORED)) == {}
    assert judged(handed(1.0, LOST)) == {"received and lost": 1}
    assert judged(handed(1.0, (*STORED, *LOST))) == {"stored in part": 1}
    assert judged(handed(1.0, LOST, ProviderFaultKind.WRONG_LENGTH)) == {"received and lost": 1}


def test_what_never_reached_the_app_is_told_as_lost_on_the_wire() -> None:
    assert judged(handed(1.0, LOST, is_sent=False), handed(2.0, LOST, ProviderFaultKind.RESET)) == {WIRE: 2}


def test_the_half_that_was_sent_is_stored() -> None:
    assert judged(handed(1.0, (*STORED, *LOST), ProviderFaultKind.CUT_JSON)) == {WIRE: 1}
    assert judged(handed(1.0, LOST, ProviderFaultKind.CUT_JSON)) == {"lost in the half that was sent": 1}


def test_a_kill_excuses_the_last_answer_before_it_alone() -> None:
    assert judged(handed(1.0, LOST), kills=[1.5, 1.6]) == {KILLED: 1}
    assert judged(handed(1.0, LOST), handed(2.0, LOST), kills=[2.5]) == {"received and lost": 1, KILLED: 1}
    assert judged(handed(1.0, LOST), kills=[0.5]) == {"received and lost": 1}


def test_a_loss_that_the_app_told_counts_once() -> None:
    assert judged(handed(1.0, LOST), handed(2.0, LOST), told=1) == {TOLD: 1, "received and lost": 1}
