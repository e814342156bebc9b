"""What answers hold in memory is not estimated too low: the caches would outgrow their bounds."""

from __future__ import annotations

import gc
import sys
from datetime import timedelta

from bot.codes import load_catalogue
from bot.lookup.cache import CachedAnswer
from bot.model import CodeKind, PhoneNumber, Query, Report, Target
from bot.model.held_bytes import answer_bytes, report_bytes
from tests.toys import NOW, delivery, window


def held(value: object, seen: set[int]) -> int:
    """The size of all that `value` refers to and that is not in `seen`."""
    if id(value) in seen or isinstance(value, type) or callable(value):
        return 0
    seen.add(id(value))
    return sys.getsizeof(value) + sum(held(one, seen) for one in gc.get_referents(value))


def test_an_answer_and_a_report_hold_no_more_than_they_are_counted_as() -> None:
    catalogue, shared = load_catalogue(), set[int]()
    held(catalogue, shared)
    for many, text in ((0, ""), (1, ""), (3, "验证码" * 100), (100, "code " * 40), (50, "😀" * 900)):
        numbers = [PhoneNumber(f"+86137{which:08}", 86, f"137{which:08}") for which in range(many)]
        rows = tuple(
            delivery(
                which,
                number=number,
                text=f"{which} {text}",
                code=f"MK:{which}",
                message_id=f"2028:f825e6d16e23f73f{which}",
                received_at=NOW - timedelta(seconds=which),
                explanation=catalogue.explain("tencent", CodeKind.RECEIPT, f"MK:{which}"),
            )
            for which, number in enumerate(numbers)
        )
        query = Query(tuple(map(Target, numbers)), window())
        answer, report = CachedAnswer(window(), NOW, rows), Report(query, NOW, rows)
        assert held(answer, set(shared)) <= answer_bytes(rows), many
        assert held(report, set(shared)) <= report_bytes(report), many
