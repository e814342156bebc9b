"""The failure mix: what dominates, where and since when, whose it is, and how long receipts took."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, get_language
from bot.model import Contradiction, Owner, PhoneNumber, Status, Target
from bot.presentation.mix import Dimension, failure_mix, mix_lines, mix_place
from bot.presentation.mix.onset import onset
from bot.presentation.wording import plain_text_format
from tests.cases import each
from tests.reports import (
    BLOCKED,
    NOW,
    PHONE_OFF,
    RANGES,
    SHANGHAI,
    TITLES,
    UNSIGNED,
    ago,
    delivery,
    failed,
    incident,
    many,
    pending,
    phone,
    report,
)

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Delivery, Report
    from bot.presentation.mix import FailureMix
    from bot.presentation.wording import TextFormat

SIGNATURE = "the SMS signature is not registered with the carrier"
CHINESE = get_language("zh")


def mixed(*rows: Delivery, **more: Any) -> FailureMix:
    found = failure_mix(report(*rows, **more))
    assert found is not None
    return found


def said(one: Report, language: Language = ENGLISH) -> tuple[str, list[str]]:
    mix, how = failure_mix(one), in_words(one, language)
    assert mix is not None
    return mix_place(mix, how), mix_lines(mix, one, how)


def in_words(one: Report, language: Language = ENGLISH) -> TextFormat:
    return plain_text_format(one, TITLES, zone=SHANGHAI, now=NOW, language=language)


def of(start: int, index: int) -> PhoneNumber:
    return PhoneNumber(f"+86{start + index}", 86, str(start + index))


def test_an_incident_is_told_with_its_cause_its_place_and_its_beginning() -> None:
    place, lines = said(incident())

    assert place == "17 of 18 failures: only China Mobile (by number range), since 13:50."
    assert lines == [
        f"18 of 32 messages failed. 17: {SIGNATURE}; only China Mobile (by number range), since 13:50.",
        "Fix: us (17) · Fix: customer (1)",
        f"Failed by cause: {SIGNATURE} ×17 · the handset could not be reached (likely) ×1",
        "Failed by carrier: China Mobile 17 of 23 · China Unicom 1 of 9",
        "Failed by provider: Tencent 18 of 30 · Alibaba 0 of 2",
        "Carrier by number range: ported numbers may differ.",
        "Sent to receipt: p50 20 s, p95 20 s · 1 took over 5 min · 1 missing · 1 not due yet",
    ]


def test_it_is_told_in_chinese_with_the_carriers_own_name() -> None:
    place, lines = said(incident(), CHINESE)

    assert place == "18 条失败中有 17 条：仅中国移动（按号段），自 13:50 起。"
    assert "各运营商失败：中国移动 17/23 · 中国联通 1/9" in lines


def test_three_messages_of_one_number_need_no_mix_and_two_numbers_do() -> None:
    assert failure_mix(report(*many(3))) is None
    assert failure_mix(report(numbers=5)) is None
    assert failure_mix(report(*many(4))) is not None
    assert failure_mix(report(*many(2, numbers=2), numbers=2)) is not None


def test_a_filter_changes_what_is_shown_and_not_the_mix() -> None:
    only = incident()
    only = replace(only, query=replace(only.query, only=frozenset({Status.FAILED})))

    assert failure_mix(only) == failure_mix(incident())


def test_where_everything_is_alike_nothing_is_claimed_of_a_place() -> None:
    """All messages went one way: that the failures did too says nothing."""
    mix = mixed(*(failed(UNSIGNED, sent=ago(minutes=index)) for index in range(9)), delivery(sent=ago(minutes=4)))

    assert (mix.places, mix.since) == ((), None)
    assert mix_place(mix, in_words(report())) == ""


@each(
    ("dimension", "here", "elsewhere"),
    [
        (Dimension.PROVIDER, {"provider": "aliyun", "account": "LTAI…9xQ"}, {}),
        (Dimension.ACCOUNT, {"account": "1400007777"}, {}),
        (Dimension.TEMPLATE, {"template": "SMS_1"}, {"template": "SMS_2"}),
        (Dimension.SIGNATURE, {"signature": "Acme"}, {"signature": "Acme Shop"}),
        (Dimension.CARRIER, {"carrier": "Singtel"}, {"carrier": "StarHub"}),
    ],
)
def test_a_place_is_found_in_each_dimension(dimension: Dimension, here: dict[str, Any], elsewhere: dict[str, Any]) -> None:
    wrong = [failed(UNSIGNED, sent=ago(minutes=index), **here) for index in range(4)]
    right = [delivery(sent=ago(minutes=index), **elsewhere) for index in range(3)]

    (place,) = mixed(*wrong, *right).places

    assert (place.dimension, place.value) == (dimension, list(here.values())[-1 if dimension is not Dimension.PROVIDER else 0])
    assert (place.failed, place.out_of, place.arrived, place.is_only, place.is_guess) == (4, 4, 0, True, False)


def test_an_account_among_several_of_a_failing_provider_is_the_place() -> None:
    wrong = [failed(UNSIGNED, sent=ago(minutes=index)) for index in range(4)]
    right = [delivery(sent=ago(minutes=index), provider="aliyun", account="LTAI…9xQ") for index in range(3)]
    other = failed(PHONE_OFF, account="1400007777")
    still = delivery(account="1400007777", sent=ago(minutes=1))

    assert [one.dimension for one in mixed(*wrong, *right, other).places] == [Dimension.PROVIDER]
    assert [one.dimension for one in mixed(*wrong, *right, still).places] == [Dimension.ACCOUNT]


def test_a_message_that_arrived_and_may_have_the_same_value_is_held_against_the_place() -> None:
    wrong = [failed(UNSIGNED, sent=ago(minutes=index), template="SMS_1") for index in range(4)]
    right = [delivery(sent=ago(minutes=index), template=None if index else "SMS_2") for index in range(4)]

    assert mixed(*wrong, *right).places == ()


def test_nearly_all_is_told_with_its_count() -> None:
    wrong = [failed(UNSIGNED, sent=ago(minutes=index), template="SMS_1" if index else "SMS_2") for index in range(12)]
    right = [delivery(sent=ago(minutes=index), template="SMS_2") for index in range(3)]

    place, _ = said(report(*wrong, *right))

    assert place == "Failures: 11 of 12 at template SMS_1."


def test_the_carrier_of_a_masked_number_is_not_guessed_nor_of_a_country_where_the_range_does_not_tell() -> None:
    masked = PhoneNumber.from_mask("+86 137****2222")
    american = PhoneNumber("+14155551212", 1, "4155551212")
    mix = mixed(*(failed(number=number, sent=ago(minutes=at)) for at, number in enumerate((masked, american, None, phone()))))

    assert {share.value: share.failed for share in mix.shares[Dimension.CARRIER]} == {"China Mobile": 1, None: 3}


def test_what_a_handset_cannot_have_caused_is_not_called_the_customers() -> None:
    """Three numbers that are unreachable at once: the code tells a handset's failure, and hides another."""
    two = mixed(*(failed(number=phone(index), sent=ago(minutes=index)) for index in range(2)), failed(BLOCKED), numbers=2)
    three = mixed(*(failed(number=phone(index), sent=ago(minutes=index)) for index in range(3)), failed(BLOCKED), numbers=3)

    assert two.owners == {Owner.RECIPIENT: 2, Owner.CARRIER: 1}
    assert three.owners == {Owner.UNKNOWN: 3, Owner.CARRIER: 1}


def test_slow_receipts_are_told_above_and_those_still_under_way_are_not_missing() -> None:
    slow = [delivery(sent=ago(hours=1, minutes=index), took=400) for index in range(3)]
    place, lines = said(report(*slow, delivery(), pending(sent=ago(minutes=9)), pending(sent=ago(minutes=11))))

    assert place == "3 of 4 receipts took over 5 min."
    assert lines == [
        "None of 6 messages failed.",
        "Sent to receipt: p50 6 min 40 s, p95 6 min 40 s · 3 took over 5 min · 1 missing · 1 not due yet",
    ]


def test_a_receipt_that_came_before_it_was_sent_has_no_time() -> None:
    mix = mixed(*(delivery(took=-5, sent=ago(minutes=index)) for index in range(4)))

    assert (mix.receipts.counted, mix.receipts.p50) == (0, None)


def test_a_message_whose_code_contradicts_its_status_has_not_arrived() -> None:
    doubtful = [delivery(sent=ago(minutes=index), notes=(Contradiction(code="MK:0001"),), template="SMS_2") for index in range(3)]
    wrong = [failed(UNSIGNED, sent=ago(minutes=index), template="SMS_1") for index in range(4)]

    assert mixed(*doubtful, *wrong).places == ()


def test_every_digit_of_a_number_in_a_template_is_masked() -> None:
    wrong = [failed(UNSIGNED, sent=ago(minutes=index), template=f"to {phone().national}") for index in range(4)]
    right = [delivery(sent=ago(minutes=index), template="SMS_2") for index in range(3)]
    place, lines = said(report(*wrong, *right))

    assert phone().national not in place + "".join(lines)


# --- since when -----------------------------------------------------------------------------------------------------------


def at(*minutes: int) -> list[datetime]:
    return [datetime(2026, 11, 21, tzinfo=UTC) + timedelta(minutes=minute) for minute in minutes]


@each(
    ("failing", "arriving", "since"),
    [
        ((50, 51, 52), (10, 20), 50),
        ((50, 51, 52), (10,), None),  # one that arrived shows no change
        ((50, 51, 52), (), None),
        ((50, 51, 52), (10, 20, 60), None),  # it arrives again
        ((10, 30, 50), (20, 40, 60), None),  # now and then
        ((5, *range(50, 61)), (10, 20, 30), 50),  # a single failure long before
        ((*range(50, 62),), (10, 20, 55), 50),  # a single arrival after
        ((), (10, 20), None),
    ],
)
def test_since_when_it_fails(failing: tuple[int, ...], arriving: tuple[int, ...], since: int | None) -> None:
    assert onset(at(*failing), at(*arriving)) == (None if since is None else at(since)[0])


MINUTES = st.lists(st.integers(0, 200), max_size=30)


@given(MINUTES, MINUTES)
def test_what_is_said_of_the_beginning_holds_whatever_the_messages(failing: list[int], arriving: list[int]) -> None:
    wrong, right = at(*failing), at(*arriving)

    since = onset(wrong, right)

    if since is not None:
        after, before = [one for one in wrong if one >= since], [one for one in right if one < since]
        late = len(right) - len(before)
        assert since in wrong
        assert len(before) >= 2
        assert len(after) >= 0.9 * len(wrong)
        assert late <= 0.1 * (late + len(after))
    assert onset(wrong[::-1], right[::-1]) == since


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(RANGES), st.integers(0, 90), st.sampled_from([None, "A", "B"]))))
def test_the_counts_of_every_dimension_add_up(drawn: list[tuple[bool, int, int, str | None]]) -> None:
    rows = [
        (failed(UNSIGNED, sent=ago(minutes=when), number=of(start, when), template=template))
        if fails
        else delivery(sent=ago(minutes=when), number=of(start, when), template=template)
        for fails, start, when, template in drawn
    ]
    one = report(*rows, targets=(Target(phone()), Target(phone(1))))
    mix = failure_mix(one)

    assert (mix is None) == (not rows)
    if mix is not None:
        for shares in mix.shares.values():
            assert sum(share.total for share in shares) == mix.total == len(rows)
            assert sum(share.failed for share in shares) == mix.failed
            assert sum(share.arrived for share in shares) == mix.arrived
        assert sum(mix.owners.values()) == sum(len(cause.rows) for cause in mix.causes) == mix.failed
        for place in mix.places:
            assert place.failed >= 0.9 * place.out_of
        assert mix_lines(mix, one, in_words(one))
