"""Phone numbers in all the shapes that people paste them in, and where one number ends and the next begins."""

from __future__ import annotations

from functools import cache

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import parse
from bot.i18n import ENGLISH, Country
from tests.cases import each
from tests.grammar.contexts import CHINESE, ENGINEER, lookup, parse_context, refusal, targets

NUMBER = "+8613711112222"
OTHER = "+8613711113333"


SPELLINGS = [
    "+8613711112222",
    "13711112222",
    "8613711112222",
    "008613711112222",
    "0086 137 1111 2222",
    "00 86 137 1111 2222",
    "(0086)13711112222",
    "(0086) 137-1111-2222",
    "(+86)13711112222",
    "(+86) 137 1111 2222",
    "+86 137-1111 2222",
    "+ 86 137 1111 2222",
    "+86 (137) 1111-2222",
    "+86（137）1111-2222",
    "+86.137.1111.2222",
    "137–1111—2222",
    "+86 0137 1111 2222",
    "1 3 7 1 1 1 1 2 2 2 2",
    "１３７１１１１２２２２",
    "＋８６　１３７　１１１１　２２２２",
    "٠٠٨٦١٣٧١١١١٢٢٢٢",
    "+86\u00a0137\u20091111\u202f2222",
    "\u202a+86 137 1111 2222\u202c",
    "\ufeff+86\u200b137\u200d1111\u00ad2222\u2060",
    "\u2066+8613711112222\u2069",
    "<tel:+8613711112222|137 1111 2222>",
    "<tel:+8613711112222>",
    "<tel:13711112222|137-1111-2222>",
    "<TEL:%2B8613711112222|+86…>",
    "<tel:+8613711112222;phone-context=cn|137>",
    "+86 <tel:13711112222|137-1111-2222>",
    "tel:+8613711112222",
    "`+8613711112222`",
    "13711112222.",
    "13711112222,",
    "\n\t13711112222\r\n",
    "lookup 13711112222",
    "check +86 137 1111 2222",
    "查13711112222",
    "查一下13711112222",
]


def test_one_number_is_read_in_every_common_spelling() -> None:
    assert {text: targets(text) for text in SPELLINGS} == {text: [NUMBER] for text in SPELLINGS}


@each(
    "text",
    [
        "+8613711112222 +8613711113333",
        "+8613711112222+8613711113333",
        "13711112222 13711113333",
        "137 1111 2222 137 1111 3333",
        "+86 137 1111 2222 +86 137 1111 3333",
        "+86 137 1111 2222 137 1111 3333",
        "137 1111 2222 0086 137 1111 3333",
        "13711112222,13711113333",
        "13711112222, 137 1111 3333",
        "13711112222，13711113333",
        "13711112222、13711113333",
        "13711112222；13711113333。",
        "13711112222\n13711113333",
        "13711112222\t13711113333",
        "<tel:13711112222|…> <tel:13711113333|…>",
        "<tel:+8613711112222|…><tel:+8613711113333|…>",
        "13711112222 since 2h 13711113333",
    ],
)
def test_two_numbers_beside_each_other_are_two_targets(text: str) -> None:
    assert targets(text) == [NUMBER, OTHER]


@each("gap", [",", "、", "\n", "\u2028", " since 2h "])
def test_a_number_does_not_go_on_after_a_break(gap: str) -> None:
    assert refusal(f"137 1111{gap}2222").word == "137 1111"


def test_a_number_named_again_in_another_spelling_is_one_target() -> None:
    assert targets("+8613711112222 137-1111-2222, 0086 13711112222") == [NUMBER]


def test_a_number_keeps_its_country_code_and_national_digits() -> None:
    number = lookup("+39 02 3661 8300").query.targets[0].number
    assert number is not None
    assert (number.e164, number.country_code, number.national) == ("+390236618300", 39, "0236618300")


@each(
    ("region", "text", "e164"),
    [
        ("US", "(415) 555-2671", "+14155552671"),
        ("US", "0086 137 1111 2222", NUMBER),
        ("US", "011 86 137 1111 2222", NUMBER),
        ("HK", "9123 4567", "+85291234567"),
        ("SG", "+65 9123 4567", "+6591234567"),
        ("AU", "0011 86 137 1111 2222", NUMBER),
        ("CN", "+44 7400 123456", "+447400123456"),
    ],
)
def test_a_national_number_belongs_to_the_default_region(region: str, text: str, e164: str) -> None:
    assert targets(text, parse_context(region=region)) == [e164]


def test_a_number_of_the_right_length_in_a_range_that_no_table_lists_is_accepted() -> None:
    parsed = phonenumbers.parse("+8611011112222")
    assert not phonenumbers.is_valid_number(parsed)
    assert targets("+8611011112222") == ["+8611011112222"]


def test_a_valid_landline_is_accepted() -> None:
    assert targets("+86 10 6552 9988") == ["+861065529988"]


@each(
    ("text", "word", "reason"),
    [
        ("+8613711", "+8613711", "has 5 digits; mobile numbers in China (+86) have 11."),
        ("+861371111222 since 2h", "+861371111222", "has 10 digits; mobile numbers in China (+86) have 11."),
        ("137 1111 22223", "137 1111 22223", "has 12 digits; mobile numbers in China (+86) have 11."),
        ("+86137111122221371371", "+861371111222213…", "is too long: phone numbers have at most 15 digits."),
        ("+9991234567", "+9991234567", "does not start with a valid country code."),
        ("+12", "+12", "is too short for a phone number."),
        ("1371111222 13711113333", "1371111222", "has 10 digits; mobile numbers in China (+86) have 11."),
        ("12 13711112222", "12", "has 2 digits; mobile numbers in China (+86) have 11."),
        ("13711112222 95588", "95588", "has 5 digits; mobile numbers in China (+86) have 11."),
        ("+49151", "+49151", "has 3 digits; mobile numbers in Germany (+49) have 10 or 11."),
        ("+80012", "+80012", "is too short for +800."),
    ],
)
def test_an_impossible_number_is_refused_with_the_reason_in_words(text: str, word: str, reason: str) -> None:
    error = refusal(text)
    assert error.word == word
    assert str(error) == f"`{word}` {reason}"


@each(
    ("text", "meant", "country"),
    [("85291234567", "+85291234567", "Hong Kong SAR China (+852)"), ("1 415 555 2671", "+1 415 555 2671", "United States (+1)")],
)
def test_a_foreign_number_that_lost_its_plus_is_not_taken_for_a_chinese_one(text: str, meant: str, country: str) -> None:
    error = refusal(f"{text} since 2h")
    assert country in str(error)
    assert error.example == f"{meant} since 2h"


def test_every_country_has_a_name_in_both_languages() -> None:
    for language in (ENGLISH, CHINESE):
        assert [region for region in phonenumbers.SUPPORTED_REGIONS if not Country(region).said_in(language)] == []


@each("text", ["a13711112222", "x13711112222x13711113333"])
def test_a_word_that_could_be_an_id_is_never_cut_for_the_correction(text: str) -> None:
    assert refusal(text).example is None


NOISE = st.sampled_from(
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c\ufe0f"
)
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)}


@given(st.data(), st.sampled_from(["+8613711112222", "0086 137-1111-2222", "(0086)13711112222", "137 1111 2222"]))
def test_invisible_and_full_width_characters_change_nothing(data: st.DataObject, number: str) -> None:
    text = f"{number} since 2h"
    noisy = "".join(
        "".join(data.draw(st.lists(NOISE, max_size=2))) + (WIDE.get(char, char) if data.draw(st.booleans()) else char)
        for char in text
    )
    assert parse(noisy, ENGINEER) == parse(text, ENGINEER)


@cache
def mobiles() -> list[str]:
    """An example of every country."""
    return [
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        if (example := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
    ]


def test_a_mobile_number_of_every_country_is_read() -> None:
    assert [targets(number) for number in mobiles()] == [[number] for number in mobiles()]


@given(
    st.lists(st.deferred(lambda: st.sampled_from(mobiles())), min_size=2, max_size=6, unique=True),
    st.sampled_from(["E164", "INTERNATIONAL"]),
)
def test_international_numbers_beside_each_other_stay_apart(numbers: list[str], style: str) -> None:
    form = getattr(phonenumbers.PhoneNumberFormat, style)
    spelled = [phonenumbers.format_number(phonenumbers.parse(number), form) for number in numbers]
    assert targets(" ".join(spelled)) == numbers
