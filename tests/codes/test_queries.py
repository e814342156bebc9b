"""What people type leads to the meaning that it is about, first."""

from __future__ import annotations

from bot.codes import resolve
from tests.cases import each
from tests.codes.queries import FURTHER, HELD_OUT, LEARNT
from tests.packaged import CATALOGUE

ENOUGH = 0.95  # of the queries for which neither the rule nor the keywords were made


def is_right(query: str, right: str) -> bool:
    """Whether the first answer to `query` is one of the `right` ones, or there is none where none is right."""
    told = resolve(CATALOGUE, query)
    first = [one.family.id for one in told.found] or [one.family for one in told.readings]
    return first[0] in right.split() if first and right else not (first or right)


def test_what_people_type_is_answered_by_what_they_mean_first() -> None:
    assert [query for query, right in (*LEARNT, *FURTHER) if not is_right(query, right)] == []


def test_nearly_all_that_nobody_made_the_keywords_for_is_answered_rightly_too() -> None:
    missed = [query for query, right in HELD_OUT if not is_right(query, right)]

    assert len(missed) <= (1 - ENOUGH) * len(HELD_OUT), missed


@each("words", ["收不到", "收不到验证码", "用户没收到短信", "otp not received", "why no sms", "did not get the sms"])
def test_where_nothing_came_the_phone_is_looked_at_first_and_then_what_hides_a_delivered_message(words: str) -> None:
    assert [one.family.id for one in resolve(CATALOGUE, words).found] == ["unreachable", "delivered"]


@each("cause", ["关机", "携号转网", "黑名单", "国际短信", "phone off", "ported number", "blacklist", "inbox full"])
@each("silence", ["收不到", "没收到", "not received", "never came"])
def test_a_cause_that_is_named_comes_before_the_silence(cause: str, silence: str) -> None:
    first = resolve(CATALOGUE, f"{cause} {silence}").found[0].family.id

    assert first == resolve(CATALOGUE, cause).found[0].family.id


@each("other", ["微信", "企业微信", "邮件", "语音", "e-mail", "voice", "WhatsApp", "5G message"])
def test_what_is_no_text_message_finds_nothing_unless_it_speaks_of_one(other: str) -> None:
    assert resolve(CATALOGUE, f"{other} not received").found == ()
    assert resolve(CATALOGUE, f"{other} works, sms not received").found != ()


@each("term", ["频控", "签名", "模板", "报备", "退订", "携号转网", "signature", "template", "ported number"])
def test_a_term_is_told_with_what_can_happen_to_it(term: str) -> None:
    told = resolve(CATALOGUE, term)

    assert told.term is not None
    assert told.found


@each("words", ["关机", "phone off"])
def test_the_codes_of_a_meaning_begin_with_those_that_people_meet(words: str) -> None:
    assert CATALOGUE.search(words)[0].rows[0].code == "MK:0024"
