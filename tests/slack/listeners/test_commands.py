"""`/smsstatus` through the real entries: exactly one visible answer, for the asker alone, whatever happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.sandbox.slack import mentions
from tests.slack.conftest import FIRST_READING, NUMBER, Office, Offices, actions_of, payload_of, words_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Mode


@pytest.fixture(params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """Every way of a command in both modes; what has nothing to do with the way, in `http_office`."""
    found: Mode = request.param
    return found


@pytest.fixture
async def http_office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open("http") as one:
        yield one


async def test_a_lookup_is_answered_to_the_asker_alone_with_the_verdict_first(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")

    lines = words_of(answer).split("\n")
    assert answer.ephemeral_to == office.workspace.state.user("li").id
    assert lines[0].startswith("✅ Delivered")
    assert "+86 137****2222" in lines[0]
    assert "delivered in 3 s · Tencent" in words_of(answer)
    assert "no receipt yet, 10 min · Alibaba" in words_of(answer)
    assert "last 2 h · as of " in words_of(answer)
    assert "all 3 sources answered" in words_of(answer)
    assert len(office.seen()) == 1


async def test_the_ack_comes_before_any_provider_is_asked(office: Office) -> None:
    office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)

    interaction = await office.workspace.slash("li", "incidents", f"/smsstatus {NUMBER} via tencent")

    assert (interaction.ack_status, interaction.ack_body) == (200, "")
    assert office.seen() == []
    office.sandbox.providers.tencent.faults.clear()
    await office.workspace.wait_for(office.seen)


async def test_one_persons_lookups_of_fifty_numbers_do_not_keep_others_waiting(http_office: Office) -> None:
    aliyun = http_office.sandbox.providers.aliyun
    asked_by_ann = NUMBER.removeprefix("+86")
    aliyun.faults.play(ProviderFaultKind.HANG, on=lambda asked: asked.params.get("PhoneNumber") != asked_by_ann)
    for which in range(4):
        numbers = " ".join(f"+86137{50 * which + one:08}" for one in range(50))
        await http_office.workspace.slash("li", "incidents", f"/smsstatus {numbers} via aliyun since 5m")
    await aliyun.wait_for_calls(40)

    answer = await http_office.ask(f"{NUMBER} via aliyun since 2h", user="ann")

    assert "no receipt yet, 10 min · Alibaba" in words_of(answer)
    assert http_office.seen("li") == []
    aliyun.faults.clear()


async def test_no_number_and_no_text_of_a_message_is_in_anything_the_channel_can_see(http_office: Office) -> None:
    await http_office.ask(f"{NUMBER} since 2h share")

    (shared,) = http_office.seen()
    assert shared.ephemeral_to is None
    assert "13711112222" not in payload_of(shared)
    assert "验证码" not in payload_of(shared)
    assert "answer.share" not in payload_of(shared)


async def test_the_asker_reads_the_message_text_with_its_digits_blanked(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} via aliyun since 2h")
    answer = await http_office.press(answer, "answer.explain")

    assert "您的验证码是 ••••••" in words_of(answer)
    assert "483920" not in payload_of(answer)


async def test_help_shows_five_examples_and_each_of_them_is_answered(http_office: Office) -> None:
    shown = [words_of(await http_office.ask(typed)) for typed in ("", "help", "帮助")]

    assert shown == shown[:1] * 3
    examples = [line.split("`")[1] for line in shown[0].split("\n") if line.count("`") >= 2 and "/smsstatus" in line]
    assert len(examples) >= 5
    answers = [words_of(await http_office.ask(example.removeprefix("/smsstatus "))) for example in examples[:5]]
    assert [answer for answer in answers if "not understood" in answer] == []


async def test_a_word_that_is_not_understood_is_pointed_at_with_a_command_that_works(http_office: Office) -> None:
    wrong = await http_office.ask(f"{NUMBER} sinse 2h")

    assert "sinse" in words_of(wrong)
    assert "`/smsstatus +86 137****2222 since 2h`" in words_of(wrong)
    assert (await http_office.press(wrong, FIRST_READING)).text.startswith("✅ Delivered")


async def test_every_kind_of_question_gets_its_one_answer(http_office: Office, subtests: pytest.Subtests) -> None:
    for typed, said in [
        ("explain MK:0008", "MK:0008"),
        ("explain NOSUCH:99", "not listed"),
        ("providers", "Alibaba intl"),
        ("+8613900000000 since 7d", "No record"),
        ("13811112018 since 6d", "delivered"),
        ("100000000000000001", "Alibaba intl"),
        ("+86 13711112222 only pending", "only"),
        (f"please check {NUMBER} since 2h", "Passed over: `please`, `check`"),
    ]:
        with subtests.test(typed=typed):
            before = len(http_office.seen())
            answer = await http_office.ask(typed)

            assert said.lower() in words_of(answer).lower()
            assert http_office.seen()[before:] == [answer]


async def test_hostile_text_gets_one_harmless_answer(http_office: Office, subtests: pytest.Subtests) -> None:
    for typed in ["<!channel> &amp;", "`*_~`" * 50, "🙃" * 500, "+86137 since \u202e2h", "x" * 3000, "id:<@U123|x>"]:
        with subtests.test(typed=typed):
            before = len(http_office.seen())
            answer = await http_office.ask(typed)

            assert mentions({"text": answer.text, "blocks": answer.blocks}) == []
            assert http_office.seen()[before:] == [answer]


async def test_a_dead_provider_costs_its_own_rows_and_is_named_with_the_next_step(http_office: Office) -> None:
    await http_office.sandbox.providers.tencent.die()

    answer = words_of(await http_office.ask(f"{NUMBER} since 2h"))

    assert "no receipt yet" in answer
    assert "Tencent" in answer
    assert "Incomplete" in answer


@pytest.fixture
async def hasty_office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_DEADLINE="0.8") as one:
        yield one


async def test_at_the_deadline_the_answer_shows_what_is_known(hasty_office: Office) -> None:
    hasty_office.sandbox.providers.aliyun.faults.play(ProviderFaultKind.HANG)

    answer = words_of(await hasty_office.ask(f"{NUMBER} since 2h"))

    hasty_office.sandbox.providers.aliyun.faults.clear()
    assert "delivered in 3 s · Tencent" in answer
    assert "Alibaba" in answer
    assert "Incomplete" in answer


async def test_an_answer_that_takes_long_is_announced_by_who_is_being_asked(announcing_office: Office) -> None:
    announcing_office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)

    asking = await announcing_office.ask(f"{NUMBER} since 2h")
    announcing_office.sandbox.providers.tencent.faults.clear()
    await announcing_office.workspace.wait_for(lambda: len(announcing_office.seen()) == 2, within=10)

    assert "Asking Tencent and Alibaba" in words_of(asking)
    assert words_of(announcing_office.seen()[1]).startswith("✅ Delivered")


async def test_share_in_a_channel_that_the_bot_may_not_post_in_says_why_and_what_to_type(http_office: Office) -> None:
    answer = await http_office.ask(f"{NUMBER} since 2h share", channel="war-room")

    assert answer.ephemeral_to is not None
    assert "/invite @smsstatus" in words_of(answer)
    assert "Delivered" in words_of(answer), "the answer itself is not lost"


async def test_when_the_response_url_fails_the_answer_comes_as_an_ephemeral_message(http_office: Office) -> None:
    http_office.workspace.fail_next("response_url", "expired_url", status=404)

    answer = await http_office.ask(f"{NUMBER} since 2h")

    assert answer.ephemeral_to == http_office.workspace.state.user("li").id
    assert [call.method for call in http_office.workspace.calls][-1] == "chat.postEphemeral"


async def test_what_was_taken_before_the_stop_is_answered_before_the_app_goes(office: Office) -> None:
    tencent = office.sandbox.providers.tencent
    tencent.faults.play(ProviderFaultKind.HANG)
    await office.workspace.slash("li", "incidents", f"/smsstatus {NUMBER} since 2h via tencent")

    stopping = asyncio.ensure_future(office.app.aclose())
    await asyncio.sleep(0)
    tencent.faults.clear()
    await stopping

    assert [words_of(message).split(" ")[1] for message in office.seen()] == ["Delivered"]


async def test_fifty_numbers_at_once_are_one_answer_within_slacks_limits(http_office: Office) -> None:
    numbers = " ".join(f"138111120{tail:02}" for tail in range(50))

    await http_office.ask(f"{numbers} since 2h")
    answer = await http_office.answered()

    assert words_of(answer).startswith("❌ 12 of 50 numbers failed")
    assert "more, for" in words_of(answer)
    assert "older" in actions_of(await http_office.press(answer, "answer.explain"))
