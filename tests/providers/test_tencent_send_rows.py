"""The rows of Tencent's send records: documented and malformed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Contradiction, Delivery, PhoneNumber, ProviderWords, Status
from bot.providers.tencent.send_rows import sent_delivery_of
from tests.cases import each

ASKED = PhoneNumber("+8618501234444", 86, "18501234444")
AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
ROW = {
    "PhoneNumber": "+8618501234444",
    "SerialNo": "4719:106022169717827487984377125",
    "SendStatus": 4,
    "RequestCode": "Ok",
    "StatusCode": "MK:0008",
    "IsoCode": "CN",
    "Content": "【示例】您的验证码是 ****20，王小明",
    "SendTime": 1700000000,
    "UserReceiveTime": 0,
}
REFUSED = {"SendStatus": 1, "RequestCode": "LimitExceeded.PhoneNumberDailyLimit", "StatusCode": ""}


def read(**changes: Any) -> Delivery | None:
    return sent_delivery_of({**ROW, **changes}, account="1400006666", queried=ASKED)


def delivery(**changes: Any) -> Delivery:
    found = read(**changes)
    assert found is not None
    return found


def test_a_documented_row_is_read_whole_and_of_its_text_only_the_signature() -> None:
    assert delivery() == Delivery(
        provider="tencent",
        account="1400006666",
        status=Status.FAILED,
        number=ASKED,
        message_id="4719:106022169717827487984377125",
        code="MK:0008",
        sent_at=AT,
        signature="示例",
    )
    assert "王小明" not in repr(delivery())


@each(
    ("changes", "status", "code", "received_at"),
    [
        (REFUSED, Status.REJECTED, "LimitExceeded.PhoneNumberDailyLimit", None),
        ({"SendStatus": 2, "StatusCode": "DELIVRD", "UserReceiveTime": 1700000000}, Status.DELIVERED, "DELIVRD", AT),
        ({"SendStatus": 3, "StatusCode": ""}, Status.PENDING, None, None),
        ({"SendStatus": "3", "StatusCode": ""}, Status.PENDING, None, None),
        ({"SendStatus": 4}, Status.FAILED, "MK:0008", None),
        ({"SendStatus": 5, "StatusCode": ""}, Status.UNKNOWN, None, None),  # a state of later days
        (REFUSED | {"SendStatus": None}, Status.REJECTED, "LimitExceeded.PhoneNumberDailyLimit", None),
        ({"SendStatus": None}, Status.UNKNOWN, "MK:0008", None),
    ],
)
def test_the_four_states_are_read_and_their_code_is_that_of_the_request_or_of_the_receipt(
    changes: dict[str, Any], status: Status, code: str | None, received_at: datetime | None
) -> None:
    found = delivery(**changes)
    assert (found.status, found.code, found.received_at, found.notes) == (status, code, received_at, ())


@each(
    ("changes", "contradicts"),
    [
        ({"SendStatus": 2, "StatusCode": "UNDELIV"}, "UNDELIV"),
        ({"SendStatus": 4, "StatusCode": "DELIVRD"}, "DELIVRD"),
        ({"SendStatus": 1, "RequestCode": "Ok", "StatusCode": ""}, "Ok"),
        ({"SendStatus": 1, "RequestCode": "", "StatusCode": ""}, None),
    ],
)
def test_a_clear_contradiction_is_said(changes: dict[str, Any], contradicts: str | None) -> None:
    assert delivery(**changes).notes == ((Contradiction(code=contradicts),) if contradicts else ())


def test_the_fields_announced_for_rows_from_abroad_are_the_providers_words() -> None:
    assert delivery(SubError="3001", SubErrorDesc="Absent").notes == (ProviderWords(words="Absent (3001)"),)


@each("row", [None, [], "text", {}, {"SendStatus": 7}, {"SerialNo": "4719:1", "SendTime": 1700000000}])
def test_a_row_that_tells_neither_a_status_nor_a_code_is_unreadable(row: Any) -> None:
    assert sent_delivery_of(row, account="1400006666", queried=ASKED) is None


@given(
    changes=st.dictionaries(
        st.sampled_from(sorted(set(ROW) - {"SendStatus", "PhoneNumber"})),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just({"a": 1}),
    )
)
def test_no_other_field_costs_the_row(changes: dict[str, Any]) -> None:
    found = delivery(**changes)
    assert (found.status, found.number) == (Status.FAILED, ASKED)
