"""Replicas on one PostgreSQL ask one strict Tencent: it never counts more than its limit, and soon all of it is used."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.model import PhoneNumber, Target, Window
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.tencent.plugin import CALLS_PER_SECOND
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.storage.database import Database
from bot.storage.shared_limits import SHARES, SharedLimits
from bot.timing.clock import system_clock
from bot.timing.fair_queue import Asker, Askers
from bot.timing.shares import ShareTimings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Postgres

ACCOUNT = TencentAccount()
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = ShareTimings(renewal=0.3, hungry=0.1, transaction=0.4, valid=1.2, lease=1.8, returning=1.6)


class Replica:
    """One replica: its database connections, its share of the limits, its provider."""

    def __init__(self, url: str, stand_in: TencentStandIn) -> None:
        self.database = Database(url)
        self.limits = SharedLimits(self.database, QUICK)
        keys = TencentCredentials(ACCOUNT.secret_id, ACCOUNT.secret_key)
        self.http = ProviderHttpClient(
            stand_in.url,
            auth=Tc3Auth(keys, system_clock),
            calls_per_second=CALLS_PER_SECOND,
            limits=self.limits,
            limit="receipts",
        )
        self.provider = TencentProvider(self.http, app_id=ACCOUNT.app_ids[0], region=ACCOUNT.region, clock=system_clock)

    async def ask(self, count: int) -> float:
        """Ask for so many numbers, each on somebody's behalf; how many seconds that took."""
        loop = asyncio.get_running_loop()
        begun, now = loop.time(), datetime.now(UTC)

        async def one(which: int) -> None:
            query = ProviderQuery(Target(NUMBER), Window(now - timedelta(minutes=5), now), Askers(Asker(f"person {which}")))
            await self.provider.query(query, ResultCollector())

        async with asyncio.timeout(30):
            await asyncio.gather(*map(one, range(count)))
        return loop.time() - begun

    async def held(self) -> int:
        """How many permits its row holds."""
        return (await _rows_of(self.database)).get(self.limits.replica, 0)

    async def aclose(self) -> None:
        await self.http.aclose()
        await self.database.aclose()


def busiest_second(stand_in: TencentStandIn) -> int:
    moments = [call.at for call in stand_in.calls]
    return max(sum(start <= at < start + timedelta(seconds=1) for at in moments) for start in moments)


@asynccontextmanager
async def replicas(url: str, stand_in: TencentStandIn, count: int = 2) -> AsyncIterator[list[Replica]]:
    """So many replicas that are there for a while already."""
    async with AsyncExitStack() as stack:
        some = []
        for _ in range(count):
            some.append(Replica(url, stand_in))
            stack.push_async_callback(some[-1].aclose)
            await stack.enter_async_context(some[-1].limits.renewing())
        yield some


async def test_two_replicas_keep_one_limit_and_use_all_of_it(postgres_url: str) -> None:
    async with TencentStandIn() as stand_in, replicas(postgres_url, stand_in) as (one, other):
        both = await asyncio.gather(one.ask(35), other.ask(35))
        alone = await one.ask(40)
        outcomes = {call.outcome for call in stand_in.calls}
    assert outcomes == {"OK"}
    assert busiest_second(stand_in) <= CALLS_PER_SECOND
    assert max(both) < 1.5 * 70 / CALLS_PER_SECOND
    assert alone < 1.5 * 40 / CALLS_PER_SECOND


async def test_the_permits_of_a_replica_that_dies_are_the_others_soon(postgres_url: str) -> None:
    async with TencentStandIn() as stand_in, replicas(postgres_url, stand_in, count=1) as (one,):
        dead = Replica(postgres_url, stand_in)
        await dead.limits.renew()
        await _renewed(dead)
        await dead.aclose()
        seconds = await one.ask(60)
    assert seconds < 1.5 * 60 / CALLS_PER_SECOND + QUICK.lease
    assert busiest_second(stand_in) <= CALLS_PER_SECOND
    async with aclosing(Database(postgres_url)) as database:
        assert await _rows_of(database) == {dead.limits.replica: 10}, "what died left its row, what ended did not"
        assert await SharedLimits(database).purge() == 0
        await database.write(lambda connection: connection.execute(sa.update(SHARES).values(expires_at=LONG_AGO)).rowcount)
        assert await SharedLimits(database).purge() == 1


async def test_a_database_that_hangs_leaves_each_replica_its_part(postgres: Postgres, postgres_url: str) -> None:
    async with TencentStandIn() as stand_in, replicas(postgres_url, stand_in) as (one, other):
        for replica in (one, other, one):
            await replica.limits.renew()
        processes = postgres.processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            away = await asyncio.gather(one.ask(30), other.ask(30))
        finally:
            for process in reversed(processes):
                os.kill(process, signal.SIGCONT)
        back = await asyncio.gather(one.ask(20), other.ask(20))
        outcomes = {call.outcome for call in stand_in.calls}
    assert outcomes == {"OK"}
    assert busiest_second(stand_in) <= CALLS_PER_SECOND
    assert max(away) < 2 * 60 / CALLS_PER_SECOND
    assert max(back) < 2 * 40 / CALLS_PER_SECOND + QUICK.returning


async def _renewed(replica: Replica) -> None:
    """Renew until it has its half."""
    async with asyncio.timeout(20):
        while (await replica.held()) < CALLS_PER_SECOND // 2:
            await replica.limits.renew()


async def _rows_of(database: Database) -> dict[str, int]:
    """What each replica holds, also those that are gone."""
    rows = await database.read(lambda connection: connection.execute(sa.select(SHARES)).all())
    return {row.replica: row.held for row in rows}
