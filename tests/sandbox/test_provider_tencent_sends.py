"""The Tencent stand-in's `DescribeSendRecordList`: refuses what the page says is refused, and tells its rows as documented."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers import SandboxMessage, SandboxReceipt, SandboxSystem, TencentAccount, TencentStandIn
from bot.sandbox.providers.tencent import INTERNATIONAL_ACTIONS
from tests.cases import each
from tests.sandbox.provider_clients import NOW, NUMBER, Tencent

if TYPE_CHECKING:
    from collections.abc import Sequence

ACTION = "DescribeSendRecordList"
AT = int(NOW.timestamp())
HOURS_72 = 72 * 3600


def sent(serial: str, minutes: float = 5, **more: Any) -> SandboxMessage:
    return SandboxMessage(SandboxSystem.TENCENT, NUMBER, serial, NOW - timedelta(minutes=minutes), **more)


def receipt(code: str) -> SandboxReceipt:
    return SandboxReceipt(
        NOW - timedelta(minutes=1), code, delivered=code == "DELIVRD", words="Absent" if code == "UNDELIV" else ""
    )


async def ask(messages: Sequence[SandboxMessage] = (), *, account: TencentAccount | None = None, **params: Any) -> dict[str, Any]:
    """The answer about the last hour; a parameter of None is left out."""
    account = account or TencentAccount()
    async with TencentStandIn(messages, accounts=[account], clock=lambda: NOW) as stand_in:
        client = Tencent(stand_in, account)
        return await client.send(client.request(**{"Limit": 50, **params}).with_headers(x_tc_action=ACTION))


async def test_each_state_has_its_row_newest_first() -> None:
    abroad = SandboxMessage(SandboxSystem.TENCENT, "+6581234567", "4719:5", NOW, receipt("UNDELIV"))
    response = await ask(
        [
            sent("4719:1", 8, refused="FailedOperation.PhoneNumberInBlacklist", receipt=receipt("DELIVRD")),
            sent("4719:2", 7, receipt=receipt("DELIVRD")),
            sent("4719:3", 6),
            sent("4719:4", 5, receipt=receipt("MK:0008")),
            abroad,
        ]
    )
    rows = response["SendRecordSet"]
    told = [(row["SerialNo"], row["SendStatus"], row["RequestCode"], row["StatusCode"], row["UserReceiveTime"]) for row in rows]
    assert told == [
        ("4719:4", 4, "Ok", "MK:0008", 0),
        ("4719:3", 3, "Ok", "", 0),
        ("4719:2", 2, "Ok", "DELIVRD", AT - 60),
        ("4719:1", 1, "FailedOperation.PhoneNumberInBlacklist", "", 0),
    ]
    assert response["TotalCount"] == 4
    assert rows[0] == {
        "PhoneNumber": NUMBER,
        "SerialNo": "4719:4",
        "SendStatus": 4,
        "RequestCode": "Ok",
        "StatusCode": "MK:0008",
        "IsoCode": "CN",
        "Content": "【示例】您的验证码是 ******，*分钟内有效。",
        "SendTime": AT - 300,
        "UserReceiveTime": 0,
    }
    (row,) = (await ask([abroad], PhoneNumber="+6581234567"))["SendRecordSet"]
    assert (row["IsoCode"], row["SubError"], row["SubErrorDesc"]) == ("SG", "UNDELIV", "Absent")


async def test_what_is_refused_or_on_its_way_is_not_among_the_receipts() -> None:
    messages = [sent("4719:1", refused="LimitExceeded.PhoneNumberDailyLimit", receipt=receipt("DELIVRD")), sent("4719:2")]
    async with TencentStandIn(messages, clock=lambda: NOW) as stand_in:
        assert await Tencent(stand_in).rows() == []


async def test_pages_are_of_20_unless_asked_and_end_at_a_thousand_rows() -> None:
    messages = [sent(f"4719:{which:05}", which / 60) for which in range(1010)]
    pages = [await ask(messages, Limit=None, Offset=None), await ask(messages, Offset=960), await ask(messages, Offset=1000)]
    assert [len(page["SendRecordSet"]) for page in pages] == [20, 40, 0]
    assert {page["TotalCount"] for page in pages} == {1000}
    assert pages[1]["SendRecordSet"][-1]["SerialNo"] == "4719:00999"


@each(
    ("params", "code"),
    [
        ({"SmsSdkAppId": None}, "MissingParameter"),
        ({"PhoneNumber": None}, "MissingParameter"),
        ({"BeginTime": None}, "MissingParameter"),
        ({"SmsSdkAppId": 1400006666}, "InvalidParameter"),
        ({"BeginTime": str(AT)}, "InvalidParameter"),
        ({"Limit": True}, "InvalidParameter"),
        ({"SerialNo": "4719:1"}, "UnknownParameter"),
        ({"PhoneNumber": "13711112222"}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"Limit": 0}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Limit": 51}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Offset": -1}, "InvalidParameterValue.OffsetVerifyFail"),
        ({"Offset": 1001}, "InvalidParameterValue.OffsetVerifyFail"),
        ({"BeginTime": AT - HOURS_72 - 1}, "InvalidParameterValue.BeginTimeVerifyFail"),
        ({"EndTime": AT + 1}, "InvalidParameterValue.EndTimeVerifyFail"),
        ({"BeginTime": AT - 60, "EndTime": AT - 61}, "InvalidParameterValue.EndTimeVerifyFail"),
        ({"SmsSdkAppId": "1400001234"}, "InvalidParameterValue.SdkAppIdNotExist"),
    ],
)
async def test_a_wrong_parameter_is_refused(params: dict[str, Any], code: str) -> None:
    assert (await ask(**params))["Error"]["Code"] == code


async def test_the_ends_of_what_is_taken() -> None:
    for params in ({"BeginTime": AT - HOURS_72, "EndTime": None}, {"EndTime": AT}, {"Limit": 1, "Offset": 1000}):
        assert "Error" not in await ask(**params)


async def test_a_right_may_be_missing_for_this_action_alone() -> None:
    account = TencentAccount(denied=frozenset({ACTION}))
    assert (await ask(account=account))["Error"] == {
        "Code": "AuthFailure.UnauthorizedOperation",
        "Message": f"you are not authorized to perform operation (sms:{ACTION})",
    }
    async with TencentStandIn(accounts=[account], clock=lambda: NOW) as stand_in:
        assert await Tencent(stand_in, account).rows() == []


async def test_the_international_site_does_not_know_the_action() -> None:
    async with TencentStandIn(clock=lambda: NOW, actions=INTERNATIONAL_ACTIONS) as stand_in:
        client = Tencent(stand_in)
        assert await client.refused(client.request(Limit=50).with_headers(x_tc_action=ACTION)) == "InvalidAction"


async def test_its_ten_calls_a_second_are_its_own() -> None:
    async with TencentStandIn(clock=lambda: NOW) as stand_in:
        client = Tencent(stand_in)
        answers = [await client.send(client.request(Limit=50).with_headers(x_tc_action=ACTION)) for _ in range(11)]
        assert await client.rows() == []
    assert ["Error" in answer for answer in answers] == [False] * 10 + [True]
    assert answers[-1]["Error"]["Code"] == "RequestLimitExceeded"
