"""The CSV of an answer: where it is attached, what is in it, and what is said where there can be none."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.slack.conftest import NUMBER, actions_of, found_button, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage
    from tests.slack.conftest import Office

CSV, DETAILS = "answer.csv", "answer.explain"
DELIVERED = "+8613811112021"
OPTIONAL = "files:write"


@pytest.fixture
async def office(office: Office) -> Office:
    """Installed with the scope that is optional."""
    grant(office, OPTIONAL)
    return office


def grant(office: Office, *scopes: str) -> None:
    state = office.workspace.state
    state.bot = replace(state.bot, scopes=state.bot.scopes - {OPTIONAL} | {*scopes})


async def press(office: Office, message: PostedMessage, *, channel: str = "incidents", said: int = 1) -> PostedMessage:
    """Press the button; the last of what the bot then says in `channel`."""
    before = len(office.seen(channel=channel))
    await office.workspace.click("li", message, *found_button(message, CSV))
    return (await office.workspace.wait_for(lambda: office.seen(channel=channel)[before + said - 1 :], within=15))[0]


def rows_of(message: PostedMessage) -> list[list[str]]:
    (file,) = message.files
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


async def test_an_answer_that_many_read_has_its_csv_in_its_thread_all_pages_of_it(office: Office) -> None:
    answer = await office.say("@smsstatus 13611115555 since 1h")

    shared = await press(office, await office.answered())

    (file,) = shared.files
    assert shared.thread_ts == answer.thread_ts
    assert "250 messages as CSV, numbers masked" in shared.text
    assert (file.name[:4], file.name[-5:], file.mimetype) == ("sms-", "Z.csv", "text/csv")
    assert len([row for row in rows_of(shared) if row[3:4] == ["'+86 136****5555"]]) == 250
    assert "13611115555" not in file.content.decode() + file.name + shared.text
    assert len(office.seen()) == 2


async def test_an_answer_for_one_persons_eyes_has_its_csv_in_their_direct_message(office: Office) -> None:
    answer = await office.press(await office.ask(f"{NUMBER} since 2h only failed"), DETAILS)  # in short there is no room for it

    told = await press(office, answer)
    shared = office.seen(channel="dm-li")[-1]

    assert words_of(told) == "The CSV is in your direct messages with me."
    assert told.ephemeral_to is not None
    assert [row[4] for row in rows_of(shared)[1:2]] == ["failed"]
    assert "1 message as CSV" in office.seen(channel="dm-li")[-2].text
    assert not [message for message in office.seen() if message.ephemeral_to is None]


async def test_an_answer_in_a_direct_message_has_it_there(office: Office) -> None:
    answer = await office.say(f"{DELIVERED} since 2h", channel="dm-li")

    shared = await press(office, await office.answered(channel="dm-li"), channel="dm-li")

    assert len(rows_of(shared)) > 3
    assert shared.thread_ts == answer.ts


async def test_without_the_scope_one_sentence_names_it_and_what_prints_the_same(office: Office) -> None:
    grant(office)
    answer = await office.ask(f"{DELIVERED} since 2h")

    told = await press(office, answer)

    assert words_of(told) == (
        "Files need the scope `files:write`: ask the app's admin to add it. "
        "In the terminal, `smsstatus lookup --csv` prints the same."
    )
    assert len(office.seen()) == 2
    assert office.seen(channel="dm-li") == []


async def test_what_slack_refuses_is_told_and_nothing_is_shared(office: Office) -> None:
    answer = await office.ask(f"{DELIVERED} since 2h")
    office.workspace.fail_next("files.completeUploadExternal", "internal_error")

    told = await press(office, answer)

    assert "may or may not be visible" in words_of(told)
    assert not [message for message in office.seen(channel="dm-li") if message.files]


async def test_there_is_no_csv_of_nothing(office: Office) -> None:
    assert "csv" not in actions_of(await office.ask("13900000000 since 2h"))
