"""Getting a message into Slack when the weather is fine: the ways, what is merged, and whose request an answer belongs to."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING

from bot.slack import views
from bot.slack.messaging.outbox import Outbox
from bot.slack.messaging.poster import open_view
from tests.slack.conftest import NUMBER, Office, words_of
from tests.slack.counters import ANSWER, BUTTON, HERE, NEWER, USER, Counter, counter, refused
from tests.slack.times import OrderedTime

if TYPE_CHECKING:
    from bot.slack.views import Message

__all__ = ["counter"]  # a fixture

ASKING = views.Message("Asking Tencent …", ())


async def test_a_post_in_a_thread_stands_in_that_thread(counter: Counter) -> None:
    root = await counter.poster.post(HERE, ANSWER)

    await counter.poster.post(HERE, NEWER, root)
    await counter.poster.post_ephemeral(HERE, USER, ASKING, root)

    assert [(each.text, each.thread_ts, each.ephemeral_to) for each in counter.said()] == [
        (ANSWER.text, None, None),
        (NEWER.text, root, None),
        (ASKING.text, root, USER),
    ]


async def test_an_update_changes_text_and_blocks_of_the_message_that_stands(counter: Counter) -> None:
    ts = await counter.poster.post(HERE, views.Message(ANSWER.text, (*ANSWER.blocks, BUTTON)))

    await counter.poster.update(HERE, ts, NEWER)

    (now,) = counter.said()
    assert (now.ts, now.text, len(now.blocks)) == (ts, NEWER.text, 1)


async def test_messages_of_one_channel_are_never_too_fast_for_slack(counter: Counter) -> None:
    await asyncio.gather(*(counter.poster.post(HERE, ANSWER) for _ in range(12)))

    assert {call.error for call in counter.workspace.calls} == {None}, "the workspace allows one a second, and a few at once"
    assert len(counter.texts()) == 12


async def test_what_was_begun_and_answered_while_it_waited_is_one_post_of_the_answer(counter: Counter) -> None:
    first = asyncio.ensure_future(counter.poster.post(HERE, NEWER))
    await asyncio.sleep(0)
    begun = counter.poster.post_interim(HERE, ASKING)

    ts = await begun.edit(ANSWER)

    assert await first != ts
    assert counter.texts() == [NEWER.text, ANSWER.text]
    assert counter.methods() == ["chat.postMessage"] * 2


async def test_what_was_begun_and_stands_is_edited_to_the_answer(counter: Counter) -> None:
    begun = counter.poster.post_interim(HERE, ASKING)
    ts = await begun.ts()
    assert counter.texts() == [ASKING.text]

    assert await begun.edit(ANSWER) == ts

    assert counter.texts() == [ANSWER.text]


async def test_an_answer_is_posted_anew_when_the_word_on_what_was_begun_got_lost(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", after=True)
    begun = counter.poster.post_interim(HERE, ASKING)
    await refused(begun.ts())

    await begun.edit(ANSWER)

    assert counter.texts() == [ASKING.text, ANSWER.text]


async def test_an_answer_is_refused_where_what_was_begun_was_refused_for_good(counter: Counter) -> None:
    begun = counter.poster.post_interim("C0WARROOM0", ASKING)
    await refused(begun.ts())

    assert (await refused(begun.edit(ANSWER))).reason == "channel_not_found"
    assert counter.methods() == ["chat.postMessage"]


REQUEST: ContextVar[str] = ContextVar("request", default="nobody's")


async def test_a_letter_is_sent_in_the_context_of_the_one_who_wrote_its_words() -> None:
    """What posts an answer marks the request as answered just before; a lane's task must not mark another's request."""
    time, sent = OrderedTime(), []

    async def send(now: Message) -> str:
        sent.append((now.text, REQUEST.get()))
        return "1.0"

    outbox = Outbox(clock=time.clock, sleep=time.sleep)

    async def write(request: str, text: str) -> None:
        REQUEST.set(request)
        outbox.enqueue("C1", "chat.update", views.Message(text, ()), send, key="1.0")

    await asyncio.create_task(write("ann's", "first"))
    await time.settle()
    for request, text in (("li's", "second"), ("sam's", "third")):
        await asyncio.create_task(write(request, text))
    await time.let_pass(5)

    assert sent == [("first", "ann's"), ("third", "sam's")]


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
