"""Signatures and templates, checked by words and by the buttons of failures: what is said, to whom, and what the audit keeps."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from bot.slack.views import modal
from tests.slack.conftest import Office, actions_of, found_button, payload_of, words_of
from tests.slack.listeners.test_shortcuts import window

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage

UNREGISTERED, BAD_TEMPLATE, NO_SIGNATURE = "13811112001", "13811115001", "13811115002"
NOT_REGISTERED = (
    "❌ Signature 【示例】 is not registered at China Mobile (Alibaba)\n"
    "Fix: us (bind a qualification in the console)\n"
    "Tencent `1400006666` and `1400007777`: approved\n"
)


async def pressed(office: Office, answer: PostedMessage, action: str, user: str = "li") -> PostedMessage:
    """What is shown beside the answer when the button is pressed."""
    before = len(office.seen(user))
    await office.workspace.click(user, answer, *found_button(answer, action))
    return (await office.workspace.wait_for(lambda: office.seen(user)[before:], within=15))[0]


async def test_a_signature_is_checked_by_a_word_and_says_first_where_it_fails_and_what_to_do(office: Office) -> None:
    checked = await office.ask("signature 示例")

    assert words_of(checked).startswith(NOT_REGISTERED)
    assert "✗ China Mobile: not registered (no qualification bound)\n✓ China Unicom: registered" in words_of(checked)
    assert checked.ephemeral_to == office.workspace.state.user("li").id
    await office.quiet()  # the audit is written behind the answer
    kept = sqlite3.connect(office.sandbox.data / "smsstatus.db").execute("SELECT command, outcome, targets, providers FROM audit")
    assert kept.fetchall() == [("signature", "answered", "[]", '["tencent", "aliyun"]')]


async def test_in_a_thread_everybody_reads_the_check_and_alone_one_reads_it_in_ones_own_words(office: Office) -> None:
    bot = office.workspace.bot.bot_user_id
    in_channel = await office.say(f"<@{bot}> check signature 【示例物流】?")
    alone = await office.say("模板 SMS_100000001", channel="dm-li")

    assert in_channel.ephemeral_to is None
    assert words_of(in_channel).startswith("⏳ Signature 【示例物流】: registration under way at China Telecom")
    assert words_of(alone).startswith("✅ Template SMS_100000001 is approved\n")


async def test_the_button_on_a_failure_checks_the_signature_of_its_messages_for_whoever_presses(office: Office) -> None:
    answer = await office.say(f"<@{office.workspace.bot.bot_user_id}> {UNREGISTERED}")
    answer = await office.answered()
    assert actions_of(answer)[0] == "signature"

    shown = await pressed(office, answer, "answer.signature", user="ann")

    assert words_of(shown).startswith(NOT_REGISTERED)
    assert shown.ephemeral_to == office.workspace.state.user("ann").id
    assert "signature" not in actions_of(await office.ask("13811112006"))  # a number that is not in use has none to blame


async def test_the_button_on_a_refused_template_checks_that_template_where_it_was_sent(office: Office) -> None:
    answer = await office.ask(BAD_TEMPLATE)
    calls = len(office.sandbox.providers.tencent.calls)

    shown = await pressed(office, answer, "answer.template")

    assert words_of(shown).startswith("❌ Template SMS_100000002 was refused at review\n")
    assert "营销内容缺少退订方式" in words_of(shown)
    assert len(office.sandbox.providers.tencent.calls) == calls


async def test_where_no_message_tells_the_signature_a_window_asks_for_it_and_says_what_is_wrong_with_it(office: Office) -> None:
    workspace = office.workspace
    answer = await office.ask(NO_SIGNATURE)
    await workspace.click("li", answer, *found_button(answer, "answer.signature"))
    view, before = await window(office), len(office.seen())

    refused = await workspace.submit("li", view, {modal.NAME: "13811115002"})
    assert refused.errors == {
        "name": "`138****5002` looks like a phone number. To look it up, leave out `signature`. Try: 138****5002"
    }
    await workspace.submit("li", view, {modal.NAME: "【示例】"})
    shown = (await workspace.wait_for(lambda: office.seen()[before:], within=15))[0]

    assert words_of(shown).startswith(NOT_REGISTERED)
    assert shown.ephemeral_to == workspace.state.user("li").id


async def test_a_provider_that_is_away_costs_its_own_part_of_a_check(office: Office) -> None:
    await office.sandbox.providers.tencent.die()

    checked = await office.ask("signature 示例商城")

    assert words_of(checked).startswith(
        "✅ Signature 【示例商城】 is registered at China Mobile, China Unicom and China Telecom (Alibaba)\n"
        "Incomplete: no answer from Tencent.\n"
    )


async def test_who_waits_reads_who_is_being_asked(announcing_office: Office) -> None:
    checked = await announcing_office.ask("signature 示例", messages=2)

    said = [words_of(message) for message in announcing_office.seen()]
    assert said[0] == "Asking Tencent and Alibaba …"
    assert words_of(checked).startswith(NOT_REGISTERED)


async def test_a_number_is_no_signature_and_none_is_shown(office: Office) -> None:
    refused = await office.ask("signature +8613711112222")

    assert "13711112222" not in payload_of(refused)
    assert words_of(refused).startswith("`+86 137****2222` looks like a phone number.")
