"""A stored and a live row of one message are merged into one delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.deduplication import merge_duplicates
from bot.model import Contradiction, Delivery, PhoneNumber, ProviderWords, Status
from tests.cases import each
from tests.toys import NOW, NUMBER

if TYPE_CHECKING:
    from datetime import datetime

SENT = NOW - timedelta(minutes=30)
MASK = PhoneNumber.from_mask(NUMBER.masked)
OTHER = PhoneNumber("+8613811113333", 86, "13811113333")


def at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def told(message_id: str | None = "2028:a1", **changes: Any) -> Delivery:
    values: dict[str, Any] = {"provider": "tencent", "account": "1400006666", "status": Status.DELIVERED, "number": NUMBER}
    return Delivery(**(values | {"message_id": message_id, "code": "DELIVRD", "received_at": at(3)} | changes))


def stored(message_id: str | None = "2028:a1", **changes: Any) -> Delivery:
    return told(message_id, **({"provider": "receipts", "account": "store", "system": "tencent", "sent_at": SENT} | changes))


def detail(ordinal: int = 1, **changes: Any) -> Delivery:
    """A row of Alibaba's QuerySendDetails, which has no id of the provider's."""
    values = {
        "provider": "aliyun",
        "account": "LTAI…",
        "code": "DELIVERED",
        "sent_at": SENT,
        "is_row_id": True,
        "template": "SMS_1",
    }
    return told(f"row-20261121-0123456789abcde{ordinal}", **(values | changes))


def report(message_id: str | None = "9000^0", **changes: Any) -> Delivery:
    """A stored push of Alibaba's, which has one."""
    return stored(message_id, **({"system": "aliyun", "code": "DELIVERED"} | changes))


def test_a_message_with_the_same_id_and_number_is_one_and_stays_the_vendors() -> None:
    assert merge_duplicates([told(), stored(carrier="China Mobile")]) == [told(sent_at=SENT, carrier="China Mobile")]


@each("number", [MASK, None])
def test_by_its_id_a_message_is_recognised_though_only_its_mask_or_no_number_is_known(number: PhoneNumber | None) -> None:
    assert merge_duplicates([told(), stored(number=number)]) == [told(sent_at=SENT)]


def test_another_number_or_another_id_is_another_message() -> None:
    rows = [told(), stored(number=OTHER), stored("2028:b2")]

    assert merge_duplicates(rows) == rows


def test_a_stored_receipt_settles_what_is_pending_at_the_vendor() -> None:
    pending = told(status=Status.PENDING, code=None, received_at=None, sent_at=at(-1))
    failed = stored(status=Status.FAILED, code="MK:0008", received_at=at(20))

    assert merge_duplicates([pending, failed]) == [told(status=Status.FAILED, code="MK:0008", received_at=at(20), sent_at=at(-1))]


def test_a_vendors_final_status_stands_against_a_pending_one_in_the_store() -> None:
    waiting = stored(status=Status.PENDING, code="ENROUTE", received_at=at(900))

    assert merge_duplicates([told(), waiting]) == [told(sent_at=SENT)]


@each(("moment", "winner"), [(at(60), Status.FAILED), (at(2), Status.DELIVERED), (None, Status.DELIVERED)])
def test_of_two_final_outcomes_the_later_counts(moment: datetime | None, winner: Status) -> None:
    (one,) = merge_duplicates([told(), stored(status=Status.FAILED, code="MK:0008", received_at=moment)])

    assert one.status is winner
    assert (one.code, one.received_at) == (("MK:0008", at(60)) if winner is Status.FAILED else ("DELIVRD", at(3)))


def test_a_time_is_filled_in_from_the_other_only_when_both_tell_the_same_outcome() -> None:
    silent = told(received_at=None)

    assert merge_duplicates([silent, stored()])[0].received_at == at(3)
    assert merge_duplicates([silent, stored(status=Status.FAILED)])[0].received_at is None


def test_words_of_both_are_kept_but_not_a_contradiction_that_is_settled() -> None:
    contradiction, words = Contradiction(code="X"), ProviderWords(words="off")

    assert merge_duplicates([told(notes=(contradiction,)), stored(notes=(words,))])[0].notes == (contradiction, words)
    assert merge_duplicates([told(notes=(contradiction,)), stored(notes=(words,), received_at=at(60))])[0].notes == (words,)


def test_a_row_without_an_id_is_recognised_by_its_time_and_gets_the_real_id() -> None:
    assert merge_duplicates([detail(), report(sent_at=at(1), carrier="x")]) == [
        replace(detail(), message_id="9000^0", is_row_id=False, carrier="x")
    ]


def test_a_stored_receipt_without_an_id_is_recognised_by_the_time_of_its_receipt() -> None:
    assert merge_duplicates([told(), stored(None, sent_at=None)]) == [told()]


@each(
    "changes",
    [
        {"sent_at": at(3)},
        {"number": OTHER},
        {"status": Status.FAILED},
        {"code": "MOBILE_NOT_ON_SERVICE"},
        {"system": "tencent"},
        {"sent_at": None, "received_at": None},
    ],
)
def test_by_time_rows_that_may_be_two_messages_stay_two(changes: dict[str, Any]) -> None:
    assert len(merge_duplicates([detail(), report(**changes)])) == 2


def test_two_messages_with_ids_of_their_own_are_never_joined_by_time() -> None:
    assert len(merge_duplicates([told("a"), stored("b")])) == 2


def test_messages_of_one_second_are_joined_one_to_one_and_the_nearest_first() -> None:
    rows = [detail(1), detail(2), detail(3, sent_at=at(1))]
    pushes = [report("9000^0", sent_at=at(1)), report("9001^0"), report("9002^0"), report("9003^0")]

    joined = merge_duplicates([*rows, *pushes])

    assert len(joined) == 4
    assert {(row.message_id, row.sent_at) for row in joined[:3]} == {("9001^0", SENT), ("9002^0", SENT), ("9000^0", at(1))}
    assert joined[3] == pushes[3]


def test_a_pending_row_is_joined_with_the_push_that_settles_it() -> None:
    (one,) = merge_duplicates(
        [detail(status=Status.PENDING, code=None, received_at=None), report(status=Status.FAILED, code="BLACK")]
    )

    assert (one.provider, one.status, one.code, one.template) == ("aliyun", Status.FAILED, "BLACK", "SMS_1")


def test_a_message_asked_for_by_its_number_and_by_its_id_comes_once() -> None:
    assert merge_duplicates([stored(), stored(number=MASK)]) == [stored()]
    assert merge_duplicates([stored(number=MASK), stored("b"), stored()]) == [stored("b"), stored()]


ROWS = st.lists(
    st.builds(
        lambda make, ordinal, seconds, status: make(ordinal, sent_at=at(seconds), status=status),
        st.sampled_from([detail, lambda ordinal, **more: report(f"9000^{ordinal}", **more)]),
        st.integers(1, 9),
        st.integers(0, 4),
        st.sampled_from([Status.DELIVERED, Status.FAILED, Status.PENDING]),
    ),
    max_size=12,
    unique_by=lambda row: row.key,
)


@given(ROWS)
def test_joining_loses_no_message_and_never_joins_two_rows_of_one_side(rows: list[Delivery]) -> None:
    joined = merge_duplicates(rows)

    vendors, store = ([row for row in rows if (row.system is None) is vendors] for vendors in (True, False))
    assert max(len(vendors), len(store)) <= len(joined) <= len(rows)
    assert {row.message_id for row in store} <= {row.message_id for row in joined}
    assert len({row.key for row in joined}) == len(joined)


def legacy(message_id: str = "2028:a1", **changes: Any) -> Delivery:
    """A row of Tencent's legacy API, whose ids and codes are those of API 3.0."""
    return told(message_id, **({"provider": "tencent-legacy", "account": "1400005555", "system": "tencent"} | changes))


def test_a_message_that_two_ways_of_asking_one_vendor_tell_of_is_one_and_joins_the_store_too() -> None:
    (only,) = merge_duplicates([legacy(), told(), stored()])
    assert (only.provider, only.account, only.sent_at) == ("tencent", "1400006666", SENT)

    (by_legacy,) = merge_duplicates([stored(), legacy()])
    assert (by_legacy.provider, by_legacy.vendor, by_legacy.sent_at) == ("tencent-legacy", "tencent", SENT)
    assert not by_legacy.is_stored


def test_other_messages_of_the_legacy_api_stay_their_own() -> None:
    assert len(merge_duplicates([legacy("2028:b2"), told(), legacy(number=OTHER)])) == 3
