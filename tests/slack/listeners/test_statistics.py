"""Is it one customer or everyone: by the word, by the button of a failure, and what is done with the answer."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Window
from bot.model.statistics import Affected, StatisticsQuestion
from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views.statistics import read_question, write_question
from tests.cases import each
from tests.reports import NOW
from tests.slack.conftest import NUMBER, Office, actions_of, buttons_of, found_button, payload_of, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage

UNREGISTERED = "13811112001"
FALLEN = "13811112005"  # of the app whose messages have fallen


def said(message: PostedMessage) -> str:
    """What is read, whatever keeps a line together."""
    return words_of(message).replace("\N{NO-BREAK SPACE}", " ")


async def pressed(
    office: Office, answer: PostedMessage, action: str, user: str = "li", channel: str = "incidents"
) -> PostedMessage:
    """The message that a button brings."""
    before = len(office.seen(user, channel))
    await office.workspace.click(user, answer, *found_button(answer, action))
    return (await office.workspace.wait_for(lambda: office.seen(user, channel)[before:], within=15))[0]


async def test_the_word_tells_which_provider_s_messages_have_fallen_since_when(office: Office) -> None:
    told = await office.ask("stats since 2h")

    first, fell, *lines = said(told).splitlines()
    since = next(line for line in lines if line.startswith("✗ Tencent `1400007777`")).partition(" since ")[2][:5]
    assert first == f"❌ Everyone at Tencent: 61 % delivered since {since}, 97 % yesterday at this time · `1400007777`"
    assert re.match(r"Alibaba counts whole days: \d{4}-\d\d-\d\d \(UTC\+8\)\. Fell in the hour from ", fell)
    assert any(line.startswith("✓ Tencent `1400006666`") for line in lines)
    # Its day begins at midnight in China: of few messages nothing is told yet.
    assert any(re.match(r"[✓…] Alibaba: (9\d|100) %", line) for line in lines)
    assert "No statistics: Alibaba intl" in said(told)
    assert told.ephemeral_to is not None
    await office.quiet()
    audited = sqlite3.connect(office.sandbox.data / "smsstatus.db").execute("SELECT command, providers FROM audit").fetchall()
    assert [(command, "tencent" in providers) for command, providers in audited] == [("stats", True)]


async def test_the_button_of_a_failure_counts_the_failing_accounts_alone_for_whoever_presses(office: Office) -> None:
    shared = await office.ask(f"{FALLEN} since 2h share")
    mine = await pressed(office, shared, "answer.everybody", user="sam")
    other = await pressed(office, await office.ask(f"{NUMBER} since 2h"), "answer.everybody")

    everyone = (
        "❌ Everyone with this text, not one customer\nChange the text, then resend. Everyone at Tencent: 61 % delivered since"
    )
    assert said(mine).startswith(everyone)
    assert "1400006666" not in said(mine)
    assert mine.ephemeral_to == office.workspace.state.user("sam").id
    assert said(other).startswith("✅ Nothing unusual: look at this number")
    assert "Alibaba" not in said(other), "its messages did not fail"
    for message in (mine, other):
        assert FALLEN not in payload_of(message)
        assert NUMBER.removeprefix("+86") not in payload_of(message)


async def test_only_this_customer_is_never_said_below_a_failure_that_others_share(office: Office) -> None:
    unregistered = await office.ask(f"{UNREGISTERED} since 2h")
    told = await pressed(office, unregistered, "answer.everybody")
    again = await office.press(told, "stats.refresh")

    assert "Probably every message with this signature" in said(unregistered)
    for message in (told, again):
        assert said(message).startswith("❌ Everyone with this signature, not one customer\nFix the signature, then resend. ")
        assert "The totals do not show it." in said(message)


async def test_where_nothing_failed_there_is_nothing_to_ask_about_everybody(office: Office) -> None:
    assert "everybody" not in actions_of(await office.ask("13811112000 since 2h"))


async def test_figures_are_refreshed_in_place_and_shared_once(office: Office) -> None:
    told = await office.ask("stats")
    calls = len(office.sandbox.providers.tencent.calls)
    again = await office.press(told, "stats.refresh")
    assert again.ts == told.ts
    assert len(office.sandbox.providers.tencent.calls) > calls

    before = len(office.seen("ann"))
    share = found_button(again, "stats.share")
    await asyncio.gather(*(office.workspace.click("li", again, *share) for _ in range(2)))
    shared = await office.workspace.wait_for(lambda: office.edited(again), within=15)
    posted = office.seen("ann")[before:]
    await office.quiet()

    assert [button["action_id"] for button in buttons_of(shared)] == ["stats.refresh"]
    assert len(office.seen("ann")[before:]) == len(posted) == 1
    assert said(posted[0]).startswith("❌ Everyone at Tencent: 61 %")
    assert "shared by" in said(posted[0])


async def test_a_mention_is_answered_in_its_thread_and_a_direct_message_in_the_asker_s_language(office: Office) -> None:
    asked = await office.say("@smsstatus stats via aliyun", channel="incidents")
    direct = await office.say("统计 最近3小时 腾讯云", channel="dm-li")

    assert asked.thread_ts is not None
    assert asked.ephemeral_to is None
    calm = r"✅ Nothing unusual|❔ Too few messages to tell: .*"  # the latter in the first minutes of a day in China
    assert re.match(rf"({calm})\nAlibaba counts whole days: \d\d\d\d-\d\d-\d\d \(UTC\+8\)\.\n", said(asked))
    assert "Tencent" not in said(asked)
    assert "Everyone at Tencent" in said(direct) or "整体异常" in said(direct)
    edited = await office.press(asked, "stats.refresh", user="sam")
    assert edited.ts == asked.ts


async def test_share_posts_for_the_channel_and_a_misplaced_number_is_asked_back(office: Office) -> None:
    posted = await office.ask("stats since 3h share")
    back = await office.ask(f"stats {NUMBER} since 2h")

    assert posted.ephemeral_to is None
    assert "not those of" in said(back)
    assert [button["text"]["text"] for button in buttons_of(back)] == ["Look it up", "Count everybody's messages"]
    read = await office.press(back, "reading.1")
    assert said(read).startswith("❌ Everyone at Tencent")


async def test_what_is_missing_is_said_and_everything_else_goes_on(office: Office) -> None:
    providers = office.sandbox.providers
    tencent = providers.tencent
    tencent.accounts = tuple(replace(account, denied=frozenset({"SendStatusStatistics"})) for account in tencent.accounts)
    providers.aliyun.faults.play(ProviderFaultKind.HTML_502)
    told = await office.ask("stats since 2h")
    listed = await office.ask("providers")

    assert "Incomplete: no answer from Alibaba." in said(told)
    assert said(told).startswith("❌ Everyone at Tencent: 61 %")
    assert "The key's policy lacks sms:SendStatusStatistics" in said(told)
    assert "sms:SendStatusStatistics" in said(listed)


@each(
    "value",
    ["", "{}", "[1]", "null", '{"since":1e99,"until":0}', '{"since":5,"until":1,"open":true,"via":[],"of":[]}', '{"since":"x"}'],
)
def test_a_value_of_another_version_is_no_question(value: str) -> None:
    assert read_question(value, NOW) is None


def test_a_question_is_read_back_up_to_now_and_without_accounts_that_do_not_fit() -> None:
    window = Window(NOW.replace(microsecond=0) - timedelta(hours=2), NOW.replace(microsecond=0))
    asked = StatisticsQuestion(window, ("tencent",), (("tencent", "1400006666"),), Affected.SIGNATURE)
    later = NOW + timedelta(hours=1)
    closed = replace(asked, window=replace(window, open=False))
    many = replace(closed, accounts=tuple(("tencent", f"account {index:030}") for index in range(60)))

    moved = read_question(write_question(asked, NOW), later)
    assert moved is not None
    assert (moved.window.until, moved.window.length, moved.accounts) == (later, window.length, asked.accounts)
    assert read_question(write_question(closed, NOW), later) == closed
    assert len(write_question(many, NOW)) < 2000
    assert read_question(write_question(many, NOW), later) == replace(many, accounts=())
