"""The step of Workflow Builder: a target in, a verdict out; what cannot be answered stops the workflow with the reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack.listeners.workflow_step import read_inputs
from bot.timing.clock import system_clock
from tests.cases import each
from tests.grammar.contexts import ENGINEER, lookup
from tests.slack.conftest import BOTH_MODES, NUMBER, Office, Offices, found_button, words_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.slack import PostedMessage, StepRun

STEP = "look_up_sms_status"


async def run(office: Office, **inputs: Any) -> StepRun:
    begun = await office.workspace.run_step(STEP, inputs, "li")
    await office.workspace.wait_for(lambda: begun.state != "running", within=15)
    return begun


async def test_a_step_is_completed_with_the_verdict(office: Office, subtests: pytest.Subtests) -> None:
    for since in ["2h", "since 2h", "last 2h", "最近2小时"]:
        with subtests.test(since=since):
            done = await run(office, target=NUMBER, since=since)

            assert done.state == "completed"
            assert done.outputs["verdict"].startswith("Delivered")
            assert done.outputs["status"] == "delivered"
            assert done.outputs["code"] == ""
            assert done.outputs["permalink"] == ""
            assert "13711112222" not in str(done.outputs)
            assert office.seen() == []


SAME = [
    *("past 2h", "within 2h", "in the last 2h", "after 12:00", "from 12:00", "ｓｉｎｃｅ 12:00"),
    *("過去2小時", "近2小时", "從12:00"),
]


@each("since", SAME)
def test_whatever_keyword_of_the_grammar_says_when_is_taken_as_it_stands(since: str) -> None:
    asked = read_inputs({"target": NUMBER, "since": since}, ENGINEER)

    assert asked == lookup(f"{NUMBER} {since}").query


@BOTH_MODES
async def test_a_step_posts_the_answer_where_it_is_told_and_hands_on_the_link(office: Office) -> None:
    done = await run(office, target=NUMBER, since="2h", channel="C0INCIDENT")

    (posted,) = office.seen()
    assert words_of(posted).startswith("✅ Delivered")
    assert posted.ts.replace(".", "") in done.outputs["permalink"]
    await office.quiet()
    await office.restart()
    follow_up = await office.say("@smsstatus only failed", thread=posted.ts)
    assert "On top of the last lookup" in words_of(follow_up)


@BOTH_MODES
async def test_a_click_without_a_response_url_works_as_any_other(office: Office) -> None:
    """Messages that a workflow's function posted have none."""
    await run(office, target=NUMBER, since="2h", channel="C0INCIDENT")
    posted = office.seen()[-1]

    await office.workspace.deliver("interactive", click_on(posted, "answer.refresh"))
    now = await office.workspace.wait_for(lambda: office.edited(posted), within=15)
    assert "Delivered" in words_of(now) or "ailed" in words_of(now)
    assert "refreshed by" in words_of(now)

    await office.workspace.deliver("interactive", click_on(posted, "answer.post", value="gone"))
    alone = await office.workspace.wait_for(lambda: [one for one in office.seen() if one.ephemeral_to], within=15)
    assert "no longer kept" in alone[0].text
    assert alone[0].ephemeral_to == "U0LIWEI01"


def click_on(message: PostedMessage, action: str, value: str = "") -> dict[str, Any]:
    """What Slack sends for a button of a message that a step posted."""
    pressed = {
        "action_id": action,
        "type": "button",
        "action_ts": f"{action}.1",
        "value": value or found_button(message, action)[1],
    }
    return {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": "U0LIWEI01", "team_id": "T0SANDBOX"},
        "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": False},
        "trigger_id": f"1.2.{action}",
        "actions": [pressed],
        "function_data": {"execution_id": "Fx1", "function": {"callback_id": "look_up_sms_status"}, "inputs": {}},
    }


async def test_the_status_is_a_word_that_a_workflow_can_branch_on(office: Office, subtests: pytest.Subtests) -> None:
    for target, status in [("13811112000", "delivered"), ("13900000000", "no_record")]:
        with subtests.test(target=target):
            done = await run(office, target=target, since="6d")

            assert (done.outputs["status"], done.outputs["code"]) == (status, "")


async def test_what_is_wrong_stops_the_workflow_with_words_for_its_owner(office: Office, subtests: pytest.Subtests) -> None:
    for inputs, error in [
        ({"target": "+86137"}, "has 3 digits"),
        ({"target": NUMBER, "since": "sometime"}, "`sometime` is not a valid time"),
        ({"target": "help"}, "looks up numbers"),
        ({"target": NUMBER, "channel": "C0WARROOM0"}, "/invite @smsstatus"),
    ]:
        with subtests.test(inputs=inputs):
            failed = await run(office, **inputs)

            assert failed.state == "failed"
            assert error in str(failed.error)


async def test_a_step_that_comes_more_than_a_day_late_is_ended_so_that_its_workflow_does_not_hang(offices: Offices) -> None:
    async with offices.open(clock=lambda: system_clock() + timedelta(hours=25)) as office:
        late = await run(office, target=NUMBER, since="2h")

        assert (late.state, late.outputs) == ("failed", {})
        assert late.error == "Slack delivered this step more than a day late. Run the workflow again."
        assert office.sandbox.providers.tencent.calls == []


async def test_rows_that_cannot_be_read_are_told_by_the_step_and_the_command_and_never_as_no_record(office: Office) -> None:
    office.sandbox.providers.aliyun.faults.play(ProviderFaultKind.GARBAGE_ROWS, on="QuerySendDetails")

    done = await run(office, target="13900000000", since="2h")
    said = words_of(await office.ask("13900000000 since 2h"))

    assert done.outputs["status"] == "unanswered"
    assert "could not be read" in done.outputs["verdict"].split(". ")[0]
    assert said.removeprefix("⚠️ ").startswith("Cannot tell: ")
    assert "could not be read" in said.splitlines()[0]
    assert "no record" not in (done.outputs["verdict"] + said.splitlines()[0]).lower()


@pytest.fixture
async def hasty_office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_DEADLINE="0.8") as one:
        yield one


async def test_when_nobody_answers_the_step_says_so_with_a_status_of_its_own_and_never_no_record(hasty_office: Office) -> None:
    await hasty_office.sandbox.providers.tencent.die()
    await hasty_office.sandbox.providers.aliyun.die()

    done = await run(hasty_office, target=NUMBER, since="2h")

    assert done.outputs["status"] == "unanswered"
    assert done.outputs["verdict"].startswith("Cannot tell: ")
