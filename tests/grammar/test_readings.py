"""What has one reading is read; what has none gets an honest correction. At 14:05:31 on Saturday 2026-11-21."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.grammar import Explain, Lookup, parse
from bot.grammar.decoration import strip_decoration
from bot.grammar.text import normalize
from bot.i18n import ENGLISH, Language
from bot.model import Status, Window
from bot.presentation import times
from tests.cases import each
from tests.grammar.contexts import CHINESE, ENGINEER, NOW, PLACEHOLDER, lookup, parse_context, refusal, targets, window
from tests.grammar.test_properties import ANY_TEXT, answer

A, B = "13912345678", "13987654321"
ONE, TWO = f"+86{A}", f"+86{B}"


@each(
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


@each(
    "text",
    [
        f"{A} 2h", f"{A} since:2h", f"{A} since=2h", f"{A} --since 2h", f"{A} --since=2h", f"{A} past 2 hours",
        f"{A} in the last 2h",
        f"{A} within the last 2h", f"{A} over the past 2 hours", f"{A} since 2h.", f"{A} since “2h”", f"{A} *2h*",
        f"{A} 2h ago",
        f"{A} from 2h ago", f"{A} 最近2小時", f"{A} 過去2小時", f"{A} 最近 2 小时", f"从2小时前 {A}", f"{A} for 2h",
        f"did {A} get the code in the last 2h?",
    ],
)  # fmt: skip
def test_two_hours_in_any_words(text: str) -> None:
    assert window(text) == ("2026-11-21 12:05:31", "open")
    assert targets(text) == [ONE]


WRITTEN_TIMES = [
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
]  # fmt: skip


def test_times_as_logs_vendors_and_people_write_them() -> None:
    assert [(words, *window(f"{A} {words}")) for words, _, _ in WRITTEN_TIMES] == WRITTEN_TIMES
    assert [words for words, _, _ in WRITTEN_TIMES if targets(f"{A} {words}") != [ONE]] == []


@each(
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


@each(
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


@each("text", ["MK:0008", "mk0008", "`MK:0008`", "MK:0008?", "*MK:0008*", "why MK:0008?", "what is MK:0008"])
def test_a_bare_code_is_explained(text: str) -> None:
    assert parse(text, ENGINEER) in {Explain("MK:0008"), Explain("mk0008")}


@each(
    ("text", "says", "example_"),
    [
        ("13,912,345,678 since 2h", "A spreadsheet changed", None),
        ("1.39E+10", "A spreadsheet changed", None),
        ("+86 139****5678 since 2h", "is masked", None),
        ("139xxxx5678", "is masked", None),
        ("1391234567", "`1391234567` has 10 digits; mobile numbers in China (+86) have 11.", None),
        ("+8613811112000 limit 5", "Unknown word `limit`.", "+8613811112000"),
        (f"{A} ystrday", "Did you mean `yesterday`", f"{A} yesterday"),
        (f"{A} sinse 2h", "Unknown word `sinse`. Did you mean `since`?", f"{A} since 2h"),
        (f"{A} since", "Add a time after `since`", f"{A} since WHEN"),
        (f"{A} since 25:00", "not a valid time", f"{A} since WHEN"),
        (f"{A} via twilio", "Unknown provider `twilio`", f"{A} via PROVIDER"),
        ("since 2h", "Add a phone number or message ID.", "NUMBER since 2h"),
        ("foo", "Unknown word `foo`.", "NUMBER"),
        ("NUMBER since 2h", "stands for something that is missing", None),
        *(
            (f"{A} {word} tencent", f"Unknown word `{word.split()[0]}`", None)
            for word in (
                "not via",
                "without",
                "except",
                "excluding",
                "but not",
                "never via",
                "no",
                "除了",
                "不看",
            )
        ),
        (f"{A} since 9", "can be a length or a time. Write `9h` or `9:00`", f"{A} since WHEN"),
        (f"{A} last 5", "needs a unit, such as `5h` or `5d`", f"{A} last WHEN"),
        (f"{A} since 2h since 3h", "`since` appears twice", f"{A} since WHEN"),
        (f"{A} yesterday since 2h", "both set the same thing", f"{A} WHEN"),
    ],
)
def test_what_is_not_understood_gets_an_honest_correction(text: str, says: str, example_: str | None) -> None:
    error = refusal(text)
    assert says in str(error)
    assert error.example == example_


@each(
    "word",
    ["刚才", "刚刚", "半夜", "last month", "this month", "a few hours ago", "几小时前", "前几天", "recently", "just now",
    "earlier today",
     "overnight", "去年", "tomorrow", "the other day", "3 months ago"],
)  # fmt: skip
def test_a_time_that_nobody_can_pin_down_is_asked_back_about(word: str) -> None:
    for text in (f"{A} {word}", f"{A} since {word}"):
        error = refusal(text)
        assert "is no exact time" in str(error)
        assert (error.example or "").replace(" since", "") == f"{A} WHEN"


WITH_ONE_READING = [
    ("an hour ago", "2026-11-21 13:05:31", "open"), ("since half an hour ago", "2026-11-21 13:35:31", "open"),
    ("two hours ago", "2026-11-21 12:05:31", "open"), ("since 2 hours and 30 minutes ago", "2026-11-21 11:35:31", "open"),
    ("最近三十分鐘", "2026-11-21 13:35:31", "open"), ("两个半小时前", "2026-11-21 11:35:31", "open"),
    ("最近二十四小时", "2026-11-20 14:05:31", "open"),
    ("since 11am yesterday", "2026-11-20 11:00:00", "open"), ("since 10:00 Nov 19", "2026-11-19 10:00:00", "open"),
    ("since 10:00 on Nov 19", "2026-11-19 10:00:00", "open"), ("since 10am Monday", "2026-11-16 10:00:00", "open"),
    ("since 2026-11-19, 10:00", "2026-11-19 10:00:00", "open"), ("since 2026-11-20 上午 8:04", "2026-11-20 08:04:00",
    "open"),
    ("since 2026-11-20-08:04", "2026-11-20 08:04:00", "open"), ("since 8 o'clock", "2026-11-21 08:00:00", "open"),
    ("since yesterday 8 o’clock", "2026-11-20 08:00:00", "open"), ("since 20日晚上8点", "2026-11-20 20:00:00", "open"),
    ("20号", "2026-11-20 00:00:00", "open"), ("since 25日", "2026-10-25 00:00:00", "open"),
    ("since noon", "2026-11-21 12:00:00", "open"), ("since yesterday noon", "2026-11-20 12:00:00", "open"),
    ("since midnight", "2026-11-21 00:00:00", "open"), ("昨天一点一刻", "2026-11-20 01:15:00", "open"),
    ("8 o'clock in the morning", "2026-11-21 08:00:00", "open"), ("since 3:00 in the afternoon", "2026-11-20 15:00:00",
    "open"),
    ("since 15:00 in the afternoon", "2026-11-20 15:00:00", "open"), ("last half hour", "2026-11-21 13:35:31", "open"),
    ("Nov 20 evening", "2026-11-20 18:00:00", "2026-11-20 23:59:59"), ("周五晚上", "2026-11-20 18:00:00",
    "2026-11-21 05:59:59"),
    ("20号下午", "2026-11-20 12:00:00", "2026-11-20 17:59:59"), ("last Friday night", "2026-11-20 18:00:00",
    "2026-11-21 05:59:59"),
    ("10点以后", "2026-11-21 10:00:00", "open"), ("since 10am onwards", "2026-11-21 10:00:00", "open"),
    ("10点之前", "2026-11-20 10:00:00", "2026-11-21 10:00:00"), ("昨天10点前", "2026-11-19 10:00:00",
    "2026-11-20 10:00:00"),
    ("since 2026-11-20 10:04:21.123456789 +0800 CST", "2026-11-20 10:04:21", "open"),
    ("10:00 ~ 12:00", "2026-11-21 10:00:00", "2026-11-21 12:00:00"),
    ("2026-11-20 10:00:00,123 ~ 2026-11-20 10:05:00,456", "2026-11-20 10:00:00", "2026-11-20 10:05:00"),
    ("零点", "2026-11-21 00:00:00", "open"), ("last evening", "2026-11-20 18:00:00", "2026-11-20 23:59:59"),
    ("since last evening", "2026-11-20 18:00:00", "open"), ("上周", "2026-11-09 00:00:00", "2026-11-15 23:59:59"),
    ("这周", "2026-11-16 00:00:00", "open"), ("this week", "2026-11-16 00:00:00", "open"),
    ("since Fri Nov 20 10:04:21 UTC 2026", "2026-11-20 18:04:21", "open"),
    ("since Fri Nov 20 10:04:21 2026", "2026-11-20 10:04:21", "open"),
    ("since 1795140000", "2026-11-20 10:00:00", "open"), ("since 1795140000123", "2026-11-20 10:00:00", "open"),
    ("since 20/11/2026", "2026-11-20 00:00:00", "open"), ("since 11/20/2026 10:04 AM", "2026-11-20 10:04:00", "open"),
    ("20.11.2026", "2026-11-20 00:00:00", "open"), ("since 20-Nov-26", "2026-11-20 00:00:00", "open"),
    ("since 20261120 080421", "2026-11-20 08:04:21", "open"), ("since 2026.11.20", "2026-11-20 00:00:00", "open"),
    ("15:11–17:11 your time", "2026-11-20 15:11:00", "2026-11-20 17:11:00"),
    ("09:11–11:11 your time (Asia/Tokyo)", "2026-11-21 08:11:00", "2026-11-21 10:11:00"),
    ("09:11–11:11（你的时区）", "2026-11-21 09:11:00", "2026-11-21 11:11:00"),
    ("Nov 20, 14:05–15:20", "2026-11-20 14:05:00", "2026-11-20 15:20:00"),
    ("last 24 h · as of 14:05", "2026-11-20 14:05:31", "open"),
    ("last 24 h · as of 14:05:13, cached 18 s ago", "2026-11-20 14:05:31", "open"),
    ("in the last 2 h", "2026-11-21 12:05:31", "open"), ("最近 24 小时 · 截至 14:05:31，刚查到", "2026-11-20 14:05:31",
    "open"),
]  # fmt: skip


def test_what_has_one_reading_is_read() -> None:
    assert [(words, *window(f"{A} {words}")) for words, _, _ in WITH_ONE_READING] == WITH_ONE_READING
    assert [words for words, _, _ in WITH_ONE_READING if targets(f"{A} {words}") != [ONE]] == []


TALK = [
    f"{A} not delivered", f"why did {A} not get the otp?", f"help me with {A}", f"any errors for {A}", f"find {A}",
    f"search {A}",
    f"{A} ??", f"{A} ***", f"{A} not yet", f"{A}，急", f"{A} 在线等", f"{A} 到底发没发", f"{A} 客户一直收不到",
    f'{{"PhoneNumber":"+86{A}"}}',
    f"query {A}", f"{A} 怎么办", f"{A} 说收不到验证码", f"smsstatus {A}", f"/smsstatus {A}", f"phone={A}", f"to={A}",
    f"PhoneNumbers={A}", f"{A} cc <!subteam^S123|@oncall>", f"{A} :+1:", f"{A} :100:", f"{A} :man-shrugging::skin-tone-2:",
    f"{A} https://jira.example.com/browse/OPS-123", f"<https://jira.example.com/browse/OPS-1|OPS-1> {A}",
    f"{A} customer says no code", f"can someone look at {A} ASAP", f"{A} - no code", f"{A} -", f"{A} delivered or not?",
    f"{A} hasn't arrived", f"{A} wasn’t delivered", f"{A} didn't get the sms", f"{A} now", f"帮助 {A}",
    f"{A} 用户反馈未收到短信",
]  # fmt: skip


def test_people_may_talk_about_a_number() -> None:
    assert [text for text in TALK if lookup(text) != lookup(A)] == []


@each("text", [f"{A} tencent only", f"{A} only tencent", f"{A} from tencent", f"{A} 腾讯云", f"{A} via tencent only"])
def test_a_provider_is_chosen_in_any_of_these_words(text: str) -> None:
    assert lookup(text) == lookup(f"{A} via tencent")


@each(
    ("text", "code"),
    [
        *((word, word) for word in (
            "UNDELIV", "REJECTD", "EXPIRED", "NOROUTE", "undeliv", "DELIVRD", "SIGFAIL", "触发分钟级流控Permits:1",
            "MK 0008", "CMPPERR:8",
            "UNDELIVS612S", "SMGP612", "MOBILE_NOT_ON_SERVICE", "mobile_not_on_service", "isv.BUSINESS_LIMIT_CONTROL", "MK:-37",
            "FailedOperation.SignatureIncorrectOrUnapproved", "AUDIT:12", "DB:0142",
        )),
        *((text, "MK:0008") for text in (
            "error MK:0008", "`MK:0008` why?", "check MK:0008", "MK:0008 是什么意思", "报错 MK:0008", "ErrCode: MK:0008",
            "查 MK:0008",
            "what does MK:0008 mean?",
        )),
    ],
)  # fmt: skip
def test_what_has_the_form_of_a_code_is_explained(text: str, code: str) -> None:
    assert parse(text, ENGINEER) == Explain(code)


@each(
    "text",
    ["customer_name", "user_id", "ticket:12345", "foo1", "first_last_name", "example.company", "at 0900", "THANKS", "FAILED"],
)
def test_what_has_not_is_not_explained(text: str) -> None:
    refusal(text)


def test_a_negation_within_a_choice_is_never_dropped() -> None:
    assert refusal(f"{A} only not delivered").example is None


def runs(text: str) -> list[str]:
    """The runs of digits that could be a number or an id; `00000w` is a length of time."""
    return re.findall(r"[0-9]{5,}(?![0-9]|[smhdwSMHDW](?![A-Za-z0-9_]))", text)


@given(ANY_TEXT)
@example("13912345678和13987654321 foo")
@example("13912345678 foo 13987654321")
@example("+8613811112000 limit 5")
@example("TENCENT\r00000W")
@example("00001M㊀")
def test_a_correction_never_makes_up_a_number(text: str) -> None:
    error = answer(text)
    if not isinstance(error, UsageError) or error.example is None:
        return
    typed, shown = runs(strip_decoration(normalize(text))), runs(error.example)
    if "WHEN" in error.example:  # stands for a time, which may have such digits of its own
        left = iter(typed)
        assert all(run in left for run in shown)
    else:
        assert shown == typed
    if not PLACEHOLDER.search(error.example):
        parse(error.example, ENGINEER)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@given(st.integers(0, 10**7), st.integers(60, 10**6), st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kathmandu"]))
def test_a_window_as_an_answer_prints_it_is_read_back(language: object, back: int, length: int, name: str) -> None:
    zone = ZoneInfo(name)
    who = parse_context(NOW, zone)
    until = (who.moment - timedelta(seconds=back + 60)).replace(second=0)
    since = (until - timedelta(seconds=length)).replace(second=0)
    printed = times.format_window(Window(since, until, open=False), zone, NOW, language)  # type: ignore[arg-type]
    found = lookup(f"{A} {printed}", who).query.window
    assert found.since == since
    assert found.until == until


@each("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@each(
    ("name", "first"),
    [("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC)), ("Australia/Lord_Howe", datetime(2026, 4, 4, 13, tzinfo=UTC))],
)
def test_a_window_with_an_end_in_the_hour_that_a_clock_change_repeats_is_read_back(
    name: str, first: datetime, language: Language
) -> None:
    zone = ZoneInfo(name)
    who = parse_context(NOW, zone)
    moments = [first + timedelta(minutes=minutes) for minutes in range(0, 300, 29)]
    windows = [Window(since, until, open=False) for since in moments for until in moments if since < until]

    found = [lookup(f"{A} {times.format_window(one, zone, NOW, language)}", who).query.window for one in windows]
    assert [(one.since, one.until) for one in found] == [(one.since, one.until) for one in windows]


def test_a_new_number_keeps_the_window_and_drops_the_filters() -> None:
    last = lookup(f"{A} since 5h only failed via aliyun").query
    following = replace(ENGINEER, last=last)
    new = parse(B, following)
    assert isinstance(new, Lookup)
    assert (new.query.window, new.query.only, new.query.providers) == (last.window, frozenset(), ())
    kept = parse("last 2h", following)
    assert isinstance(kept, Lookup)
    assert (kept.query.only, kept.query.providers) == (last.only, last.providers)


@each("text", ["thanks", "thanks!", "ok", "谢谢"])
def test_thanks_in_a_thread_repeat_no_lookup(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text, replace(ENGINEER, last=lookup(A).query))


def test_what_is_passed_over_is_named_without_the_numbers_mentions_and_emoji_in_it() -> None:
    asked = parse(f"please, did {A} get the code? cc <@U0123ABC> @U0123ABC :pray: since 2h", ENGINEER)

    assert isinstance(asked, Lookup)
    assert asked.ignored == ("please", "did", "get", "the", "code", "cc")
