"""How rows are told together: each cause once, however many codes and rows say so, and never more surely than the least sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from bot.i18n import ENGLISH
from bot.model import CodeKind, Confidence, Contradiction, Delivery, Owner, PhoneNumber, Query, Report, Status, Target, Window
from bot.presentation.evidence import codes_label, entries, filter_line, group_by_code, group_by_meaning, is_mixed
from bot.presentation.verdict import verdict
from bot.presentation.wording import plain_text_format
from tests.packaged import CATALOGUE
from tests.reports import coverage
from tests.toys import NOW, delivery


def failed(provider: str, code: str, **changes: object) -> Delivery:
    kind = CodeKind.RECEIPT
    return delivery(
        5, Status.FAILED, provider=provider, code=code, explanation=CATALOGUE.explain(provider, kind, code), **changes
    )


def test_codes_that_mean_the_same_are_told_together_as_surely_as_the_least_sure() -> None:
    sure, likely, other = failed("aliyun", "CONTENT_KEYWORD"), failed("tencent", "MH:0008"), failed("tencent", "MK:0017")

    both, memory = group_by_meaning([sure, likely, sure, other])

    assert set(both.codes) == {"CONTENT_KEYWORD", "MH:0008"}
    assert len(both.rows) == 3
    assert both.explanation is not None
    assert both.explanation.confidence is Confidence.LIKELY
    assert codes_label(both, plain_text_format(None, {}, zone=UTC, now=NOW, language=ENGLISH)) == "MH:0008, CONTENT_KEYWORD × 3"
    assert memory.codes == ("MK:0017",)
    assert len(group_by_code([sure, likely, other])) == 3


def test_what_is_said_of_one_row_is_not_told_of_others() -> None:
    plain_row = failed("tencent", "MK:0001")
    contradictory = replace(plain_row, provider="aliyun", notes=(Contradiction(code="MK:0001"),))
    unlisted = [failed("tencent", "QX:7731"), failed("tencent", "QX:7732")]

    assert len(group_by_meaning([plain_row, contradictory])) == 2
    assert len(group_by_meaning(unlisted)) == 2


def test_a_mixed_list_names_its_worst_causes_first_and_counts_the_others() -> None:
    codes = ("MK:0001", "MK:0001", "MK:0008", "MK:0017", "DB:0115", "TC:0007", "SIGN:0001")
    rows = [failed("tencent", code, number=PhoneNumber(f"+8613811112{at:03}", 86, "")) for at, code in enumerate(codes)]
    arrived = replace(rows[0], status=Status.DELIVERED, code=None, explanation=None, number=PhoneNumber("+8613811112099", 86, ""))
    targets = tuple(Target(row.number) for row in (*rows, arrived))
    found = entries(Report(Query(targets, Window(NOW, NOW)), NOW, (*rows, arrived)))

    owners = [entry.cause.owner for entry in found if entry.cause]
    assert owners[0] in {Owner.US, Owner.CONTENT}
    assert [len(entry.rows) for entry in found if entry.further] == [sum(len(entry.rows) for entry in found[3:-1])]
    assert sum(len(entry.rows) for entry in found) == len(codes) + 1
    assert found[-1].newest.status is Status.DELIVERED
    assert is_mixed(Report(Query(targets[:3], Window(NOW, NOW)), NOW, (*rows[:3],))) is False


def test_with_only_failed_a_list_counts_as_its_verdict_does() -> None:
    numbers = [PhoneNumber(f"+8613811112{at:03}", 86, "") for at in range(6)]
    codes = ("MK:0001", "MK:0008", "MK:0017", "DB:0115", "TC:0007")
    rows = [failed("tencent", code, number=number) for code, number in zip(codes, numbers, strict=False)]
    earlier = [replace(failed("tencent", "MK:0008", number=numbers[5]), received_at=None, sent_at=NOW - timedelta(hours=2))]
    arrived = replace(earlier[0], status=Status.DELIVERED, sent_at=NOW - timedelta(hours=1), code=None, explanation=None)
    query = Query(tuple(map(Target, numbers)), Window(NOW - timedelta(hours=3), NOW), only=frozenset({Status.FAILED}))
    shown = Report(query, NOW, (*rows, arrived, *earlier), (coverage(),))

    assert verdict(shown, ENGLISH).lead == "5 of 6 numbers failed"
    assert filter_line(shown, ENGLISH) == "showing 5 of 6 (only failed)"
    assert sum(len(entry.rows) for entry in entries(shown)) == 5
