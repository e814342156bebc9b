"""The thread remembers: short follow-ups on top of its last lookup, after a restart and on another replica too."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.sandbox.demo import open_sandbox
from bot.slack.views import modal
from bot.timing.clock import system_clock
from tests.slack.conftest import NUMBER, QUICK, SECOND, Office, actions_of, found_button, payload_of, start, words_of

if TYPE_CHECKING:
    import pytest

    from bot.sandbox.slack import PostedMessage


async def lookup_in_a_thread(office: Office, typed: str = f"{NUMBER} since 2h") -> PostedMessage:
    return await office.say(f"@smsstatus {typed}")


async def follow(office: Office, answer: PostedMessage, text: str, *, user: str = "li") -> PostedMessage:
    """Say something to the bot in the answer's thread; the next thing that it says, besides where to look."""

    def said() -> list[PostedMessage]:
        return [message for message in office.seen(user) if "see the answer above" not in words_of(message)]

    before = len(said())
    await office.workspace.say(user, "incidents", f"@smsstatus {text}", thread_ts=answer.thread_ts)
    return (await office.workspace.wait_for(lambda: said()[before:], within=15))[0]


async def edit(office: Office, answer: PostedMessage, text: str, *, user: str = "li") -> PostedMessage:
    """Say something that changes the answer where it stands; the answer as it is then."""
    await office.workspace.say(user, "incidents", f"@smsstatus {text}", thread_ts=answer.thread_ts)
    return await office.workspace.wait_for(lambda: office.edited(answer), within=15)


def standing(office: Office, answer: PostedMessage) -> PostedMessage:
    """The answer as it stands now."""
    return office.workspace.state.conversations[answer.channel].history[answer.ts]


async def test_a_short_follow_up_is_a_new_answer_that_says_what_it_builds_on(office: Office, subtests: pytest.Subtests) -> None:
    for text, said in [
        ("since 24h", "On top of the last lookup: "),
        ("only failed", "On top of the last lookup: only failed"),
        ("via aliyun", "On top of the last lookup: via Alibaba"),
        ("13900001111", "On top of the last lookup: +86 139****1111"),
        ("只看失败", "On top of the last lookup: only failed"),
    ]:
        with subtests.test(text=text):
            first = await lookup_in_a_thread(office)

            second = await follow(office, first, text)

            assert second.thread_ts == first.thread_ts
            assert second.ts != first.ts
            assert said in words_of(second).replace("`", "")
            assert words_of(standing(office, first)) == words_of(first), "what was known then still stands there"
            assert "13711112222" not in payload_of(second)
            assert "13900001111" not in payload_of(second)


async def test_follow_ups_build_on_each_other(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    await follow(office, first, "via tencent")

    third = await follow(office, first, "only failed")

    assert "✗" in words_of(third)
    assert "2 others skipped (via)" in words_of(third)
    assert "On top of the last lookup: only failed" in words_of(third)


async def test_a_full_question_in_the_thread_takes_nothing_from_the_last_one(office: Office) -> None:
    first = await lookup_in_a_thread(office, f"{NUMBER} via tencent only failed since 2h")

    second = await follow(office, first, f"{NUMBER} since 3h")

    assert "On top" not in words_of(second)
    assert "no receipt yet" in words_of(second)


async def test_refresh_edits_the_answer_where_it_stands_and_points_the_one_who_typed_there(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    calls = len(office.sandbox.providers.tencent.calls)

    again = await edit(office, first, "refresh", user="ann")
    pointer = (await office.workspace.wait_for(lambda: office.seen("ann")[1:]))[0]

    assert again.ts == first.ts
    assert len(office.sandbox.providers.tencent.calls) > calls
    assert "refreshed by <@U0ANN0001>" in payload_of(again)
    assert pointer.ephemeral_to == office.workspace.state.user("ann").id
    assert pointer.thread_ts == first.thread_ts
    assert "Refreshed: see" in words_of(pointer)
    assert len(office.seen("sam")) == 1, "for everybody else it is still one message"


async def shown_to_ann(office: Office, answer: PostedMessage, action: str) -> PostedMessage:
    """What she sees when she presses a button."""
    before = len(office.seen("ann"))
    await office.workspace.click("ann", answer, *found_button(answer, action))
    return (await office.workspace.wait_for(lambda: office.seen("ann")[before:], within=15))[0]


async def test_what_a_button_shows_one_person_stands_in_the_thread_of_its_answer(office: Office) -> None:
    answer = await lookup_in_a_thread(office, "13811112001 since 2h")
    for action in ("answer.customer", "answer.signature", "answer.everybody"):
        shown = await shown_to_ann(office, answer, action)

        assert (shown.thread_ts, shown.ephemeral_to) == (answer.thread_ts, office.workspace.state.user("ann").id), action
    again = await office.press(shown, "stats.refresh", user="ann")
    assert again.thread_ts == answer.thread_ts


async def test_where_the_app_may_not_post_in_the_thread_what_a_button_shows_stands_in_the_channel(office: Office) -> None:
    answer = await lookup_in_a_thread(office, "13811112001 since 2h")
    office.workspace.fail_next("chat.postEphemeral", "not_in_channel")
    before = len(office.seen("ann"))
    await office.workspace.click("ann", answer, *found_button(answer, "answer.customer"))
    shown = (await office.workspace.wait_for(lambda: office.seen("ann")[before:], within=15))[0]

    assert (shown.thread_ts, shown.ephemeral_to) == (None, office.workspace.state.user("ann").id)


async def test_more_and_newer_turn_the_page_and_explain_means_the_rows_that_are_shown(office: Office) -> None:
    first = await lookup_in_a_thread(office, "13611115555 since 1h")
    first = await office.press(first, "answer.explain")

    second = await edit(office, first, "more")
    assert "21–40 of 250" in words_of(second)
    back = await edit(office, second, "newer")
    assert "1–20 of 250" in words_of(back)

    explained = await follow(office, first, "explain 10")
    assert words_of(explained).startswith("`DELIVRD` Delivered to the handset.")


async def test_explain_2_explains_the_second_row_and_a_row_that_is_not_there_is_said(office: Office) -> None:
    first = await lookup_in_a_thread(office, f"{NUMBER} since 2h only failed")

    explained = await follow(office, first, "explain 1")
    missing = await follow(office, first, "explain 7")

    assert "Possible causes:" in words_of(explained)
    assert explained.thread_ts == first.thread_ts
    assert "There is no row 7" in words_of(missing)
    assert missing.ephemeral_to is not None


async def test_all_takes_the_filter_away(office: Office) -> None:
    first = await lookup_in_a_thread(office, f"{NUMBER} since 2h only failed")

    everything = await edit(office, first, "all")

    assert "no receipt yet" in words_of(everything)


NEXT = "13900001111"


async def window_of(office: Office, answer: PostedMessage) -> str:
    """When the window that an answer covers begins, which its details tell."""
    shown = await office.press(answer, "answer.explain")
    found = re.search(r"<!date\^(\d+)\^[^>]*> ?– ?<!date[^>]*> your time", payload_of(shown))
    assert found
    await office.press(shown, "answer.explain_less")
    return found[1]


async def test_the_next_customer_keeps_the_window_and_drops_the_filters_set_for_the_one_before(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    await follow(office, first, "only failed")
    await follow(office, first, "via aliyun")
    calls = len(office.sandbox.providers.tencent.calls)

    answer = await follow(office, first, NEXT)

    assert len(office.sandbox.providers.tencent.calls) > calls
    said = words_of(answer)
    assert "On top of the last lookup: +86 139****1111, via every provider, every status" in said.replace("`", "")
    assert "only failed" not in said
    assert "left out by via" not in said
    assert await window_of(office, answer) == await window_of(office, first)


async def test_the_next_customer_drops_the_filter_that_a_button_set(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    first = await office.press(first, "answer.only_failed")

    answer = await follow(office, first, NEXT)

    assert "only failed" not in words_of(answer)
    assert "every status" in words_of(answer)
    assert await window_of(office, answer) == await window_of(office, first)


async def test_the_next_customer_takes_the_filters_that_are_said_with_it(office: Office) -> None:
    first = await lookup_in_a_thread(office, f"{NUMBER} via aliyun only delivered since 2h")

    answer = await follow(office, first, f"{NEXT} only failed")

    assert "via every provider, only failed" in words_of(answer)


async def test_in_a_direct_message_too_the_next_customer_drops_the_filters(office: Office) -> None:
    for typed in (f"{NUMBER} since 2h", "only failed", "via aliyun"):
        await office.say(typed, channel="dm-li")

    answer = await office.say(NEXT, channel="dm-li")

    assert "via every provider, every status" in words_of(answer)


async def test_short_words_after_the_next_customer_are_about_that_one(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    second = await follow(office, first, "13611115555")
    second = await office.press(second, "answer.explain")

    more = await edit(office, second, "more")
    assert "21–40 of" in words_of(more)
    await office.press(more, "answer.only_failed")
    everything = await edit(office, standing(office, second), "show all")

    assert "only failed" not in words_of(everything)
    assert standing(office, first).blocks == first.blocks, "the first customer's answer stands as it was"


async def test_a_number_found_in_a_message_of_the_thread_is_asked_without_the_threads_filters(office: Office) -> None:
    """The window over Slack is filled with the number alone, and what it asks is a question of its own."""
    first = await lookup_in_a_thread(office, f"{NUMBER} via aliyun only failed since 2h")
    said = await office.workspace.say("ann", "incidents", f"and {NEXT}?", thread_ts=first.ts)
    before = len(office.seen())

    await office.workspace.message_shortcut("li", said, "sms_status_message")
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"), within=15)
    entered = [block["element"].get("initial_value") for block in view.blocks if block.get("block_id") == modal.TARGETS]
    await office.workspace.submit("li", view, {modal.WINDOW: "2h"})
    answer = (await office.workspace.wait_for(lambda: office.seen()[before:], within=15))[0]

    assert entered == [f"+86{NEXT}"]
    assert "only failed" not in words_of(answer)
    assert "left out by via" not in words_of(answer)


async def test_a_follow_up_where_nothing_was_looked_up_says_so(office: Office) -> None:
    said = await office.say("@smsstatus refresh")
    second = await office.say("@smsstatus since 24h")

    assert "no lookup here yet" in words_of(said)
    assert "Add a phone number" in words_of(second)


async def test_when_the_answers_message_was_deleted_refresh_posts_it_anew(office: Office) -> None:
    first = await lookup_in_a_thread(office)
    await office.workspace.state.remove(first)

    again = await follow(office, first, "refresh")

    assert again.thread_ts == first.thread_ts
    assert again.ephemeral_to is None
    assert words_of(again).startswith("✅ Delivered")


async def test_a_shared_answer_is_the_root_of_a_thread_that_takes_follow_ups(office: Office) -> None:
    shared = await office.ask(f"{NUMBER} since 2h share")
    await office.quiet()
    await office.restart()

    answer = await office.say("@smsstatus only failed", thread=shared.ts)

    assert answer.thread_ts == shared.ts
    assert "On top of the last lookup: only failed" in words_of(answer)


async def test_the_thread_remembers_after_a_restart(office: Office) -> None:
    first = await lookup_in_a_thread(office)

    await office.restart()
    second = await follow(office, first, "since 24h")
    pressed = await office.press(first, "answer.only_failed")

    assert "On top of the last lookup" in words_of(second)
    assert "no receipt yet" not in words_of(pressed)
    assert pressed.ts == first.ts


async def test_two_replicas_on_one_postgresql_are_one_bot(postgres_url: str) -> None:
    shared = {"SMSSTATUS_DATABASE_URL": postgres_url, "SMSSTATUS_SECRET_KEY": "one key for all the replicas"}
    async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as one, AsyncExitStack() as other:
        first = await start(sandbox, one, "http", timings=QUICK, clock=system_clock, **shared)
        second = await start(sandbox, other, "http", timings=QUICK, clock=system_clock, **shared)
        office = Office(sandbox, one, first)
        sandbox.workspace.http_entry = f"{first}/slack/events"
        answer = await lookup_in_a_thread(office)
        turned = await edit(office, answer, "refresh")

        sandbox.workspace.http_entry = f"{second}/slack/events"
        follow_up = await follow(office, answer, "only failed")
        pressed = await office.press(turned, "answer.only_failed", user="ann")

    assert "On top of the last lookup: only failed" in words_of(follow_up)
    assert "filtered by <@U0ANN0001>" in payload_of(pressed)
    assert "show_all" in actions_of(pressed)
