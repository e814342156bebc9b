"""What has one reading is read; what has none gets an honest correction. At 14:05:31 on Saturday 2026-11-21."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import moments
from bot.errors import UsageError
from bot.grammar import Explain, Lookup, parse
from bot.grammar.dressing import undress
from bot.grammar.text import clean
from bot.language import ENGLISH
from bot.model import Status, Window
from tests.grammar.askers import CHINESE, ENGINEER, NOW, PLACEHOLDER, asker, lookup, refusal, targets, window
from tests.grammar.test_properties import ANY_TEXT, answer

A, B = "13912345678", "13987654321"
ONE, TWO = f"+86{A}", f"+86{B}"


@pytest.mark.parametrize(
    "text",
    [
        f"{A}和{B} since 2h", f"{A} and {B}", f"{A} & {B}", f"{A}、{B}", f"{A}/{B}", f"{A}|{B}", f"{A}跟{B}", f"{A} 以及 {B}",
        f"1. {ONE}\n2. {TWO}\nsince 2h", f"1. {A} 2. {B}", f"1) {ONE}\n2) {TWO}", f"1、{A}\n2、{B}", f"• {A}\n• {B}",
        f"- {A}\n- {B}",
        f"* {A}\n* {B}", f"> {A}\n> {B}", f"*{A}* _{B}_", f"**{A}**, ~{B}~", f"“{A}” ‘{B}’", f"「{A}」{B}", f"`{A}` `{B}`",
        f"{A}.0 {B}.0", f"[{A}, {B}]", f"{A}? {B}!", f"please check {A} and {B}, thanks!", f"查一下{A}和{B}，谢谢",
        f"phone: {A}, 手机号：{B}",
    ],
)  # fmt: skip
def test_two_numbers_in_any_clothes(text: str) -> None:
    assert targets(text) == [ONE, TWO]


@pytest.mark.parametrize(
    "text",
    [
        f"{A} 2h", f"{A} since:2h", f"{A} since=2h", f"{A} --since 2h", f"{A} --since=2h", f"{A} past 2 hours",
        f"{A} in the last 2h",
        f"{A} within the last 2h", f"{A} over the past 2 hours", f"{A} since 2h.", f"{A} since “2h”", f"{A} *2h*", f"{A} 2h ago",
        f"{A} from 2h ago", f"{A} 最近2小時", f"{A} 過去2小時", f"{A} 最近 2 小时", f"从2小时前 {A}", f"{A} for 2h",
        f"did {A} get the code in the last 2h?",
    ],
)  # fmt: skip
def test_two_hours_in_any_words(text: str) -> None:
    assert window(text) == ("2026-11-21 12:05:31", "open")
    assert targets(text) == [ONE]


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("today", "2026-11-21 00:00:00", "open"),
        ("from 9am to 11am", "2026-11-21 09:00:00", "2026-11-21 11:00:00"),
        ("9am to 11am", "2026-11-21 09:00:00", "2026-11-21 11:00:00"),
        ("between 9 am and 11 a.m.", "2026-11-21 09:00:00", "2026-11-21 11:00:00"),
        ("10:00-12:00", "2026-11-21 10:00:00", "2026-11-21 12:00:00"),
        ("10:00~12:00", "2026-11-21 10:00:00", "2026-11-21 12:00:00"),
        ("10:00 – 12:00", "2026-11-21 10:00:00", "2026-11-21 12:00:00"),
        ("10点到12点", "2026-11-21 10:00:00", "2026-11-21 12:00:00"),
        ("Nov 20 10:00–12:00", "2026-11-20 10:00:00", "2026-11-20 12:00:00"),
        ("last night", "2026-11-20 18:00:00", "2026-11-21 05:59:59"),
        ("since last night", "2026-11-20 18:00:00", "open"),
        ("this morning", "2026-11-21 06:00:00", "2026-11-21 11:59:59"),
        ("this afternoon", "2026-11-21 12:00:00", "open"),
        ("yesterday evening", "2026-11-20 18:00:00", "2026-11-20 23:59:59"),
        ("今天早上", "2026-11-21 06:00:00", "2026-11-21 11:59:59"),
        ("昨晚", "2026-11-20 18:00:00", "2026-11-21 05:59:59"),
        ("昨天下午", "2026-11-20 12:00:00", "2026-11-20 17:59:59"),
        ("since 11月20日晚8：00", "2026-11-20 20:00:00", "open"),
        ("昨天晚上8:15", "2026-11-20 20:15:00", "open"),
        ("昨晚8点", "2026-11-20 20:00:00", "open"),
        ("今天凌晨2点", "2026-11-21 02:00:00", "open"),
        ("since Monday", "2026-11-16 00:00:00", "open"),
        ("since last Tuesday 9am", "2026-11-17 09:00:00", "open"),
        ("since Saturday", "2026-11-14 00:00:00", "open"),
        ("周一", "2026-11-16 00:00:00", "open"),
        ("上周一", "2026-11-09 00:00:00", "open"),
        ("since Nov 20 10:04:21", "2026-11-20 10:04:21", "open"),
        ("since Nov 20, 2025", "2025-11-20 00:00:00", "open"),
        ("since 20 November 2026 10:04", "2026-11-20 10:04:00", "open"),
        ("since Fri Nov 20 10:04:21 2026", "2026-11-20 10:04:21", "open"),
        ("since Fri, 20 Nov 2026 10:04:21 +0000", "2026-11-20 18:04:21", "open"),
        ("since 20/Nov/2026:21:43:44 +0800", "2026-11-20 21:43:44", "open"),
        ("since [20/Nov/2026:13:43:44 +0000]", "2026-11-20 21:43:44", "open"),
        ("since 2026-11-20 08:04:21 +0000", "2026-11-20 16:04:21", "open"),
        ("since 2026-11-20 08:04:21 +0800", "2026-11-20 08:04:21", "open"),
        ("since 2026-11-20 08:04:21,123", "2026-11-20 08:04:21", "open"),
        ("since 2026-11-20T00:04:21.123Z", "2026-11-20 08:04:21", "open"),
        ("since 2026-11-20 08:04 UTC+8", "2026-11-20 08:04:00", "open"),
        ("since 20261120", "2026-11-20 00:00:00", "open"),
        ("20261120", "2026-11-20 00:00:00", "open"),
        ("since 20261120 10:04", "2026-11-20 10:04:00", "open"),
    ],
)  # fmt: skip
def test_times_as_logs_vendors_and_people_write_them(words: str, since: str, until: str) -> None:
    assert window(f"{A} {words}") == (since, until)
    assert targets(f"{A} {words}") == [ONE]


@pytest.mark.parametrize(
    ("text", "only", "providers"),
    [
        (f"{A} failed", {Status.FAILED}, ()), (f"{A} failed only", {Status.FAILED}, ()), (f"{A} 失败", {Status.FAILED}, ()),
        (f"{A} 失敗", {Status.FAILED}, ()), (f"{A} failed pending", {Status.FAILED, Status.PENDING}, ()),
        (f"{A} tencent", set(), ("tencent",)), (f"{A} 腾讯", set(), ("tencent",)),
        (f"{A} tencent failed", {Status.FAILED}, ("tencent",)),
        (f"was {A} delivered?", set(), ()),
    ],
)  # fmt: skip
def test_a_status_or_a_provider_needs_no_keyword(text: str, only: set[Status], providers: tuple[str, ...]) -> None:
    assert (lookup(text).query.only, lookup(text).query.providers) == (frozenset(only), providers)


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        (A, ()),
        (f"{A} please", ("please",)),
        (f"status of {A}", ("status of",)),
        (f"did {A} get the code?", ("did", "get", "the", "code")),
        (f"{A} cc <@U123|bob> :pray: 🙏", ("cc",)),
        (f"{A} 收到了吗？", ("收到了吗",)),
        (f"查一下 {A} 谢谢", ("谢谢",)),
    ],
)
def test_a_word_that_changes_nothing_is_passed_over_and_named(text: str, ignored: tuple[str, ...]) -> None:
    assert lookup(text).ignored == ignored


@pytest.mark.parametrize("text", ["MK:0008", "mk0008", "`MK:0008`", "MK:0008?", "*MK:0008*", "why MK:0008?", "what is MK:0008"])
def test_a_bare_code_is_explained(text: str) -> None:
    assert parse(text, ENGINEER) in {Explain("MK:0008"), Explain("mk0008")}


@pytest.mark.parametrize(
    ("text", "says", "example_"),
    [
        ("13,912,345,678 since 2h", "A spreadsheet changed", None),
        ("1.39E+10", "A spreadsheet changed", None),
        ("+86 139****5678 since 2h", "is masked", None),
        ("139xxxx5678", "is masked", None),
        ("1391234567", "`1391234567` has 10 digits; mobile numbers in China (+86) have 11.", None),
        ("+8613811112000 limit 5", "Unknown word `limit`.", "+8613811112000"),
        (f"{A} sinse 2h", "Unknown word `sinse`. Did you mean `since`?", f"{A} since 2h"),
        (f"{A} since", "Add a time after `since`", f"{A} since WHEN"),
        (f"{A} since 25:00", "not a valid time", f"{A} since WHEN"),
        (f"{A} via twilio", "Unknown provider `twilio`", f"{A} via PROVIDER"),
        ("since 2h", "Add a phone number or message ID.", "NUMBER since 2h"),
        ("foo", "Unknown word `foo`.", "NUMBER"),
        ("NUMBER since 2h", "stands for something that is missing", None),
        (f"{A} not via tencent", "Unknown word `not`", f"{A} via tencent"),
    ],
)
def test_what_is_not_understood_gets_an_honest_correction(text: str, says: str, example_: str | None) -> None:
    error = refusal(text)
    assert says in str(error)
    assert error.example == example_


def runs(text: str) -> list[str]:
    """The runs of digits that could be a number or an id; `00000w` is a length of time."""
    return re.findall(r"[0-9]{5,}(?![0-9]|[smhdwSMHDW]\b)", text)


@given(ANY_TEXT)
@settings(max_examples=1500, deadline=None)
@example("13912345678和13987654321 foo")
@example("13912345678 foo 13987654321")
@example("+8613811112000 limit 5")
@example("TENCENT\r00000W")
def test_a_correction_never_makes_up_a_number(text: str) -> None:
    error = answer(text)
    if not isinstance(error, UsageError) or error.example is None:
        return
    typed, shown = runs(undress(clean(text))), runs(error.example)
    if "WHEN" in error.example:  # stands for a time, which may have such digits of its own
        left = iter(typed)
        assert all(run in left for run in shown)
    else:
        assert shown == typed
    if not PLACEHOLDER.search(error.example):
        parse(error.example, ENGINEER)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@given(st.integers(0, 10**7), st.integers(60, 10**6), st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kathmandu"]))
@settings(max_examples=200, deadline=None)
def test_a_window_as_an_answer_prints_it_is_read_back(language: object, back: int, length: int, name: str) -> None:
    zone = ZoneInfo(name)
    who = asker(NOW, zone)
    until = (who.moment - timedelta(seconds=back + 60)).replace(second=0)
    since = (until - timedelta(seconds=length)).replace(second=0)
    printed = moments.span(Window(since, until, open=False), zone, NOW, language)  # type: ignore[arg-type]
    found = lookup(f"{A} {printed}", who).query.window
    assert found.since == since
    assert found.until == until


def test_a_new_number_keeps_the_window_and_drops_the_filters() -> None:
    last = lookup(f"{A} since 5h only failed via aliyun").query
    following = replace(ENGINEER, last=last)
    new = parse(B, following)
    assert isinstance(new, Lookup)
    assert (new.query.window, new.query.only, new.query.providers) == (last.window, frozenset(), ())
    kept = parse("last 2h", following)
    assert isinstance(kept, Lookup)
    assert (kept.query.only, kept.query.providers) == (last.only, last.providers)


@pytest.mark.parametrize("text", ["thanks", "thanks!", "ok", "谢谢"])
def test_thanks_in_a_thread_repeat_no_lookup(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text, replace(ENGINEER, last=lookup(A).query))


def test_what_is_passed_over_is_named_without_the_numbers_mentions_and_emoji_in_it() -> None:
    asked = parse(f"please, did {A} get the code? cc <@U0123ABC> @U0123ABC :pray: since 2h", ENGINEER)

    assert isinstance(asked, Lookup)
    assert asked.ignored == ("please", "did", "get", "the", "code", "cc")
