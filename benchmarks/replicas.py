"""What a shared limit costs a lookup: the same calls with a limit of one process and with one in PostgreSQL, in one run.

The calls go to Tencent's stand-in over real HTTP, one after the other and far below the limit, so that the limiter is all that
differs. Beside them the share is renewed as in the app; its transactions are counted, and timed by themselves.

    .venv/bin/python -m benchmarks.replicas [--short]
    .venv/bin/python -m benchmarks.replicas postgresql://smsstatus@/smsstatus?host=/tmp    # an empty database

Without an address PostgreSQL is the machine's own installation, started for this run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.receipts import server_in
from bot.model import PhoneNumber, Target, Window
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.storage.shared_limits import SharedLimits
from bot.timing.clock import system_clock
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from bot.timing.limits import Limits

ACCOUNT = TencentAccount()
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
LIMITS = 9  # of one account with all its actions
CALLS, ROUNDS, RENEWALS = 300, 5, 200


async def lookups(stand_in: TencentStandIn, limits: Limits, calls: int) -> float:
    """Seconds of one lookup, the median."""
    auth = Tc3Auth(TencentCredentials(ACCOUNT.secret_id, ACCOUNT.secret_key), system_clock)
    http = ProviderHttpClient(stand_in.url, auth=auth, calls_per_second=10_000, limits=limits, limit="limit 0")
    provider = TencentProvider(http, app_id=ACCOUNT.app_ids[0], region=ACCOUNT.region, clock=system_clock)
    took = []
    for _ in range(calls):
        now = system_clock()
        begun = time.perf_counter()
        await provider.query(ProviderQuery(Target(NUMBER), Window(now - timedelta(minutes=5), now)), ResultCollector())
        took.append(time.perf_counter() - begun)
    await http.aclose()
    return statistics.median(took)


async def run(url: str, *, short: bool) -> None:
    calls, rounds, renewals = (10, 1, 5) if short else (CALLS, ROUNDS, RENEWALS)
    async with aclosing(Database(url)) as database, TencentStandIn(calls_per_second=10_000) as stand_in:
        await migrate(database)
        shared = SharedLimits(database)
        for which in range(LIMITS):
            shared.queue(f"limit {which}", 100, 10_000)
        async with shared.renewing():
            begun = time.perf_counter()
            for _ in range(renewals):
                await shared.renew()
            renewal = (time.perf_counter() - begun) / renewals
            cpu = time.process_time()
            for _ in range(renewals):
                await shared.renew()
            cpu = (time.process_time() - cpu) / renewals
            pairs = [(await lookups(stand_in, OWN_LIMITS, calls), await lookups(stand_in, shared, calls)) for _ in range(rounds)]
    ratios = sorted(with_shared / own for own, with_shared in pairs)
    own = statistics.median(own for own, _ in pairs)
    print(f"a lookup with its own limit   {1000 * own:8.2f} ms")
    print(f"with a shared one             {statistics.median(ratios):8.3f} times that ({ratios[0]:.3f} to {ratios[-1]:.3f})")
    print("statements for a lookup              0")
    print(f"a renewal of {LIMITS} limits          {1000 * renewal:8.2f} ms, {1000 * cpu:.2f} ms here; once a second")


def main(addresses: list[str], *, short: bool) -> None:
    """Run with a database that is given, or one that is made."""
    if addresses:
        asyncio.run(run(addresses[0], short=short))
        return
    with tempfile.TemporaryDirectory() as folder:
        server = server_in(Path(folder))
        if server is None:
            print("PostgreSQL is not installed")
            return
        server.start(durable=True)
        try:
            asyncio.run(run(server.url, short=short))
        finally:
            server.close()


if __name__ == "__main__":
    main([one for one in sys.argv[1:] if one != "--short"], short="--short" in sys.argv)
