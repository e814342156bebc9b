"""Which digits are somebody's number, and how they are masked."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.model import PhoneNumber, Target
from bot.model.personal_numbers import hide_numbers, is_card, is_identity_card, mask_message_id, mask_numbers, plain_digits
from bot.observability.redaction import redact
from bot.sanitize import mask_code, mask_digits
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Callable


@each("number", ["110101199003072316", "11010519491231002X", "11010519491231002x", "110101900307231"])
def test_an_identity_card_is_known_by_its_check_character(number: str) -> None:
    assert is_identity_card(number)


@each("number", ["110101199003072317", "110101199013072316", "990101199003072316", "100000000000000001", "1"])
def test_other_digits_are_none(number: str) -> None:
    assert not is_identity_card(number)


@each("number", ["6222021234567890128", "4111111111111111", "378282246310005", "89860012345678901238"])
def test_a_card_is_known_by_its_beginning_and_its_check_digit(number: str) -> None:
    assert is_card(number)
    assert not is_card(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not is_card("1" + number[1:])


@each(
    ("written", "masked"),
    [
        ("+8613711112222", "+86 137****2222"),
        ("0086 137 1111 2222", "+86 137****2222"),
        ("137-1111-2222", "137****2222"),
        ("13711112222 13711113333", "137****2222 137****3333"),
        ("MK:0008/13711112222", "MK:0008/137****2222"),
        ("1 (13711112222)", "1 (137****2222)"),
        ("+44 7911 123456", "+44 7*** **3456"),
        ("13,912,345,678", "13,9**,**5,678"),
        ("110101199003072316", "110***********2316"),
        ("11010119900307231X", "110***********231X"),
        ("6222 0212 3456 7890 128", "622* **** **** ***0 128"),
        ("E12345678", "E12****78"),
        ("139~2222~3333 139 - 2222 - 3333", "139****3333 139****3333"),
        ("+86 139|2222|3333, 139、2222、3333", "+86 139****3333, 139****3333"),
        ("6222~0212~3456~7890~128", "622*~****~****~***0~128"),
        ("110101'19900307'2316", "110***'********'2316"),
        ("130%2000%0000", "130****0000"),
        ("一三九二二二二三三三三", "一三九****三三三三"),
        ("codes 1001, 1002, 1003, 1004", "codes 1001, 1002, 1003, 1004"),
        ("MK:0008 at 2026-11-29 08:04:21 +0800, 20261128", "MK:0008 at 2026-11-29 08:04:21 +0800, 20261128"),
    ],
)
def test_a_number_is_masked_however_it_is_written_and_a_time_is_left(written: str, masked: str) -> None:
    assert mask_numbers(written) == masked
    assert mask_numbers(masked) == masked


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(min_size=1, max_size=3))
def test_no_mobile_number_is_left_whatever_stands_between_its_groups(number: str, gap: str) -> None:
    assume(not any(char.isdigit() or char == "*" for char in gap))
    written = gap.join([number[:3], number[3:7], number[7:]])

    for shown in (mask_numbers(written), mask_message_id(written), mask_code(written), mask_digits(written), redact(written)):
        assert number not in re.sub(r"\D", "", shown)


_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
_WRITTEN = st.one_of(
    st.sampled_from(_DIGITS).map(lambda digits: lambda number: "".join(digits[int(digit)] for digit in number)),
    st.text(alphabet=" -.,，|/_:*·\t\n\u00a0\u3000\u200b\u0301\ufe0f\u20e3", min_size=1, max_size=3).map(lambda gap: gap.join),
    st.sampled_from(["", "+86"]).map(lambda country: lambda number: b64encode(f"{country}{number}".encode()).decode()),
    st.tuples(st.integers(1, 10), st.sampled_from(",.-_|/'\u200b\u2060")).map(
        lambda cut: lambda number: number[: cut[0]] + cut[1] + number[cut[0] :]
    ),
)


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), _WRITTEN, st.sampled_from(["", "x", "IMG_", "https://x.com/?a=", "电话"])
)
def test_no_mobile_number_is_left_in_whatever_characters_it_is_written(
    number: str, written: Callable[[str], str], before: str
) -> None:
    text = f"{before} {written(number)}"

    for shown in (mask_numbers(text), mask_message_id(text), mask_code(text), mask_digits(text), redact(text)):
        assert written(number) not in shown
        assert number not in re.sub(r"\D", "", plain_digits(shown))


@each("sid", ["SM0123456789abcdef0123456789abcdef", "MM01371111222201234567890123456789", "RQ0123456789ABCDEF0123456789ABCDEF"])
def test_the_digits_of_a_hash_are_no_number_and_a_hash_has_32(sid: str) -> None:
    assert mask_message_id(sid) == sid
    assert mask_message_id("SM13711112222") == "SM137****2222"
    assert mask_message_id(f"{sid} 13711112222").endswith("137****2222")


@given(st.from_regex(r"(\+?[1-9])?[0-9]{7,19}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_of_a_number_at_least_four_digits_are_hidden(number: str, gap: str) -> None:
    written = gap.join([number[:3], number[3:7], number[7:]]).strip(gap or " ")
    masked = mask_numbers(f"call {written}!")

    hidden = sum(map(str.isdigit, written)) - sum(map(str.isdigit, masked))
    assert hidden >= 4 or (masked == f"call {written}!" and number[:2] in {"19", "20"})  # a day, as 20261128


@each(
    ("message_id", "shown"),
    [
        ("S13711112222", "S137****2222"),
        ("a13711112222b", "a137****2222b"),
        ("86137-1111-2222", "+86 137****2222"),
        ("+447911123456", "+447*****3456"),
        ("13711112222^0", "137****2222^0"),
        ("1:13711112222", "1:137****2222"),
        ("2026112813711112222", "20261128137****2222"),
        ("13711112222-1795241002", "137****22221795241002"),
        ("110101199003072316", "110***********2316"),
        ("6222021234567890128", "622************0128"),
        ("S85291234567", "S852****4567"),
        ("S139~2222~3333", "S139****3333"),
        ("139/2222/3333", "139****3333"),
        ("*622*2021234567890128", "*622*************0128"),
        ("1795113712345678", "17951137****5678"),  # with the prefix of a carrier
        ("1371234567813712345679", "137****5678137****5679"),
        ("MK:000813712345678", "MK:000********5678"),
        ("0912345678", "091****678"),
        ("MTM3MTIzNDU2Nzg=", "****"),
        ("一三九二二二二三三三三", "一三九****三三三三"),
    ],
)
def test_a_number_in_an_id_is_masked(message_id: str, shown: str) -> None:
    assert mask_message_id(message_id) == shown
    assert Target(message_id=message_id).masked == shown


@each(
    "message_id",
    [
        "900619746936498440^0", "5000:1045710669157053657849499619", "2640:1795240690", "4719:106022169717827487984377125",
        "100000000000000001", "1008030300", "14000066:1045710669157053657849499619", "8f14e45f-ceea-467a-95a5-25fd4e1b1234",
        "order-20261128-001", "4111:111111111111", "411111111111^1111",
    ],
)  # fmt: skip
def test_a_vendors_id_is_shown_whole_for_the_vendors_support_asks_for_it(message_id: str) -> None:
    assert mask_message_id(message_id) == message_id


def test_an_id_beside_its_number_is_masked_too() -> None:
    number = PhoneNumber("+8613711112222", 86, "13711112222")

    assert Target(number, "S13711112222").masked == "+86 137****2222 id:S137****2222"
    assert Target(number, "S13711112222").whole == "+8613711112222 id:S13711112222"


def test_a_number_in_base64_that_has_no_digit_is_hidden_whole() -> None:
    packed = b64encode(b"13000000000").decode()

    assert hide_numbers(packed) == "*" * 16
    assert packed not in mask_numbers(f"x{packed}y") + mask_code(f"x{packed}y") + redact(f"x{packed}y")
