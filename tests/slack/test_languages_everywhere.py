"""Every surface as Li, whose Slack is Chinese, meets it in a channel that reads English: what is said to her alone is Chinese.

The app is the real one. A path that forgets whose language it speaks is found here by the words that it lets through.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views import modal
from tests.cases import each
from tests.slack.conftest import ANNOUNCING, NUMBER, Office, Offices, found_button, words_of
from tests.slack.languages import LI, assert_chinese, assert_for_all, assert_whispered, next_said, window_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from bot.sandbox.slack import PostedMessage

LOOKUP = f"{NUMBER} since 2h"
CROWDED = "13611115555 since 1h"
OTHER_KEY = {"SMSSTATUS_LANGUAGE": "auto", "SMSSTATUS_SECRET_KEY": "another key, so what was kept cannot be read"}
EXPLAINED = ("explain 1", "explain 2", "explain 3")  # of the rows of LOOKUP, of which one has a code
WAR_ROOM = "war-room"  # the app is no member


@pytest.fixture
async def office(offices: Offices) -> AsyncIterator[Office]:
    """Everybody in the language of their own Slack, channels in English; Li may see whole numbers."""
    async with offices.open(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_REVEAL_USERS=LI) as one:
        yield one


@pytest.fixture
async def announcing_office(offices: Offices) -> AsyncIterator[Office]:
    """The same, where each lookup is announced."""
    async with offices.open(timings=ANNOUNCING, SMSSTATUS_LANGUAGE="auto", SMSSTATUS_REVEAL_USERS=LI) as one:
        yield one


def press(office: Office, message: PostedMessage, action: str) -> Awaitable[object]:
    return office.workspace.click("li", message, *found_button(message, action))


def in_thread(office: Office, answer: PostedMessage, text: str) -> Awaitable[object]:
    return office.workspace.say("li", "incidents", f"@smsstatus {text}", thread_ts=answer.thread_ts)


def link_to(message: PostedMessage) -> str:
    return f"https://sandbox.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"


# --- the slash command ----------------------------------------------------------------------------------------------------


async def test_every_answer_to_a_command_is_for_the_asker_alone_in_their_language(
    office: Office, subtests: pytest.Subtests
) -> None:
    for typed in [
        LOOKUP,
        CROWDED,
        f"{LOOKUP} only failed",
        "13811112000 since 6d",
        "+8613900000000 since 7d",
        "100000000000000001",
        f"{NUMBER} sinse 2h",
        "help",
        "providers",
        "explain MK:0008",
        "explain MK:8",
        "explain receipt",
        "explain blacklist",
        "explain NOSUCH:99",
    ]:
        with subtests.test(typed=typed):
            assert_whispered(await office.ask(typed))


async def test_who_is_being_asked_is_said_to_the_asker_in_their_language(announcing_office: Office) -> None:
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    asking = await announcing_office.ask(LOOKUP)
    announcing_office.sandbox.providers.tencent.faults.clear()

    assert_whispered(asking)
    assert "腾讯云" in words_of(asking)


async def test_that_no_provider_answers_is_said_in_the_askers_language(office: Office) -> None:
    await office.sandbox.providers.tencent.die()
    await office.sandbox.providers.aliyun.die()

    assert_whispered(await office.ask(f"{NUMBER} since 2h"))


async def test_a_share_is_for_all_and_why_it_cannot_be_is_for_the_asker(office: Office) -> None:
    assert_whispered(await office.ask(f"{LOOKUP} share", channel=WAR_ROOM))
    assert_for_all(await office.ask(f"{LOOKUP} share"))


async def test_that_an_answer_is_not_confirmed_is_said_in_the_askers_language(office: Office) -> None:
    office.workspace.fail_next("response_url", after=True)
    await office.workspace.slash("li", "incidents", f"/smsstatus {LOOKUP}")
    told = await office.workspace.wait_for(lambda: office.seen()[1:], within=15)

    assert_whispered(told[0])
    assert "没有确认" in words_of(told[0])


# --- the buttons ----------------------------------------------------------------------------------------------------------


@each(
    ("typed", "actions"),
    [
        (LOOKUP, ("answer.refresh", "answer.explain", "answer.explain_less", "answer.only_failed", "answer.show_all")),
        ("13811112018 since 2h", ("answer.widen_24h", "answer.widen_7d")),
        (CROWDED, ("answer.explain", "answer.older", "answer.newer")),
    ],
)
async def test_a_button_leaves_each_answer_in_the_language_of_those_who_read_it(
    office: Office, typed: str, actions: tuple[str, ...]
) -> None:
    own, shared = await office.ask(typed), await office.ask(f"{typed} share")
    for action in actions:
        own, shared = await office.press(own, action), await office.press(shared, action)
        assert_whispered(own)
        assert_for_all(shared)


@each("typed", [LOOKUP, f"{LOOKUP} share"])
async def test_a_refresh_is_announced_in_the_language_of_those_who_read_the_answer(announcing_office: Office, typed: str) -> None:
    await announcing_office.ask(typed)
    answer = await announcing_office.answered()
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    asking = await announcing_office.press(answer, "answer.refresh")
    announcing_office.sandbox.providers.tencent.faults.clear()

    assert words_of(asking) != words_of(answer)
    (assert_whispered if answer.ephemeral_to else assert_for_all)(asking)


async def test_a_button_shares_for_all_and_tells_the_sharer_in_their_language(office: Office) -> None:
    shared = await next_said(office, press(office, await office.ask(LOOKUP), "answer.share"), user="sam")
    refused = await office.press(await office.ask(LOOKUP, channel=WAR_ROOM), "answer.share")

    assert_for_all(shared)
    own = await office.workspace.wait_for(
        lambda: next((one for one in office.seen() if "已分享" in words_of(one)), None), within=15
    )
    assert_whispered(own)
    assert_whispered(refused)
    assert "/invite @smsstatus" in words_of(refused)


async def test_that_a_share_is_not_confirmed_is_said_in_the_sharers_language(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    office.workspace.fail_next("chat.postMessage", after=True)

    assert_whispered(await office.press(answer, "answer.share"))


async def test_whole_numbers_and_why_they_stay_masked_are_told_in_the_askers_language(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    assert_whispered(await next_said(office, press(office, answer, "answer.reveal")))

    await office.restart(SMSSTATUS_LANGUAGE="auto")
    assert_whispered(await next_said(office, press(office, answer, "answer.reveal")))


async def test_a_post_in_a_thread_is_for_all_and_what_comes_of_it_is_told_in_the_posters_language(office: Office) -> None:
    there = await office.workspace.say("ann", "security", "incident")
    closed = await office.workspace.say("ann", WAR_ROOM, "incident")
    answer = await office.ask(LOOKUP)

    view = await window_by(office, press(office, answer, "answer.post"))
    wrong = await office.workspace.submit("li", view, {modal.LINK: "https://example.com/"})
    told = await next_said(office, office.workspace.submit("li", view, {modal.LINK: link_to(there)}))
    again = await window_by(office, press(office, answer, "answer.post"))
    refused = await next_said(office, office.workspace.submit("li", again, {modal.LINK: link_to(closed)}))

    assert_chinese(view)
    assert_chinese(wrong.errors[modal.LINK])
    assert_whispered(told)
    assert_for_all(office.seen(channel="security")[0])
    assert_whispered(refused)


async def test_that_an_answer_is_gone_and_how_to_look_it_up_again_is_told_in_the_askers_language(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    post = await window_by(office, press(office, answer, "answer.post"))
    await office.restart(**OTHER_KEY)

    gone = await next_said(office, press(office, answer, "answer.refresh"))
    assert_whispered(gone)
    outdated = await office.workspace.submit("li", post, {modal.LINK: link_to(answer)})
    assert_chinese(outdated.errors[modal.LINK])
    await office.workspace.close_view("li", post)
    office.workspace.fail_next("views.open", "expired_trigger_id")
    assert_whispered(await next_said(office, press(office, gone, "lookup.again")))
    view = await window_by(office, press(office, gone, "lookup.again"))
    assert_chinese(view)
    values = {modal.TARGETS: NUMBER, modal.WINDOW: "2h"}
    assert_whispered(await next_said(office, office.workspace.submit("li", view, values)))


async def test_that_an_answer_is_gone_before_it_is_posted_is_told_in_the_posters_language(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    view = await window_by(office, press(office, answer, "answer.post"))
    await office.restart(SMSSTATUS_LANGUAGE="auto")
    with sqlite3.connect(office.sandbox.data / "smsstatus.db") as database:
        database.execute("DELETE FROM answers")

    assert_whispered(await next_said(office, office.workspace.submit("li", view, {modal.LINK: link_to(answer)})))


async def test_a_lookup_from_a_window_is_announced_in_the_askers_language(announcing_office: Office) -> None:
    await announcing_office.ask(LOOKUP)
    answer = await announcing_office.answered()
    await announcing_office.restart(**OTHER_KEY)
    gone = await next_said(announcing_office, press(announcing_office, answer, "answer.refresh"))
    view = await window_by(announcing_office, press(announcing_office, gone, "lookup.again"))
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    asking = await next_said(
        announcing_office, announcing_office.workspace.submit("li", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})
    )
    announcing_office.sandbox.providers.tencent.faults.clear()

    assert_whispered(asking)
    assert "腾讯云" in words_of(asking)


# --- mentions -------------------------------------------------------------------------------------------------------------


async def test_every_answer_to_a_mention_is_for_all_in_the_channels_language(office: Office, subtests: pytest.Subtests) -> None:
    for text in [LOOKUP, CROWDED, "explain MK:0008", "explain NOSUCH:99", "explain receipt", "providers"]:
        with subtests.test(text=text):
            assert_for_all(await office.say(f"@smsstatus {text}"))


async def test_help_and_mistakes_are_for_whoever_typed_in_their_language(office: Office, subtests: pytest.Subtests) -> None:
    for text in ["help", f"{NUMBER} sinse 2h", "refresh", "since 24h", "explain 2"]:
        with subtests.test(text=text):
            assert_whispered(await office.say(f"@smsstatus {text}"))


async def test_a_mention_is_announced_for_all_in_the_channels_language(announcing_office: Office) -> None:
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    asking = await announcing_office.say(f"@smsstatus {LOOKUP}")
    announcing_office.sandbox.providers.tencent.faults.clear()

    assert_for_all(asking)
    assert "Asking" in words_of(asking)


async def test_every_answer_to_a_follow_up_is_for_all_in_the_channels_language(office: Office, subtests: pytest.Subtests) -> None:
    for text in ["only failed", "since 24h", "via tencent", "13900001111", "explain 1", "explain 2", "explain 3"]:
        with subtests.test(text=text):
            answer = await office.say(f"@smsstatus {LOOKUP}")

            assert_for_all(await next_said(office, in_thread(office, answer, text), user="sam"))


async def test_what_is_wrong_with_a_follow_up_is_for_whoever_typed_in_their_language(
    office: Office, subtests: pytest.Subtests
) -> None:
    for text in ["explain 7", "refesh", "help"]:
        with subtests.test(text=text):
            answer = await office.say(f"@smsstatus {LOOKUP}")

            assert_whispered(await next_said(office, in_thread(office, answer, text)))


async def test_whoever_changes_an_answer_by_a_word_is_told_where_it_stands_in_their_language(office: Office) -> None:
    answer = await office.say(f"@smsstatus {CROWDED}")
    for text in ("refresh", "more", "newer", "all"):
        pointer = await next_said(office, in_thread(office, answer, text))
        assert_whispered(pointer)
        assert_for_all(office.seen("sam")[0])


async def test_a_refresh_by_a_word_is_announced_for_all_in_the_channels_language(announcing_office: Office) -> None:
    await announcing_office.say(f"@smsstatus {LOOKUP}")
    answer = await announcing_office.answered()
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    await in_thread(announcing_office, answer, "refresh")
    asking = await announcing_office.workspace.wait_for(lambda: announcing_office.edited(answer), within=15)
    announcing_office.sandbox.providers.tencent.faults.clear()

    assert "Asking" in words_of(asking)
    assert_for_all(asking)


async def test_that_slack_takes_no_post_or_does_not_confirm_it_is_told_in_the_askers_language(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", "restricted_action")
    assert_whispered(await office.say(f"@smsstatus {LOOKUP}"))

    office.workspace.fail_next("chat.postMessage", after=True)
    await office.workspace.say("li", "incidents", f"@smsstatus {LOOKUP}")
    told = await office.workspace.wait_for(lambda: [one for one in office.seen() if one.ephemeral_to][1:], within=15)
    assert_whispered(told[0])
