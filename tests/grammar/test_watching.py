"""What is watched and for how long, in the words that people type."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.grammar import Lookup, ParseContext, Watch, Watches, parse, write
from bot.model import Status
from tests.cases import each
from tests.grammar.contexts import ENGINEER, lookup, refusal

NUMBER = "+8613711112222"
MINUTE = timedelta(minutes=1)


def watch(text: str, who: ParseContext = ENGINEER) -> Watch:
    command = parse(text, who)
    assert isinstance(command, Watch), text
    assert parse(write(command, who), who) == command
    return command


@each(
    ("text", "asked", "minutes"),
    [
        (f"watch {NUMBER}", NUMBER, 10),
        (f"watch {NUMBER} for 30m", NUMBER, 30),
        (f"watch for 30m {NUMBER}", NUMBER, 30),
        (f"watch {NUMBER} 30m", NUMBER, 30),
        (f"Watch {NUMBER} for half an hour", NUMBER, 30),
        (f"watch {NUMBER} for the next 2 hours", NUMBER, 120),
        (f"watch {NUMBER} since 2h for 1h30m", f"{NUMBER} since 2h", 90),
        (f"watch {NUMBER} for the last 2h", f"{NUMBER} last 2h", 10),
        (f"watch {NUMBER} 30m ago", f"{NUMBER} since 30m", 10),
        (f"watch {NUMBER} since 09:00 via aliyun", f"{NUMBER} since 09:00 via aliyun", 10),
        (f"watch {NUMBER} 13711113333 for 24h share", f"{NUMBER} 13711113333 share", 1440),
        (f"please watch {NUMBER}", NUMBER, 10),
        (f"{NUMBER} watch for 5 minutes", NUMBER, 5),
        (f"监视 {NUMBER} 30分钟", NUMBER, 30),
        (f"監視{NUMBER}一個小時", NUMBER, 60),
        (f"盯着{NUMBER}", NUMBER, 10),
        (f"等结果 {NUMBER} 最近2小时", f"{NUMBER} 最近2小时", 10),
        (f"帮我关注一下 {NUMBER} 半小时", NUMBER, 30),
    ],
)
def test_a_watch_is_a_lookup_and_how_long(text: str, asked: str, minutes: int) -> None:
    found = watch(text)

    expected: Lookup = lookup(asked)
    assert (found.query, found.share, found.within) == (expected.query, expected.share, minutes * MINUTE)


@each("length", ["for 59s", "for 10s", "for 1441m", "for 2d", "for 3 weeks"])
def test_a_length_beyond_is_one_sentence_and_the_command_without_it(length: str) -> None:
    error = refusal(f"watch {NUMBER} {length}")

    assert str(error) == f"`{length}`: a watch lasts at least 1 minute and at most 24 hours, such as `for 10m`."
    assert error.example == f"watch {NUMBER}"


def test_a_word_alone_is_about_the_last_lookup_and_without_one_it_needs_a_target() -> None:
    last = lookup(f"{NUMBER} since 2h only failed").query
    in_a_thread = replace(ENGINEER, last=last)

    assert watch("watch", in_a_thread).query == replace(last, only=frozenset())
    assert watch("watch for 30m", in_a_thread).within == 30 * MINUTE
    assert refusal("watch").example == "watch NUMBER"
    assert refusal("watch for 30m").example == "watch NUMBER for 30m"


def test_a_filter_changes_nothing_and_is_named() -> None:
    found = watch(f"watch {NUMBER} only failed please")

    assert found.query.only == frozenset[Status]()
    assert set(found.ignored) == {"only failed", "please"}


def test_what_is_wrong_behind_it_is_corrected_as_in_a_lookup() -> None:
    assert refusal(f"watch {NUMBER} sinse 2h for 20m").example == f"watch {NUMBER} since 2h for 20m"
    assert refusal(f"wach {NUMBER}").readings[0] == f"watch {NUMBER}"
    assert refusal("watches 5").example == "watches"


def test_the_list_is_not_a_watch() -> None:
    assert parse("watches", ENGINEER) == Watches()
    assert parse("我的监视", ENGINEER) == Watches()


@each(
    ("text", "readings"),
    [
        (f"watch {NUMBER} for 10", (f"watch {NUMBER} for 10m", f"watch {NUMBER} for 10h")),
        (f"监视 {NUMBER} 持续10", (f"监视 {NUMBER} 持续10m", f"监视 {NUMBER} 持续10h")),
        (f"watch {NUMBER} for 600", (f"watch {NUMBER} for 600m",)),  # no watch lasts 600 hours
    ],
)
def test_a_length_without_a_unit_is_asked_back_as_minutes_and_as_hours(text: str, readings: tuple[str, ...]) -> None:
    assert refusal(text).readings == readings
