"""Which limit on messages to one number was reached, and until when, computed from the messages at hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.codes.sending_limits import FAMILIES, SENDING_LIMITS, reached_limit
from bot.i18n import ENGLISH, get_language
from bot.model import CodeKind, Delivery, Status
from bot.presentation.evidence import limit_lines, wait_words
from bot.presentation.wording import plain_text_format
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.reports import NOW, SHANGHAI, TITLES, ago, delivery, failed, phone, refused, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language

STOPPED = CATALOGUE.explain("aliyun", CodeKind.RECEIPT, "MOBILE_SEND_LIMIT")


def sent(minutes: float, **more: Any) -> Delivery:
    return delivery(sent=ago(minutes=minutes), message_id=f"sent {minutes}", **{"provider": "aliyun", **more})


def stopped(minutes: float = 5, **more: Any) -> Delivery:
    return failed(STOPPED, sent=ago(minutes=minutes), message_id=f"stopped {minutes}", **{"provider": "aliyun", **more})


def told(*rows: Delivery, language: Language = ENGLISH, numbers: int = 1) -> list[str]:
    titles = TITLES if language == ENGLISH else {"aliyun": "阿里云"}
    text_format = plain_text_format(None, titles, zone=SHANGHAI, now=NOW, language=language)
    return limit_lines(report(*rows, numbers=numbers), text_format)


def test_the_sixth_code_within_an_hour_is_explained_with_when_the_next_gets_through() -> None:
    rows = [stopped(), *(sent(minutes) for minutes in (12, 20, 33, 41, 48))]

    assert told(*rows) == ["Message 6 within 1 h; Alibaba's default is 5 codes. The next fails until 14:17."]
    assert told(*rows, language=get_language("zh")) == ["1 小时内的第 6 条；阿里云默认 5 条验证码。14:17 前再发会失败。"]


def test_the_eleventh_within_a_day_is_told_rather_than_the_second_within_a_minute() -> None:
    rows = [stopped(5), sent(5.5), *(sent(60 + 60 * hour) for hour in range(9))]

    assert told(*rows) == ["Message 11 within 24 h; Alibaba's default is 10 codes. The next fails until Nov 22 05:05."]


def test_a_limit_that_is_over_is_told_as_over() -> None:
    assert told(stopped(5), sent(5.5)) == [
        "Message 2 within 1 min; Alibaba's default is 1 code. The next gets through since 14:01."
    ]


@each(
    "others",
    [
        [sent(minutes, number=phone(1)) for minutes in (12, 20, 33, 41, 48)],
        [sent(minutes, provider="tencent") for minutes in (12, 20, 33, 41, 48)],
        [sent(minutes, signature="示例商城") for minutes in (12, 20, 33, 41, 48)],
        [sent(minutes, status=Status.REJECTED) for minutes in (12, 20, 33, 41, 48)],
        [stopped(minutes) for minutes in (12, 20, 33, 41, 48)],
        [sent(minutes) for minutes in (12, 20, 33, 41)],
    ],
    ids=["another number", "another provider", "another signature", "never sent", "stopped as well", "too few"],
)
def test_what_does_not_count_explains_nothing(others: Sequence[Delivery]) -> None:
    assert told(stopped(signature="示例"), *others) == []


def test_of_several_numbers_each_line_names_its_own() -> None:
    rows = [stopped(number=phone(1)), *(sent(minutes, number=phone(1)) for minutes in (12, 20, 33, 41, 48))]

    assert told(*rows, sent(3), numbers=2) == [
        "+86 137****2223: Message 6 within 1 h; Alibaba's default is 5 codes. The next fails until 14:17."
    ]


@each(
    ("code", "words"),
    [
        ("LimitExceeded.PhoneNumberDailyLimit", "Fix: wait · resend after Nov 22 00:00"),
        ("LimitExceeded.PhoneNumberSameContentDailyLimit", "Fix: wait · resend after Nov 22 00:00"),
        ("1025", "Fix: wait · resend after Nov 22 00:00"),
        ("LimitExceeded.PhoneNumberOneHourLimit", "Fix: wait · resend after 15:03"),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "The limit is over: resend now"),
        ("LimitExceeded.AppDailyLimit", ""),
    ],
)
def test_a_code_that_names_its_limit_tells_when_the_number_is_free_again(code: str, words: str) -> None:
    stopped_by = refused(code, sent=ago(minutes=2))
    text_format = plain_text_format(None, TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH)

    assert wait_words(report(stopped_by), text_format) == words
    assert wait_words(report(stopped_by, failed(number=phone(1)), numbers=2), text_format) == "", (
        "the other fails for another cause"
    )
    assert wait_words(report(delivery(sent=ago(minutes=1)), stopped_by), text_format) == "", "a newer one arrived"


def test_the_families_and_the_systems_are_those_of_the_catalogue() -> None:
    assert set(CATALOGUE._families) >= FAMILIES
    assert CATALOGUE.explain(next(iter(SENDING_LIMITS)), CodeKind.RECEIPT, "MOBILE_SEND_LIMIT").family in FAMILIES


@given(st.lists(st.integers(6, 3000), max_size=30, unique=True))
def test_until_the_time_that_is_told_as_many_as_the_limit_allows_lie_within_its_span(minutes: list[int]) -> None:
    rows = [sent(each) for each in minutes]
    found = reached_limit(stopped(), rows, NOW)
    if found is None:
        assert all(
            sum(ago(minutes=5) - limit.span < row.sent_at for row in rows if row.sent_at) < limit.most
            for limit in SENDING_LIMITS["aliyun"]
        )
        return
    at = [row.sent_at for row in rows if row.sent_at]
    just_before = found.until - timedelta(seconds=1)
    assert sum(just_before - found.limit.span < one for one in at) >= found.limit.most
    assert sum(found.until - found.limit.span < one for one in at) < found.limit.most
