"""The buttons of an answer: each edits it in place, and none carries anything but the answer's id."""

from __future__ import annotations

import json

from bot.sandbox.providers import Fault
from tests.slack.conftest import NUMBER, Office, actions_of, buttons_of, payload_of, words_of


async def test_refresh_asks_again_and_edits_in_place(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    calls = len(office.sandbox.providers.tencent.calls)

    again = await office.press(answer, "answer.refresh")

    assert again.ts == answer.ts
    assert words_of(again).startswith("1 of 3 failed")
    assert len(office.sandbox.providers.tencent.calls) > calls
    assert len(office.seen()) == 1


async def test_widen_looks_at_the_longer_window_and_takes_its_own_button_away(office: Office) -> None:
    answer = await office.ask("13811112018 since 2h")
    assert {"widen_24h", "widen_7d"} <= set(actions_of(answer))

    wider = await office.press(answer, "answer.widen_7d")

    assert not {"widen_24h", "widen_7d"} & set(actions_of(wider))
    assert words_of(wider) != words_of(answer)


async def test_only_failed_and_show_all_filter_without_asking_anyone(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} since 2h")
    calls = len(http_office.sandbox.providers.tencent.calls)

    failed = await http_office.press(answer, "answer.only_failed")
    everything = await http_office.press(failed, "answer.show_all")

    assert "delivered · " not in words_of(failed)
    assert "delivered · " in words_of(everything)
    assert len(http_office.sandbox.providers.tencent.calls) == calls


async def test_more_turns_the_pages_of_250_messages_without_asking_anyone(http_office: Office) -> None:
    page = await http_office.ask("13611115555 since 1h")
    calls = len(http_office.sandbox.providers.tencent.calls)

    seen = []
    for _ in range(24):
        seen.append(words_of(page))
        page = await http_office.press(page, "answer.older")
    seen.append(words_of(page))

    assert "1–10 of 250" in seen[0]
    assert "241–250 of 250" in seen[-1]
    assert "older" not in actions_of(page)
    assert "newer" in actions_of(page)
    assert len(http_office.sandbox.providers.tencent.calls) == calls


async def test_share_posts_in_the_channel_once_and_takes_its_button_away(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    private = await office.press(answer, "answer.share")

    public = [message for message in office.seen() if message.ephemeral_to is None]
    assert len(public) == 1
    assert "13711112222" not in payload_of(public[0])
    assert "share" not in actions_of(private)
    assert "share" not in actions_of(public[0])


async def test_a_double_press_on_share_posts_once(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} since 2h")
    value = buttons_of(answer)[0]["value"]

    for _ in range(2):
        await http_office.workspace.click("li", answer, "answer.share", value)
    await http_office.app.aclose()

    assert len([message for message in http_office.seen() if message.ephemeral_to is None]) == 1


async def test_share_that_slack_refuses_leaves_the_answer_with_the_reason_above(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h", channel="war-room")

    refused = await office.press(answer, "answer.share")

    assert "/invite @smsstatus" in words_of(refused)
    assert "1 of 3 failed" in words_of(refused)
    assert "share" in actions_of(refused), "after the invitation the same button works"


async def test_a_refresh_that_takes_long_says_so_in_place_and_keeps_the_old_answer_in_view(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} since 2h")
    tencent = http_office.sandbox.providers.tencent
    tencent.faults.play(Fault.HANG)

    asking = await http_office.press(answer, "answer.refresh")
    tencent.faults.clear()
    done = await http_office.workspace.wait_for(
        lambda: next((m for m in http_office.seen() if m.ts == answer.ts and "Asking" not in words_of(m)), None), within=15
    )

    assert "Asking Tencent and Alibaba" in words_of(asking)
    assert "1 of 3 failed" in words_of(asking)
    assert words_of(done).startswith("1 of 3 failed")


async def test_a_button_of_an_answer_that_is_not_known_any_more_says_so(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    await office.restart(SMSSTATUS_SECRET_KEY="another key, so what was kept cannot be read")
    await office.workspace.click("li", answer, "answer.refresh")
    said = (await office.workspace.wait_for(lambda: office.seen()[1:]))[0]

    assert said.ephemeral_to is not None
    assert "/smsstatus" in words_of(said)


async def test_buttons_work_after_a_restart(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    await office.restart()
    failed = await office.press(answer, "answer.only_failed")

    assert failed.ts == answer.ts
    assert words_of(failed).startswith("1 of 3 failed")
    assert "delivered · " not in words_of(failed)


async def test_buttons_of_a_shared_answer_work_for_everyone_and_edit_the_one_post(http_office: Office) -> None:
    shared = await http_office.ask(f"{NUMBER} since 2h share")

    by_ann = await http_office.press(shared, "answer.only_failed", user="ann")

    assert by_ann.ts == shared.ts
    assert by_ann.ephemeral_to is None
    assert "delivered · " not in words_of(by_ann)


async def test_button_values_hold_the_id_of_the_answer_and_nothing_else(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} since 2h")

    values = {button["value"] for button in buttons_of(answer)}
    assert len(values) == 1
    assert "137" not in json.dumps(list(values)) or len(values.pop()) == 16
