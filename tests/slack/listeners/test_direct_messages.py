"""Direct messages: the same words without the mention; and somebody who just talks is told once what can be asked."""

from __future__ import annotations

from tests.cases import each
from tests.slack.conftest import BOTH_MODES, NUMBER, Office, actions_of, payload_of, words_of

DM = "dm-li"


@BOTH_MODES
async def test_a_number_is_enough_and_the_answer_is_an_ordinary_message(office: Office) -> None:
    answer = await office.say(f"{NUMBER} since 2h", channel=DM)

    assert answer.ephemeral_to is None
    assert answer.thread_ts is None
    assert words_of(answer).startswith("✅ Delivered")
    assert "13711112222" not in payload_of(answer)
    answer = await office.press(answer, "answer.explain")
    assert "您的验证码是 ••••••" in words_of(answer), "nobody else reads along"
    assert not {"share", "reveal"} & set(actions_of(answer))


async def test_follow_ups_need_no_thread(office: Office) -> None:
    first = await office.say(f"{NUMBER} since 2h", channel=DM)

    second = await office.say("only failed", channel=DM)

    assert second.ts != first.ts
    assert "On top of the last lookup: only failed" in words_of(second)


async def test_a_thread_below_an_answer_goes_on_from_the_direct_message(office: Office) -> None:
    first = await office.say(f"{NUMBER} since 2h", channel=DM)

    second = await office.say("only failed", channel=DM, thread=first.ts)

    assert second.thread_ts == first.ts
    assert "On top of the last lookup: only failed" in words_of(second)


async def test_a_mention_or_the_slash_commands_name_before_the_words_does_not_matter(office: Office) -> None:
    for text in (f"@smsstatus {NUMBER} since 2h", f"smsstatus {NUMBER} since 2h"):
        assert words_of(await office.say(text, channel=DM)).startswith("✅ Delivered")


async def test_who_just_talks_is_told_in_full_once_a_day_what_can_be_asked_also_after_a_restart(office: Office) -> None:
    introduced = await office.say("hello, are you a human?", channel=DM)
    await office.restart()
    again = await office.say("good night", channel=DM)

    assert "`+8613711112222 since 2h`" in words_of(introduced)
    assert words_of(again) == "👋 To look up an SMS, send a number, a message ID or an error code, or `help`."


@each("text", ["thanks!", "ok thanks!", "Thank you so much", "谢谢", "謝謝！", "👍", ":+1:", "ok", "好的"])
async def test_thanks_get_a_short_reply_and_no_help(office: Office, text: str) -> None:
    assert words_of(await office.say(text, channel=DM)) == "👍 Any time."


async def test_help_is_given_whenever_it_is_asked_for(office: Office) -> None:
    for _ in range(2):
        assert "since 2h" in words_of(await office.say("help", channel=DM))


async def test_a_command_with_a_slip_is_put_right_each_time(office: Office) -> None:
    for _ in range(2):
        wrong = await office.say(f"{NUMBER} sinse 2h", channel=DM)
        assert "Try `+86 137****2222 since 2h`" in words_of(wrong)


async def test_refresh_edits_the_answer_above(office: Office) -> None:
    first = await office.say(f"{NUMBER} since 2h", channel=DM)

    pointer = await office.say("refresh", channel=DM)

    assert pointer.ephemeral_to is not None
    assert office.workspace.channel(DM).history[first.ts].edited is not None
