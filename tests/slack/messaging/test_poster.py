"""Getting a message into Slack when the weather is fine: the ways, what is merged, and whose request an answer belongs to."""

from __future__ import annotations

import asyncio

import structlog.contextvars
import structlog.testing

from bot.slack import views
from bot.slack.messaging.claims import Claim
from bot.slack.messaging.poster import open_view
from tests.slack.conftest import NUMBER, Office, words_of
from tests.slack.counters import ANSWER, BUTTON, HERE, NEWER, USER, Counter, counter, refused

__all__ = ["counter"]  # a fixture

ASKING = views.Message("Asking Tencent …", ())


async def test_a_post_in_a_thread_stands_in_that_thread(counter: Counter) -> None:
    root = await counter.poster.post(HERE, ANSWER, claim=None)

    await counter.poster.post(HERE, NEWER, root, claim=None)
    await counter.poster.post_ephemeral(HERE, USER, ASKING, root, claim=None)

    assert [(each.text, each.thread_ts, each.ephemeral_to) for each in counter.said()] == [
        (ANSWER.text, None, None),
        (NEWER.text, root, None),
        (ASKING.text, root, USER),
    ]


async def test_an_update_changes_text_and_blocks_of_the_message_that_stands(counter: Counter) -> None:
    ts = await counter.poster.post(HERE, views.Message(ANSWER.text, (*ANSWER.blocks, BUTTON)), claim=None)

    await counter.poster.update(HERE, ts, NEWER, claim=None)

    (now,) = counter.said()
    assert (now.ts, now.text, len(now.blocks)) == (ts, NEWER.text, 1)


async def test_messages_of_one_channel_are_never_too_fast_for_slack(counter: Counter) -> None:
    await asyncio.gather(*(counter.poster.post(HERE, ANSWER, claim=None) for _ in range(12)))

    assert {call.error for call in counter.workspace.calls} == {None}, "the workspace allows one a second, and a few at once"
    assert len(counter.texts()) == 12


async def test_what_was_begun_and_answered_while_it_waited_is_one_post_of_the_answer(counter: Counter) -> None:
    first = asyncio.ensure_future(counter.poster.post(HERE, NEWER, claim=None))
    await asyncio.sleep(0)
    begun = counter.poster.post_interim(HERE, ASKING, claim=None)

    ts = await begun.edit(ANSWER)

    assert await first != ts
    assert counter.texts() == [NEWER.text, ANSWER.text]
    assert counter.methods() == ["chat.postMessage"] * 2


async def test_what_was_begun_and_stands_is_edited_to_the_answer(counter: Counter) -> None:
    begun = counter.poster.post_interim(HERE, ASKING, claim=None)
    ts = await begun.ts()
    assert counter.texts() == [ASKING.text]

    assert await begun.edit(ANSWER) == ts

    assert counter.texts() == [ANSWER.text]


async def test_an_answer_is_posted_anew_when_the_word_on_what_was_begun_got_lost(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", after=True)
    begun = counter.poster.post_interim(HERE, ASKING, claim=None)
    await refused(begun.ts())

    await begun.edit(ANSWER)

    assert counter.texts() == [ASKING.text, ANSWER.text]


async def test_an_answer_is_refused_where_what_was_begun_was_refused_for_good(counter: Counter) -> None:
    begun = counter.poster.post_interim("C0WARROOM0", ASKING, claim=None)
    await refused(begun.ts())

    assert (await refused(begun.edit(ANSWER))).reason == "channel_not_found"
    assert counter.methods() == ["chat.postMessage"]


async def test_merged_updates_confirm_the_claim_of_the_one_that_is_sent(counter: Counter) -> None:
    ts = await counter.poster.post(HERE, ANSWER, claim=None)
    first, second = Claim(), Claim()

    await asyncio.gather(*(counter.poster.update(HERE, ts, ANSWER, claim=claim) for claim in (first, second)))

    assert (first.is_confirmed, second.is_confirmed) == (False, True)


async def test_an_interim_message_confirms_nothing_and_the_answer_in_its_place_does(counter: Counter) -> None:
    claim = Claim()
    interim = counter.poster.post_interim(HERE, ANSWER, claim=claim)
    await interim.ts()
    assert not claim.is_confirmed

    await interim.edit(ANSWER)
    assert claim.is_confirmed


async def test_what_fails_on_its_way_is_remembered_by_the_claim(counter: Counter) -> None:
    claim = Claim()
    counter.workspace.fail_next("chat.postMessage", "is_archived")

    await refused(counter.poster.post(HERE, ANSWER, claim=claim))

    assert claim.failures == ["is_archived"]


async def test_the_log_of_a_post_is_in_the_context_of_the_request_that_it_answers(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "is_archived")
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        await counter.poster.post_ephemeral(HERE, USER, ANSWER, claim=None)  # begins the channel's queue, for nobody
        with structlog.contextvars.bound_contextvars(request_id="ours"):
            await refused(counter.poster.post(HERE, ANSWER, claim=None))

    assert [one["request_id"] for one in logged if one["event"] == "slack.refused"] == ["ours"]


async def test_the_asker_of_a_share_whose_answer_was_lost_gets_the_answer_and_is_told_to_look(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", after=True)

    told = await office.ask(f"{NUMBER} since 2h share", messages=2)

    shared, private = office.seen()
    assert shared.ephemeral_to is None
    assert private == told
    assert private.ephemeral_to is not None
    assert "may or may not be visible above" in words_of(private)
    assert "Delivered" in words_of(private)


async def test_the_asker_of_a_share_in_an_archived_channel_gets_the_answer_and_the_reason(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", "is_archived")

    told = words_of(await office.ask(f"{NUMBER} since 2h share"))

    assert "archived" in told
    assert "Delivered" in told


async def test_a_trigger_in_time_opens_the_view_and_slacks_copy_of_it_comes_back(counter: Counter) -> None:
    trigger = (await counter.workspace.slash("li", "incidents", "/smsstatus")).trigger_id
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Loading"}, "blocks": list(ANSWER.blocks)}

    opened = await open_view(counter.client, trigger, view)

    assert opened["id"].startswith("V")
