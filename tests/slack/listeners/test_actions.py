"""The buttons of an answer: each edits it in place, and none carries anything but the answer's id."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views import modal
from bot.slack.views.buttons import read_option
from tests.slack.conftest import (
    BOTH_MODES,
    NUMBER,
    Office,
    Offices,
    actions_of,
    buttons_of,
    found_button,
    menu_of,
    payload_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@BOTH_MODES
async def test_refresh_asks_again_and_edits_in_place(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    calls = len(office.sandbox.providers.tencent.calls)

    again = await office.press(answer, "answer.refresh")

    assert again.ts == answer.ts
    assert words_of(again).startswith("✅ Delivered")
    assert len(office.sandbox.providers.tencent.calls) > calls
    assert len(office.seen()) == 1


async def test_widen_looks_at_the_longer_window_and_takes_its_own_button_away(office: Office) -> None:
    answer = await office.ask("13811112018 since 2h")
    assert "widen_24h" in actions_of(answer)

    wider = await office.press(await office.press(answer, "answer.widen_24h"), "answer.widen_7d")

    assert not {"widen_24h", "widen_7d"} & set(actions_of(wider))
    assert words_of(wider) != words_of(answer)


async def test_only_failed_and_show_all_filter_without_asking_anyone(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    calls = len(office.sandbox.providers.tencent.calls)

    failed = await office.press(answer, "answer.only_failed")
    everything = await office.press(failed, "answer.show_all")

    assert "delivered in 3 s · " not in words_of(failed)
    assert "delivered in 3 s · " in words_of(everything)
    assert len(office.sandbox.providers.tencent.calls) == calls


async def test_next_turns_the_pages_of_250_messages_without_asking_anyone(office: Office) -> None:
    page = await office.press(await office.ask("13611115555 since 1h"), "answer.explain")
    calls = len(office.sandbox.providers.tencent.calls)

    seen = []
    for _ in range(12):
        seen.append(words_of(page))
        page = await office.press(page, "answer.older")
    seen.append(words_of(page))

    assert "1–20 of 250" in seen[0]
    assert "241–250 of 250" in seen[-1]
    assert "older" not in actions_of(page)
    assert "newer" in actions_of(page)
    assert len(office.sandbox.providers.tencent.calls) == calls


async def test_share_posts_in_the_channel_once_and_takes_its_button_away(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    private = await office.press(answer, "answer.share")

    public = [message for message in office.seen() if message.ephemeral_to is None]
    assert len(public) == 1
    assert "13711112222" not in payload_of(public[0])
    assert "share" not in actions_of(private)
    assert "share" not in actions_of(public[0])


async def test_a_double_press_on_share_posts_once(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    value = buttons_of(answer)[0]["value"]

    for _ in range(2):
        await office.workspace.click("li", answer, "answer.share", value)
    await office.app.aclose()

    assert len([message for message in office.seen() if message.ephemeral_to is None]) == 1


async def test_share_that_slack_refuses_leaves_the_answer_with_the_reason_above(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h", channel="war-room")

    refused = await office.press(answer, "answer.share")

    assert "/invite @smsstatus" in words_of(refused)
    assert "Delivered" in words_of(refused)
    assert "share" in actions_of(refused), "after the invitation the same button works"


async def test_a_refresh_that_takes_long_says_so_in_place_and_keeps_the_old_answer_in_view(announcing_office: Office) -> None:
    await announcing_office.ask(f"{NUMBER} since 2h")
    answer = await announcing_office.answered()
    tencent = announcing_office.sandbox.providers.tencent
    tencent.faults.play(ProviderFaultKind.HANG)

    asking = await announcing_office.press(answer, "answer.refresh")
    tencent.faults.clear()
    done = await announcing_office.workspace.wait_for(
        lambda: next((m for m in announcing_office.seen() if m.ts == answer.ts and "Asking" not in words_of(m)), None), within=15
    )

    assert "Asking Tencent and Alibaba" in words_of(asking)
    assert "Delivered" in words_of(asking)
    assert words_of(done).startswith("✅ Delivered")


@pytest.mark.parametrize("mode", ["socket"])  # over HTTP the thread's answers are pressed after a restart
async def test_buttons_work_after_a_restart(office: Office) -> None:
    answer = await office.ask("13611115555 since 1h")
    page = await office.press(answer, "answer.explain")

    await office.restart()
    second = await office.press(page, "answer.older")

    assert "21–40 of 250" in words_of(second)


async def test_a_button_of_an_answer_that_is_not_kept_any_more_says_so_and_offers_to_look_up_again(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    await office.restart(SMSSTATUS_SECRET_KEY="another key, so what was kept cannot be read")
    await office.workspace.click("li", answer, "answer.refresh")
    said = (await office.workspace.wait_for(lambda: office.seen()[1:], within=15))[0]
    assert said.ephemeral_to is not None
    assert "/smsstatus" in words_of(said)

    await office.workspace.click("li", said, "lookup.again")
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
    await office.workspace.submit("li", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})
    again = (await office.workspace.wait_for(lambda: office.seen()[2:], within=15))[0]
    assert again.ephemeral_to is not None, "what was for one person's eyes stays so"
    assert words_of(again).startswith("✅ Delivered")


async def test_looking_up_again_what_stood_in_a_thread_answers_in_that_thread(office: Office) -> None:
    answer = await office.say(f"@smsstatus {NUMBER} since 2h")
    await office.restart(SMSSTATUS_SECRET_KEY="another key, so what was kept cannot be read")

    await office.workspace.click("ann", answer, "answer.refresh")
    said = (await office.workspace.wait_for(lambda: office.seen("ann")[1:], within=15))[0]
    await office.workspace.click("ann", said, "lookup.again")
    view = await office.workspace.wait_for(lambda: office.workspace.modal("ann"), within=15)
    await office.workspace.submit("ann", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})
    again = (await office.workspace.wait_for(lambda: office.seen("sam")[1:], within=15))[0]

    assert again.thread_ts == answer.thread_ts


async def test_explain_tells_the_codes_in_full_in_place_and_takes_it_back(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    explained = await office.press(answer, "answer.explain")
    short = await office.press(explained, "answer.explain_less")

    assert "Possible causes:" in words_of(explained)
    assert "Source:" in words_of(explained)
    assert explained.ts == answer.ts
    assert "Possible causes:" not in words_of(short)
    assert "explain" in actions_of(short)


async def test_whoever_else_clicks_is_named_and_the_asker_is_not(office: Office) -> None:
    shared = await office.ask(f"{NUMBER} since 2h share")

    by_ann = await office.press(shared, "answer.refresh", user="ann")
    by_li = await office.press(by_ann, "answer.only_failed", user="li")

    assert "refreshed by <@U0ANN0001>" in payload_of(by_ann)
    assert "filtered by" not in payload_of(by_li)
    assert "asked by <@U0LIWEI01>" in payload_of(by_li)


@pytest.fixture
async def trusting_office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_REVEAL_USERS="U0LIWEI01") as one:
        yield one


async def test_reveal_shows_whole_numbers_to_the_permitted_alone_and_is_in_the_audit(trusting_office: Office) -> None:
    answer = await trusting_office.ask(f"{NUMBER} since 2h")
    assert "13711112222" not in payload_of(answer)

    await trusting_office.workspace.click("li", answer, *found_button(answer, "answer.reveal"))
    shown = (await trusting_office.workspace.wait_for(lambda: trusting_office.seen()[1:], within=15))[0]

    assert shown.ephemeral_to == trusting_office.workspace.state.user("li").id
    assert f"`{NUMBER}`" in words_of(shown)
    assert "您的验证码是 ••••••" in words_of(shown)
    assert "13711112222" not in payload_of(trusting_office.seen()[0]), "the answer itself stays masked"
    stored = sqlite3.connect(trusting_office.sandbox.data / "smsstatus.db").execute("SELECT user FROM audit WHERE reveal")
    assert ("U0LIWEI01",) in stored.fetchall()


async def test_reveal_is_not_offered_to_others_and_refuses_them_if_they_press_it_all_the_same(trusting_office: Office) -> None:
    answer = await trusting_office.ask(f"{NUMBER} since 2h", user="ann")
    assert "reveal" not in actions_of(answer)
    shared = await trusting_office.ask(f"{NUMBER} since 3h share")
    assert "reveal" not in actions_of(shared)

    ann = trusting_office.workspace.state.user("ann")
    button = {"type": "button", "action_id": "answer.reveal", "value": buttons_of(shared)[0]["value"]}
    await trusting_office.workspace.deliver(
        "interactive",
        {
            "type": "block_actions",
            "user": {"id": ann.id, "team_id": ann.team_id},
            "team": {"id": ann.team_id},
            "channel": {"id": "C0INCIDENT"},
            "container": {"type": "message", "message_ts": shared.ts, "channel_id": "C0INCIDENT"},
            "trigger_id": "1.2.3",
            "response_url": "http://127.0.0.1:9/gone",
            "actions": [{**button, "block_id": "b", "action_ts": "1.2"}],
        },
    )
    told = (
        await trusting_office.workspace.wait_for(
            lambda: [m for m in trusting_office.seen("ann") if "full numbers" in m.text], within=15
        )
    )[0]

    assert NUMBER not in payload_of(told)
    assert "permission to see full numbers" in words_of(told)


async def test_buttons_of_a_shared_answer_work_for_everyone_and_edit_the_one_post(office: Office) -> None:
    shared = await office.ask(f"{NUMBER} since 2h share")

    by_ann = await office.press(shared, "answer.only_failed", user="ann")

    assert by_ann.ts == shared.ts
    assert by_ann.ephemeral_to is None
    assert "delivered · " not in words_of(by_ann)


async def test_the_text_for_the_customer_is_shown_to_whoever_asks_for_it_alone_and_ready_to_copy(office: Office) -> None:
    shared = await office.ask("13811112008 since 2h share")
    assert "customer" in actions_of(shared)
    before = len(office.seen("sam"))

    await office.workspace.click("sam", shared, *found_button(shared, "answer.customer"))
    told = (await office.workspace.wait_for(lambda: office.seen("sam")[before:], within=15))[0]

    assert told.ephemeral_to == office.workspace.state.user("sam").id
    (copied,) = [block["elements"][0] for block in told.blocks if block["type"] == "rich_text"]
    assert copied["type"] == "rich_text_preformatted"
    assert copied["elements"][0]["text"].startswith("Your phone")
    assert "13811112008" not in payload_of(told)
    assert len(office.seen("ann")) == 1, "nobody else sees it"


@pytest.mark.parametrize(("setting", "words"), [("zh", "您"), ("en", "Your phone")])
async def test_the_text_for_the_customer_is_in_the_language_that_customers_read(
    offices: Offices, setting: str, words: str
) -> None:
    async with offices.open(SMSSTATUS_CUSTOMER_LANGUAGE=setting) as office:
        answer = await office.ask("13811112008 since 2h", user="sam")
        before = len(office.seen("sam"))
        await office.workspace.click("sam", answer, *found_button(answer, "answer.customer"))
        told = (await office.workspace.wait_for(lambda: office.seen("sam")[before:], within=15))[0]

    assert "For the customer" in words_of(told)
    assert words in words_of(told)


async def test_there_is_no_text_for_the_customer_where_nothing_failed(office: Office) -> None:
    assert "customer" not in actions_of(await office.ask("13811112018 since 2h"))


async def test_button_values_hold_the_id_of_the_answer_and_nothing_else(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    values = {button["value"] for button in buttons_of(answer) if button["type"] == "button"}
    values |= {read_option(value)[1] for value in menu_of(answer)}
    assert len(values) == 1
    assert len(values.pop()) == 16


@BOTH_MODES
async def test_a_click_that_does_not_say_what_was_pressed_is_acknowledged_and_the_person_is_told(office: Office) -> None:
    click = {"type": "block_actions", "user": {"id": "U0LIWEI01"}, "team": {"id": "T0SANDBOX"}, "channel": {"id": "C0INCIDENT"}}
    for number, actions in enumerate(([], None, [{"value": 5}], "x")):
        ack = await office.workspace.deliver("interactive", {**click, "actions": actions, "trigger_id": f"1.{number}"})
        assert ack.error is None

    told = await office.workspace.wait_for(lambda: office.seen()[3:], within=15)
    assert [each.ephemeral_to for each in office.seen()] == ["U0LIWEI01"] * 4
    assert "what you chose" in told[0].text
