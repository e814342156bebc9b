"""What `growth.py` measures: the cost of one thing when there is more of something. Each yields (how many, milliseconds)."""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.receipts import KEYRING, NOW, fill, receipt, server_in
from bot.codes import load_catalogue
from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.lookup.batch import Batch
from bot.lookup.cache import AnswerCache, CachedAnswer
from bot.model import Delivery, PhoneNumber, Query, Status, Target, Window
from bot.observability.metrics import Metrics
from bot.providers.http import ProviderHttpClient
from bot.providers.systems import titles
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.receipts.store import ReceiptStore
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.slack import views
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.storage.shared_limits import SharedLimits
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from multiprocessing.connection import Connection

    from bot.model import Report

ACCOUNT = TencentAccount()
UNLIMITED = 1_000_000  # calls a second
SPAN = timedelta(hours=23, minutes=50)  # over which the messages of a number are spread; the rest is the benchmark's own time
LIMITS = 9  # of one account with all its actions
REPEATS = 5
Costs = dict[int, float]


def phone(index: int) -> PhoneNumber:
    national = str(13_700_000_000 + index)
    return PhoneNumber(f"+86{national}", 86, national)


def serve(calls: Connection, sizes: Sequence[int]) -> None:
    """Tencent's stand-in, in a process of its own: number by number with so many messages. Says its address, ends when told."""
    begun = system_clock().replace(microsecond=0) - SPAN
    messages = [
        SandboxMessage(
            SandboxSystem.TENCENT,
            phone(which).e164,
            f"2028:{which}-{place}",
            sent := begun + SPAN * place / size,
            SandboxReceipt(sent + timedelta(seconds=3), "MK:0008" if place % 10 == 0 else "DELIVRD", delivered=place % 10 != 0),
        )
        for which, size in enumerate(sizes)
        for place in range(size)
    ]

    async def run() -> None:
        async with TencentStandIn(messages, calls_per_second=UNLIMITED) as stand_in:
            calls.send(stand_in.url)
            await asyncio.to_thread(calls.recv)

    asyncio.run(run())


@asynccontextmanager
async def lookups(sizes: Sequence[int]) -> AsyncIterator[LookupService]:
    """Lookups at one Tencent account, whose limits are lifted."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, sizes), daemon=True)
    process.start()
    url = await asyncio.to_thread(ours.recv)
    auth = Tc3Auth(TencentCredentials(ACCOUNT.secret_id, ACCOUNT.secret_key), system_clock)
    http = ProviderHttpClient(url, auth=auth)
    provider = TencentProvider(http, app_id=ACCOUNT.app_ids[0], region=ACCOUNT.region, clock=system_clock)
    service = LookupService([provider], load_catalogue(None), Metrics(), deadline_seconds=60.0)
    try:
        yield service
    finally:
        await service.aclose()
        ours.send(None)
        await asyncio.to_thread(process.join)


def shown(report: Report) -> views.Message:
    """The answer in Slack."""
    now, zone = system_clock(), ZoneInfo("Asia/Shanghai")
    return views.answer(report, views.RenderContext(answer_id="a", now=now, zone=zone, titles=titles(ENGLISH), language=ENGLISH))


async def of_rows(sizes: Sequence[int]) -> Costs:
    """CPU of a lookup of one number with so many messages, from the question to the message in Slack."""
    costs = {}
    async with lookups(sizes) as service:
        for which, size in enumerate(sizes):
            now = system_clock()
            query = Query((Target(phone(which)),), Window(now - timedelta(days=1), now))
            spent = []
            for _ in range(REPEATS + 1):
                begun = time.process_time()
                report = await service.lookup(query, refresh=True)
                shown(report)
                spent.append(time.process_time() - begun)
                service.drop_answers()
            if len(report.deliveries) != size:
                raise RuntimeError(f"{len(report.deliveries)} rows of {size}")
            costs[size] = statistics.median(spent[1:]) * 1000
    return costs


async def of_targets(sizes: Sequence[int]) -> Costs:
    """CPU of a batch of so many numbers with a message each, to the message in Slack."""
    costs = {}
    async with lookups([1] * max(sizes)) as service:
        for size in sizes:
            now = system_clock()
            query = Query(tuple(Target(phone(which)) for which in range(size)), Window(now - timedelta(days=1), now))
            spent = []
            for _ in range(REPEATS):
                begun = time.process_time()
                report = await service.run_batch(Batch(query), refresh=True)
                shown(report)
                spent.append(time.process_time() - begun)
                service.drop_answers()
            if len(report.deliveries) != size:
                raise RuntimeError(f"{len(report.deliveries)} rows of {size}")
            costs[size] = statistics.median(spent) * 1000
    return costs


async def of_receipts(sizes: Sequence[int]) -> Costs:
    """A lookup of one number in the store, in a SQLite file with so many receipts."""
    costs = {}
    window = Window(NOW - timedelta(days=1), NOW)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            async with aclosing(Database(f"sqlite:///{folder}/state.db")) as database:
                await migrate(database)
                store = ReceiptStore(database, KEYRING, system_clock)
                await store.check()
                await fill(database, size)
                spent = []
                for which in range(500):
                    index = which % min(1_000, size) * (size // 1_000 or 1)
                    begun = time.perf_counter()
                    found = await store.find(Target(receipt(index).number), window)
                    spent.append(time.perf_counter() - begun)
                    if len(found.deliveries) != 1:
                        raise RuntimeError("nothing found")
                costs[size] = statistics.median(spent) * 1000
    return costs


async def of_cache(sizes: Sequence[int]) -> Costs:
    """To keep an answer and to find one among so many; from some 2,000 on there is no room, and the oldest give way."""
    now = system_clock()
    window = Window(now - timedelta(hours=2), now)
    costs = {}
    for size in sizes:
        cache = AnswerCache(system_clock)
        targets = [Target(phone(index)) for index in range(size + 1_000)]
        answers = [
            CachedAnswer(window, now, (Delivery("tencent", "1400006666", Status.DELIVERED, one.number),)) for one in targets
        ]
        for target, answer in zip(targets[:size], answers, strict=False):
            cache.put(("tencent", "1400006666", target), answer)
        begun = time.process_time()
        for target, answer in zip(targets[size:], answers[size:], strict=True):
            key = ("tencent", "1400006666", target)
            cache.put(key, answer)
            if cache.get(key, window) is None:
                raise RuntimeError("not kept")
        costs[size] = (time.process_time() - begun) * 1000 / 1_000
    return costs


async def of_replicas(sizes: Sequence[int]) -> Costs:
    """What one of so many replicas does once a second for their shared limits. Empty where PostgreSQL is not installed."""
    costs: Costs = {}
    with tempfile.TemporaryDirectory() as folder:
        server = server_in(Path(folder))
        if server is None:
            return costs
        server.start(durable=True)
        try:
            for size in sizes:
                server.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                costs[size] = await _renewal(server.url, size)
        finally:
            server.close()
    return costs


async def _renewal(url: str, replicas: int) -> float:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(aclosing(Database(url)))
        await migrate(database)
        limits = [SharedLimits(database) for _ in range(replicas)]
        for one in limits:
            for which in range(LIMITS):
                one.queue(f"limit {which}", 100, 20)
            await one.renew()
        spent = []
        for _ in range(100):
            begun = time.perf_counter()
            await limits[0].renew()
            spent.append(time.perf_counter() - begun)
        return statistics.median(spent) * 1000
