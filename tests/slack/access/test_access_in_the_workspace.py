"""The gate around the whole app, in a workspace with staff, a guest, a partner and another bot; requests that come again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING

import aiohttp
import pytest
import sqlalchemy as sa

from bot.sandbox.demo import open_sandbox
from bot.sandbox.providers import ProviderFaultKind
from bot.sandbox.slack.http_delivery import sign
from bot.slack.access.shared_rate import REQUESTS_OF_PEOPLE, SharedRateLimiter
from bot.storage.audit_log import AuditLog
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.timing.clock import system_clock
from tests.slack.conftest import (
    BOTH_MODES,
    NUMBER,
    QUICK,
    SECOND,
    Office,
    Offices,
    actions_of,
    found_button,
    payload_of,
    start,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection

    from bot.storage.audit_log import AuditEntry

LI, ANN, CHANNEL = "U0LIWEI01", "U0ANN0001", "C0INCIDENT"


async def audited(office: Office) -> list[AuditEntry]:
    """What the audit holds, read as `smsstatus audit` reads it. Stops the app first, so that all is written."""
    await office.app.aclose()
    database = Database(f"sqlite:///{office.sandbox.data / 'smsstatus.db'}")
    audit = AuditLog(database, Keyring.from_file(office.sandbox.data / "secret.key"), system_clock)
    found = [entry async for entry in audit.entries()]
    await database.aclose()
    return found


Opened = Callable[..., Awaitable[Office]]


@pytest.fixture
async def opened(offices: Offices) -> AsyncIterator[Opened]:
    """Opens an office with settings of the test's own."""
    async with AsyncExitStack() as stack:
        yield lambda **environ: stack.enter_async_context(offices.open(**environ))


async def test_a_guest_is_told_alone_why_and_whom_to_ask(office: Office) -> None:
    refusal = await office.ask(f"{NUMBER} since 2h", user="gia")

    assert refusal.ephemeral_to == office.workspace.state.user("gia").id
    assert "Guests can't use" in words_of(refusal)
    assert "your workspace's admins" in words_of(refusal)
    assert office.sandbox.providers.tencent.calls == []


async def test_a_guest_who_mentions_the_bot_is_told_in_the_thread_alone(office: Office) -> None:
    bot = office.workspace.bot.bot_user_id
    refusal = await office.say(f"<@{bot}> {NUMBER}", user="gia")

    assert refusal.ephemeral_to == office.workspace.state.user("gia").id
    assert office.seen("li") == []


async def test_a_partner_in_a_shared_channel_is_refused(office: Office) -> None:
    bot = office.workspace.bot.bot_user_id
    refusal = await office.say(f"<@{bot}> {NUMBER}", user="omar", channel="partners")

    assert refusal.ephemeral_to == office.workspace.state.user("omar").id
    assert "Only members of this workspace" in words_of(refusal)


async def test_a_message_in_a_channel_that_outsiders_read_is_not_answered_and_what_is_shared_there_is_masked(
    office: Office,
) -> None:
    """Of a slash command Slack does not say that outsiders read along: https://docs.slack.dev/interactivity/implementing-slash-commands"""
    refusal = await office.say(f"<@{office.workspace.bot.bot_user_id}> {NUMBER} since 2h", channel="partners")
    assert refusal.ephemeral_to == LI
    assert "137****2222" not in words_of(refusal)

    shared = await office.ask(f"{NUMBER} since 2h share", channel="partners")
    assert shared.ephemeral_to is None
    assert "137****2222" in words_of(shared)
    assert NUMBER.removeprefix("+86") not in payload_of(shared)


async def test_whoever_clicks_must_be_allowed_not_who_asked(office: Office) -> None:
    shared = await office.ask(f"{NUMBER} since 2h share")
    before = len(office.seen("gia"))

    await office.workspace.click("gia", shared, *found_button(shared, "answer.refresh"))
    refusal = (await office.workspace.wait_for(lambda: office.seen("gia")[before:], within=10))[0]

    assert refusal.ephemeral_to == office.workspace.state.user("gia").id
    assert "Guests can't use" in words_of(refusal)
    assert office.edited(shared) is None


@pytest.mark.parametrize(
    ("environ", "allowed", "said"),
    [
        ({"SMSSTATUS_ALLOWED_USERS": LI, "SMSSTATUS_CONTACT": ANN}, False, f"<@{ANN}>"),
        ({"SMSSTATUS_ALLOWED_USERS": f"{LI}, U0SAM0001"}, True, ""),
        ({"SMSSTATUS_ALLOWED_CHANNELS": "C0GENERAL0", "SMSSTATUS_CONTACT": "the SMS team"}, False, "the SMS team"),
        ({"SMSSTATUS_ALLOWED_CHANNELS": CHANNEL}, True, ""),
        ({"SMSSTATUS_ALLOWED_TEAMS": "T0OTHER01"}, False, "not set up for this workspace"),
        ({"SMSSTATUS_ALLOWED_TEAMS": "T0SANDBOX"}, True, ""),
        ({"SMSSTATUS_ALLOWED_USERGROUPS": "S0NOBODY1", "SMSSTATUS_ALLOWED_USERS": LI}, False, ""),
    ],
)
async def test_the_operators_lists_decide(
    opened: Opened,
    environ: dict[str, str],
    allowed: bool,  # noqa: FBT001 - a column of the table
    said: str,
) -> None:
    office = await opened(**environ)

    answer = await office.ask("explain MK:0008", user="sam")

    assert ("MK:0008" in words_of(answer)) is allowed
    assert said in answer.text


async def test_without_the_scope_of_user_groups_the_app_starts_and_refuses_naming_it(opened: Opened) -> None:
    office = await opened(SMSSTATUS_ALLOWED_USERGROUPS="S0ONCALL1", SMSSTATUS_ALLOWED_USERS="U0SAM0001")

    lacking = "usergroups:read" not in office.workspace.bot.scopes
    assert ("usergroups:read" if lacking else "MK:0008") in words_of(await office.ask("explain MK:0008", user="li"))
    assert "MK:0008" in words_of(await office.ask("explain MK:0008", user="sam")), "who is listed by id needs no group"


async def test_the_limit_of_one_person_is_told_and_leaves_others_alone(opened: Opened) -> None:
    office = await opened(SMSSTATUS_USER_RATE="2")
    for number in range(2):
        await office.ask(f"explain MK:000{number}")

    assert "2 requests a minute" in words_of(await office.ask("explain MK:0009"))
    assert "MK:0009" in words_of(await office.ask("explain MK:0009", user="ann"))


async def test_the_limit_of_one_person_holds_across_replicas(postgres_url: str) -> None:
    shared = {"SMSSTATUS_DATABASE_URL": postgres_url, "SMSSTATUS_SECRET_KEY": "one key for all the replicas"}
    shared |= {"SMSSTATUS_USER_RATE": "3"}
    async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as one, AsyncExitStack() as other:
        first = await start(sandbox, one, "http", timings=QUICK, clock=system_clock, **shared)
        second = await start(sandbox, other, "http", timings=QUICK, clock=system_clock, **shared)
        office = Office(sandbox, one, first)
        for address in (first, second, first):
            office.workspace.http_entry = f"{address}/slack/events"
            await office.ask("explain MK:0001")
        await one.aclose()  # tells the other whom it let in
        office.workspace.http_entry = f"{second}/slack/events"
        async with asyncio.timeout(15):
            while "MK:0009" in words_of(said := await office.ask("explain MK:0009")):
                pass  # the other has not heard of it yet

        assert "3 requests a minute" in words_of(said)
        assert "MK:0009" in words_of(await office.ask("explain MK:0009", user="ann"))


async def test_a_replica_counts_whom_another_let_in_and_goes_on_without_the_database(postgres_url: str) -> None:
    keyring, moment = Keyring("k" * 32), system_clock()
    async with aclosing(Database(postgres_url)) as database, aclosing(Database(postgres_url)) as another:
        one, other, late = (SharedRateLimiter(3, where, keyring, lambda: moment) for where in (database, another, another))
        assert [one.allow("li"), one.allow("li"), other.allow("li")] == [True] * 3
        assert await one.exchange()
        assert await other.exchange()
        assert not other.allow("li"), "one here, and two there"
        assert one.allow("li"), "it has not been told yet"
        assert await one.exchange()
        assert not one.allow("li")
        assert await late.exchange()
        assert [late.allow("li"), late.allow("ann")] == [False, True], "who starts later knows of the last minute"

        def age(connection: Connection) -> str:
            connection.execute(sa.text("UPDATE person_requests SET at = at - interval '61 seconds'"))
            return str(connection.execute(sa.select(REQUESTS_OF_PEOPLE)).all())

        assert "li" not in await database.write(age), "a keyed hash alone"
        assert await one.purge() == 3

    broken = SharedRateLimiter(2, Database("postgresql://nobody@127.0.0.1:1/none"), keyring, system_clock)
    assert [broken.allow("li"), await broken.exchange(), broken.allow("li"), broken.allow("li")] == [True, False, True, False]


async def test_a_workflow_step_is_audited_and_not_limited(opened: Opened) -> None:
    office = await opened(SMSSTATUS_USER_RATE="1")

    steps = [await office.workspace.run_step("look_up_sms_status", {"target": NUMBER, "since": "2h"}, "li") for _ in range(3)]
    await office.workspace.wait_for(lambda: all(step.state != "running" for step in steps), within=15)

    assert [step.state for step in steps] == ["completed"] * 3
    entries = [entry for entry in await audited(office) if entry.surface == "workflow"]
    assert [(entry.user, len(entry.targets)) for entry in entries] == [("", 1)] * 3


async def test_a_command_fired_twice_by_an_impatient_thumb_shares_one_answer(office: Office) -> None:
    office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    for _ in range(2):
        interaction = await office.workspace.slash("li", "incidents", f"/smsstatus {NUMBER} since 2h via tencent")
        assert interaction.error is None
    office.sandbox.providers.tencent.faults.clear()
    await office.workspace.wait_for(office.seen, within=15)

    await office.quiet()
    assert len(office.seen()) == 1


@BOTH_MODES
async def test_a_mention_that_slack_delivers_again_is_answered_once_also_after_a_restart(office: Office) -> None:
    bot = office.workspace.bot.bot_user_id
    said = await office.workspace.post("li", "incidents", f"<@{bot}> explain MK:0008")
    event = {"type": "app_mention", "user": LI, "channel": CHANNEL, "ts": said.ts, "text": said.text, "team": "T0SANDBOX"}
    payload = {"type": "event_callback", "team_id": "T0SANDBOX", "event_id": "Ev0AGAIN01", "event": event}

    for _ in range(2):
        assert (await office.workspace.deliver("events_api", payload)).status == 200
    await office.quiet()
    await office.restart()
    assert (await office.workspace.deliver("events_api", payload)).status == 200
    await office.quiet()

    assert len([message for message in office.seen() if "MK:0008" in words_of(message)]) == 1


async def test_a_signed_request_that_is_replayed_is_acked_and_not_acted_on(office: Office) -> None:
    body = (
        b"command=%2Fsmsstatus&text=explain+MK%3A0008&user_id=U0LIWEI01&channel_id=C0INCIDENT&team_id=T0SANDBOX"
        b"&response_url=" + (await office.workspace.slash("li", "incidents", "/smsstatus help")).response_url.encode()
    )
    await office.workspace.wait_for(office.seen)
    now = int(time.time())
    headers = {
        "X-Slack-Request-Timestamp": str(now),
        "X-Slack-Signature": sign(office.workspace.bot.signing_secret, now, body),
        "Content-Type": "application/x-www-form-urlencoded",
    }

    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.post(f"{office.url}/slack/events", data=body, headers=headers) as response:
                assert response.status == 200
    await office.quiet()

    assert len(office.seen()) == 2, "the help, and one explanation"


async def test_a_share_whose_answer_was_lost_is_audited_as_unconfirmed_not_as_refused(office: Office) -> None:
    office.workspace.fail_next("chat.postMessage", after=True)
    await office.ask(f"{NUMBER} since 2h share", messages=2)

    (entry,) = await audited(office)
    assert (entry.command, entry.outcome) == ("lookup", "unconfirmed")


async def test_what_was_asked_is_in_the_audit_without_a_number(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    await office.press(answer, "answer.refresh")
    await office.ask("explain MK:0008", user="ann")
    await office.ask("help", user="gia")

    entries = sorted(await audited(office), key=lambda one: (one.surface, one.user), reverse=True)
    told = [(one.user, one.channel, one.surface, one.command, one.outcome) for one in entries]
    assert told == [
        (LI, CHANNEL, "command", "lookup", "answered"),
        ("U0GUEST01", CHANNEL, "command", "other", "refused: guest"),
        (ANN, CHANNEL, "command", "explain", "answered"),
        (LI, CHANNEL, "action", "answer.refresh", "answered"),
    ]
    assert entries[0].targets == entries[3].targets
    assert len(entries[0].targets) == 1
    assert {"tencent", "aliyun"} <= set(entries[0].providers)
    assert (entries[0].cached, entries[2].cached) == (False, None)
    assert "1371111" not in repr(entries)


async def test_nobody_is_offered_whole_numbers_unless_permitted(office: Office) -> None:
    assert "reveal" not in actions_of(await office.ask(f"{NUMBER} since 2h"))


async def test_whole_numbers_are_shown_to_the_permitted_alone_and_that_is_in_the_audit(opened: Opened) -> None:
    office = await opened(SMSSTATUS_REVEAL_USERS=LI)
    answer = await office.ask(f"{NUMBER} since 2h")

    await office.workspace.click("li", answer, *found_button(answer, "answer.reveal"))
    shown = (await office.workspace.wait_for(lambda: office.seen()[1:], within=10))[0]

    assert shown.ephemeral_to == office.workspace.state.user("li").id
    reveals = [entry for entry in await audited(office) if entry.reveal]
    assert [(entry.user, entry.command, len(entry.targets)) for entry in reveals] == [(LI, "reveal", 1)]
