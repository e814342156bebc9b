"""What has several readings is asked back about once: a button for each, which runs it where it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.views.readings import PREFIX
from tests.cases import each
from tests.slack.conftest import FIRST_READING, NUMBER, Office, Offices, buttons_of, payload_of, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage

SECOND_READING = f"{PREFIX}1"


def labels(message: PostedMessage) -> list[str]:
    return [button["text"]["text"] for button in buttons_of(message)]


@each(
    ("typed", "offered"),
    [
        (f"{NUMBER} last 30", ["last 30 min", "last 30 h", "last 30 d"]),
        (f"{NUMBER} just now", ["last 2 h", "last 24 h", "last 7 d"]),
        (f"{NUMBER} since 2h since 3h", ["last 2 h", "last 3 h"]),
        (f"{NUMBER} via tencnt", ["via Tencent", "via every provider"]),
        (f"{NUMBER} faild", ["only failed", "every status"]),
        (f"{NUMBER} MK:0008", ["Look it up", "Explain MK:0008"]),
        (f"{NUMBER} sinse 2h", ["Look it up"]),
        (f"{NUMBER} publicly", ["share", "Look it up"]),
        ("explian MK:0008", ["Explain MK:0008"]),
        ("helpp", ["Show help"]),
        ("blacklist", ["Explain blacklist", "Show help"]),
        ("providers please", ["Show providers"]),
    ],
)
async def test_each_reading_is_a_button_that_says_what_it_asks(office: Office, typed: str, offered: list[str]) -> None:
    told = await office.ask(typed)

    assert labels(told) == offered
    assert NUMBER[3:] not in payload_of(told)


async def test_a_button_runs_its_own_reading(office: Office) -> None:
    told = await office.ask(f"{NUMBER} last 30")

    answer = await office.press(told, SECOND_READING)

    assert words_of(answer).startswith("✅ Delivered")
    assert "last 30 h · " in words_of(answer)
    assert answer.ephemeral_to is not None


async def test_a_code_beside_a_number_is_explained_or_left_out(office: Office) -> None:
    explained = await office.press(await office.ask(f"{NUMBER} MK:0008"), SECOND_READING)
    looked_up = await office.press(await office.ask(f"{NUMBER} MK:0008"), FIRST_READING)

    assert "MK:0008" in words_of(explained)
    assert words_of(looked_up).startswith("✅ Delivered")


async def test_a_reading_with_share_is_posted_for_the_channel(office: Office) -> None:
    pressed = await office.press(await office.ask(f"{NUMBER} sinse 2h share"), FIRST_READING)

    assert words_of(pressed) == "Posted in the channel."
    assert [words_of(message).startswith("✅ Delivered") for message in office.seen() if message.ephemeral_to is None] == [True]


async def test_in_a_direct_message_the_answer_takes_the_place_and_can_be_followed_up(office: Office) -> None:
    told = await office.say(f"{NUMBER} last 30", channel="dm-li")
    answer = await office.press(told, FIRST_READING)
    assert words_of(answer).startswith("✅ Delivered")

    following = await office.say("since 24h", channel="dm-li")

    assert "On top of the last lookup" in words_of(following)


async def test_a_slip_in_a_follow_up_is_run_by_its_button(office: Office) -> None:
    asked = await office.say(f"@smsstatus {NUMBER} since 2h")
    told = await office.say("@smsstatus refesh", thread=asked.thread_ts)
    assert labels(told) == ["Refresh"]

    assert words_of(await office.press(told, FIRST_READING)) == "Refreshed: see the answer above."


async def test_a_follow_up_with_several_readings_is_about_the_last_lookup(office: Office) -> None:
    asked = await office.say(f"@smsstatus {NUMBER} since 2h")
    told = await office.say("@smsstatus since 9", thread=asked.thread_ts)
    assert labels(told)[0] == "last 9 h"

    assert words_of(await office.press(told, FIRST_READING)) == "Answered in the thread."
    assert any("On top of the last lookup" in words_of(message) for message in office.seen())


async def test_readings_survive_a_restart_and_no_number_is_stored_in_the_clear(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_SECRET_KEY="k" * 40) as office:
        told = await office.ask(f"{NUMBER} last 30")
        await office.restart(SMSSTATUS_SECRET_KEY="k" * 40)

        assert b"13711112222" not in b"".join(path.read_bytes() for path in office.sandbox.data.iterdir() if path.is_file())
        assert words_of(await office.press(told, FIRST_READING)).startswith("✅ Delivered")


async def test_a_reading_that_is_no_longer_kept_offers_the_window(office: Office) -> None:
    told = await office.ask(f"{NUMBER} last 30")

    await office.restart(SMSSTATUS_SECRET_KEY="another-key-of-forty-characters-0123456789")
    gone = await office.press(told, SECOND_READING)

    assert "no longer kept" in words_of(gone)


async def test_in_chinese_too(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_LANGUAGE="zh") as office:
        told = await office.ask(f"{NUMBER} 最近30")
        assert labels(told) == ["最近 30 分钟", "最近 30 小时", "最近 30 天"]

        assert words_of(await office.press(told, SECOND_READING)).startswith("✅ 已送达")
