"""What became of each answer that the vendor's queue handed out, once and never again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.chaos.queue import is_lost_on_the_wire
from bot.sandbox.providers.faults import ProviderFaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.providers.tencent_legacy import Handed

WIRE, KILLED, TOLD = "queue, on the wire", "queue, in a process that was killed", "queue, told by the app"
EXCUSES = frozenset({WIRE, KILLED, TOLD})


def judge(answers: Sequence[Handed], stored: Mapping[str, int], kills: Sequence[float], told: int) -> Counter[str]:
    """How often what became of an answer that is not stored whole; what is none of `EXCUSES` is wrong.

    A kill excuses one answer: the last one that was handed out before it, since the app asks for no other before that is stored.
    """
    found: Counter[str] = Counter()
    last_before = {max((one.at for one in answers if one.at <= kill), default=0.0) for kill in kills}
    for answer in answers:
        missing = [row for row in answer.rows if not stored.get(row)]
        if not missing:
            continue
        if is_lost_on_the_wire(answer):
            is_more = answer.fault is ProviderFaultKind.CUT_JSON and answer.is_sent and len(missing) > len(answer.rows) // 2 + 1
            found["lost in the half that was sent" if is_more else WIRE] += 1
        elif len(missing) < len(answer.rows):
            found["stored in part"] += 1
        elif answer.at in last_before:
            found[KILLED] += 1
        else:
            found[TOLD if found[TOLD] < told else "received and lost"] += 1
    return found
