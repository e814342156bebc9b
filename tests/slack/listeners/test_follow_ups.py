"""What short words mean on top of the last lookup. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.grammar import Explain, Help, Lookup, ParseContext, Providers
from bot.i18n import ENGLISH, LANGUAGES, get_language
from bot.model import Query, Status, Target, Window
from bot.slack.listeners.follow_ups import ExplainRow, FollowUpAction, is_addressed, parse_follow_up
from bot.slack.views.mrkdwn import mrkdwn_format
from bot.slack.views.notices import FOLLOW_UPS
from bot.slack.views.thread_notes import follow_up_summary
from tests.cases import each
from tests.grammar.contexts import ENGINEER, PLACEHOLDER, SHANGHAI
from tests.reports import TITLES, phone

NOW = ENGINEER.moment
LAST = Query((Target(phone()),), Window(NOW - timedelta(hours=2), NOW), ("tencent",), frozenset({Status.FAILED}))
IN_THREAD = replace(ENGINEER, last=LAST)


def follow(text: str, asker: ParseContext = IN_THREAD) -> Query:
    command = parse_follow_up(text, asker)
    assert isinstance(command, Lookup)
    return command.query


@each(
    ("text", "meaning"),
    [
        ("refresh", FollowUpAction.REFRESH),
        ("Refresh!", FollowUpAction.REFRESH),
        ("刷新", FollowUpAction.REFRESH),
        ("more", FollowUpAction.MORE),
        ("更多", FollowUpAction.MORE),
        ("newer", FollowUpAction.NEWER),
        ("all", FollowUpAction.ALL),
        ("explain 2", ExplainRow(2)),
        ("explain #10", ExplainRow(10)),
        ("解释 3", ExplainRow(3)),
        ("explain 11", Explain("11")),
        ("explain MK:0008", Explain("MK:0008")),
        ("providers", Providers()),
        ("", Help()),
    ],
)
def test_short_words_act_on_the_answer_and_commands_stay_commands(text: str, meaning: object) -> None:
    assert parse_follow_up(text, IN_THREAD) == meaning


@each("code", LANGUAGES)
def test_the_follow_ups_that_help_names_are_understood_as_it_says_them(code: str) -> None:
    since, only, *acts = [parse_follow_up(words.said_in(get_language(code)), IN_THREAD) for words in FOLLOW_UPS]

    assert isinstance(since, Lookup)
    assert since.query.window.length == timedelta(hours=24)
    assert isinstance(only, Lookup)
    assert only.query.only == {Status.FAILED}
    assert acts == [FollowUpAction.REFRESH, ExplainRow(2), FollowUpAction.SUMMARY]


def test_what_is_not_said_is_taken_from_the_last_lookup() -> None:
    assert follow("since 24h") == replace(LAST, window=Window(NOW - timedelta(hours=24), NOW))
    assert follow("only delivered") == replace(LAST, only=frozenset({Status.DELIVERED}))
    assert follow("via aliyun") == replace(LAST, providers=("aliyun",))
    assert follow("+8613711122223") == replace(LAST, targets=(Target(phone(1)),), providers=(), only=frozenset())
    assert follow("until 13:00") == replace(
        LAST, window=Window(LAST.window.since, NOW.replace(hour=5, minute=0, second=0), open=False)
    )


def test_a_range_in_a_follow_up_is_on_one_day() -> None:
    yesterday = Window(
        NOW.replace(day=20, hour=1, minute=0, second=0), NOW.replace(day=20, hour=3, minute=0, second=0), open=False
    )

    for words in ("yesterday 9am until 11am", "9:00-11:00 yesterday", "昨天9点到11点", "since yesterday 09:00 until 11:00"):
        assert follow(words) == replace(LAST, window=yesterday)


@each("code", ["UNDELIV", "MK 0008", "CMPPERR:8"])
def test_a_bare_code_in_a_thread_is_explained(code: str) -> None:
    assert parse_follow_up(code, IN_THREAD) == Explain(code)


def test_a_number_with_a_window_of_its_own_takes_nothing() -> None:
    query = follow("+8613711122223 since 1h")

    assert query == Query((Target(phone(1)),), Window(NOW - timedelta(hours=1), NOW))


def test_an_open_window_goes_on_with_the_time_and_a_closed_one_stays() -> None:
    later = replace(IN_THREAD, now=NOW + timedelta(minutes=30))
    assert follow("only failed", later).window == Window(LAST.window.since, NOW + timedelta(minutes=30))

    closed = Window(NOW - timedelta(hours=9), NOW - timedelta(hours=8), open=False)
    of_closed = replace(later, last=replace(LAST, window=closed))
    assert follow("only failed", of_closed).window == closed
    assert follow("since 10h", of_closed).window == replace(closed, since=NOW - timedelta(hours=9, minutes=30))
    assert follow("since 1h", of_closed).window.open, "it would be over before it begins"


def test_an_end_before_the_last_lookup_began_is_told_with_words_that_work() -> None:
    with pytest.raises(UsageError, match="before the last lookup began") as wrong:
        parse_follow_up("until 09:00", IN_THREAD)

    assert wrong.value.example == "until WHEN"


@each(("typed", "meant"), [("refesh", "refresh"), ("mroe", "more")])
def test_a_slip_in_a_short_word_is_put_right(typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean `{meant}`") as wrong:
        parse_follow_up(typed, IN_THREAD)

    assert wrong.value.example == meant


@each("text", ["refresh", "more", "explain 2", "since 24h", "only failed"])
def test_without_a_lookup_before_it_a_follow_up_is_told_what_it_lacks(text: str) -> None:
    with pytest.raises(UsageError) as wrong:
        parse_follow_up(text, ENGINEER)

    assert wrong.value.example in {"NUMBER", f"NUMBER {text}", "explain MK:0008"}


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_an_example_that_works(text: str) -> None:
    try:
        parse_follow_up(text, IN_THREAD)
    except UsageError as error:
        if error.example is not None and not PLACEHOLDER.search(error.example):
            parse_follow_up(error.example, IN_THREAD)


@each(
    "text",
    [
        *("+86137", "since when?", "hm, 137 1111 2222", "only faild", "查一下", "providers x", "id:5000:1234567890123"),
        *("from yesterdy", "past 2 hurs", "過去2小時x", "從昨天x", "share it", "服务商 x"),
        *("139~2222~3333", "没收到：139|2222|3333", "110101199003072316", "card 6222 0212 3456 7890 128"),
        *("+86 139****5678", "1.39E+10", "13,912,345,678"),
    ],
)
def test_text_that_names_a_target_or_begins_like_a_command_was_meant_for_the_bot(text: str) -> None:
    assert is_addressed(text, "CN")


@each("text", ["hello", "thanks a lot!", "who are you?", "sincerely", "it is 14:05 on 2026-11-21", "ticket 4711", "**no**", "👍"])
def test_small_talk_was_not(text: str) -> None:
    assert not is_addressed(text, "CN")


def test_what_a_follow_up_changed_is_said_with_numbers_masked() -> None:
    def said(query: Query) -> str:
        text_format = mrkdwn_format(None, TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH, tokens=False)
        return follow_up_summary(LAST, query, text_format).removeprefix("On top of the last lookup: ")

    assert said(follow("since 24h")) == "Nov 20 14:05 – Nov 21 14:05"
    assert said(follow("via aliyun")) == "via Alibaba"
    assert said(follow("only delivered")) == "only delivered"
    assert said(follow("+8613711122223 via aliyun")) == "`+86 137****2223`, via Alibaba, every status"
    assert said(replace(LAST, providers=(), only=frozenset())) == "via every provider, every status"
    assert said(LAST) == "the same again"
    many = replace(LAST, targets=tuple(Target(phone(index)) for index in range(5)))
    assert said(many).endswith("and 2 more")
