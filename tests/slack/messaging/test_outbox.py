"""The queue in front of Slack: its pace, its merging, its bounds and its fairness, in time that the tests let pass."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SlackDeliveryError
from bot.slack.messaging.outbox import PATIENCE_SECONDS, PER_MINUTE, Outbox
from bot.slack.timings import Timings
from bot.slack.views import Message
from tests.cases import each
from tests.examples import examples
from tests.slack.times import OrderedTime

if TYPE_CHECKING:
    from bot.slack.messaging.outbox import QueuedMessage, Send

POST, UPDATE = "chat.postMessage", "chat.update"


def message(text: str) -> Message:
    return Message(text, ())


@dataclass
class Slack:
    """What arrived where and when; `refusals` are used up first. A call takes `seconds`."""

    time: OrderedTime
    seconds: float = 0.0
    arrived: list[tuple[float, str, str]] = field(default_factory=list)
    refusals: dict[str, list[SlackDeliveryError]] = field(default_factory=dict)

    def sends(self, channel: str) -> Send:
        async def send(now: Message) -> str:
            self.arrived.append((self.time.now, channel, now.text))
            if self.seconds:
                await self.time.sleep(self.seconds)  # moves the toy clock on, without waiting
            if self.refusals.get(channel):
                raise self.refusals[channel].pop(0)
            return f"{len(self.arrived)}.0"

        return send

    def texts(self, channel: str = "C1") -> list[str]:
        return [text for _, where, text in self.arrived if where == channel]

    def moments(self, channel: str = "C1") -> list[float]:
        return [at for at, where, _ in self.arrived if where == channel]


@dataclass
class Box:
    time: OrderedTime
    slack: Slack
    outbox: Outbox

    def post(self, text: str, channel: str = "C1") -> QueuedMessage:
        return self.outbox.enqueue(channel, POST, message(text), self.slack.sends(channel))

    def update(self, ts: str, text: str, channel: str = "C1") -> QueuedMessage:
        return self.outbox.enqueue(channel, UPDATE, message(text), self.slack.sends(channel), key=ts, idempotent=True)


def new_box(seconds: float = 0.0, **limits: int) -> Box:
    time = OrderedTime()
    return Box(time, Slack(time, seconds), Outbox(Timings(), clock=time.clock, sleep=time.sleep, **limits))


async def refusal_of(letter: QueuedMessage) -> str:
    with pytest.raises(SlackDeliveryError) as caught:
        await letter.ts()
    return caught.value.reason


async def test_the_first_message_of_a_channel_leaves_at_once() -> None:
    box = new_box()
    box.post("one")

    await box.time.settle()

    assert box.slack.arrived == [(0.0, "C1", "one")]


@each("seconds", [0.0, 0.4, 2.5])
async def test_messages_of_a_channel_arrive_more_than_a_second_apart_however_long_a_call_takes(seconds: float) -> None:
    box = new_box(seconds)
    for number in range(6):
        box.post(str(number))

    await box.time.let_pass(30)

    moments = box.slack.moments()
    assert box.slack.texts() == list("012345")
    # The answer to one is here before the next is sent: an arrival is never later than its answer.
    assert all(later - (earlier + seconds) > 1.0 for earlier, later in pairwise(moments))


async def test_a_channel_that_waits_holds_up_no_other() -> None:
    box = new_box()
    box.slack.refusals["C1"] = [SlackDeliveryError("ratelimited", retry_after=30)]
    box.post("slow", "C1")
    await box.time.settle()
    for number in range(3):
        box.post(str(number), "C2")

    await box.time.let_pass(10)

    assert box.slack.texts("C1") == ["slow"]
    assert box.slack.texts("C2") == ["0", "1", "2"]


async def test_updates_of_one_message_that_wait_are_one_update_with_the_last_words() -> None:
    box = new_box()
    box.post("first")
    letters = [box.update("1.0", words) for words in ("one", "two", "three")]
    other = box.update("2.0", "other")

    await box.time.let_pass(10)

    assert box.slack.texts() == ["first", "three", "other"]
    assert len({await letter.ts() for letter in letters}) == 1
    assert other not in letters


async def test_an_update_that_comes_while_an_older_one_is_under_way_is_sent_after_it() -> None:
    box = new_box(seconds=0.5)
    box.update("1.0", "old")
    await box.time.settle()
    box.update("1.0", "new")

    await box.time.let_pass(5)

    assert box.slack.texts() == ["old", "new"]


async def test_an_update_that_must_be_sent_again_gives_way_to_a_newer_one() -> None:
    box = new_box(seconds=0.5)
    box.slack.refusals["C1"] = [SlackDeliveryError("ratelimited", retry_after=3)]
    old = box.update("1.0", "old")
    await box.time.settle()
    new = box.update("1.0", "new")

    await box.time.let_pass(10)

    assert box.slack.texts() == ["old", "new"]
    assert await old.ts() == await new.ts()


async def test_the_quota_of_a_method_is_kept_in_every_minute_and_shared_between_channels_in_turn() -> None:
    box = new_box()
    channels = [f"C{number}" for number in range(10)]
    for channel in channels:
        for number in range(12):
            box.update(f"{number}.0", str(number), channel)

    await box.time.let_pass(59)
    early = Counter(channel for _, channel, _ in box.slack.arrived)
    await box.time.let_pass(120)

    moments = sorted(at for at, _, _ in box.slack.arrived)
    limit = PER_MINUTE[UPDATE]
    assert all(later - earlier > 60 for earlier, later in zip(moments, moments[limit:], strict=False))
    assert set(early.values()) == {limit // len(channels)}


async def test_a_full_channel_refuses_at_once_and_the_others_still_take() -> None:
    box = new_box(channel_size=3)
    for number in range(4):  # one is under way, three wait
        box.post(str(number))
        await box.time.settle()

    with pytest.raises(SlackDeliveryError, match="channel_busy"):
        box.post("too many")
    box.post("elsewhere", "C2")
    await box.time.let_pass(10)

    assert box.slack.texts() == list("0123")
    assert box.slack.texts("C2") == ["elsewhere"]


async def test_a_full_channel_still_takes_newer_words_for_what_waits_in_it() -> None:
    box = new_box(channel_size=1)
    box.post("first")
    await box.time.settle()
    box.update("1.0", "old")

    box.update("1.0", "new")
    await box.time.let_pass(5)

    assert box.slack.texts() == ["first", "new"]


async def test_the_whole_box_is_bounded() -> None:
    box = new_box(total_size=5)
    for number in range(5):
        box.post("x", f"C{number}")

    with pytest.raises(SlackDeliveryError, match="channel_busy"):
        box.post("x", "C9")


async def test_what_slack_makes_wait_too_long_is_refused_when_slack_says_so() -> None:
    box = new_box()
    box.slack.refusals["C1"] = [SlackDeliveryError("ratelimited", retry_after=PATIENCE_SECONDS + 1)]
    letters = [box.post("one"), box.post("two")]
    await box.time.settle()

    assert [await refusal_of(letter) for letter in letters] == ["ratelimited", "ratelimited"]
    with pytest.raises(SlackDeliveryError, match="ratelimited"):
        box.post("too early")
    await box.time.let_pass(5)
    box.post("later")  # has the patience for the rest of the pause
    await box.time.let_pass(PATIENCE_SECONDS)
    assert box.slack.texts() == ["one", "later"]


async def test_nobody_waits_for_a_quota_longer_than_a_minute() -> None:
    box = new_box()
    letters = [box.update(f"{number}.0", "x", f"C{number}") for number in range(PER_MINUTE[UPDATE] + 5)]

    await box.time.let_pass(1)

    late = letters[PER_MINUTE[UPDATE] :]
    assert [await refusal_of(letter) for letter in late] == ["channel_busy"] * 5


async def test_a_post_whose_outcome_is_unknown_is_not_sent_again_and_an_update_is() -> None:
    box = new_box()
    box.slack.refusals = {"C1": [SlackDeliveryError("answer_lost")], "C2": [SlackDeliveryError("answer_lost")] * 2}
    post, update = box.post("once"), box.update("1.0", "twice", "C2")

    await box.time.let_pass(30)

    assert await refusal_of(post) == "answer_lost"
    assert await update.ts()
    assert (box.slack.texts("C1"), box.slack.texts("C2")) == (["once"], ["twice"] * 3)


async def test_an_error_of_our_own_is_told_to_the_one_who_waits_and_the_lane_goes_on() -> None:
    box = new_box()

    async def broken(_now: Message) -> str:
        raise ZeroDivisionError

    letter = box.outbox.enqueue("C1", POST, message("x"), broken)
    box.post("next")
    await box.time.let_pass(5)

    with pytest.raises(ZeroDivisionError):
        await letter.ts()
    assert box.slack.texts() == ["next"]


async def test_one_who_gives_up_waiting_takes_nothing_back() -> None:
    box = new_box()
    box.post("first")
    waiter = asyncio.ensure_future(box.post("second").ts())
    await box.time.settle()
    waiter.cancel()

    await box.time.let_pass(5)

    assert box.slack.texts() == ["first", "second"]


async def test_closing_sends_what_waits_and_takes_nothing_more() -> None:
    box = new_box()
    letters = [box.post(str(number)) for number in range(3)]

    closing = asyncio.ensure_future(box.outbox.aclose(5))
    await box.time.let_pass(5)

    assert await closing == 0
    assert box.slack.texts() == list("012")
    assert [await letter.ts() for letter in letters] == ["1.0", "2.0", "3.0"]
    with pytest.raises(SlackDeliveryError, match="stopping"):
        box.post("too late")


async def test_closing_waits_no_longer_than_it_may_and_says_what_is_left() -> None:
    box = new_box()
    box.post("sent")
    await box.time.settle()
    left = box.post("left")

    assert await box.outbox.aclose(0.01) == 1

    assert await refusal_of(left) == "stopping"
    assert box.slack.texts() == ["sent"]


async def test_a_channel_that_has_been_quiet_leaves_nothing_behind() -> None:
    box = new_box()
    for number in range(50):
        box.post("x", f"C{number}")

    await box.time.let_pass(5)

    assert box.outbox._under_way == set()  # a look inside: the memory of a long-lived process
    assert box.outbox._queues == {}
    assert box.outbox._senders == set()


Deed = tuple[str, int, float]  # "post" or "update", which channel or message, then so long a pause


@given(
    st.lists(
        st.tuples(st.sampled_from(["post", "update"]), st.integers(0, 2), st.sampled_from([0.0, 0.1, 0.9, 3.0])), max_size=25
    ),
    st.lists(st.sampled_from(["ratelimited", "unreachable", "answer_lost", "is_archived"]), max_size=6),
)
@examples(30)
def test_whatever_happens_the_pace_holds_and_everyone_is_told(deeds: list[Deed], refusals: list[str]) -> None:
    async def run() -> None:
        box = new_box(seconds=0.2)
        box.slack.refusals["C1"] = [SlackDeliveryError(reason, retry_after=2.0) for reason in refusals]
        letters: list[tuple[QueuedMessage, str]] = []
        for number, (kind, which, pause) in enumerate(deeds):
            words = f"{kind} {which} {number}"
            letters.append((box.post(words) if kind == "post" else box.update(f"{which}.0", words), words))
            await box.time.let_pass(pause)
        await box.time.let_pass(400)

        moments = box.slack.moments()
        assert all(later - earlier - 0.2 > 1.0 for earlier, later in pairwise(moments))
        assert all(letter.done.done() for letter, _ in letters)
        stands = [words for letter, words in letters if letter.done.exception() is None]
        sent = Counter(box.slack.texts())
        harmless = refusals.count("ratelimited") + refusals.count("unreachable")
        assert all(sent[words] <= 1 + harmless for _, words in letters if words.startswith("post"))
        assert all(words in sent for words in stands if words.startswith("post"))
        for which in range(3):  # of the updates of one message, the last that was taken is the newest that was not refused
            taken = [words for words in stands if words.startswith(f"update {which} ")]
            assert not taken or taken[-1] in sent

    with asyncio.Runner() as runner:
        runner.run(run())
