"""Sanitizing of untrusted text."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.model import PhoneNumber
from bot.sanitize import (
    MAX_WORDS,
    blank_digits,
    blank_row,
    mask_code,
    mask_digits,
    mask_known,
    sanitize_provider_text,
    sanitize_reply_text,
    sanitize_sms_text,
    signature_of,
    single_line,
    truncate,
)
from tests.cases import each
from tests.reports import NUMBER, phone


def test_lines_run_together_and_invisible_characters_go() -> None:
    assert single_line(" a\r\n b\t\u202ec\u200b\x1b[31m\x00 \ud800") == "a b c[31m"


@given(st.text(), st.integers(1, 50))
def test_what_is_clipped_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(truncate(single_line(text, limit), limit)) <= limit


@each("spelling", ["+8613711112222", "8613711112222", "008613711112222", "13711112222"])
def test_a_known_number_is_masked_however_it_is_written(spelling: str) -> None:
    assert mask_known(f"user {spelling} absent", [phone(1), NUMBER]) == "user +86 137****2222 absent"


def test_a_mask_is_left_as_it_is_where_no_more_than_that_is_known_of_a_number() -> None:
    known = PhoneNumber.from_mask("+86 137****2222")

    assert mask_known("customer +86 137****2222, id x137****2222", [known]) == "customer +86 137****2222, id x137****2222"


def test_a_long_run_of_digits_in_prose_is_hidden_and_a_short_one_kept() -> None:
    assert mask_digits("user 13500001111 hour level Permits:5 code 000027") == "user **** hour level Permits:5 code 000027"


@given(st.text())
def test_no_digit_of_any_script_is_left_and_nothing_else_is_changed(text: str) -> None:
    blanked = blank_digits(text)

    assert not any(unicodedata.category(char) == "Nd" for char in blanked)
    assert len(blanked) == len(text)
    assert all(new == old for new, old in zip(blanked, text, strict=True) if not old.isdigit())


@each("code", ["483920", "４８３９２０", "٤٨٣٩٢٠", "४८३", "⁴₈③"])
def test_a_code_in_any_digits_is_blanked(code: str) -> None:
    assert blank_digits(f"code {code}.") == f"code {'•' * len(code)}."


def test_a_message_is_shown_on_one_line_without_marks_that_turn_the_reading_direction() -> None:
    assert sanitize_sms_text("【示例】\u202eyour\u200b code\n\tis 12\x00") == "【示例】your code is ••"


@each(
    ("text", "shown"),
    [
        ("【示例】您的验证码是483920，5分钟内有效。", "【示例】您的验证码是••••••，•分钟内有效。"),
        (
            "【示例】尊敬的张三丰，您的订单AB12CD34已发货，电话13711112222",
            "【示例】尊敬的•••，您的订单••••••••已发货，•••••••••••••",
        ),
        ("李四的快递SF1234567【示例2】", "••的快递•••••••••【示例•】"),
        ("Dear John Smith, your order AB-12-CD is 15€", "•••• •••• •••••, your ••••• ••-••-•• is ••€"),
        ("Код Ивана: 12ab", "••• •••••: ••••"),
        ("见【张三】的信", "•【••】的•"),
    ],
)
def test_names_and_orders_in_a_message_are_blanked_wholly_and_the_signature_is_kept(text: str, shown: str) -> None:
    assert sanitize_sms_text(text) == shown


OF_TEMPLATES = {"confirm", "confirmation", "expire", "expires", "ignore", "minute", "minutes", "password", "please"} | {
    *("register", "registration", "security", "verify", "verification")
}  # the long ones among the words that every template has: they are no names, and are shown


@given(
    st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=6, max_size=12).filter(
        lambda name: name.lower() not in OF_TEMPLATES
    )
)
def test_no_name_and_no_code_of_a_message_is_left(name: str) -> None:
    common = "".join(char for char in sanitize_sms_text(f"【示例】尊敬的 {name} ，您的验证码") if char.isalnum())

    assert name not in common


def test_of_a_reply_the_letters_tell_whether_it_is_an_opt_out() -> None:
    assert sanitize_reply_text("TD 483920\n") == "TD ••••••"


def test_in_a_vendors_row_what_somebody_wrote_is_blanked() -> None:
    row = '{"mobile": "13711112222", "text": "TD 张三 \\"A1\\"", "errmsg": "MK:0008"}'

    assert blank_row(row) == '{"mobile": "•••••••••••", "text": "•• •• \\"••\\"", "errmsg": "MK:••••"}'
    assert blank_row('{"template_param": "{\\"name\\": \\"Ann\\"}", "sms_text": "张三"}').count("Ann") == 0
    assert "张" not in blank_row('{"sms_text": "张三", "reply_content": "张"}')


@each("code", ["13711112222", "ERR:+86 137-1111-2222", "137.1111.2222", "137/1111/2222"])
def test_a_number_in_a_code_is_masked_and_a_carriers_code_is_not(code: str) -> None:
    assert "1111" not in mask_code(code)
    assert mask_code("0000046") == "0000046"


def test_a_message_of_monstrous_length_is_cut() -> None:
    assert len(sanitize_sms_text("验" * 100_000)) == 1000


SIGNED = (
    "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n5f0c9a] "
    "server CanonicalRequest is [POST\n/\nPhoneNumber=13711112222\nhost:dysmsapi.aliyuncs.com]"
)


@each(
    "words",
    [
        SIGNED,
        "server string to sign is:POST&%2F&AccessKeyId%3DLTAI5tEXAMPLEfakeKeyId01%26PhoneNumber%3D13711112222",
        "PhoneNumber 13711112222 is wrong",
        "PhoneNumber %2B8613711112222 is wrong",
        "PhoneNumber 137 1111 2222 is wrong",
        "PhoneNumber 137-1111-2222 is wrong",
        "PhoneNumber 137.1111.2222 is wrong",
        "PhoneNumber 137%201111%202222 is wrong",
        r"PhoneNumber \u0031\u0033\u0037\u0031\u0031\u0031\u0031\u0032\u0032\u0032\u0032 is wrong",
        "PhoneNumber 1371\u200b1112222 is wrong",
        "PhoneNumber １３７１１１１２２２２ is wrong",
        "AccessKeyId LTAI5tEXAMPLEfakeKeyId01 is inactive",
        "secret EXAMPLEfakeSecretDoNotUse0123456",
    ],
)
def test_a_number_a_key_and_the_signed_string_are_redacted(words: str) -> None:
    shown = sanitize_provider_text(words)

    plain = "".join(char for char in unicodedata.normalize("NFKC", shown) if char.isalnum())
    for secret in ("13711112222", "7111122", "LTAI5tEXAMPLEfakeKeyId01", "EXAMPLEfakeSecret", "ACS3", "AccessKeyId%3D"):
        assert secret not in plain


def test_what_the_provider_says_before_the_signed_string_is_kept() -> None:
    assert sanitize_provider_text(SIGNED) == "Specified signature does not match our calculation …"


def test_ordinary_words_are_kept() -> None:
    assert sanitize_provider_text("非法手机号, error 404 in sms-api v2") == "非法手机号, error 404 in sms-api v2"


@given(st.text(max_size=400))
def test_words_of_any_kind_are_one_short_line_without_long_numbers(text: str) -> None:
    shown = sanitize_provider_text(text)

    assert len(shown) <= MAX_WORDS
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in shown)
    assert not any(all(char.isdecimal() for char in shown[at : at + 5]) for at in range(len(shown) - 4))


@each(
    ("text", "signature"),
    [
        ("【示例】您的验证码是 483920", "示例"),
        (" 【示例】您的验证码", "示例"),
        ("Your code is 483920【Example Ltd】 ", "Example Ltd"),
        ("【 示\u200b例 】", "示例"),
        ("您的【验证码】是 483920", None),
        ("【】验证码", None),
        ("【\u200b】验证码", None),
        ("[Example] code", None),
        ("", None),
        ("【13711112222】验证码", "****"),
        (f"【{'长' * 41}】验证码", None),
    ],
)
def test_the_signature_is_the_name_in_brackets_at_either_end(text: str, signature: str | None) -> None:
    assert signature_of(text) == signature
