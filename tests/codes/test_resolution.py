"""Whatever somebody asks about is answered by what fits it: a code, a slip, a term of the field, or words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.codes import resolve
from bot.model import Confidence
from tests.cases import each
from tests.packaged import CATALOGUE


@each("code", ["MK:0008", "mk:0008", " MK：0008 ", "isv.BUSINESS_LIMIT_CONTROL", "DELIVRD", "1"])
def test_a_listed_code_is_told_by_its_readings_alone(code: str) -> None:
    told = resolve(CATALOGUE, code)

    assert told.readings
    assert (told.similar, told.term, told.found) == ((), None, ())


@each("typed", ["isv.BUSINES_LIMIT_CONTROL", "isv.BUSSINESS_LIMIT_CONTROL"])
def test_a_code_with_one_wrong_letter_is_explained_as_the_one_that_was_meant(typed: str) -> None:
    told = resolve(CATALOGUE, typed)

    assert told.codes == (told.meant,) == ("isv.BUSINESS_LIMIT_CONTROL",)
    assert told.readings[0].family == "frequency"
    assert told.similar == ()


def test_a_code_with_more_slips_names_the_likeliest_beside_what_its_group_means() -> None:
    told = resolve(CATALOGUE, "isv.BUSINES_LIMT_CONTROL")

    assert told.similar[0] == "isv.BUSINESS_LIMIT_CONTROL"
    assert told.readings
    assert not told.known


@each("code", ["SME1", "SME8", "SME10", "SME69", "SME-3", "MD:9402", "ZZ:9007", "2_1", "2:1", "CMPP30ERR:8"])
def test_a_code_is_known_by_the_number_inside_it_and_said_to_be_unsure(code: str) -> None:
    told = resolve(CATALOGUE, code)

    assert (told.known, told.wrapped, told.codes, told.similar) == (True, True, (), ())
    assert {one.confidence for one in told.readings} == {Confidence.UNSURE}


@each("code", ["LT:9401", "ZZ:9017", "SME77", "MK:7777"])
def test_where_nobody_explains_the_number_inside_only_the_group_is_told(code: str) -> None:
    told = resolve(CATALOGUE, code)

    assert (told.known, told.grouped) == (False, True)


@each(
    "question",
    ["1016.", "(1016)", "#1016", "1016?", "what is 1016", "What does 1016 mean?", "code 1016", "error 1016", "1016怎么办？"],
)
def test_the_question_round_a_listed_number_is_understood(question: str) -> None:
    assert resolve(CATALOGUE, question).codes == ("1016",)


@each("number", ["000", "0000", "000000", "98765"])
def test_a_number_that_is_not_listed_gets_no_guess(number: str) -> None:
    told = resolve(CATALOGUE, number)

    assert not told.known
    assert told.similar == ()


@each(
    ("words", "family"),
    [
        ("blacklist", "blacklist"),
        ("黑名单", "blacklist"),
        ("signature not registered", "signature_unregistered"),
        ("phone off", "handset_off"),
        ("空号", "number_invalid"),
        ("余额", "balance"),
    ],
)
def test_words_are_told_by_the_meanings_that_they_are_about(words: str, family: str) -> None:
    told = resolve(CATALOGUE, words)

    assert told.found[0].family.id == family
    assert told.readings == ()


@each(("word", "family"), [("blocked", "carrier_blocked"), ("refused", "rejected"), ("keyword", "content_blocked")])
def test_a_word_that_is_an_unsure_code_in_capitals_is_told_as_a_word(word: str, family: str) -> None:
    assert resolve(CATALOGUE, word).found[0].family.id == family
    assert resolve(CATALOGUE, word.upper()).codes == (word.upper(),)


@each("name", ["receipt", "签名", "回执"])
def test_a_term_is_told_by_what_it_is_and_by_no_code(name: str) -> None:
    told = resolve(CATALOGUE, name)

    assert told.term is not None
    assert told.readings == ()


def test_what_nobody_has_heard_of_is_told_as_that() -> None:
    assert resolve(CATALOGUE, "hello").found == ()
    assert resolve(CATALOGUE, "hello").readings == ()


@given(st.text(max_size=120))
def test_no_text_whatever_is_left_without_an_answer(text: str) -> None:
    told = resolve(CATALOGUE, text)

    assert len(told.text) <= len(text)
    assert told.known == bool(told.codes or told.term or told.found or told.wrapped)
