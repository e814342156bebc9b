"""Numbers and ids in running text: found as people, logs and other apps write them, and nothing else taken for one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import extract_targets, parse, write_targets
from bot.grammar.command import Lookup
from tests.cases import each
from tests.grammar.contexts import ENGINEER

if TYPE_CHECKING:
    from collections.abc import Callable


def found(*texts: str, region: str = "CN") -> str:
    return write_targets(extract_targets(texts, region))


def html_hex(text: str) -> str:
    return "".join(f"&#x{ord(char):x};" for char in text)


def json_unicode(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


@each(
    ("text", "targets"),
    [
        ("客户13711112222没收到验证码", "+8613711112222"),
        ("call <tel:+8613711112222|137 1111 2222>, please", "+8613711112222"),
        ("0086 137 1111 2222 / +44 7911 123456; or +1 (650) 253-0000", "+8613711112222, +447911123456, +16502530000"),
        ("+８６ １３７ １１１１ ２２２２", "+8613711112222"),
        ('{"PhoneNumber":"+8613711112222","SerialNo":"5000:1045710669157053657849499619"}',
         "+8613711112222, id:5000:1045710669157053657849499619"),
        ("sent 13711112222 5000:1045710669157053657849499619 ok", "+8613711112222 id:5000:1045710669157053657849499619"),
        ("BizId: 900619746936498440^0.", "id:900619746936498440^0"),
        ("msgId=100000000000000001, id:1008030300", "id:100000000000000001, id:1008030300"),
        ("13711112222 and again 137-1111-2222", "+8613711112222"),
        ("SM0123456789abcdef0123456789abcdef to +85261234567 failed", "id:SM0123456789abcdef0123456789abcdef, +85261234567"),
        ("MessageSid=MM01234567890123456789012345678901&SmsStatus=sent", "id:MM01234567890123456789012345678901"),
    ],
)  # fmt: skip
def test_what_is_meant_is_found(text: str, targets: str) -> None:
    assert found(text) == targets


@each(
    "text",
    [
        "",
        "order 12345678901, invoice 20261121",
        "2026-11-21 14:05:31.250 took 1795241002 ms from 192.168.10.12:8080",
        "user id: 12345, request id: abc-123-555555",
        "call the office: (0755) 8888 1234",
        "137****2222 was masked already",
        "ts 1795241002.000100",
        "account AC0123456789abcdef0123456789abcdef, md5 0123456789abcdef0123456789abcdef",
        "xSM0123456789abcdef0123456789abcdef, SM0123456789abcdef0123456789abcdef0",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert found(text) == ""


ID_CARD, OLD_ID_CARD, X_ID_CARD = "110101199003072316", "110101900307231", "11010519491231002X"
BANK_CARD, SIM_CARD, MESSAGE_ID = "6222021234567890128", "89860012345678901238", "100000000000000001"
MOBILE = "手机 13711112222"


@pytest.mark.parametrize("number", [ID_CARD, OLD_ID_CARD, X_ID_CARD, BANK_CARD, "4111111111111111", SIM_CARD])
def test_a_cards_number_is_no_message_id_and_no_part_of_it_a_phone_number(number: str, subtests: pytest.Subtests) -> None:
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]
    for written in (number, f"id:{number}", " ".join(groups), "-".join(groups), f"{number[:6]} {number[6:14]} {number[14:]}"):
        with subtests.test(written=written):
            assert found(f"see {written}，{MOBILE}") == "+8613711112222"


@each("spaced", ["6217 1391 2345 6780 129", "6217-1391-2345-6780-129"])
def test_groups_of_a_card_that_look_like_a_phone_number_are_none(spaced: str) -> None:
    assert found(spaced) == ""


@each(
    "label",
    [
        "订单号：", "订单", "工单 ", "工单号#", "快递单号:", "运单号 ", "发票号码 ", "合同编号：", "护照号", "银行卡号 ",
        "客户号：", "流水号 ", "统一社会信用代码 ", "会员卡号", "order no. ", "Order Number: ", "order #", "case #", "case ",
        "ticket ", "Ticket: ", "tracking number is ", "invoice ", "passport no. ", "account=", '"orderNo":"', "out_trade_no=",
        "traceId: ",
        "request id ", "IMEI ", "card ", '"eventKey": "', "seq=",
    ],
)  # fmt: skip
def test_what_a_word_before_it_says_to_be_another_thing_is_no_message_id(label: str) -> None:
    assert found(f"{label}{MESSAGE_ID} {MOBILE}") == "+8613711112222"


@each(
    "digits", ["20261128080421123", "2026112808042100017", "1795241002123456", "1795241002123456789", "9400111899223197428490",
               "4200002134202611281234567890"],
)  # fmt: skip
def test_a_moment_and_a_payment_are_no_message_id(digits: str) -> None:
    assert found(f"at {digits}, {MOBILE}") == "+8613711112222"


@each("label", ["", "see ", "消息编号 ", "短信流水号 ", "MessageId ", "msgid: ", "message_id=", "回执 "])
def test_a_message_id_is_one_behind_any_other_word(label: str) -> None:
    assert found(f"{label}{MESSAGE_ID}") == f"id:{MESSAGE_ID}"


@each("label", ["订单号 ", "order no. ", "invoice number: ", "快递单号", "ticket #", "case id "])
def test_eleven_digits_that_are_an_orders_are_no_phone_number(label: str) -> None:
    assert found(f"{label}13711112222") == ""
    assert found(f"{label}2026112800001, +8613711112222") == "+8613711112222"


@each("label", ["工单 ", "ticket ", "订单手机号 ", "账号 ", "客户", "customer number: ", "phone number "])
def test_a_word_beside_which_people_write_a_number_does_not_hide_it(label: str) -> None:
    assert found(f"{label}13711112222 no code") == "+8613711112222"


@each("text", ["user id:12345678", "客户id:12345678", "passport id:E12345678", "护照 id:E12345678"])
def test_an_id_of_something_else_is_no_message_id(text: str) -> None:
    assert found(text) == ""


@each("text", ["8:13711112222", "10:13711112222", "id:13711112222", "1: 13711112222"])
def test_a_number_behind_a_colon_is_a_number(text: str) -> None:
    assert found(text) == "+8613711112222"


ENCODED = [
    "PhoneNumbers%3D13711112222%26",
    "PhoneNumbers%253D13711112222%2526SignName",
    "phone=%2B8613711112222&x",
    "%25252B8613711112222",
    "%u002B8613711112222",
    r"\u002b8613711112222",
    r"\\u002B8613711112222",
    r"\x2b8613711112222",
    r"{\"phone\":\"13711112222\"}",
    r"客户\n13711112222\n没收到",
    "&#43;8613711112222",
    "&amp;#x2B;8613711112222",
    "&plus;86&nbsp;13711112222",
    "=2B8613711112222",
    "phone=3D13711112222",
    "=E5=AE=A2=E6=88=B7 +86137=\n11112222",
    "%EF%BC%8B８６１３７１１１１２２２２",
    "%BF%CD%BB%A713711112222",
    r"\061\063\067\061\061\061\061\062\062\062\062",
    r"\345\256\242\346\210\267 13711112222",
    "\\u0031\\u0033\\u0037\\u0031\\u0031\\u0031\\u0031\\u0032\\u0032\\u0032\\u0032",
]


@each("text", ENCODED)
def test_a_number_in_encoded_text_is_found(text: str) -> None:
    assert found(text) == "+8613711112222"


@each("text", ["number=13711112222", r"C:\new 13711112222", "&copy=1&phone=13711112222", "a=b 13711112222"])
def test_what_only_looks_encoded_is_left(text: str) -> None:
    assert found(text) == "+8613711112222"


@each("encode", [lambda text: text, quote, lambda text: quote(quote(text)), html_hex, json_unicode])
@each("own", ["900619746936498440^0", "5000:1045710669157053657849499619", MESSAGE_ID])
def test_an_id_in_encoded_text_is_never_cut(own: str, encode: Callable[[str], str]) -> None:
    assert found(encode(f'"BizId": "{own}"')) == f"id:{own}"
    assert found(encode(f" {own} ")) == f"id:{own}"


@each(
    "text", ["id:abc13711%", "id:1008030300****", "900619746936498440^0^1", "100000000000000001%5", f"id:{'a1' * 70}", "9" * 40]
)
def test_an_id_that_cannot_be_read_to_its_end_is_none(text: str) -> None:
    assert found(text) == ""


def test_a_message_that_repeats_itself_names_its_targets_once() -> None:
    assert found("13711112222 900619746936498440^0", "+86 137 1111 2222", "900619746936498440^0") == (
        "+8613711112222 id:900619746936498440^0"
    )


def test_the_region_says_where_national_numbers_belong() -> None:
    assert found("0171 1234567", region="DE") == "+491711234567"
    assert found("0171 1234567", region="CN") == ""


@given(st.lists(st.text(max_size=120), max_size=3))
def test_whatever_is_found_can_be_written_and_read_back(texts: list[str]) -> None:
    targets = extract_targets(texts, "CN")
    if targets and len(targets) <= 50:
        command = parse(write_targets(targets), ENGINEER)
        assert isinstance(command, Lookup)
        assert set(command.query.targets) == set(targets)


@each("char", ["1", "+", "+1 ", "id:1", "(0", "13711112222 "])
def test_a_long_text_takes_no_long_time(char: str) -> None:
    begun = time.process_time()
    extract_targets([char * 20_000], "CN")

    assert time.process_time() - begun < 5


@each(
    ("typed", "targets"),
    [
        ("%2B8613711112222 since%202h", "+8613711112222"),
        ("PhoneNumbers%253D13711112222", "+8613711112222"),
        (r"\u002b8613711112222\n13711113333", "+8613711112222, +8613711113333"),
        ("&amp;#43;8613711112222", "+8613711112222"),
        ("phone=3D13711112222", "+8613711112222"),
        ("13711112222 id:900619746936498440%5E0", "+8613711112222 id:900619746936498440^0"),
    ],
)
def test_a_command_takes_encoded_text_too(typed: str, targets: str) -> None:
    command = parse(typed, ENGINEER)
    assert isinstance(command, Lookup)
    assert write_targets(command.query.targets) == targets
