"""What must hold for any text and any command whatsoever."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.grammar import (
    CheckSignature,
    CheckTemplate,
    Command,
    Doctor,
    Explain,
    Help,
    Lookup,
    ParseContext,
    Providers,
    Stats,
    Watch,
    Watches,
    parse,
    write,
)
from bot.grammar.decoration import _stripped, strip_decoration
from bot.grammar.text import escape_entities, normalize
from bot.i18n import ENGLISH
from bot.model import PhoneNumber, Query, Status, Target, Window
from tests.grammar.contexts import CHINESE, ENGINEER, PLACEHOLDER, PROVIDERS, english_in, refusal

WORDS = """
    since until last via only share lookup check help explain providers stats watch for status id id: now ago yesterday today
    watches 监视 30分钟 30m
    从 到 最近 昨天 今天 前天 2小时 前 只看失败 分享 帮助 解释 查 9点 11月20日 半
    2h 90m 1d12h 0h 09:00 25:61 9pm 2026-11-20 2026-02-30 2026-11-20T09:00Z 0001-01-01 9999-12-31 11-05 99999999999w
    +8613711112222 13711113333 137 1111 2222 0086 (0086) + 86 +1 415 555 2671 95588 85291234567
    1045710669157053657 5000:1045710669157053657849499619 900000000000000001^0 id:x id:a&amp;b
    tencent aliyun 腾讯 failed,pending undelivered sinse foo <tel:+8613711112222|x> &lt; < > | ` , ; 、 ² ٣ 😀
"""
ODD = ["\n", "\u200b", "\u202e", "\ud800", "\0", ""]
COMMAND_LIKE = st.lists(st.sampled_from(WORDS.split() + ODD), max_size=12).flatmap(
    lambda words: st.sampled_from([" ", "", "  ", ",", "\n"]).map(lambda gap: gap.join(words)),
)
SURROGATES_TOO = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "M", "C"]))
DIGITS_AND_SIGNS = st.text("0123456789+-()./:^,; \n昨天前从到点小时月日hmd", max_size=60)
ANY_TEXT = SURROGATES_TOO | DIGITS_AND_SIGNS | COMMAND_LIKE


@given(st.text("0123456789+ ", max_size=60) | st.text("since2h+8 lat0", max_size=40))
@example("13711112222008613711113333")
@example("since2h")
def test_what_has_no_decoration_is_read_as_if_it_had(text: str) -> None:
    assert strip_decoration(text.strip()) == _stripped(text.strip())


@given(ANY_TEXT)
@example("<tel:|>")
@example("id:<tel:+8613711112222|…>")
@example("since 1-1 since")
@example('110000000000000"0')
@example("since 9999-12-31 10:00 until 09:00")
@example("since 10:00 until 0001-01-01 09:00")
def test_any_text_is_a_command_that_can_be_written_or_an_error_whose_example_works(text: str) -> None:
    outcome = answer(text)
    if isinstance(outcome, UsageError):
        for language in (ENGLISH, CHINESE):
            problem = outcome.problem.said_in(language)
            assert {unicodedata.category(char) for char in problem}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
            assert 0 < len(problem) < 400
            assert outcome.word in problem
        assert english_in(outcome.problem.said_in(CHINESE)) == []
        assert str(outcome) == outcome.problem.said_in(ENGLISH)
        assert len(outcome.word) <= 41
        if outcome.example is not None:
            outcome.example.encode()  # no half characters: Slack could not send them
            if not PLACEHOLDER.search(outcome.example):
                parse(outcome.example, ENGINEER)
    else:
        assert parse(write(outcome, ENGINEER), ENGINEER) == outcome


def answer(text: str) -> Command | UsageError:
    try:
        return parse(text, ENGINEER)
    except UsageError as error:
        return error


ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Shanghai", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")
]
NUMBERS = [
    PhoneNumber("+8613711112222", 86, "13711112222"),
    PhoneNumber("+8613711113333", 86, "13711113333"),
    PhoneNumber("+14155552671", 1, "4155552671"),
    PhoneNumber("+390236618300", 39, "0236618300"),
    PhoneNumber("+85291234567", 852, "91234567"),
    PhoneNumber("+5491123456789", 54, "91123456789"),
    PhoneNumber("+80012345678", 800, "12345678"),
]
IDS = (
    st.from_regex(r"[0-9]{16,30}|[0-9]{3,20}\^[0-9]{1,3}|[0-9]{4}:[0-9]{10,30}|[A-Za-z0-9:_.\-&<>^]{1,40}", fullmatch=True)
    | st.sampled_from(["since", "id:", ":", "&lt", "<tel:+86|x>", "最近2小时", "<0S", "^10m", "a>2h"])
).filter(lambda value: not value.startswith("tel:"))


@st.composite
def parse_contexts(draw: st.DrawFn) -> ParseContext:
    now = draw(st.datetimes(datetime(2005, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - given by timezones
    return ParseContext(
        now=now, zone=draw(st.sampled_from(ZONES)), providers=PROVIDERS, region=draw(st.sampled_from(["CN", "US", "GB"]))
    )


@st.composite
def commands(draw: st.DrawFn, parse_context: ParseContext) -> Lookup:
    lone = draw(st.lists(IDS.map(lambda value: Target(message_id=value)), max_size=5, unique=True))
    numbers = draw(
        st.lists(st.builds(Target, st.sampled_from(NUMBERS), st.none() | IDS), min_size=0 if lone else 1, max_size=8, unique=True)
    )
    until = parse_context.moment - timedelta(seconds=draw(st.integers(0, 10**8)))
    since = until - timedelta(seconds=draw(st.integers(0, 10**8)))
    window = Window(since, until, open=until == parse_context.moment)
    providers = tuple(draw(st.lists(st.sampled_from(sorted(set(PROVIDERS.values()))), unique=True)))
    only = draw(st.frozensets(st.sampled_from(Status)))
    return Lookup(Query((*lone, *numbers), window, providers, only), share=draw(st.booleans()))


def watches(lookups: st.SearchStrategy[Lookup]) -> st.SearchStrategy[Watch]:
    within = st.integers(60, 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
    return st.builds(lambda asked, span: Watch(replace(asked.query, only=frozenset()), span, share=asked.share), lookups, within)


@given(st.data(), parse_contexts())
def test_a_command_that_is_written_and_read_again_is_the_same(data: st.DataObject, parse_context: ParseContext) -> None:
    codes = st.from_regex(r"[A-Za-z0-9.]([A-Za-z0-9:_.&<>*?\\ ]{0,38}[A-Za-z0-9.?])?", fullmatch=True).map(
        lambda code: " ".join(code.split())
    )
    names = st.from_regex(r"[A-Za-z示例範&<>.]([A-Za-z0-9示例範&<> .]{0,18}[A-Za-z示例範&<>])?", fullmatch=True)
    checks = names.map(lambda name: CheckSignature(" ".join(name.split()))) | st.integers(1, 10**9).map(
        lambda number: CheckTemplate(f"SMS_{number}")
    )
    lookups = commands(parse_context)
    counts = lookups.map(lambda one: Stats(one.query.window, one.query.providers, share=one.share))
    others = (counts, st.sampled_from([Help(), Providers(), Watches(), Doctor()]), codes.map(Explain), checks)
    command: Command = data.draw(st.one_of(lookups, watches(lookups), *others))
    assert parse(write(command, parse_context), parse_context) == command


@given(SURROGATES_TOO | COMMAND_LIKE)
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(escape_entities(once)) == once


def test_no_character_cleans_into_one_that_is_not_clean() -> None:
    # Of the 960,000 that are unassigned or private, which are all alike to Unicode, a sample will do.
    told_apart = (
        chr(point) for point in range(0x110000) if not point % 97 or unicodedata.category(chr(point)) not in {"Cn", "Co"}
    )
    once = normalize(" ".join(told_apart))
    assert normalize(escape_entities(once)) == once


MONSTERS = {
    "one long word": "x" * 100_000,
    "one long number": "1" * 100_000,
    "a number with a plus": "+" + "1" * 7_990,
    "digits and dashes": "1-" * 4_000,
    "single digits": "1 " * 4_000,
    "a number spelled out": "1 3 7 1 1 1 1 2 2 2 2 " * 360,
    "unknown words": "foo " * 25_000,
    "many numbers": " ".join(f"+861371111{index:04}" for index in range(500)),
    "one number again and again": "13711112222 " * 660,
    "keywords": "since " * 1_300,
    "durations": "13711112222 since " + "2h" * 3_900,
    "a duration of many digits": "13711112222 since " + "9" * 7_900 + "h",
    "zero width": "\u200b" * 100_000,
    "overrides": "\u202e13711112222" * 600,
    "ligatures that unfold": "\ufdfa" * 8_000,
    "open brackets": "<" * 8_000,
    "open links": "<a|" * 2_600,
    "parentheses": "(" * 8_000,
    "lone surrogates": "\ud800" * 8_000,
    "NUL": "\0" * 8_000,
    "Chinese": "昨天" * 4_000,
    "emoji": "😀" * 8_000,
    "superscripts": "²" * 8_000,
    "a code": "explain " + "x" * 7_900,
}


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monstrous_text_is_answered_at_once(name: str) -> None:
    began = time.process_time()
    answer(MONSTERS[name])
    assert time.process_time() - began < 5.0  # a fraction of a second, as a rule; something quadratic would take minutes


def test_a_text_beyond_the_limit_is_refused_with_both_lengths() -> None:
    error = refusal("+8613711112222 since 2h " * 500)
    assert str(error) == "The text that begins with `+8613711112222` has 12,000 characters; a command has at most 8,000."
