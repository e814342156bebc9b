"""The runner: whatever a handler does, the request is counted, audited and logged by its id, and the asker hears of a bug."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.requests.context import RequestOutcome
from tests.slack.access import samples as slack
from tests.slack.access.samples import open_house
from tests.slack.conftest import NUMBER, Office, words_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    import pytest

    from bot.slack.requests.context import RequestContext
    from bot.storage.database import Database


def breaks(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("a bug")


async def test_every_log_line_of_a_request_has_the_id_that_a_crash_shows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "answer", breaks)
    with capture_logs(processors=[merge_contextvars]) as logged:
        first, second = [words_of(await office.ask(f"{NUMBER} since 2h", user=user)) for user in ("li", "ann")]

    crashes = [line for line in logged if line["event"] == "request.crashed"]
    ids = [line["request_id"] for line in crashes]
    assert len(set(ids)) == 2
    assert ids[0] in first
    assert ids[1] in second
    assert {line["surface"] for line in crashes} == {"command"}


async def entries(house: slack.House) -> list[tuple[str, str]]:
    return [(entry.surface, entry.outcome) async for entry in house.audit.entries()]


async def run(database: Database, then: Any) -> tuple[slack.House, list[MutableMapping[str, Any]]]:
    house = open_house(database, then=then)
    with capture_logs(processors=[merge_contextvars]) as logged:
        await house.send(slack.mention())
    return house, logged


async def test_an_answer_that_did_not_confirm_its_claim_is_an_error_in_the_log(sqlite_database: Database) -> None:
    async def forgetful(_: RequestContext) -> RequestOutcome:
        return RequestOutcome.ANSWERED

    _, logged = await run(sqlite_database, forgetful)

    (line,) = [line for line in logged if line["event"] == "request.unconfirmed_answer"]
    assert (line["log_level"], line["surface"], len(line["request_id"])) == ("error", "mention", 8)


async def test_an_answer_that_no_way_to_the_asker_took_is_logged_and_audited_as_lost(sqlite_database: Database) -> None:
    async def unheard(ctx: RequestContext) -> RequestOutcome:
        await ctx.claim.confirm()
        raise SlackDeliveryError("channel_not_found")

    house, logged = await run(sqlite_database, unheard)

    assert [line["reason"] for line in logged if line["event"] == "request.answer_lost"] == ["channel_not_found"]
    assert await entries(house) == [("mention", "lost")]


async def test_a_denial_is_in_the_audit_with_its_reason(sqlite_database: Database) -> None:
    async def denied(ctx: RequestContext) -> RequestOutcome:
        await ctx.claim.confirm()
        ctx.audit.denial = "guest"
        return RequestOutcome.REFUSED

    house, _ = await run(sqlite_database, denied)

    assert await entries(house) == [("mention", "refused: guest")]


async def test_of_what_comes_at_once_one_begins_in_each_iteration_of_the_loop_person_by_person(sqlite_database: Database) -> None:
    """Thirty big commands of one person keep neither the next ack waiting nor the next person."""
    begun: list[tuple[str, int]] = []
    iteration = 0

    async def count() -> None:
        nonlocal iteration
        while True:
            iteration += 1
            await asyncio.sleep(0)

    async def answer(ctx: RequestContext) -> RequestOutcome:
        begun.append((ctx.request.user, iteration))
        await ctx.claim.confirm()
        return RequestOutcome.ANSWERED

    house = open_house(sqlite_database, then=answer)
    senders = ["U0HEAVY01"] * 29 + ["U0NEXT001"]
    commands = [slack.command(user_id=user, text=str(at), trigger_id=str(at)) for at, user in enumerate(senders)]
    counting = asyncio.create_task(count())
    await asyncio.gather(*(house.send(one) for one in commands))
    counting.cancel()

    users, iterations = zip(*begun, strict=True)
    assert (len(users), users.index("U0NEXT001") < 5) == (30, True), users
    assert all(one < other for one, other in pairwise(iterations))
