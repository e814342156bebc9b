"""What was typed wrongly is shown with its numbers masked in a channel, and a button runs the correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.views import modal
from bot.slack.views.notices import CORRECT
from bot.slack.views.readings import PREFIX
from tests.slack.conftest import FIRST_READING, NUMBER, Office, actions_of, found_button, payload_of, words_of
from tests.slack.listeners.test_home import home
from tests.slack.listeners.test_shortcuts import filled_in

if TYPE_CHECKING:
    import pytest

    from bot.sandbox.slack import PostedMessage

ID_CARD, OWN_ID = "110101199003072316", "id:S13711112222"


async def test_numbers_in_a_slip_are_masked_in_a_channel(office: Office, subtests: pytest.Subtests) -> None:
    for typed in (
        f"{NUMBER} sinse 2h",
        "foo13711112222",
        "13711112222 via twilio",
        "13711112222x",
        "1371111222",
        "13,711,112,222",
        f"explain {NUMBER}",
        f"explain {NUMBER} or 13711112222",
        f"providers {NUMBER}",
        f"{OWN_ID} sinse 2h",
        f"{ID_CARD} since 2h",
        f"{ID_CARD}x {NUMBER}",
        "13711112222 since 137-1111-2222x",
        "%2B8613711112222 sinse 2h",
    ):
        for ask in (office.ask, office.say):
            with subtests.test(typed=typed, by=ask.__name__):
                told = await ask(f"@smsstatus {typed}" if ask == office.say else typed)

                digits = "".join(char for char in payload_of(told) if char.isdigit())
                assert "13711112222" not in digits
                assert "1371111222" not in digits
                assert ID_CARD not in digits


async def test_a_masked_correction_is_run_by_its_button(office: Office) -> None:
    told = await office.ask(f"{NUMBER} sinse 2h only faild")
    assert "Try `/smsstatus +86 137****2222 since 2h only failed`" in words_of(told)

    answer = await office.press(told, FIRST_READING)

    assert answer.ephemeral_to is not None
    assert words_of(answer).startswith("✅ Delivered")
    assert "only failed" in words_of(answer)
    assert {"share", "refresh"} <= set(actions_of(answer))


async def test_a_correction_that_was_not_run_is_none_of_the_last_lookups(office: Office) -> None:
    await office.say(f"@smsstatus {NUMBER} sinse 2h")

    assert "None yet" in str((await home(office)).blocks)


async def test_without_a_number_there_is_nothing_to_run(office: Office) -> None:
    told = await office.ask("since 2h")

    assert words_of(told) == "Add a phone number or message ID.\nTry `/smsstatus NUMBER since 2h`\n[Correct it]"
    assert PREFIX not in payload_of(told)


async def test_for_what_only_the_terminal_does_no_window_is_offered(office: Office) -> None:
    told = await office.ask(f"forget {NUMBER}")

    assert words_of(told).startswith("Nothing was removed: `forget` is for the app's operator, in the terminal:")
    assert actions_of(told) == []


async def test_a_correction_is_run_in_a_direct_message_and_in_a_thread(office: Office, subtests: pytest.Subtests) -> None:
    root = await office.workspace.say("ann", "incidents", "incident")
    for channel, thread, mention in (("dm-li", None, ""), ("incidents", root.ts, "@smsstatus ")):
        with subtests.test(channel=channel):
            told = await office.say(f"{mention}{NUMBER} sinse 2h", channel=channel, thread=thread)

            assert f"Try `{mention}+86 137****2222 since 2h`" in words_of(told)
            pressed = await office.press(told, FIRST_READING)
            assert any(words_of(message).startswith("✅ Delivered") for message in (pressed, *office.seen(channel=channel)))


async def test_below_the_input_of_the_window_numbers_are_masked_too(office: Office) -> None:
    await office.workspace.global_shortcut("li", "sms_status")
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)

    wrong = await office.workspace.submit(
        "li", view, {modal.TARGETS: f"{NUMBER} sinse 2h", modal.WINDOW: "2h", modal.PLACE: "C0INCIDENT"}
    )

    assert wrong.errors[modal.TARGETS].endswith("Try: +86 137****2222 since 2h")


async def delivered(office: Office) -> PostedMessage:
    def answer() -> PostedMessage | None:
        return next((one for one in office.seen() if words_of(one).startswith("✅ Delivered")), None)

    return await office.workspace.wait_for(answer, within=15)


async def test_what_cannot_be_run_is_put_right_in_a_window_that_has_it_typed_already(office: Office) -> None:
    told = await office.ask("1371111222 since 2h only failed")
    assert actions_of(told) == [CORRECT]

    await office.workspace.click("li", told, *found_button(told, CORRECT))
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
    assert view is not None
    assert filled_in(view) == "1371111222 since 2h only failed"
    assert modal.WHO not in {block.get("block_id") for block in view.blocks}, "it is for one person's eyes, as it was"
    await office.workspace.submit("li", view, {modal.TARGETS: f"{NUMBER} since 2h only failed"})

    answer = await delivered(office)
    assert answer.ephemeral_to is not None
    assert "last 2 h" in words_of(answer)


async def test_what_was_said_in_a_thread_is_put_right_for_the_thread(office: Office) -> None:
    told = await office.say("@smsstatus since 2h")

    await office.workspace.click("li", told, *found_button(told, CORRECT))
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
    assert view is not None
    assert filled_in(view) == "since 2h"
    await office.workspace.submit("li", view, {modal.TARGETS: f"{NUMBER} since 2h", modal.WHO: modal.EVERYBODY})

    answer = await delivered(office)
    assert answer.ephemeral_to is None
    assert answer.thread_ts is not None
