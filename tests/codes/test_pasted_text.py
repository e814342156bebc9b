"""A code is found whatever stands round it, and a phone number is never taken for one."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import resolve
from bot.codes.flow_limits import FlowLimit, limit_in
from bot.codes.text_decoding import mask_phone_numbers
from tests.cases import each
from tests.packaged import CATALOGUE


@each(
    "pasted",
    [
        "(MK:0001)",
        "`MK:0001`",
        "“MK:0001”,",
        "【MK:0001】",
        "code=MK:0001",
        "ErrCode:MK:0001.",
        "errMsg%3A%20MK%3A0001",
        "ＭＫ：０００１。",
        "{'phone_number': '13812345678', 'errmsg': 'MK:0001'}",
        '{"PhoneNum":"13812345678","ErrCode":"MK:0001"}',
        "<ErrCode>MK:0001</ErrCode>",
        "2026-11-29 07:22:01 ERROR send to +86 138 1234 5678 failed err=MK:0001",
        "MK:0001, mk:0001",
    ],
)
def test_a_code_is_found_whatever_stands_round_it(pasted: str) -> None:
    told = resolve(CATALOGUE, pasted)

    assert told.codes == ("MK:0001",)
    assert told.readings[0].family == "number_invalid"
    assert "1234" not in told.text


def test_several_codes_are_listed_each_once_the_first_one_first() -> None:
    told = resolve(CATALOGUE, "first MK:0024, then MK:0001 and MK:0024 again")

    assert told.codes == ("MK:0024", "MK:0001")
    assert [one.code for one in told.readings] == ["MK:0024", "MK:0001"]


def test_the_ok_of_the_call_is_not_what_an_answer_with_a_failure_is_about() -> None:
    assert resolve(CATALOGUE, '{"Code":"OK","ErrCode":"MOBILE_NOT_ON_SERVICE"}').codes == ("MOBILE_NOT_ON_SERVICE",)


# A receipt in the form of SMPP 3.4, appendix B.
SMPP = "id:0123456789 sub:001 dlvrd:{} submit date:2611281200 done date:2611281201 stat:{} err:{} text:Your code"


@each(
    ("pasted", "codes"),
    [
        (SMPP.format("001", "DELIVRD", "000"), ("DELIVRD",)),
        (SMPP.format("001", "DELIVRD", "000").upper(), ("DELIVRD",)),
        (SMPP.format("001", "DELIVRD", "0"), ("DELIVRD",)),
        (SMPP.format("000", "UNDELIV", "000"), ("UNDELIV",)),
        (SMPP.format("000", "UNDELIV", "001"), ("UNDELIV",)),  # a number of whoever made the receipt
        (SMPP.format("000", "EXPIRED", "255"), ("EXPIRED",)),
        (SMPP.format("000", "UNDELIV", "MK:0001"), ("MK:0001",)),
        (SMPP.format("000", "UNDELIV", "612"), ("612",)),
    ],
)
def test_an_smpp_receipt_is_told_by_its_state_unless_its_error_is_a_carriers(pasted: str, codes: tuple[str, ...]) -> None:
    assert resolve(CATALOGUE, pasted).codes == codes


def test_a_delivered_receipt_is_never_told_as_a_failure() -> None:
    told = resolve(CATALOGUE, SMPP.format("001", "DELIVRD", "000"))

    assert {one.family for one in told.readings} == {"delivered"}


@each(
    ("pasted", "codes"),
    [
        ('statusCode: 200, body: {"Code":"OK","Message":"OK"}', ("OK",)),
        ('{"code":200,"message":"OK","data":{"Code":"isv.OUT_OF_SERVICE"}}', ("isv.OUT_OF_SERVICE",)),
        ('{"code":500,"msg":"isv.SMS_SIGNATURE_ILLEGAL"}', ("isv.SMS_SIGNATURE_ILLEGAL",)),
        ('{"code":200,"msg":"success"}', ()),
        ("HTTP/1.1 200", ()),
        ("status=503", ()),
        ('{"SendStatus":3,"ErrCode":"DELIVERED"}', ("DELIVERED",)),
        ('{"report_status":"FAIL","errmsg":"MK:0008","mobile":"13812345678"}', ("MK:0008",)),
        ('{"report_status":"SUCCESS","errmsg":"DELIVRD","description":"用户短信送达成功"}', ("DELIVRD",)),
        ('{"report_status":"FAIL"}', ("FAIL",)),
        ("status=ERROR code=MK:0001", ("MK:0001",)),
        ("2026-11-29 ERROR Task FAILED with errcode=MK:0024", ("MK:0024",)),
        ('{"nationcode":"86","errmsg":"REJECTD"}', ("REJECTD",)),
        ("countryCode: 86", ()),
        ("Your verification code: 1025", ()),
        ("err: 3 retries left", ()),
        ("reason: content blocked by filter", ()),
        ("Error code: 3", ("3",)),
        ("UNDELIV:MK:0001", ("MK:0001",)),
        ("MK:0001:UNDELIV", ("MK:0001",)),
        ("error code is 1016", ("1016",)),
        ("错误代码1016", ("1016",)),
        ("您的验证码：1025", ()),
        ("手机号码：1016", ()),
    ],
)
def test_the_code_that_tells_most_is_told_and_what_is_called_a_code_and_is_none_is_not(
    pasted: str, codes: tuple[str, ...]
) -> None:
    assert resolve(CATALOGUE, pasted).codes == codes


@each(
    "form",
    [
        '{{"result":{},"errmsg":"package format error, sdkappid not have this tpl_id","ext":""}}',
        '{{"result": {}, "errmsg": "手机号格式错误"}}',
        '{{\\"result\\":{},\\"errmsg\\":\\"x\\"}}',
        "result: {}",
        "ret={}",
        "retcode: {}, msg: no",
        "错误码{}",
        "返回码：{}",
    ],
)
def test_the_answers_of_tencents_older_interface_are_told_by_their_number(form: str) -> None:
    for code in ("1001", "1014", "1016", "1023", "60008"):
        told = resolve(CATALOGUE, form.format(code))

        assert told.codes == (code,)
        assert told.readings[0].vendor == "tencent-legacy"


@each(
    "code",
    [
        "isp.GATEWAY_TIMEOUT",
        "isv.TIMEOUT",
        "isv.FOO_BAR",
        "foo.FAILED",
        "xyz.EXPIRED",
        "FailedOperation.FooBar",
        "UnsupportedOperation.Foo",
        "DELIVRD_2",
        "MY_UNDELIV",
        "AuthFailure.Foo.Bar",
        "isv.MOBILE_NOT_ON_SERVICE_2",
    ],
)
def test_a_part_of_a_code_that_is_not_listed_is_not_told_as_the_code(code: str) -> None:
    told = resolve(CATALOGUE, code)

    assert (told.codes, told.known) == ((), False)


WORDS = sorted({row.code for row in CATALOGUE.rows if row.code.isalpha() and not row.is_pattern})


@given(st.sampled_from(WORDS), st.sampled_from(["qx.{}", "{}.Qx", "QX_{}", "{}_QX", "QX-{}", "isv.QX_{}"]))
def test_no_word_is_told_from_within_a_longer_one(word: str, longer: str) -> None:
    assert resolve(CATALOGUE, longer.format(word)).codes == ()


@each(
    ("pasted", "code"),
    [
        ('{"ErrCode":"MK:9999","Mobile":"13812345678"}', "MK:9999"),
        ("[TencentCloudSDKException] code:FailedOperation.FooBar message:x requestId:9a3c", "FailedOperation.FooBar"),
        ("Error: isp.GATEWAY_TIMEOUT request id 12", "isp.GATEWAY_TIMEOUT"),
        ("MK:9999是什么意思", "MK:9999"),
    ],
)
def test_a_code_of_a_paste_that_is_not_listed_is_told_as_that(pasted: str, code: str) -> None:
    told = resolve(CATALOGUE, pasted)

    assert (told.text, told.known) == (code, False)
    assert told.grouped


@each("code", ["CMPP30ERR:8", "SGIPERR:77", "SMGPERR:255", "HTTPERR:500", "HTTPResp:105"])
@each("form", ["{}", "errmsg={}", '{{"ErrCode":"{}"}}'])
def test_the_number_behind_a_protocols_prefix_is_not_told_as_a_code_of_its_own(code: str, form: str) -> None:
    told = resolve(CATALOGUE, form.format(code))

    assert told.codes in {(), (code,)}
    assert told.text in {code, form.format(code)}


@each(("pasted", "codes"), [("code: 3", ("3",)), ("we sent 3 of them", ()), ("an ERROR came", ())])
def test_what_may_be_a_word_or_a_count_is_a_code_only_behind_a_name_that_says_so(pasted: str, codes: tuple[str, ...]) -> None:
    assert resolve(CATALOGUE, pasted).codes == codes


@each(
    ("words", "limit"),
    [
        ("触发分钟级流控Permits:1", FlowLimit("minute", 1)),
        ("触发小时级流控Permits:5", FlowLimit("hour", 5)),
        ("触发天级流控Permits:10", FlowLimit("day", 10)),
        ("触发天级流控", FlowLimit("day", None)),
        ("触发分钟级流控", FlowLimit("minute", None)),
        ("触发号码天级流控Permits:40", FlowLimit("day", 40)),
        ('{"Message":"触发号码小时级流控 Permits: 5"}', FlowLimit("hour", 5)),
        ("触发流控", None),
        ("MK:0001", None),
    ],
)
def test_the_limit_that_the_vendors_words_name_is_told(words: str, limit: FlowLimit | None) -> None:
    assert limit_in(words) == limit


def test_the_vendors_words_for_a_limit_are_the_code_of_it() -> None:
    told = resolve(CATALOGUE, "触发分钟级流控Permits:1")

    assert (told.codes, told.limit) == (("isv.BUSINESS_LIMIT_CONTROL",), FlowLimit("minute", 1))


@each("number", ["13812345678", "+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８"])
def test_a_phone_number_is_no_code_and_is_not_repeated(number: str) -> None:
    told = resolve(CATALOGUE, f"code={number}")

    assert told.codes == ()
    assert not any(char.isdigit() for char in told.text)


@each("typed", ["MK0001", "MK 0001", "MK.0001", "mk-0001"])
def test_the_one_code_with_the_same_letters_and_digits_is_explained_and_named(typed: str) -> None:
    told = resolve(CATALOGUE, typed)

    assert (told.meant, told.codes, told.known) == ("MK:0001", ("MK:0001",), True)


@each("code", ["LT:0", "LT:0000", "MI:0020", "MI0020", "MI00020", "DB:0140", "DB：0140"])
def test_look_alikes_stay_the_codes_that_they_are(code: str) -> None:
    told = resolve(CATALOGUE, code)

    assert (told.codes, told.meant) == ((code,), "")


def test_a_status_in_capitals_is_never_answered_by_its_opposite() -> None:
    told = resolve(CATALOGUE, "UNDELIVERED")

    assert {one.family for one in told.readings} == {"unreachable"}
    assert told.similar == ()


@each("typed", ["000", "UTE"])
def test_what_is_too_short_to_guess_gets_no_guess(typed: str) -> None:
    told = resolve(CATALOGUE, typed)

    assert told.too_short
    assert not told.known
    assert told.similar == ()


@given(st.text(max_size=120))
def test_no_paste_repeats_seven_digits_in_a_row(text: str) -> None:
    assert not any(run.isdigit() and len(run) > 6 for run in mask_phone_numbers(text).split())


@pytest.mark.parametrize(
    ("words", "per", "count"),
    [
        ("触发分钟级流控Permits:1", "minute", 1),
        ("触发小时级流控Permits:5", "hour", 5),
        ("触发天级流控Permits:40", "day", 40),
        ("触发号码天级流控 Permits：40", "day", 40),
        ("触发 小时级 流控", "hour", None),
        ("天级流控Permits:10", "day", 10),
        ("觸發分鐘級流控Permits:1", "minute", 1),
        ("user 13711112222 minute level Permits:1", "minute", 1),
        ("Trigger hour-level flow control, permits = 5", "hour", 5),
    ],
)
def test_the_vendors_own_words_for_a_limit_tell_its_span_and_count(
    words: str, per: str, count: int | None, subtests: pytest.Subtests
) -> None:
    for pasted in (
        words,
        f'{{"Message":"{words}","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990","Code":"isv.BUSINESS_LIMIT_CONTROL"}}',
        json.dumps(json.dumps({"Message": words})),
        f"2026-11-28 10:00:01,250 ERROR [sms-7] send to 13711112222 failed: {words}，请稍后再试",
        quote(words),
        "".join(f"&#{ord(char)};" for char in words),
    ):
        with subtests.test(pasted=pasted):
            told = resolve(CATALOGUE, pasted)

            assert told.codes == ("isv.BUSINESS_LIMIT_CONTROL",)
            assert told.limit == FlowLimit(per, count)
            assert "13711112222" not in told.text


@pytest.mark.parametrize("code", ["MK:0008", "isv.MOBILE_NUMBER_ILLEGAL", "FailedOperation.PhoneNumberInBlacklist"])
def test_a_code_is_seen_in_whatever_encoding_it_is_pasted(code: str, subtests: pytest.Subtests) -> None:
    for pasted in (
        f"https://example.com/receipt?to=%2B8613711112222&err={quote(code, safe='')}",
        quote(quote(f"err={code}")),
        "".join(f"\\u{ord(char):04x}" for char in code),
        f"&quot;ErrCode&quot;:&quot;{code.replace(':', '&#58;')}&quot;",
        f"ErrCode=3D{code}",
        f"{{'ErrCode': '{code}'}}",
        f"<ErrCode>{code}</ErrCode>",
    ):
        with subtests.test(pasted=pasted):
            assert resolve(CATALOGUE, pasted).codes == (code,)
