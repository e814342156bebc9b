"""One run: the sandbox and the app's processes, people and vendors, troubles; then peace, and what was found."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from socket import create_server
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import sqlalchemy as sa

from benchmarks.chaos.excuses import Stored
from benchmarks.chaos.faults import Chaos, Scene
from benchmarks.chaos.judging import Found, judge
from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.people import People, Vendors
from benchmarks.chaos.processes import Replica
from benchmarks.chaos.queue import VendorQueue
from benchmarks.chaos.stores import PostgresStore, SqliteStore
from bot.errors import DatabaseError
from bot.receipts.rows import RowCodec
from bot.receipts.tables import RAWS, RECEIPTS
from bot.sandbox.demo import Sandbox
from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.providers import AliyunStandIn, TencentStandIn
from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.scenario import ALIYUN_ACCOUNT, TENCENT_ACCOUNT, SandboxProviders, Scenario
from bot.sandbox.slack import SlackWorkspace
from bot.slack.requests.inbox_tables import KEYS, LEASE, MAX_ATTEMPTS, REQUESTS, WAITING, WORKING
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from tests.conftest import POSTGRES_HOMES, Postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from benchmarks.chaos.judging import Verdict
    from benchmarks.chaos.stores import Store

SECRET = "chaos-secret-of-this-run-only-000001"  # noqa: S105 - of this script's own app, as the token
TOKEN = "chaos-callback-token-0001"  # noqa: S105
EVENT_RETRIES = (0.0, 1.0, 5.0)  # Slack's third waits five minutes
SETTLING_SECONDS = 120.0  # a lease, a look for what has expired, an attempt or two; of which none follows for so long, none will
QUEUED = 10  # of so many receipts one more comes through the queue
QUIET = 100  # commands before the first trouble, one at a time


@dataclass(frozen=True, slots=True)
class Setup:
    """What is run."""

    mode: str  # "http" or "socket"
    database: str  # "SQLite" or "PostgreSQL"
    replicas: int
    requests: int
    receipts: int
    seconds: float
    seed: int
    calm: float = 1.0  # how much longer than usual it is between two troubles of a kind
    only: Sequence[str] = ()  # kinds of trouble; none: all
    logs: Path | None = None  # the folder for the app's logs

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.mode}, {self.database}, {self.replicas}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found."""

    setup: Setup
    verdict: Verdict
    ledger: Ledger
    scene: Scene
    quiet_acks: Sequence[float]
    seconds: float


async def run(setup: Setup) -> Result:
    """Run it. Raises RuntimeError when PostgreSQL is not installed."""
    begun = time.monotonic()
    async with opened(setup) as (scene, pushers):
        queue = scene.queue
        people = People(scene.workspace, scene.ledger, Random(f"{setup.seed} people"))  # noqa: S311 - here and below: no secrets
        vendors = Vendors(pushers, scene.ledger, Random(f"{setup.seed} vendors"))  # noqa: S311
        await asyncio.gather(*(replica.ready() for replica in scene.replicas))
        await scene.store.prepare()
        quiet = await people.one_at_a_time(QUIET)
        async with asyncio.TaskGroup() as group:
            group.create_task(vendors.push(setup.receipts, setup.seconds))
            group.create_task(queue.fill(setup.receipts // QUEUED, setup.seconds))
            async with Chaos(scene, setup.seed, setup.only, setup.calm):
                await people.ask(setup.requests, setup.seconds)
        await asyncio.gather(*(replica.ready() for replica in scene.replicas))
        async with aclosing(Database(scene.store.url)) as database:
            await settle(database, queue)
            scene.ledger.handed = queue.answers
            found = await find(database, scene.ledger)
        for replica in scene.replicas:
            scene.ledger.heard_away(replica.away)
        kills = [kill for replica in scene.replicas for kill in replica.kills]
        told = sum(replica.said["critical drain.answer_lost"] for replica in scene.replicas)
        return Result(setup, judge(scene.ledger, found, kills, told), scene.ledger, scene, quiet, time.monotonic() - begun)


@asynccontextmanager
async def opened(setup: Setup) -> AsyncIterator[tuple[Scene, Sequence[CallbackPusher]]]:
    """The scene, whose processes are starting; and who pushes to each of them."""
    if setup.logs:
        setup.logs.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        enter, folder = stack.enter_async_context, Path(stack.enter_context(TemporaryDirectory(prefix="smsstatus-chaos-")))
        scenario = Scenario()
        tencent = await enter(TencentStandIn(scenario, accounts=[TENCENT_ACCOUNT]))
        aliyun = await enter(AliyunStandIn(scenario, accounts=[ALIYUN_ACCOUNT]))
        queue = VendorQueue()
        legacy = await enter(queue.stand_in)
        workspace = await enter(SlackWorkspace(bot=INSTALLATION, retry_waits=EVENT_RETRIES))
        workspace.tiers.limits["users.info"] = 10_000  # a process that starts knows nobody, and here one starts every few seconds
        store: Store = SqliteStore(folder) if setup.database == "SQLite" else PostgresStore(stack.enter_context(postgres()))
        environ = {
            **Sandbox(workspace, SandboxProviders(tencent, aliyun), folder, scenario, legacy).environ,
            "SMSSTATUS_DATABASE_URL": store.url,
            "SMSSTATUS_SECRET_KEY": SECRET,
            "SMSSTATUS_CALLBACK_TOKEN": TOKEN,
            "SMSSTATUS_USER_RATE": "10000",
        }
        replicas = [
            await enter(Replica(setup.mode, free_port(), environ, setup.logs and setup.logs / f"{setup.name} {place + 1}.log"))
            for place in range(setup.replicas)
        ]
        is_socket = setup.mode == "socket"
        if not is_socket:
            workspace.http_entry = [f"{replica.url}/slack/events" for replica in replicas]
        pushers = [await enter(CallbackPusher(replica.url, TOKEN)) for replica in replicas]
        yield Scene(replicas, store, workspace, [tencent, aliyun, legacy], queue, Ledger(), is_socket), pushers


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
    return port


async def settle(database: Database, queue: VendorQueue) -> None:
    """Wait until nothing is left that somebody works on, will take up or will drain, or nothing is taken up any more."""
    unfinished = sa.and_(REQUESTS.c.state.in_((WORKING, WAITING)), REQUESTS.c.attempts < MAX_ATTEMPTS)
    waiting = sa.select(sa.func.count()).select_from(REQUESTS).where(unfinished).scalar_subquery()
    query = sa.select(waiting + sa.select(sa.func.count()).select_from(RAWS).scalar_subquery())
    until = time.monotonic() + SETTLING_SECONDS
    left: float = math.inf
    while left and time.monotonic() < until:
        await asyncio.sleep(3)
        with suppress(DatabaseError):
            now = len(queue.messages) + await database.read(lambda connection: connection.execute(query).scalar_one())
            if now < left:
                left, until = now, time.monotonic() + SETTLING_SECONDS


async def find(database: Database, ledger: Ledger) -> Found:
    """What the store holds of the requests and receipts."""
    keyring = Keyring(SECRET)
    codec = RowCodec(keyring)
    joined = sa.select(KEYS.c.key, REQUESTS).join(REQUESTS, REQUESTS.c.id == KEYS.c.request)
    rows = await database.read(lambda connection: connection.execute(joined).all())
    offset = time.monotonic() - time.time()
    states = {row.key: Stored(row.state, (row.lease_until - LEASE).timestamp() + offset, row.attempts) for row in rows}
    counted = sa.select(RECEIPTS.c.message, sa.func.count()).group_by(RECEIPTS.c.message)
    receipts: dict[bytes, int] = dict(await database.read(lambda connection: connection.execute(counted).tuples().all()))
    ids = [*ledger.pushed, *(one for answer in ledger.handed for one in answer.rows)]
    keys = [asked.key for asked in ledger.requests.values() if asked.key]
    return Found(
        {key: states[digest] for key in keys if (digest := keyring.digest(key, "request")) in states},
        {one: receipts.get(codec.message(one), 0) for one in ids},
    )


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL of this run's own. Raises RuntimeError when it is not installed."""
    binaries = next((Path(home) for home in POSTGRES_HOMES if Path(home, "initdb").exists()), None)
    if binaries is None:
        raise RuntimeError(f"PostgreSQL is in none of {', '.join(POSTGRES_HOMES)}")
    # In a folder of its own, which its user may enter.
    with TemporaryDirectory(prefix="smsstatus-pg-") as folder:
        server = Postgres(Path(folder), binaries)
        server.start()
        yield server
        server.stop()
