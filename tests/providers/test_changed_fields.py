"""Documented answers with a field changed: whatever a field holds, a row that has a status is shown, and no other is hidden."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, get_language
from bot.lookup import LookupService
from bot.model import OtherNumbers, Outcome, PhoneNumber, Query, Status, Target, Window
from bot.observability.metrics import Metrics
from bot.presentation.verdict import verdict
from bot.providers.aliyun.provider_domestic import AliyunProvider
from bot.providers.aliyun.provider_intl import AliyunIntlProvider
from bot.providers.http import ProviderHttpClient
from bot.providers.tencent.legacy.provider import TencentLegacyProvider
from bot.providers.tencent.provider import TencentProvider
from bot.providers.twilio.provider import TwilioProvider
from tests.cases import each
from tests.examples import examples
from tests.packaged import CATALOGUE
from tests.providers.aliyun_gateway import HONG_KONG, NOW, NUMBER, QUICK, clock, details, gateway
from tests.providers.test_http import http_answer
from tests.providers.test_http import serving as serving_bytes
from tests.providers.twilio_api import ACCOUNT
from tests.providers.twilio_api import row as twilio_row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from bot.model import Report
    from bot.providers.base import Provider

    Ask = Callable[..., Awaitable[Report]]

MISSING = object()
EMPTY: list[Any] = [None, "", {}, []]
ODD: list[Any] = [*EMPTY, 0, "-", [1], {"a": 1}, "0000-00-00 00:00:00", MISSING]
# Of a field of a row: times at which no message was sent, numbers that no telephone has, and other clothes of nothing.
NONE_SUCH: list[Any] = [
    *("0001-01-01 00:00:00", "0001-01-01T00:00:00Z", "1970-01-01 00:00:00", "9999-12-31 23:59:59", "2015-03-04 05:06:07"),
    *(
        "20261121153000",
        1795241131000,
        -62135596800,
        -1,
        9999,
        10**30,
        1e300,
        float("inf"),
        "9" * 500,
        "１２３",
        "N/A",
        " ",
        "\ud800",
    ),
]
TARGET = Target(NUMBER)
MESSAGE_ID = "100000000000000001"


def changed(row: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """`row` with the field set to `value`, or without it."""
    return {key: old for key, old in {**row, name: value}.items() if old is not MISSING}


@dataclass(frozen=True)
class Adapter:
    """A lookup: how it is opened, and a documented answer with one failed message. `told` are the fields of the status."""

    open: Callable[[ProviderHttpClient], Provider]
    row: dict[str, Any]
    told: frozenset[str]
    answer: Callable[[Any], dict[str, Any]]  # rows, whatever they are, or MISSING
    codes: tuple[str, ...]  # fields of the answer itself, without which its rows can be read all the same
    target: Target = TARGET


ADAPTERS = {
    "tencent": Adapter(
        lambda http: TencentProvider(http, app_id="1400006666", region="ap-guangzhou", clock=clock),
        {
            "UserReceiveTime": int(NOW.timestamp()) - 600,
            "CountryCode": "86",
            "SubscriberNumber": "13711112222",
            "PhoneNumber": "+8613711112222",
            "SerialNo": "5000:1045710669157053657849499619",
            "ReportStatus": "FAIL",
            "Description": "MK:0008",
            "SessionContext": "",
            "SubError": "",
            "SubErrorDesc": "",
        },
        frozenset({"ReportStatus"}),
        lambda rows: {"Response": changed({"RequestId": "1-2-3"}, "PullSmsSendStatusSet", rows)},
        ("RequestId",),
    ),
    "tencent-sends": Adapter(  # the receipts' call is answered with the same body, and finds no rows in it
        lambda http: TencentProvider(http, app_id="1400006666", region="ap-guangzhou", clock=clock, sends_http=http),
        {
            "PhoneNumber": "+8613711112222",
            "SerialNo": "4719:106022169717827487984377125",
            "SendStatus": 4,
            "RequestCode": "Ok",
            "StatusCode": "MK:0008",
            "IsoCode": "CN",
            "Content": "【示例】您的验证码是 ******",
            "SendTime": int(NOW.timestamp()) - 600,
            "UserReceiveTime": 0,
            "SubError": "",
            "SubErrorDesc": "",
        },
        frozenset({"SendStatus"}),
        lambda rows: {"Response": changed({"RequestId": "1-2-3", "TotalCount": 0}, "SendRecordSet", rows)},
        ("TotalCount",),
    ),
    "tencent-legacy": Adapter(
        lambda http: TencentLegacyProvider(http, app_id="1400006666", clock=clock),
        {
            "user_receive_time": "2026-11-21 15:50:00",
            "nationcode": "86",
            "mobile": "13711112222",
            "report_status": "FAIL",
            "errmsg": "MK:0008",
            "description": "用户短信送达失败",
            "sid": "5000:1045710669157053657849499619",
        },
        frozenset({"report_status"}),
        lambda rows: changed({"result": 0, "errmsg": "ok", "count": 0}, "data", rows),
        ("result", "errmsg", "count"),
    ),
    "aliyun": Adapter(
        lambda http: AliyunProvider("LTAI…Id01", http, row_key=b"key", clock=clock),
        {
            "PhoneNum": "13711112222",
            "SendStatus": 2,
            "ErrCode": "MK:0008",
            "Content": "【示例】您的验证码是 483920",
            "TemplateCode": "SMS_100000001",
            "OutId": "order 1",
            "SendDate": "2026-11-21 15:30:00",
            "ReceiveDate": "2026-11-21 15:30:03",
        },
        frozenset({"SendStatus"}),
        lambda rows: {**details([], 0), "SmsSendDetailDTOs": changed({}, "SmsSendDetailDTO", rows)},
        ("Code", "Message", "RequestId", "TotalCount"),
    ),
    "aliyun-intl": Adapter(
        lambda http: AliyunIntlProvider("LTAI…Id01", http, clock=clock),
        {
            "ResponseCode": "OK",
            "ResponseDescription": "OK",
            "RequestId": "1-2-3",
            "MessageId": MESSAGE_ID,
            "To": "85261234567",
            "Message": "Your code is 483920",
            "Status": "2",
            "ErrorCode": "MK:0008",
            "ErrorDescription": "x",
            "SendDate": "Sat, 21 Nov 2026 15:30:00 +0800",
            "ReceiveDate": "Sat, 21 Nov 2026 15:30:05 +0800",
            "NumberDetail": {"Country": "Hong Kong"},
        },
        frozenset({"Status"}),
        lambda row: row,
        ("ResponseCode",),
        Target(HONG_KONG, MESSAGE_ID),
    ),
    "twilio": Adapter(  # both lists are answered with the same body, and the row is the first one's
        lambda http: TwilioProvider("AC01…cdef", http, account_sid=ACCOUNT.sid, clock=clock),
        twilio_row(),
        frozenset({"status"}),
        lambda rows: changed({"next_page_uri": None, "page": 0, "page_size": 200, "uri": "/x"}, "messages", rows),
        ("page", "page_size", "uri", "next_page_uri"),
    ),
    "twilio-message": Adapter(
        lambda http: TwilioProvider("AC01…cdef", http, account_sid=ACCOUNT.sid, clock=clock),
        twilio_row(),
        frozenset({"status"}),
        lambda row: row,
        (),
        Target(NUMBER, twilio_row()["sid"]),
    ),
}
LISTS = {
    name: one for name, one in ADAPTERS.items() if name not in {"aliyun-intl", "twilio-message"}
}  # they answer with one message


@asynccontextmanager
async def asking(adapter: Adapter) -> AsyncIterator[Ask]:
    """A function that asks about a target, the adapter's own by default, while the provider answers with `body`."""
    bodies: list[Any] = [None]
    async with gateway(lambda _: bodies[0]) as url:
        http = ProviderHttpClient(url, auth=httpx.Auth(), clock=clock, retry_policy=QUICK)
        service = LookupService([adapter.open(http)], CATALOGUE, Metrics(), clock=clock)

        async def ask(body: Any, target: Target = adapter.target) -> Report:
            bodies[0] = body
            return await service.lookup(Query((target,), Window(NOW - timedelta(hours=2), NOW)), refresh=True)

        yield ask
        await service.aclose()


def in_short(report: Report) -> tuple[list[tuple[str, str | None]], int]:
    """The deliveries found, by status and number, and how many rows could not be read."""
    return [(row.status.value, row.number.e164 if row.number else None) for row in report.deliveries], report.unreadable


async def reports(
    adapter: Adapter, fields: Iterable[str], answer: Callable[[str, Any], Any], values: Iterable[Any] = ODD
) -> list[tuple[str, Any, Report]]:
    """What is told while the provider answers with each of `fields` changed to each of `values`."""
    async with asking(adapter) as ask:
        return [(field, value, await ask(answer(field, value))) for field in fields for value in values]


@each("name", ADAPTERS)
async def test_a_field_that_cannot_be_read_costs_that_field_and_never_the_row(name: str) -> None:
    adapter = ADAPTERS[name]
    assert adapter.target.number is not None
    found = ("failed", adapter.target.number.e164)
    values = [*ODD, *NONE_SUCH]

    told: list[tuple[str, Any, Report]] = []
    async with asking(adapter) as ask:
        for field in adapter.row.keys() - adapter.told - {"ResponseCode"}:
            if name in LISTS:  # one answer is quicker than one for each; only where a row is amiss in it are they asked for alone
                rows = [changed(apart(adapter.row, place), field, value) for place, value in enumerate(values)]
                if in_short(await ask(adapter.answer(rows))) == ([found] * len(rows), 0):
                    continue
            told += [(field, value, await ask(adapter.answer(changed(adapter.row, field, value)))) for value in values]
    told += await reports(adapter, {"ResponseCode"} & adapter.row.keys(), lambda field, value: changed(adapter.row, field, value))

    assert [(*case, in_short(report)) for *case, report in told if in_short(report) != ([found], 0)] == []


def apart(row: dict[str, Any], place: int) -> dict[str, Any]:
    """The row as another message: whichever field of it is changed, the rest tells it from its neighbours."""
    others = {
        name: value + place if isinstance(value, int) else f"{value[:-2]}{10 + place}"
        for name, value in row.items()
        if name in {"SerialNo", "sid", "OutId", "UserReceiveTime", "SendTime", "user_receive_time", "SendDate"} and value
    }
    return {**row, **others}


@each("name", ADAPTERS)
async def test_a_row_without_a_readable_status_is_shown_as_unknown_or_counted(name: str) -> None:
    adapter = ADAPTERS[name]

    told = await reports(adapter, adapter.told, lambda field, value: adapter.answer(changed(adapter.row, field, value)))

    def is_hidden(report: Report) -> bool:
        is_shown = [row.status for row in report.deliveries] in ([Status.UNKNOWN], [Status.FAILED])
        return is_shown == bool(report.unreadable) or report.outcome is Outcome.NO_RECORD

    assert [(*case, in_short(report)) for *case, report in told if is_hidden(report)] == []


@each("name", ADAPTERS)
async def test_rows_are_read_beside_a_field_of_the_answer_that_cannot_be(name: str) -> None:
    adapter = ADAPTERS[name]

    def answer(field: str, value: Any) -> Any:
        body = adapter.answer(adapter.row)
        inner = changed(body.get("Response", body), field, value)
        return {"Response": inner} if "Response" in body else inner

    told = await reports(adapter, adapter.codes, answer)

    expected = [("failed", adapter.target.number.e164 if adapter.target.number else None)]
    assert [(*case, in_short(report)) for *case, report in told if in_short(report)[0] != expected] == []


@each("name", LISTS)
async def test_one_row_may_come_as_an_object_and_no_row_as_nothing(name: str) -> None:
    adapter = LISTS[name]
    async with asking(adapter) as ask:
        assert in_short(await ask(adapter.answer(adapter.row))) == in_short(await ask(adapter.answer([adapter.row])))
        for nothing in [*EMPTY, MISSING]:
            report = await ask(adapter.answer(nothing))
            assert (report.outcome, in_short(report)) == (Outcome.NO_RECORD, ([], 0)), nothing
        if name == "aliyun":  # nested twice
            for outer in [adapter.row, [adapter.row], [{"SmsSendDetailDTO": adapter.row}], [{"SmsSendDetailDTO": [adapter.row]}]]:
                assert in_short(await ask({**details([]), "SmsSendDetailDTOs": outer}))[0], outer
            small = {"code": "OK", "totalCount": 1, "smsSendDetailDTOs": {"smsSendDetailDTO": [adapter.row]}}
            assert in_short(await ask(small))[0]


@each("name", LISTS)
async def test_a_row_that_cannot_be_read_is_told_in_the_verdict_and_never_as_no_record(name: str) -> None:
    adapter = LISTS[name]
    async with asking(adapter) as ask:
        for row in [{}, "text", None, 5, [adapter.row], {"a": 1}]:
            alone, beside = await ask(adapter.answer([row])), await ask(adapter.answer([row, adapter.row]))

            assert (alone.outcome, alone.unreadable, beside.unreadable) == (Outcome.UNANSWERED, 1, 1), row
            assert verdict(alone, ENGLISH).sentence.startswith("Cannot tell: 1 message could not be read"), row
            assert verdict(beside, ENGLISH).incomplete == "Incomplete: 1 message could not be read", row
            assert "1 条" in verdict(beside, get_language("zh")).incomplete, row
            assert not verdict(beside, ENGLISH).whole


@each("name", ["tencent", "tencent-sends", "tencent-legacy"])
async def test_a_row_whose_id_cannot_be_read_may_be_the_message_asked_about(name: str) -> None:
    adapter = ADAPTERS[name]
    field = "sid" if name == "tencent-legacy" else "SerialNo"
    target = Target(NUMBER, adapter.row[field])
    async with asking(adapter) as ask:
        for value in ["-", {}, MISSING, 0]:
            report = await ask(adapter.answer([changed(adapter.row, field, value)]), target)
            assert (report.outcome, report.unreadable) == (Outcome.UNANSWERED, 1), value
        other = await ask(adapter.answer([{**adapter.row, field: "5000:2"}]), target)
        assert (other.outcome, other.unreadable) == (Outcome.NO_RECORD, 0)


async def test_rows_whose_ids_are_a_dash_stay_messages_of_their_own() -> None:
    adapter = ADAPTERS["tencent"]
    rows = [{**adapter.row, "SerialNo": "-"}, {**adapter.row, "SerialNo": "-", "ReportStatus": "SUCCESS", "Description": "-"}]
    async with asking(adapter) as ask:
        report = await ask(adapter.answer(rows))
    assert {(row.status, row.message_id, row.code) for row in report.deliveries} == {
        (Status.FAILED, None, "MK:0008"),
        (Status.DELIVERED, None, None),
    }


async def test_what_the_legacy_api_counts_and_does_not_return_is_no_no_record() -> None:
    adapter = ADAPTERS["tencent-legacy"]
    async with asking(adapter) as ask:
        for data in [*EMPTY, MISSING]:
            report = await ask({**adapter.answer(data), "count": 2})
            assert (report.outcome, report.unreadable) == (Outcome.UNANSWERED, 2)


async def test_a_full_answer_of_the_legacy_api_is_split_and_not_called_incomplete() -> None:
    adapter = ADAPTERS["tencent-legacy"]
    rows = [{**adapter.row, "sid": f"5000:{index}"} for index in range(150)]
    asked: list[int] = []

    def answer(_: dict[str, str]) -> dict[str, Any]:
        asked.append(1)
        part = rows[:100] if len(asked) == 1 else rows[75:] if len(asked) == 2 else rows[:75]
        return {**adapter.answer(part), "count": 150 if len(asked) == 1 else 75}

    async with gateway(answer) as url:
        http = ProviderHttpClient(url, auth=httpx.Auth(), clock=clock, retry_policy=QUICK)
        service = LookupService([adapter.open(http)], CATALOGUE, Metrics(), clock=clock)
        report = await service.lookup(Query((adapter.target,), Window(NOW - timedelta(hours=2), NOW)))
        await service.aclose()
    assert (len(report.deliveries), report.coverage[0].notes, report.coverage[0].complete) == (150, (), True)


@given(name=st.sampled_from(sorted(LISTS)), data=st.data())
@examples(30)
async def test_every_row_of_an_answer_is_shown_or_counted(name: str, data: st.DataObject) -> None:
    adapter = LISTS[name]
    changes = st.dictionaries(st.sampled_from(sorted(adapter.row)), st.sampled_from(ODD), max_size=5)
    odd = adapter.row
    for field, value in data.draw(changes).items():
        odd = changed(odd, field, value)
    junk = data.draw(st.lists(st.sampled_from([{}, None, "text", [odd], {"a": 1}]), max_size=3))

    async with asking(adapter) as ask:
        report = await ask(adapter.answer([odd, *junk]))
    others = sum(note.count for note in report.coverage[0].notes if isinstance(note, OtherNumbers))
    assert len(report.deliveries) + report.unreadable + others == 1 + len(junk)


# --- numbers --------------------------------------------------------------------------------------------------------------


async def test_an_answer_is_read_in_another_charset_and_beside_a_number_that_nobody_can_hold() -> None:
    adapter = ADAPTERS["aliyun"]
    body = json.dumps(adapter.answer(adapter.row), ensure_ascii=False)
    bodies = [body.encode("gbk"), body.encode("utf-8-sig"), body.replace("示例", "\xff").encode("latin-1", "ignore")]
    bodies += [body.replace("{", f'{{"Extra": {odd}, ', 1).encode() for odd in ("9" * 5000, "NaN", "-Infinity", "1e999")]

    assert [in_short(await report_of_bytes(adapter, one))[0] for one in bodies] == [[("failed", NUMBER.e164)]] * len(bodies)


async def report_of_bytes(adapter: Adapter, body: bytes) -> Report:
    async with serving_bytes(http_answer(body, "Content-Type: application/json")) as server:
        http = ProviderHttpClient(server.url, auth=httpx.Auth(), clock=clock, retry_policy=QUICK)
        service = LookupService([adapter.open(http)], CATALOGUE, Metrics(), clock=clock)
        report = await service.lookup(Query((adapter.target,), Window(NOW - timedelta(hours=2), NOW)))
        await service.aclose()
    return report


SINGAPORE = "6561234567"  # its national number is also one of Hong Kong's


def tencent(number: Any, subscriber: Any, country: Any) -> dict[str, Any]:
    return {**ADAPTERS["tencent"].row, "PhoneNumber": number, "SubscriberNumber": subscriber, "CountryCode": country}


def legacy(mobile: Any, nation: Any) -> dict[str, Any]:
    return {**ADAPTERS["tencent-legacy"].row, "mobile": mobile, "nationcode": nation}


@each(
    ("name", "row", "is_same"),
    [
        ("tencent", tencent("+85261234567", "61234567", "852"), True),
        ("tencent", tencent("61234567", "61234567", "852"), True),
        ("tencent", tencent(None, "61234567", 852), True),
        ("tencent", tencent(None, "61234567", None), True),
        ("tencent", tencent("+852 6123-4567", None, None), True),
        ("tencent", tencent("-", "+85261234567", None), True),
        ("tencent", tencent("-", "61234568", "852"), False),
        ("tencent", tencent(None, "61234567", "65"), False),
        ("tencent", tencent(f"+{SINGAPORE}", "61234567", "65"), False),
        ("tencent", tencent("+99961234567", "61234567", "999"), False),  # no country's
        ("tencent-legacy", legacy("61234567", "852"), True),
        ("tencent-legacy", legacy("61234567", "+852"), True),
        ("tencent-legacy", legacy("61234567", None), True),
        ("tencent-legacy", legacy("61234567", -1), True),
        ("tencent-legacy", legacy("61234567", "１２３"), True),  # no country's
        ("tencent-legacy", legacy("85261234567.0", None), True),  # through a table
        ("tencent-legacy", legacy("61234567", 0), True),
        ("tencent-legacy", legacy("85261234567", "852"), True),
        ("tencent-legacy", legacy("0085261234567", "-"), True),
        ("tencent-legacy", legacy("61234567", "65"), False),
        ("tencent-legacy", legacy(SINGAPORE, None), False),
        ("aliyun", {**ADAPTERS["aliyun"].row, "PhoneNum": "85261234567"}, True),
        ("aliyun", {**ADAPTERS["aliyun"].row, "PhoneNum": "61234567"}, True),
        ("aliyun", {**ADAPTERS["aliyun"].row, "PhoneNum": SINGAPORE}, False),
        ("aliyun-intl", {**ADAPTERS["aliyun-intl"].row, "To": "61234567"}, True),
        ("aliyun-intl", {**ADAPTERS["aliyun-intl"].row, "To": "+852 6123 4567"}, True),
        ("aliyun-intl", {**ADAPTERS["aliyun-intl"].row, "To": "0085261234567"}, True),
        ("aliyun-intl", {**ADAPTERS["aliyun-intl"].row, "To": "8526123****"}, True),
        ("aliyun-intl", {**ADAPTERS["aliyun-intl"].row, "To": SINGAPORE}, False),
    ],
)
async def test_a_number_is_the_same_in_every_spelling_and_another_countrys_is_another(
    name: str, row: dict[str, Any], *, is_same: bool
) -> None:
    adapter = ADAPTERS[name]
    target = adapter.target if name == "aliyun-intl" else Target(HONG_KONG)
    async with asking(adapter) as ask:
        report = await ask(adapter.answer([row] if name in LISTS else row), target)
    assert ([one.number for one in report.deliveries] == [HONG_KONG]) is is_same
    assert (report.unreadable, report.outcome is Outcome.NO_RECORD) == (0, not is_same)


@each(
    ("to", "e164"),
    [("8613711112222", "+8613711112222"), ("13711112222", "+8613711112222"), ("13105551234", "+13105551234"), ("-", None)],
)
async def test_an_international_message_found_by_its_id_alone_has_the_number_that_its_digits_make(
    to: str, e164: str | None
) -> None:
    adapter = ADAPTERS["aliyun-intl"]
    async with asking(adapter) as ask:
        report = await ask({**adapter.row, "To": to}, Target(message_id=MESSAGE_ID))
    number: PhoneNumber | None = report.deliveries[0].number
    assert (number.e164 if number else None) == e164
