"""What the merge adds to a row: the explanation of its code or of its missing receipt, and contradictions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bot.lookup.report_merge import PartialAnswer, explained, merge
from bot.model import Delivery, NoteKind, ProviderFault, ProviderWords, Query, Status, Target
from bot.model.personal_numbers import plain_digits
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.reports import NOW, TWO_HOURS, delivery, phone

WORDS = ProviderWords(words="用户短信送达成功")


def merged(status: Status = Status.DELIVERED, **fields: Any) -> Delivery:
    row = delivery(status, **fields)
    piece = PartialAnswer(row.provider, row.account, TWO_HOURS, NOW, deliveries=(row,))
    (told,) = merge(Query((Target(phone()),), TWO_HOURS), [piece], [], CATALOGUE, NOW).deliveries
    return told


@each(
    ("provider", "status", "code", "disagree"),
    [
        ("tencent", Status.DELIVERED, "MK:0001", True),
        ("aliyun", Status.DELIVERED, "MK:0008", True),  # from the other vendor's table: unsure, and told all the same
        ("aliyun-intl", Status.DELIVERED, "UNDELIV", True),
        ("aliyun", Status.DELIVERED, "DELIVERED", False),
        ("tencent", Status.DELIVERED, "DELIVRD", False),
        ("aliyun-intl", Status.DELIVERED, "000", False),  # listed nowhere
        ("tencent", Status.FAILED, "DELIVRD", True),
        ("tencent", Status.FAILED, "MK:0001", False),
    ],
)
def test_a_status_that_its_code_contradicts_is_told(provider: str, status: Status, code: str, *, disagree: bool) -> None:
    kinds = {note.kind for note in merged(status, provider=provider, code=code).notes}

    assert (NoteKind.CONTRADICTION in kinds) is disagree


def test_the_vendors_words_for_an_arrival_are_not_repeated() -> None:
    assert merged(code="DELIVRD", notes=(WORDS,)).notes == ()
    assert WORDS in merged(Status.FAILED, code="MK:0008", notes=(WORDS,)).notes
    assert WORDS in merged(code="MK:0001", notes=(WORDS,)).notes


@each(
    ("age", "family"),
    [
        (timedelta(minutes=5), "pending"),
        (timedelta(hours=2), "no_receipt"),
        (timedelta(days=4), "receipt_overdue"),
        (None, "pending"),
    ],
)
def test_a_message_without_a_receipt_is_explained_by_its_age(age: timedelta | None, family: str) -> None:
    row = merged(Status.PENDING, sent=NOW - age if age else None)
    if age is None:
        row = merged(Status.PENDING, sent_at=None)

    assert row.explanation is not None
    assert row.explanation.family == family


@each("number", ["13800001111", "+86 138 0000 1111", "1３800001111", "1,3800,001111", "%2B8613800001111", "MTM4MDAwMDExMTE="])
def test_no_number_is_left_in_what_a_provider_says_of_a_message_or_a_call(number: str) -> None:
    """Numbers of others than the one asked about, which the verdicts mask by themselves."""
    row = merged(Status.FAILED, code=f"X:{number}", carrier=f"Carrier {number}", country=number, region=f"a {number} b")
    fault = explained(ProviderFault(f"X.{number}", "", request_id=f"req {number}"), "tencent", CATALOGUE)

    for told in (row.code, row.carrier, row.country, row.region, fault.code, fault.request_id):
        assert told
        assert number not in told
        assert "0001111" not in re.sub(r"\D", "", plain_digits(told))
    uuid = "0E6A3C9E-7A51-4F4E-9D43-2345678901AB"
    assert explained(ProviderFault("X", "", request_id=uuid), "tencent", CATALOGUE).request_id == uuid
