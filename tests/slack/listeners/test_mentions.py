"""`@smsstatus …`: the answer is in that thread, masked, one message; and without a mention the bot is silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.providers import ProviderFaultKind
from tests.cases import each
from tests.slack.conftest import BOTH_MODES, FIRST_READING, NUMBER, Office, actions_of, payload_of, words_of


@BOTH_MODES
async def test_a_mention_is_answered_in_a_thread_below_it_masked_and_without_message_text(office: Office) -> None:
    answer = await office.say(f"@smsstatus {NUMBER} since 2h")

    mention = office.workspace.channel("incidents").messages[0]
    assert answer.thread_ts == mention.ts
    assert answer.ephemeral_to is None
    assert words_of(answer).startswith("✅ Delivered")
    assert "asked by <@U0LIWEI01>" in payload_of(answer)
    assert "13711112222" not in payload_of(answer)
    assert "验证码" not in payload_of(answer)
    assert not {"share", "post", "reveal"} & set(actions_of(answer))


async def late(office: Office, text: str, *, ago: timedelta) -> datetime:
    """Somebody mentions the bot, and Slack delivers it as late as that; when it was said."""
    workspace = office.workspace
    asked_at = workspace.state.clock() - ago
    message = await workspace.say("li", "incidents", "a message, of which the event is told below")
    event = {"type": "app_mention", "user": "U0LIWEI01", "channel": "C0INCIDENT", "ts": message.ts, "event_ts": message.ts}
    said = workspace.events.envelope({**event, "text": f"<@{workspace.bot.bot_user_id}> {text}"})
    ack = await workspace.deliver("events_api", {**said, "event_time": int(asked_at.timestamp())})
    assert ack.error is None
    return asked_at


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_an_event_whose_channel_is_a_persons_id_is_answered_in_their_direct_message(office: Office, kind: str) -> None:
    workspace = office.workspace
    said_at = workspace.state.next_ts()
    event = {"type": kind, "user": "U0LIWEI01", "channel": "U0LIWEI01", "ts": said_at, "event_ts": said_at}
    text = f"<@{workspace.bot.bot_user_id}> {NUMBER} since 2h"
    ack = await workspace.deliver("events_api", workspace.events.envelope({**event, "text": text}))
    answer = (await workspace.wait_for(lambda: office.seen(channel="dm-li"), within=15))[0]

    assert ack.error is None
    assert words_of(answer).startswith("✅ Delivered")


async def test_a_mention_that_slack_delivers_late_means_its_own_times_and_is_answered_with_when_it_was_asked(
    office: Office, subtests: pytest.Subtests
) -> None:
    for text, said in ((f"{NUMBER} since 2h", "Delivered"), ("help", "Was this SMS delivered"), ("nonsense", "nonsense")):
        with subtests.test(text=text):
            before = len(office.seen())
            await late(office, text, ago=timedelta(hours=3))
            answer = (await office.workspace.wait_for(lambda: office.seen()[before:], within=15))[0]  # noqa: B023 - awaited here

            first, second = words_of(answer).splitlines()[:2]
            assert first == "Late answer: this was asked 3 h ago."
            assert said in second


async def test_the_window_of_a_late_question_begins_where_it_was_meant_to_and_reaches_up_to_now(office: Office) -> None:
    asked_at = await late(office, f"{NUMBER} since 2h", ago=timedelta(hours=1))
    (answer,) = await office.workspace.wait_for(office.seen, within=15)

    since = (asked_at - timedelta(hours=2)).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{since:%H:%M}" in words_of(await office.press(answer, "answer.explain"))
    assert "last 3 h" in words_of(answer) or "–" in words_of(answer)


async def test_what_was_asked_minutes_ago_is_answered_as_ever_and_what_was_asked_yesterday_is_not(office: Office) -> None:
    await late(office, "help", ago=timedelta(hours=25))
    await late(office, "help", ago=timedelta(minutes=9))
    (answer,) = await office.workspace.wait_for(office.seen, within=15)

    assert words_of(answer).startswith("Was this SMS delivered")


async def test_a_mention_in_a_thread_is_answered_in_that_thread(office: Office) -> None:
    root = await office.workspace.say("ann", "incidents", "the customer never got the code")
    await office.workspace.say("sam", "incidents", f"number is {NUMBER}", thread_ts=root.ts)

    answer = await office.say(f"@smsstatus {NUMBER} since 2h", thread=root.ts)

    assert answer.thread_ts == root.ts
    assert len(office.seen()) == 1


async def test_without_a_mention_the_bot_is_silent_also_in_a_thread_that_holds_a_lookup(office: Office) -> None:
    answer = await office.say(f"@smsstatus {NUMBER} since 2h")

    for text in ("refresh", "since 24h", f"{NUMBER}", "thanks!", "more"):
        await office.workspace.say("ann", "incidents", text, thread_ts=answer.thread_ts)
    await office.quiet()

    assert len(office.seen()) == 1


async def test_a_mention_is_read_however_it_is_written(office: Office, subtests: pytest.Subtests) -> None:
    for text in [
        "@smsstatus <tel:+8613711112222|137 1111 2222> since 2h",
        "@smsstatus: +86 137-1111-2222 since 2h",
        f"{NUMBER} since 2h @smsstatus",
        f"@smsstatus /smsstatus {NUMBER} since 2h",
        f"hey @smsstatus {NUMBER} 最近2小时",
    ]:
        with subtests.test(text=text):
            bot, before = f"<@{office.workspace.bot.bot_user_id}>", len(office.seen())
            await office.workspace.post("li", "incidents", text.replace("@smsstatus", bot))

            answer = (await office.workspace.wait_for(lambda: office.seen()[before:], within=15))[0]  # noqa: B023 - awaited here

            assert words_of(answer).startswith("✅ Delivered")


async def test_an_answer_that_takes_long_is_one_message_that_is_edited(announcing_office: Office) -> None:
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)

    asking = await announcing_office.say(f"@smsstatus {NUMBER} since 2h")
    announcing_office.sandbox.providers.tencent.faults.clear()
    answer = await announcing_office.workspace.wait_for(
        lambda: next((m for m in announcing_office.seen() if not words_of(m).startswith("Asking")), None), within=15
    )

    assert words_of(asking) == "Asking Tencent and Alibaba …"
    assert answer.ts == asking.ts
    assert words_of(answer).startswith("✅ Delivered")
    assert len(announcing_office.seen()) == 1


async def test_a_mistake_is_told_to_the_one_who_made_it_with_words_that_work(office: Office) -> None:
    root = await office.workspace.say("ann", "incidents", "incident")
    await office.workspace.say("sam", "incidents", "looking", thread_ts=root.ts)

    wrong = await office.say(f"@smsstatus {NUMBER} sinse 2h", thread=root.ts)

    assert wrong.ephemeral_to == office.workspace.state.user("li").id
    assert wrong.thread_ts == root.ts
    assert words_of(wrong).split("`")[-2] == "@smsstatus +86 137****2222 since 2h"
    assert words_of(await office.press(wrong, FIRST_READING)) == "Answered in the thread."
    assert words_of(office.seen()[-1]).startswith("✅ Delivered")


@each(
    ("text", "said", "public"),
    [
        ("explain MK:0008", "MK:0008", True),
        ("providers", "Alibaba intl", True),
        ("help", "@smsstatus +8613711112222 since 2h", False),
        ("", "@smsstatus +8613711112222 since 2h", False),
    ],
)
async def test_other_commands_are_answered_too_and_help_does_not_fill_the_thread(
    office: Office, text: str, said: str, *, public: bool
) -> None:
    answer = await office.say(f"@smsstatus {text}")

    assert said in words_of(answer)
    assert (answer.ephemeral_to is None) == public


async def test_where_slack_takes_no_post_the_asker_gets_the_answer_alone_with_the_reason(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", "restricted_action")

    answer = await office.say(f"@smsstatus {NUMBER} since 2h")

    assert answer.ephemeral_to is not None
    assert "restricted_action" in words_of(answer)
    assert "Delivered" in words_of(answer)
    assert "share" in actions_of(answer)


@pytest.mark.parametrize("as_mention", [True, False])
async def test_a_mention_in_a_group_dm_is_answered_once_whichever_event_it_comes_as(office: Office, *, as_mention: bool) -> None:
    office.workspace.events.mentions_in_group_dms = as_mention

    answer = await office.say(f"@smsstatus {NUMBER} since 2h", channel="C0GROUPDM1")
    await office.workspace.say("li", "C0GROUPDM1", f"not for you: {NUMBER}")
    await office.quiet()

    assert answer.thread_ts is not None
    assert "验证码" not in payload_of(answer), "others read along"
    assert len(office.seen(channel="C0GROUPDM1")) == 1


async def test_mentions_in_a_private_channel_are_answered(office: Office) -> None:
    answer = await office.say(f"@smsstatus {NUMBER} since 2h", channel="security")

    assert words_of(answer).startswith("✅ Delivered")


async def test_what_bots_say_and_what_is_edited_is_left_alone(office: Office) -> None:
    bot = office.workspace.bot.bot_user_id
    said = {"type": "app_mention", "channel": "C0INCIDENT", "text": f"<@{bot}> {NUMBER} since 2h", "ts": "1795241002.000100"}
    await office.workspace.event({**said, "user": "U0DEPLOYS", "bot_id": "B0DEPLOYS"})
    await office.workspace.event({**said, "user": "U0LIWEI01", "edited": {"user": "U0LIWEI01", "ts": "1795241003.000100"}})
    await office.workspace.event({**said, "type": "message", "subtype": "message_changed", "channel_type": "im"})
    await office.quiet()

    assert office.seen() == []


async def test_a_post_whose_answer_was_lost_is_not_posted_twice_and_the_asker_is_told_to_look(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", after=True)

    await office.workspace.say("li", "incidents", f"@smsstatus {NUMBER} since 2h")
    told = await office.workspace.wait_for(
        lambda: next((message for message in office.seen() if message.ephemeral_to), None), within=15
    )

    assert "may or may not be visible" in words_of(told)
    assert len([message for message in office.seen() if message.ephemeral_to is None]) == 1


@each("asked", ["explain MK:0008", "providers"])
async def test_an_explanation_that_slack_does_not_take_is_shown_to_the_asker_alone_with_the_reason(
    office: Office, asked: str
) -> None:
    office.workspace.fail_next("chat.postMessage", "is_archived")

    told = await office.say(f"@smsstatus {asked}")

    assert told.ephemeral_to == "U0LIWEI01"
    assert "archived" in words_of(told)
    assert "MK:0008" in words_of(told) or "Tencent" in words_of(told)
