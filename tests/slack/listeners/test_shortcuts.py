"""The shortcuts: they find what a message is about, ask in a window, and answer in that message's thread or where chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.views import modal
from tests.cases import each
from tests.slack.conftest import BOTH_MODES, NUMBER, Office, Offices, found_button, payload_of, words_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.slack import PostedMessage, View

EVERYBODY = {modal.WHO: modal.EVERYBODY}
MESSAGE, ANYWHERE = "sms_status_message", "sms_status"


async def window(office: Office, user: str = "li") -> View:
    return await office.workspace.wait_for(lambda: office.workspace.modal(user), within=15)


async def use_on(office: Office, message: PostedMessage, user: str = "li") -> View:
    interaction = await office.workspace.message_shortcut(user, message, MESSAGE)
    assert interaction.error is None
    return await window(office, user)


def filled_in(view: View) -> str:
    element: dict[str, Any] = next(block["element"] for block in view.blocks if block.get("block_id") == modal.TARGETS)
    return str(element.get("initial_value", ""))


async def answered(office: Office, before: int = 0, *, channel: str = "incidents", user: str = "li") -> PostedMessage:
    return (await office.workspace.wait_for(lambda: office.seen(user, channel)[before:], within=15))[0]


@BOTH_MODES
async def test_the_window_holds_what_was_found_and_the_answer_is_in_that_messages_thread(office: Office) -> None:
    said = await office.workspace.say("ann", "incidents", f"customer {NUMBER} never got the code")

    view = await use_on(office, said)
    assert filled_in(view) == NUMBER
    done = await office.workspace.submit("li", view, {modal.WINDOW: "2h", **EVERYBODY})
    answer = await answered(office)

    assert (done.error, done.errors) == (None, {})
    assert answer.thread_ts == said.ts
    assert words_of(answer).startswith("✅ Delivered")
    assert "asked by <@U0LIWEI01>" in payload_of(answer)
    assert "13711112222" not in payload_of(answer)


async def test_nothing_personal_is_in_the_windows_metadata(office: Office) -> None:
    view = await use_on(office, await office.workspace.say("ann", "incidents", f"{NUMBER} in #incidents"))

    assert len(view.private_metadata) == 16
    assert NUMBER[-8:] not in view.private_metadata
    assert "C0INCIDENT" not in view.private_metadata


async def test_on_a_reply_the_answer_is_in_the_thread_of_the_reply(office: Office) -> None:
    root = await office.workspace.say("ann", "incidents", "incident")
    reply = await office.workspace.say("sam", "incidents", f"it is {NUMBER}", thread_ts=root.ts)

    await office.workspace.submit("li", await use_on(office, reply), {modal.WINDOW: "2h", **EVERYBODY})

    assert (await answered(office)).thread_ts == root.ts


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "call "},
                {"type": "link", "url": "tel:+8613711112222", "text": "137 1111 2222"},
                {"type": "text", "text": " or +86 139", "style": {"bold": True}},
                {"type": "text", "text": " 0000 1111"},
            ],
        }
    ],
}
ALERT = {
    "color": "#d00",
    "fallback": "SMS failed",
    "fields": [
        {"title": "phone", "value": "+8613711112222"},
        {"title": "SerialNo", "value": "5000:1045710669157053657849499619"},
    ],
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "`BizId: 900619746936498440^0`"}}],
}

ORDER = {
    "fallback": "No code",
    "fields": [{"title": "Order no.", "value": "1000000000000000012"}, {"title": "工单号", "value": "13911112222"}],
    "blocks": [
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Case*"},
                {"type": "mrkdwn", "text": "1000000000000000013"},
                {"type": "mrkdwn", "text": "*Phone*"},
                {"type": "mrkdwn", "text": "137 1111 2222"},
            ],
        }
    ],
}


async def test_numbers_and_ids_are_found_wherever_they_stand_in_a_message(office: Office, subtests: pytest.Subtests) -> None:
    for text, blocks, attachments, found in [
        ("see <tel:+8613711112222|137 1111 2222>", (), (), "+8613711112222"),
        ("", (RICH,), (), "+8613711112222, +8613900001111"),
        ("", (), (ALERT,), "+8613711112222"),
        ("13711112222 5000:1045710669157053657849499619", (), (), "+8613711112222 id:5000:1045710669157053657849499619"),
        ("order 12345, 2026-11-21 14:05, 10.0.0.1", (), (), ""),
        ("客户身份证 110101199003072316，手机 13912345678 没收到验证码", (), (), "+8613912345678"),
        (
            "card 6222021234567890128 PhoneNumbers%3D13711112222%26BizId%3D900619746936498440%5E0",
            (),
            (),
            "+8613711112222",
        ),
        ("", (), (ORDER,), "+8613711112222"),
    ]:
        with subtests.test(text=text):
            said = await office.workspace.post("deploys", "incidents", text, blocks=blocks, attachments=attachments)

            view = await use_on(office, said)

            assert filled_in(view) == found
            assert ("No number or message ID found" in str(view.blocks)) == (not found)
            await office.workspace.close_view("li", view)


async def test_what_is_wrong_is_said_below_the_input_and_the_window_stays(office: Office, subtests: pytest.Subtests) -> None:
    for typed, problem in [
        ("", "Add a number"),
        ("+86137", "has 3 digits"),
        (f"{NUMBER} sinse 2h", "Did you mean `since`"),
        ("help", "Only numbers"),
    ]:
        with subtests.test(typed=typed):
            said = len(office.seen())
            view = await use_on(office, await office.workspace.say("ann", "incidents", "help!"))

            wrong = await office.workspace.submit("li", view, {modal.TARGETS: typed or "   "})

            assert problem in wrong.errors[modal.TARGETS]
            assert office.workspace.modal("li") is not None
            await office.workspace.submit("li", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})
            assert words_of(await answered(office, said)).startswith("✅ Delivered")


async def test_words_of_a_command_work_in_the_window_and_win_over_the_choice_below(office: Office) -> None:
    view = await use_on(office, await office.workspace.say("ann", "incidents", "?"))

    await office.workspace.submit("li", view, {modal.TARGETS: f"{NUMBER} since 2h only failed", modal.WINDOW: "7d"})

    answer = words_of(await answered(office))
    assert "only failed" in answer
    assert "no receipt yet" not in answer


async def test_where_the_bot_is_no_member_the_asker_gets_the_answer_alone_with_what_to_type(office: Office) -> None:
    said = await office.workspace.say("ann", "war-room", f"{NUMBER} got nothing")

    await office.workspace.submit("li", await use_on(office, said), {modal.WINDOW: "2h", **EVERYBODY})
    answer = await answered(office, channel="war-room")

    assert answer.ephemeral_to == office.workspace.state.user("li").id
    assert "/invite @smsstatus" in words_of(answer)
    assert "Delivered" in words_of(answer)


@BOTH_MODES
async def test_the_global_shortcut_posts_where_it_is_told_and_a_thread_begins_there(office: Office) -> None:
    await office.workspace.global_shortcut("li", ANYWHERE, viewing="security")
    view = await window(office)

    await office.workspace.submit("li", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h", **EVERYBODY, modal.PLACE: "C0INCIDENT"})
    answer = await answered(office)
    await office.quiet()
    await office.restart()
    follow_up = await office.say("@smsstatus only failed", thread=answer.ts)

    assert answer.thread_ts is None
    assert words_of(answer).startswith("✅ Delivered")
    assert "On top of the last lookup: only failed" in words_of(follow_up)


async def test_the_global_shortcut_answers_in_the_conversation_that_is_open_by_default(office: Office) -> None:
    await office.workspace.global_shortcut("li", ANYWHERE, viewing="security")

    await office.workspace.submit("li", await window(office), {modal.TARGETS: NUMBER, modal.WINDOW: "2h", **EVERYBODY})

    assert words_of(await answered(office, channel="security")).startswith("✅ Delivered")


@each("channel", ["war-room", "dm-ann-li", "general"])
async def test_the_global_shortcut_where_the_bot_is_no_member_answers_the_asker_alone(office: Office, channel: str) -> None:
    await office.workspace.global_shortcut("li", ANYWHERE, viewing=channel)

    await office.workspace.submit("li", await window(office), {modal.TARGETS: NUMBER, modal.WINDOW: "2h", **EVERYBODY})
    answer = await answered(office, channel=channel)

    assert answer.ephemeral_to is not None
    assert "Delivered" in words_of(answer)


async def test_a_window_that_slack_does_not_let_open_is_explained(office: Office) -> None:
    said = await office.workspace.say("ann", "incidents", NUMBER)
    office.workspace.fail_next("views.open", "expired_trigger_id", times=2)

    await office.workspace.message_shortcut("li", said, MESSAGE)
    await office.workspace.global_shortcut("li", ANYWHERE)

    assert "gave up waiting" in words_of(await answered(office))
    assert "gave up waiting" in words_of(await answered(office, channel="dm-li"))


async def test_a_window_outlives_a_restart_of_the_app(office: Office) -> None:
    view = await use_on(office, await office.workspace.say("ann", "incidents", NUMBER))

    await office.restart()
    await office.workspace.submit("li", view, {modal.WINDOW: "2h"})

    assert words_of(await answered(office)).startswith("✅ Delivered")


async def test_a_private_answer_is_posted_in_the_thread_that_a_link_names(office: Office) -> None:
    root = await office.workspace.say("ann", "security", "incident")
    answer = await office.ask(f"{NUMBER} since 2h")
    await office.workspace.click("li", answer, *found_button(answer, "answer.post"))
    view = await window(office)

    wrong = await office.workspace.submit("li", view, {modal.LINK: "https://example.com/"})
    assert "isn't a link to a message" in wrong.errors[modal.LINK]
    link = f"https://sandbox.slack.com/archives/C0SECURITY/p{root.ts.replace('.', '')}"
    await office.workspace.submit("li", view, {modal.LINK: link})
    posted = await answered(office, channel="security")
    told = await answered(office, 1)

    assert posted.thread_ts == root.ts
    assert "13711112222" not in payload_of(posted)
    assert "Posted in" in words_of(told)
    assert told.ephemeral_to is not None


async def test_a_thread_where_the_bot_may_not_post_is_told_to_the_one_who_tried(office: Office) -> None:
    root = await office.workspace.say("ann", "war-room", "incident")
    answer = await office.ask(f"{NUMBER} since 2h")
    await office.workspace.click("li", answer, *found_button(answer, "answer.post"))

    link = f"https://sandbox.slack.com/archives/C0WARROOM0/p{root.ts.replace('.', '')}"
    await office.workspace.submit("li", await window(office), {modal.LINK: link})

    assert "/invite @smsstatus" in words_of(await answered(office, 1))


@pytest.fixture
async def strict_office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_ALLOWED_CHANNELS="C0INCIDENT") as one:
        yield one


async def test_an_answer_is_not_posted_where_the_bot_is_not_to_answer(strict_office: Office) -> None:
    root = await strict_office.workspace.say("ann", "security", "incident")
    answer = await strict_office.ask(f"{NUMBER} since 2h")
    await strict_office.workspace.click("li", answer, *found_button(answer, "answer.post"))

    link = f"https://sandbox.slack.com/archives/C0SECURITY/p{root.ts.replace('.', '')}"
    wrong = await strict_office.workspace.submit("li", await window(strict_office), {modal.LINK: link})
    step = await strict_office.workspace.run_step("look_up_sms_status", {"target": NUMBER, "channel": "C0SECURITY"}, "li")
    await strict_office.workspace.wait_for(lambda: step.state != "running", within=15)

    assert "does not answer in that channel" in wrong.errors[modal.LINK]
    assert "does not answer in that channel" in str(step.error)
    assert strict_office.seen(channel="security") == []


async def test_numbers_are_preferred_to_the_ids_beside_them_which_are_taken_where_there_is_no_number(office: Office) -> None:
    for text, found in (
        ("13711112222 for BizId: 900619746936498440^0", "+8613711112222"),
        ("BizId: 900619746936498440^0", "id:900619746936498440^0"),
    ):
        view = await use_on(office, await office.workspace.say("ann", "incidents", text))
        assert filled_in(view) == found
        await office.workspace.close_view("li", view)


def chosen(view: View) -> str:
    element: dict[str, Any] = next(block["element"] for block in view.blocks if block.get("block_id") == modal.WHO)
    return str(element["initial_option"]["value"])


async def test_only_me_is_offered_and_preselected_outside_threads(office: Office) -> None:
    root = await office.workspace.say("ann", "incidents", f"{NUMBER} got nothing")
    reply = await office.workspace.say("sam", "incidents", f"it is {NUMBER}", thread_ts=root.ts)

    outside = await use_on(office, root)
    assert chosen(outside) == modal.ONLY_ME
    await office.workspace.submit("li", outside, {modal.WINDOW: "2h"})
    assert (await answered(office)).ephemeral_to is not None

    inside = await use_on(office, reply)
    assert chosen(inside) == modal.EVERYBODY
    await office.workspace.submit("li", inside, {modal.WINDOW: "2h", modal.WHO: modal.ONLY_ME})
    assert (await answered(office, 1)).ephemeral_to is not None


async def test_the_global_shortcut_answers_in_the_direct_message_unless_a_conversation_is_chosen(office: Office) -> None:
    await office.workspace.global_shortcut("li", ANYWHERE, viewing="security")
    view = await window(office)
    assert chosen(view) == modal.ONLY_ME

    await office.workspace.submit("li", view, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})

    assert words_of(await answered(office, channel="dm-li")).startswith("✅ Delivered")
    assert office.seen(channel="security") == []


async def test_an_answer_is_posted_in_one_of_the_threads_in_which_the_asker_asked(office: Office) -> None:
    root = await office.workspace.say("ann", "incidents", "incident")
    await office.say(f"@smsstatus {NUMBER} since 2h", thread=root.ts)
    await office.say("@smsstatus 13811112018 since 2h", user="ann")
    answer = await office.ask(f"{NUMBER} since 3h")
    await office.workspace.click("li", answer, *found_button(answer, "answer.post"))
    view = await window(office)
    element: dict[str, Any] = next(block["element"] for block in view.blocks if block.get("block_id") == modal.THREAD)
    assert [option["value"] for option in element["options"]] == [f"C0INCIDENT {root.ts}"]
    assert "13711112222" not in str(element)

    before = len(office.seen())
    await office.workspace.submit("li", view, {})
    posted = await answered(office, before)

    assert posted.thread_ts == root.ts
    assert "Posted in" in words_of(await answered(office, before + 1))


async def test_a_link_wins_over_the_list_of_threads(office: Office) -> None:
    await office.say(f"@smsstatus {NUMBER} since 2h")
    elsewhere = await office.workspace.say("ann", "security", "incident")
    answer = await office.ask(f"{NUMBER} since 3h")
    await office.workspace.click("li", answer, *found_button(answer, "answer.post"))

    link = f"https://sandbox.slack.com/archives/C0SECURITY/p{elsewhere.ts.replace('.', '')}"
    await office.workspace.submit("li", await window(office), {modal.LINK: link})

    assert (await answered(office, channel="security")).thread_ts == elsewhere.ts
