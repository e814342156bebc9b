"""Each reader in their own language, through the real app: Li's Slack is Chinese, Ann's German, Sam's English."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.slack.views import modal
from tests.slack.conftest import NUMBER, Office, Offices, found_button, payload_of, words_of
from tests.slack.languages import HAN, assert_chinese, assert_for_all, assert_whispered, next_said, window_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.sandbox.slack import View

LOOKUP = f"{NUMBER} since 2h"


@pytest.fixture
async def office(offices: Offices) -> AsyncIterator[Office]:
    """Everybody in the language of their own Slack. How the words travel is not these tests' business, so one mode will do."""
    async with offices.open(SMSSTATUS_LANGUAGE="auto") as one:
        yield one


def is_chinese(text: str) -> bool:
    return HAN.search(text) is not None


async def test_each_asker_is_answered_in_the_language_of_their_slack(office: Office) -> None:
    li, ann, sam = [await office.ask(LOOKUP, user=user) for user in ("li", "ann", "sam")]

    assert words_of(li).startswith("✅ 已送达")
    assert li.text.startswith("✅ 已送达")
    assert words_of(ann).startswith("✅ Delivered")
    assert words_of(sam).startswith("✅ Delivered")
    assert not is_chinese(words_of(sam).split("\n")[0])


async def test_the_same_answer_from_the_cache_is_told_to_each_in_their_language(office: Office) -> None:
    first = await office.ask(LOOKUP, user="sam")
    again = await office.ask(LOOKUP, user="li")

    assert "fresh" in words_of(first)
    assert "秒前的缓存" in words_of(again)


async def test_every_kind_of_question_is_answered_in_chinese(office: Office, subtests: pytest.Subtests) -> None:
    for typed, said in [
        ("+86 13711112222 sinse 2h", "sinse"),
        ("", "这条短信送达了吗"),
        ("help", "这条短信送达了吗"),
        ("providers", "阿里云国际"),
        ("explain MK:0008", "手机信号不好"),
        ("explain receipt", "回执"),
        ("explain NOSUCH:99", "未收录"),
        ("+8613900000000 since 7d", "没有这个号码的记录"),
        (f"{NUMBER} 最近2小时 只看失败", "只看失败"),
    ]:
        with subtests.test(typed=typed):
            answer = words_of(await office.ask(typed))

            assert said in answer
            assert is_chinese(answer)


async def test_what_is_shared_is_in_the_channels_language_and_not_in_the_sharers(office: Office) -> None:
    own = await office.ask(LOOKUP)
    await office.press(own, "answer.share")

    shared = next(message for message in office.seen("sam") if message.ephemeral_to is None)
    assert words_of(own).startswith("✅ 已送达")
    assert words_of(shared).startswith("✅ Delivered")


async def test_a_channel_that_is_set_to_chinese_reads_chinese_whoever_asks(office: Office) -> None:
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_CHANNEL_LANGUAGES="C0INCIDENT=zh")

    shared = await office.ask(f"{LOOKUP} share", user="sam")
    asked = await office.say(f"<@{office.workspace.bot.bot_user_id}> {LOOKUP}", user="sam")

    assert words_of(shared).startswith("✅ 已送达")
    assert words_of(asked).startswith("✅ 已送达")


async def test_a_refresh_by_somebody_else_keeps_the_channels_language(office: Office) -> None:
    shared = await office.ask(f"{LOOKUP} share", user="li")
    refreshed = await office.press(shared, "answer.refresh", user="li")

    assert words_of(shared).startswith("✅ Delivered")
    assert words_of(refreshed).startswith("✅ Delivered")
    assert "refreshed by" not in words_of(refreshed)
    by_sam = await office.press(refreshed, "answer.refresh", user="sam")
    assert "refreshed by" in words_of(by_sam)


async def test_in_a_thread_the_answer_is_the_channels_and_a_mistake_is_told_in_the_typists_language(office: Office) -> None:
    bot = f"<@{office.workspace.bot.bot_user_id}>"
    answer = await office.say(f"{bot} {LOOKUP}")
    thread = answer.thread_ts or answer.ts
    wrong = await office.say(f"{bot} since yestrday", thread=thread)
    follow_up = await office.say(f"{bot} only failed", thread=thread)

    assert words_of(answer).startswith("✅ Delivered")
    assert wrong.ephemeral_to is not None
    assert is_chinese(words_of(wrong))
    assert "On top of the last lookup" in words_of(follow_up)


async def test_a_direct_message_is_in_the_persons_language(office: Office) -> None:
    answer = await office.say(LOOKUP, channel="dm-li")
    follow_up = await office.say("only failed", channel="dm-li")

    assert words_of(answer).startswith("✅ 已送达")
    assert "在上次查询的基础上" in words_of(follow_up)


async def test_one_setting_overrides_everybodys_language_and_the_channels(office: Office) -> None:
    await office.restart(SMSSTATUS_LANGUAGE="zh")

    assert words_of(await office.ask(LOOKUP, user="sam")).startswith("✅ 已送达")
    assert words_of(await office.ask(f"{LOOKUP} share", user="sam")).startswith("✅ 已送达")


async def test_buttons_and_what_a_screen_reader_says_for_them_are_in_the_readers_language(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    elements = [element for block in answer.blocks if block["type"] == "actions" for element in block["elements"]]

    labels = [element["text"]["text"] for element in elements if element["type"] == "button"]
    spoken = [element["accessibility_label"] for element in elements if element["type"] == "button"]
    assert all(map(is_chinese, labels + spoken))


async def test_the_home_tab_is_in_the_persons_language(office: Office) -> None:
    workspace = office.workspace
    for user in ("li", "sam"):
        await workspace.open_home(user)
    chinese = await workspace.wait_for(lambda: workspace.home("li"), within=15)
    english = await workspace.wait_for(lambda: workspace.home("sam"), within=15)

    assert all(map(is_chinese, headers(chinese)))
    assert "Help" in headers(english)
    assert "中文" not in str(english.blocks)


def headers(view: View) -> list[str]:
    found = [block["text"]["text"] for block in view.blocks if block["type"] == "header"]
    assert found
    return found


async def test_the_window_and_what_is_wrong_in_it_are_in_the_persons_language(office: Office) -> None:
    workspace = office.workspace
    await workspace.global_shortcut("li", "sms_status", viewing="incidents")
    window = await workspace.wait_for(lambda: workspace.modal("li"), within=15)
    wrong = await workspace.submit("li", window, {modal.TARGETS: "nonsense"})

    assert is_chinese(window.content["title"]["text"])
    assert is_chinese(window.content["submit"]["text"])
    assert is_chinese(wrong.errors[modal.TARGETS])
    assert "nonsense" in wrong.errors[modal.TARGETS]


async def test_who_is_turned_away_is_told_in_their_language(office: Office) -> None:
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_ALLOWED_USERS="U0SAM0001")

    assert is_chinese(words_of(await office.ask(LOOKUP, user="li")))
    assert not is_chinese(words_of(await office.ask(LOOKUP, user="ann")))


async def test_slack_is_asked_once_about_a_person_for_the_gate_the_zone_and_the_language(office: Office) -> None:
    for since in ("1h", "2h", "3h"):
        await office.ask(f"{NUMBER} since {since}")

    asked = [call for call in office.workspace.calls if call.method == "users.info"]
    assert len(asked) == 1


@pytest.mark.parametrize("settings", [{"SMSSTATUS_CHANNEL_LANGUAGE": "zh"}, {}])
async def test_when_slack_does_not_say_who_asks_the_workspaces_language_is_read(
    office: Office, settings: Mapping[str, str]
) -> None:
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_ALLOW_GUESTS="true", SMSSTATUS_ALLOW_EXTERNALS="true", **settings)
    office.workspace.fail_next("users.info", "internal_error", times=10)

    assert ("这条短信" in payload_of(await office.ask("help"))) is bool(settings)


@pytest.mark.parametrize(
    "people",
    [{}, {"SMSSTATUS_ALLOW_GUESTS": "true", "SMSSTATUS_ALLOW_EXTERNALS": "true"}],
    ids=["who is asked about at the door", "who is not"],
)
async def test_after_a_restart_what_is_wrong_in_a_window_is_told_in_the_persons_language_and_zone(
    office: Office, people: Mapping[str, str]
) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_TIMEZONE="Pacific/Auckland", **people)

    # An hour from now in Shanghai, which in Auckland has been long ago.
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=1)
    wrong = await office.workspace.submit("li", view, {modal.TARGETS: f"{NUMBER} since {soon:%Y-%m-%d %H:%M}"})

    assert_chinese(wrong.errors[modal.TARGETS].split("可以试试：")[0])


async def test_after_a_restart_who_is_turned_away_from_a_window_is_told_in_their_language(office: Office) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_ALLOWED_USERS="U0SAM0001")
    await office.workspace.submit("li", view, {modal.TARGETS: NUMBER})

    assert_chinese(await office.workspace.wait_for(lambda: other_than(office, view), within=15))


def other_than(office: Office, view: View) -> View | None:
    now = office.workspace.modal("li")
    return now if now is not None and now.content != view.content else None


async def test_what_an_answer_builds_on_stays_where_that_stands(office: Office) -> None:
    await office.say(LOOKUP, channel="dm-li")
    own = await office.say("only failed", channel="dm-li")
    there = await office.workspace.say("ann", "security", "incident")
    view = await window_by(office, office.workspace.click("li", own, *found_button(own, "answer.post")))
    link = f"https://sandbox.slack.com/archives/{there.channel}/p{there.ts.replace('.', '')}"
    submitted = office.workspace.submit("li", view, {modal.LINK: link})
    posted = await next_said(office, submitted, channel="security")

    assert "在上次查询的基础上" in words_of(own)
    assert_for_all(posted)
    assert "last lookup" not in payload_of(posted)
    refreshed = await office.press(posted, "answer.refresh", user="ann")
    assert "last lookup" not in payload_of(refreshed)


async def test_what_an_answer_builds_on_is_not_shared_with_it_either(office: Office) -> None:
    first = await office.say(f"@smsstatus {LOOKUP}")
    office.workspace.fail_next("chat.postMessage", "restricted_action")
    follow_up = office.workspace.say("li", "incidents", "@smsstatus only failed", thread_ts=first.thread_ts)
    private = await next_said(office, follow_up)
    pressed = office.workspace.click("li", private, *found_button(private, "answer.share"))
    shared = await next_said(office, pressed, user="sam")

    assert_whispered(private)
    assert "在上次查询的基础上" in words_of(private)
    assert_for_all(shared)
    assert "last lookup" not in payload_of(shared)


async def test_what_an_answer_builds_on_is_told_in_the_language_of_whoever_reads_it_now(office: Office) -> None:
    first = await office.say(f"@smsstatus {LOOKUP}")
    follow_up = office.workspace.say("li", "incidents", "@smsstatus only failed", thread_ts=first.thread_ts)
    answer = await next_said(office, follow_up)
    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_CHANNEL_LANGUAGES="C0INCIDENT=zh")
    refreshed = await office.press(answer, "answer.refresh", user="sam")

    assert "On top of the last lookup: only failed" in words_of(answer)
    assert "在上次查询的基础上：" in words_of(refreshed)
    assert_chinese(refreshed)
