"""The Home tab: providers, the last lookups as one-click repeats, what is stored, the settings, and help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.plain import render_text
from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views import modal
from tests.slack.conftest import BOTH_MODES, NUMBER, Office, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import View


async def home(office: Office, user: str = "li", holding: str = "Help") -> View:
    """Open the Home tab; its view once it holds those words."""

    def published() -> View | None:
        view = office.workspace.home(user)
        return view if view is not None and holding in words(view) else None

    await office.workspace.open_home(user)
    return await office.workspace.wait_for(published, within=15)


def words(view: View) -> str:
    return render_text("", view.blocks, "Asia/Shanghai")


def repeats(view: View) -> list[dict[str, Any]]:
    accessories = [block["accessory"] for block in view.blocks if "accessory" in block]
    return [accessory for accessory in accessories if accessory["action_id"] == "home.repeat"]


@BOTH_MODES
async def test_the_home_tab_tells_who_can_be_asked_and_what_to_type(office: Office) -> None:
    told = words(await home(office))

    for part in ("None yet", "Tencent", "last 7 days", "Alibaba intl"):
        assert part in told
    assert "/smsstatus +8613711112222 since 2h" in told
    secrets = (value for key, value in office.sandbox.environ.items() if "SECRET" in key or "TOKEN" in key)
    assert [value for value in secrets if value in told] == []
    assert "xoxb" not in told


async def test_the_last_lookups_of_the_person_are_listed_masked_newest_first_each_once(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    await office.ask("13711112222 last 2h")
    await office.ask("13811112018 since 24h only failed")
    await office.ask("13611115555 since 1h", user="ann")

    view = await home(office)

    lines = [line for line in words(view).split("\n") if "****" in line]
    assert len(repeats(view)) == 2
    assert "138****2018" in lines[0]
    assert "last 24 h · only failed" in lines[0]
    assert "137****2222` · last 2 h" in lines[1]
    assert "13711112222" not in str([block for block in view.blocks if "accessory" in block])


async def test_no_more_than_ten_lookups_are_listed(office: Office) -> None:
    for tail in range(12):
        await office.ask(f"138111120{tail:02} since 2h")

    assert len(repeats(await home(office))) == 10


async def test_one_click_asks_again_up_to_now_and_answers_as_a_direct_message(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    view = await home(office)

    await office.workspace.click("li", view, "home.repeat", repeats(view)[0]["value"])
    answer = (await office.workspace.wait_for(lambda: office.seen("li", "dm-li"), within=15))[0]

    assert words_of(answer).startswith("✅ Delivered")
    follow_up = await office.say("only failed", channel="dm-li")
    assert "On top of the last lookup" in words_of(follow_up)


async def test_the_buttons_carry_opaque_ids_only(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    view = await home(office)

    (button,) = repeats(view)
    assert len(button["value"]) == 16
    assert len(view.private_metadata) == 16


async def test_a_lookup_that_is_no_longer_kept_is_said_on_the_tab(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    view = await home(office)
    button = repeats(view)[0]
    forged = {"type": "block_actions", "actions": [{**button, "value": "no-such-answer00", "block_id": "b", "action_ts": "1.2"}]}
    user = office.workspace.state.user("li")

    await office.workspace.deliver(
        "interactive",
        {
            **forged,
            "user": {"id": user.id, "team_id": user.team_id},
            "team": {"id": user.team_id},
            "container": {"type": "view", "view_id": view.id},
            "view": {"id": view.id, "private_metadata": view.private_metadata},
            "trigger_id": "1.2.3",
        },
    )

    said = await office.workspace.wait_for(
        lambda: (now := office.workspace.home("li")) is not None and "no longer kept" in words(now), within=15
    )
    assert said


async def test_a_new_lookup_begins_in_a_window(office: Office) -> None:
    view = await home(office)

    await office.workspace.click("li", view, "home.look_up")
    window = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
    await office.workspace.submit("li", window, {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})

    answer = (await office.workspace.wait_for(lambda: office.seen("li", "dm-li"), within=15))[0]
    assert words_of(answer).startswith("✅ Delivered")


async def test_settings_and_what_is_stored_are_behind_a_button(office: Office) -> None:
    view = await home(office)

    await office.workspace.click("li", view, "home.settings")
    told = words(await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15))

    for part in ("What this app stores", "30 days", "Asia/Shanghai", "Rate limit per person: `30 a minute`"):
        assert part in told


async def test_new_lookup_is_on_top_and_before_it_only_what_is_wrong_now(office: Office) -> None:
    assert (await home(office)).blocks[0]["type"] == "actions"
    office.sandbox.providers.tencent.faults.play(ProviderFaultKind.INTERNAL_ERROR, times=50)
    await office.ask(f"{NUMBER} since 2h")

    told = words(await home(office, holding="No answer from")).split("\n")

    assert told[0].startswith("⚠️ No answer from Tencent")
    assert "[New lookup]  [Settings]" in told


async def test_each_recent_lookup_has_its_time_and_verdict_also_after_a_restart(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    await office.ask("13811112001 since 2h")
    await office.restart()

    told = words(await home(office))

    assert re.search(r"❌ Failed · .*\d\d:\d\d:\d\d\n`\+86 138\*{4}2001`", told)
    assert re.search(r"✅ Delivered · .*\d\d:\d\d:\d\d\n`\+86 137\*{4}2222`", told)


async def test_running_a_lookup_again_is_said_on_the_tab_with_a_link_to_the_answer(office: Office) -> None:
    await office.ask(f"{NUMBER} since 2h")
    view = await home(office)

    await office.workspace.click("li", view, "home.repeat", repeats(view)[0]["value"])

    said = await office.workspace.wait_for(lambda: "Answered: see" in words(office.workspace.home("li") or view), within=15)
    assert said


async def test_the_messages_tab_publishes_nothing(office: Office) -> None:
    await office.workspace.open_home("li", "messages")
    await office.quiet()

    assert office.workspace.home("li") is None
