"""Which listed code was written, which one was meant, and which ones only look like it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.codes.spelling_index import SpellingIndex
from tests.cases import each
from tests.packaged import CATALOGUE

SPELLINGS = CATALOGUE.spellings
LISTED = [row.code for row in CATALOGUE.rows if not row.is_pattern]
LONG_WORDS = sorted({code for code in LISTED if len(code) >= 12 and code.replace("_", "").replace(".", "").isalpha()})


@each(
    ("written", "published"),
    [
        ("mk:0001", "MK:0001"),
        ("ＭＫ：０００１", "MK:0001"),
        ("BUSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        ("isp.business_limit_control", "isv.BUSINESS_LIMIT_CONTROL"),
        ("DB：0140", "DB：0140"),
        ("ＤＢ:0140", "DB:0140"),
        ("isv.TIMEOUT", None),  # a receipt's word: the prefix belongs to calls
        ("MK:7777", None),
    ],
)
def test_a_code_is_the_published_one_in_any_spelling(written: str, published: str | None) -> None:
    assert SPELLINGS.published(written) == published


@each(
    ("written", "meant"),
    [
        ("isv.BUSSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        ("BUSINES_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        ("MOBILE_NOT_IN_SERVICE", "MOBILE_NOT_ON_SERVICE"),
        ("SignatureDoesntMatch", "SignatureDoesNotMatch"),
        ("USER_REJETC", "USER_REJECT"),
        ("MK:0002", None),  # other digits are another code
        ("isv.BUSINESS_LIMIT_CONTROL_ALL", None),
    ],
)
def test_one_wrong_letter_is_a_slip_of_the_one_code_that_it_fits(written: str, meant: str | None) -> None:
    assert SPELLINGS.typo_of(written) == meant


def test_a_slip_of_two_codes_is_none_of_them() -> None:
    row = CATALOGUE.rows[0]
    two = SpellingIndex([row._replace(code="UNREACHABLE"), row._replace(code="UNREACHABLY")])
    assert two.typo_of("UNREACHABL") is None
    assert two.typo_of("UNREACHABLLE") == "UNREACHABLE"


@given(st.sampled_from(LONG_WORDS), st.data())
def test_a_letter_left_out_leads_back_to_the_code_or_to_none(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    assert SPELLINGS.typo_of(code[:at] + code[at + 1 :]) in {code, None, SPELLINGS.published(code)} | set(LISTED)


@each("number", ["000", "000000", "12321", "1-2-3-4"])
def test_numbers_look_like_no_code(number: str) -> None:
    assert SPELLINGS.similar(number, 3) == ()


@given(st.text(max_size=40))
def test_no_text_makes_them_raise(text: str) -> None:
    assert SPELLINGS.published(text) in {None, *LISTED}
    assert SPELLINGS.typo_of(text) in {None, *LISTED}
    assert set(SPELLINGS.same_letters(text)) <= set(LISTED)
