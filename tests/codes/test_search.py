"""search(): meanings are found in both languages, the best first, whatever is typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.codes.search import tokens
from tests.cases import each
from tests.packaged import CATALOGUE


@each(
    ("typed", "best"),
    [
        ("blacklist", "blacklist"),
        ("黑名单", "blacklist"),
        ("BLACKLISTED", "blacklist"),
        ("opt out", "opt_out"),
        ("退订", "opt_out"),
        ("signature not registered", "signature_unregistered"),
        ("实名制报备", "signature_unregistered"),
        ("delivered but not received", "delivered"),
        ("显示送达没收到", "delivered"),
        ("no receipt for hours", "no_receipt"),
        ("empty number", "number_invalid"),
        ("空号", "number_invalid"),
        ("停机", "suspended"),
        ("phone off", "handset_off"),
        ("inbox full", "memory_full"),
        ("携号转网", "ported"),
        ("Permits", "frequency"),
        ("流控", "frequency"),
        ("keyword", "content_blocked"),
        ("敏感词", "content_blocked"),
        ("网关异常", "carrier_fault"),
        ("time skew", "clock"),
        ("rate limit", "rate_limited"),
        ("IP allowlist", "ip_refused"),
        ("欠费停服", "arrears"),
        ("permission denied", "permission"),
        ("AccessKey", "credentials"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, best: str) -> None:
    assert CATALOGUE.search(typed)[0].family.id == best


def test_what_an_own_sentence_says_is_found_and_its_code_comes_first() -> None:
    found = CATALOGUE.search("three days")[0]
    assert (found.family.id, found.rows[0].code) == ("frequency", "ZZ:9023")


def test_the_codes_of_a_finding_are_the_surest_first_and_groups_last() -> None:
    rows = CATALOGUE.search("blacklist")[0].rows
    assert not rows[0].is_pattern
    assert rows[-1].is_pattern
    assert {row.family for row in rows} == {"blacklist"}


@each("typed", ["", "   ", "the", "☃", "qqqqq", "\u200b"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert CATALOGUE.search(typed) == ()


def test_the_beginning_of_a_word_and_a_single_character_find_something() -> None:
    assert CATALOGUE.search("phish")[0].family.id == "phishing_suspected"
    assert CATALOGUE.search("号")


def test_the_limit_is_kept() -> None:
    assert len(CATALOGUE.search("number", 2)) == 2
    assert CATALOGUE.search("number", 0) == ()


@given(st.text())
def test_no_text_makes_search_raise(text: str) -> None:
    found = CATALOGUE.search(text, 5)
    assert len({one.family.id for one in found}) == len(found) <= 5


@given(st.text())
def test_tokens_are_small_letters_without_blanks(text: str) -> None:
    assert all(token and not any(char.isspace() for char in token) for token in tokens(text))


@each(
    ("name", "term"),
    [
        ("receipt", "receipt"),
        ("DLR", "receipt"),
        ("回执", "receipt"),
        ("SMS Signature", "signature"),
        ("实名制报备", "real_name_registration"),
        ("e.164", "e164"),
        ("number portability", "ported_number"),
        ("template", "template"),
    ],
)
def test_the_fields_terms_are_explained_by_any_of_their_names(name: str, term: str) -> None:
    found = CATALOGUE.term(name)
    assert found is not None
    assert found.id == term
    assert found.words("zh").text != found.words("en").text


def test_a_word_that_is_no_term_is_none() -> None:
    assert CATALOGUE.term("") is None
    assert CATALOGUE.term("MK:0008") is None


def test_no_term_hides_a_listed_code() -> None:
    for term in CATALOGUE.glossary.terms:
        for name in term.names:
            exact = [one for one in CATALOGUE.find(name) if one.confidence.value != "unsure"]
            assert exact == [], name
