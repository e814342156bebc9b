"""A list of numbers: dropped with a mention, pasted, or given to the modal; one message with progress that becomes the answer."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.demo import open_sandbox
from bot.timing.clock import system_clock
from tests.cases import each
from tests.slack.conftest import NUMBER, QUICK, SECOND, Office, Offices, actions_of, buttons_of, payload_of, start, words_of
from tests.slack.languages import english_left

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.slack import PostedMessage
    from tests.conftest import Postgres

MANY = [f"1390000{tail:04}" for tail in range(60)]
LIST = "\n".join(["name,phone", f"Li,{NUMBER}", "Wu,8.61371E+12", *(f"Xu,{number}" for number in MANY)]).encode("utf-16")


def ids_of(message: PostedMessage) -> list[str]:
    return [button["action_id"] for button in buttons_of(message)]


async def drop(office: Office, content: bytes, text: str = "@smsstatus via aliyun", name: str = "customers.csv") -> None:
    await office.workspace.say("li", "incidents", text, files={name: content})


async def answer_of(office: Office, channel: str = "incidents") -> PostedMessage:
    """The message once it is the answer, and no progress any more."""

    def answer() -> PostedMessage | None:
        said = office.seen(channel=channel)
        return said[-1] if said and "Looking up" not in words_of(said[-1]) else None

    return await office.workspace.wait_for(answer, within=30)


async def test_a_file_that_is_dropped_with_a_mention_is_answered_in_its_thread_by_one_message(office: Office) -> None:
    await drop(office, LIST, "@smsstatus since 2h via aliyun")
    answer = await answer_of(office)

    words = words_of(answer)
    assert len(office.seen()) == 1
    assert answer.thread_ts == office.workspace.channel("incidents").messages[0].ts
    assert "61 numbers" in words.splitlines()[0]
    assert "61 numbers from column 2 (`phone`) · 1 line not read" in words
    assert "Line 3: A spreadsheet shortened" in words
    assert not {"answer.refresh", "answer.widen_24h"} & set(ids_of(answer))
    assert "13711112222" not in payload_of(answer)

    await office.quiet()
    with closing(sqlite3.connect(office.sandbox.data / "smsstatus.db")) as database:
        entries = database.execute("SELECT command, targets FROM audit").fetchall()
    assert [(command, len(json.loads(targets))) for command, targets in entries] == [("lookup", 61)]


async def test_in_chinese_no_english_is_left_in_the_progress_the_answer_and_what_is_said_of_the_list(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_LANGUAGE="zh") as office:
        await drop(office, LIST.decode("utf-16").encode("gbk"), "@smsstatus 最近2小时 via aliyun")
        begun = (await office.workspace.wait_for(office.seen, within=15))[0]
        answer = await office.workspace.wait_for(lambda: office.edited(begun), within=30)

        assert words_of(begun).startswith("⏳ 正在查询 61 个号码：0/61")
        assert "61 个号码，取自第 2 列（ `phone` ） · 1 行无法读取" in words_of(answer)
        for message in (begun, answer):
            left = english_left({"text": message.text, "blocks": list(message.blocks)})
            assert {word for word, _ in left} <= {"via"}  # as it was typed


async def test_a_direct_message_takes_a_file_too_and_a_small_one_is_an_ordinary_lookup(office: Office) -> None:
    await office.workspace.say("li", "dm-li", "since 2h", files={"two.txt": f"{NUMBER}\nhello\n".encode("gbk")})
    answer = await answer_of(office, "dm-li")

    words = words_of(answer)
    assert words.startswith("✅ Delivered")
    assert "1 number · 1 line not read\nLine 2: `hello` is no phone number and no message ID." in words
    assert "answer.refresh" in ids_of(answer)


async def test_a_list_that_is_pasted_is_looked_up_with_the_words_beside_it(office: Office) -> None:
    await office.workspace.say("li", "incidents", f"@smsstatus {NUMBER} " + "\n".join(MANY) + "\nsince 2h via aliyun")
    answer = await answer_of(office)

    assert "61 numbers" in words_of(answer)
    assert "last 2 h" in words_of(answer)


@each(
    ("content", "said"),
    [
        (b"PK\x03\x04 a workbook", "This is a spreadsheet (Excel or Numbers), not a text file."),
        ("\n".join(f"1390000{tail:04}" for tail in range(1001)).encode(), "The list has 1,001 numbers or message IDs"),
        (b"nothing\nhere", "There is no phone number or message ID in the list."),
        (bytes(2**20 + 1), "The file is larger than 1024 KB."),
    ],
    ids=["a workbook", "too many", "nothing", "too large"],
)
async def test_what_is_no_list_is_told_to_the_asker_alone(office: Office, content: bytes, said: str) -> None:
    before = len(office.seen())
    await drop(office, content)
    (answer,) = await office.workspace.wait_for(lambda: office.seen()[before:], within=30)

    assert said in words_of(answer)
    assert answer.ephemeral_to is not None


async def test_a_file_that_is_no_list_does_not_keep_the_number_beside_it_from_being_looked_up(office: Office) -> None:
    await drop(office, b"ERROR timeout\nERROR timeout", f"@smsstatus {NUMBER} since 2h", "app.log.txt")
    answer = await answer_of(office)

    assert words_of(answer).startswith("✅ Delivered")
    assert "There is no phone number or message ID in the list." in words_of(answer)


async def test_without_the_scope_it_is_said_which_to_add_and_what_to_do_meanwhile(office: Office) -> None:
    state = office.workspace.state
    state.bot = replace(state.bot, scopes=state.bot.scopes - {"files:read"})
    await drop(office, LIST)
    answer = await answer_of(office)

    assert "the app lacks the scope `files:read`" in words_of(answer)
    assert "smsstatus lookup --file" in words_of(answer)


async def test_the_token_goes_to_slacks_host_alone(office: Office) -> None:
    workspace = office.workspace
    asked_elsewhere = f"http://localhost:{workspace.url.rpartition(':')[2]}/files-pri/F1/download"
    event = {"type": "app_mention", "user": "U0LIWEI01", "channel": "C0INCIDENT", "ts": "1.1", "event_ts": "1.1"}
    file = {"id": "F1", "name": "a.csv", "filetype": "csv", "url_private_download": asked_elsewhere}
    said = workspace.events.envelope({**event, "text": f"<@{workspace.bot.bot_user_id}> since 2h", "files": [file]})
    await workspace.deliver("events_api", said)

    assert "Slack did not hand over the file." in words_of(await answer_of(office))


async def test_cancel_ends_a_batch_with_what_is_done_and_the_rest_is_a_button_away(offices: Offices) -> None:
    timings = replace(QUICK, batch_progress=0.05)
    async with offices.open(timings=timings) as office:
        await drop(office, "\n".join([NUMBER, *(f"139000{tail:05}" for tail in range(400))]).encode(), "@smsstatus via tencent")

        def under_way() -> PostedMessage | None:
            said = office.seen()
            return said[-1] if said and re.search(r": [1-9]\d* of 401", words_of(said[-1])) else None

        progress = await office.workspace.wait_for(under_way, within=15)
        assert ids_of(progress) == ["batch.cancel"]
        assert words_of(progress).startswith("⏳ Looking up 401 numbers: ")
        await drop(office, LIST)
        busy = await office.workspace.wait_for(lambda: office.seen()[1:], within=15)
        assert "You have a list running already." in words_of(busy[0])
        await office.workspace.click("ann", progress, "batch.cancel", value_of(progress, "batch.cancel"))
        answer = await office.workspace.wait_for(lambda: canceled(office), within=15)
        assert set(ids_of(answer)) > {"batch.go_on"}
        assert "13711112222" not in payload_of(answer)

        await office.workspace.click("li", answer, "batch.go_on", value_of(answer, "batch.go_on"))
        again = await office.workspace.wait_for(lambda: [one for one in office.seen() if one.ts > busy[0].ts], within=15)
        assert words_of(again[-1]).startswith("⏳ Looking up 3")  # fewer than 401
        assert again[-1].thread_ts == answer.thread_ts


async def test_cancel_that_another_replica_hears_ends_the_batch_too(postgres: Postgres) -> None:
    postgres.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    shared = {"SMSSTATUS_DATABASE_URL": postgres.url, "SMSSTATUS_SECRET_KEY": "one key for all the replicas"}
    timings = replace(QUICK, batch_progress=0.05)
    async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as one, AsyncExitStack() as other:
        first = await start(sandbox, one, "http", timings=timings, clock=system_clock, **shared)
        second = await start(sandbox, other, "http", timings=timings, clock=system_clock, **shared)
        office, workspace = Office(sandbox, one, first), sandbox.workspace
        workspace.http_entry = f"{first}/slack/events"
        await drop(office, "\n".join([NUMBER, *(f"139000{tail:05}" for tail in range(400))]).encode(), "@smsstatus via tencent")
        progress = (await workspace.wait_for(office.seen, within=15))[0]

        workspace.http_entry = f"{second}/slack/events"
        await workspace.click("li", progress, "batch.cancel", value_of(progress, "batch.cancel"))
        answer = await workspace.wait_for(lambda: canceled(office), within=15)
        (told,) = [one for one in office.seen() if one.ephemeral_to]

        assert set(ids_of(answer)) >= {"batch.go_on"}
        assert words_of(told) == "Stopping: in a moment the answer covers what is done."


async def test_a_restart_tells_where_a_batch_was_cut_and_goes_on_with_the_rest(offices: Offices) -> None:
    async with offices.open(timings=replace(QUICK, batch_progress=0.05)) as office:
        await drop(office, "\n".join([NUMBER, *(f"139000{tail:05}" for tail in range(400))]).encode(), "@smsstatus via tencent")
        await office.workspace.wait_for(office.seen, within=15)
        await office.restart()
        (answer,) = office.seen()

        assert "Cut off by a restart after " in words_of(answer)
        assert value_of(answer, "batch.go_on")
        await office.workspace.click("li", answer, "batch.go_on", value_of(answer, "batch.go_on"))
        await office.workspace.wait_for(lambda: office.seen()[1:], within=15)
        assert "⏳ Looking up" in words_of(office.seen()[1])


async def test_a_batch_whose_process_was_killed_is_told_by_the_next_with_how_far_it_was(offices: Offices) -> None:
    timings = replace(QUICK, batch_progress=0.05, batch_written=0.0, resume_every=0.05)
    async with offices.open(timings=timings) as office:
        await drop(office, "\n".join([NUMBER, *(f"139000{tail:05}" for tail in range(400))]).encode(), "@smsstatus via tencent")
        await office.workspace.wait_for(
            lambda: any(re.search(r": [1-9]\d* of 401", words_of(one)) for one in office.seen()), within=15
        )
        database = office.sandbox.data / "smsstatus.db"
        kept = as_a_killed_process_leaves_it(database)
        await office.app.aclose()
        for file in office.sandbox.data.glob("smsstatus.db*"):
            file.unlink()
        database.write_bytes(kept)
        await start(office.sandbox, office.app, "http", timings=timings)

        def told() -> PostedMessage | None:
            return next((one for one in office.seen() if "What was found until then is not kept." in words_of(one)), None)

        told_by_the_next = await office.workspace.wait_for(told, within=15)
        assert re.search(r"⚠️ Cut off by a restart after [1-9]\d* of 401\.", words_of(told_by_the_next))
        assert (len(office.seen()), ids_of(told_by_the_next)) == (1, ["batch.go_on"])


def as_a_killed_process_leaves_it(database: Path) -> bytes:
    """The database as it is now, when the leases of what was under way are over."""
    with closing(sqlite3.connect(database)) as living, closing(sqlite3.connect(":memory:")) as copy:
        living.backup(copy)
        copy.execute("UPDATE requests SET lease_until = '2000-01-01 00:00:00.000000'")
        copy.commit()
        return bytes(copy.serialize())


def canceled(office: Office) -> PostedMessage | None:
    return next((one for one in office.seen() if "Canceled after" in words_of(one)), None)


def value_of(message: PostedMessage, action: str) -> str:
    return str(next(button["value"] for button in buttons_of(message) if button["action_id"] == action))


async def test_the_modal_takes_a_file_and_answers_in_one_message_with_the_person(office: Office) -> None:
    workspace = office.workspace
    await workspace.global_shortcut("li", "sms_status")
    view = await workspace.wait_for(lambda: workspace.modal("li"))
    given = {"file": [workspace.attach("customers.csv", LIST)], "targets": "via aliyun", "window": "2h"}
    assert (await workspace.submit("li", view, given)).errors == {}
    answer = await answer_of(office, "dm-li")

    assert "61 numbers from column 2 (`phone`)" in words_of(answer)
    assert "last 2 h" in words_of(answer)
    assert len(office.seen(channel="dm-li")) == 1


async def test_the_modal_takes_a_pasted_list_and_says_at_once_what_is_wrong_with_an_empty_form(office: Office) -> None:
    workspace = office.workspace
    await workspace.global_shortcut("li", "sms_status")
    view = await workspace.wait_for(lambda: workspace.modal("li"))
    assert (await workspace.submit("li", view, {})).errors == {
        "targets": "Add a number or a message ID. Try: +86 137****2222 since 2h"
    }
    given = {"targets": "\n".join([NUMBER, *MANY]) + "\nvia aliyun"}
    assert (await workspace.submit("li", view, given)).errors == {}

    assert "61 numbers" in words_of(await answer_of(office, "dm-li")).splitlines()[0]


async def test_without_the_scope_the_modal_asks_for_no_file(office: Office) -> None:
    state = office.workspace.state
    state.bot = replace(state.bot, scopes=state.bot.scopes - {"files:read"})
    await office.restart()
    await office.workspace.global_shortcut("li", "sms_status")
    view = await office.workspace.wait_for(lambda: office.workspace.modal("li"))

    assert [block["block_id"] for block in view.blocks if block["type"] == "input"] == ["targets", "window", "who", "place"]


async def test_a_command_takes_a_pasted_list_and_answers_the_asker_alone(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} {' '.join(MANY)} since 2h via aliyun", messages=2)

    progress = office.seen()[0]
    assert words_of(progress).startswith("⏳ Looking up 61 numbers: 0 of 61")
    assert answer.ephemeral_to is not None
    assert "61 numbers" in words_of(answer).splitlines()[0]
    assert {"share", "explain"} <= set(actions_of(answer))
