"""Crash safety (kill -9 at any moment): every acknowledged receipt is found afterwards, once.

A process with drain and callbacks is killed again and again, at random moments and right after the moments that matter, while the
queue hands numbered receipts out and the vendors push theirs. Then everything is counted:

    callbacks   each receipt that was answered with 200 is found
    queue       each answer that was written down is found whole; of an incarnation, only the last answer may be missing, the one
                that had not been written down when the process died, and then all of it
    both        nothing is found twice, and nothing that was never sent
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hypothesis import settings
from sqlalchemy import select

from bot.model import Status, Target, Window
from bot.providers.tencent.legacy.errors import read_pulled
from bot.receipts.drain import recover_unparsed
from bot.receipts.rows import RowCodec
from bot.receipts.store import ReceiptStore
from bot.receipts.tables import RECEIPTS
from bot.sandbox.providers.callbacks import CallbackPusher, PushRetries
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent_legacy import Handed, LegacyAccount, TencentLegacyStandIn
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.timing.clock import system_clock
from tests.receipts.crash_runner import TOKEN
from tests.receipts.samples import KEYRING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

KILLS = 55 if settings.get_current_profile_name() == "deep" else 4
MOST_SECONDS = 300  # 55 take 20 on an idle machine; a test that hangs is worse than one that fails
PATIENT = PushRetries(seconds=0.7, waits=(0.002,) * 5_000, field="result")
PATIENT_ALIYUN = PushRetries(seconds=0.7, waits=(0.002,) * 5_000, field="code")
START = datetime.now(UTC) - timedelta(hours=1)


def message(system: SandboxSystem, message_id: str) -> SandboxMessage:
    number = f"+86137{hash(message_id) % 10**8:08d}"
    receipt = SandboxReceipt(START + timedelta(seconds=3), "MK:0008")
    return SandboxMessage(system, number, message_id, START, receipt)


class Processes:
    """Starts ingesting subprocesses and kills them."""

    def __init__(self, url: str, legacy_url: str, listening: socket.socket) -> None:
        self._arguments = (url, legacy_url, str(listening.fileno()))
        self._fd = listening.fileno()
        self._pids: asyncio.Queue[int] = asyncio.Queue()
        self.kept: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.receipts.crash_runner", *self._arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(self._fd,),
            cwd=Path(__file__).parents[2],
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._reading
        await self._process.wait()

    async def fork(self, app_id: str) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{app_id}\n".encode())
        return await self._pids.get()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, value = line.decode().split()
            if word == "pid":
                self._pids.put_nowait(int(value))
            else:
                self.kept[value] += 1


class Vendors:
    """Pushes numbered receipts until stopped, each until it is acknowledged."""

    def __init__(self, pusher: CallbackPusher, dice: random.Random) -> None:
        self._pusher = pusher
        self._dice = dice
        self.stopping = False
        self.acknowledged: list[str] = []
        self.pushes = 0
        self._pushed = asyncio.Condition()

    async def wait_for_more(self, count: int) -> None:
        """Wait until `count` more pushes are acknowledged."""
        async with self._pushed:
            wanted = self.pushes + count
            await self._pushed.wait_for(lambda: self.pushes >= wanted)

    async def push_tencent(self) -> None:
        while not self.stopping:
            ids = self._ids("t")
            rows = [_tencent_row(one) for one in ids]
            push = await self._pusher.push("tencent", rows, PATIENT)
            await self._note(ids, is_taken=push.is_taken)

    async def push_aliyun(self) -> None:
        while not self.stopping:
            ids = self._ids("a")
            rows = [{"phone_number": "13711112222", "success": False, "err_code": "MK:0008", "biz_id": one} for one in ids]
            push = await self._pusher.push("aliyun", rows, PATIENT_ALIYUN)
            await self._note(ids, is_taken=push.is_taken)

    def _ids(self, prefix: str) -> list[str]:
        first = len(self.acknowledged)  # of this prefix, nobody else counts on from there
        return [f"{prefix}{first}-{number}" for number in range(self._dice.randint(1, 30))]

    async def _note(self, ids: list[str], *, is_taken: bool) -> None:
        assert is_taken, "a push was not acknowledged in thousands of attempts"
        self.acknowledged += ids
        async with self._pushed:
            self.pushes += 1
            self._pushed.notify_all()


def _tencent_row(sid: str) -> dict[str, Any]:
    return {"nationcode": "86", "mobile": "13711112222", "report_status": "FAIL", "errmsg": "MK:0008", "sid": sid}


async def the_right_moment(dice: random.Random, stand_in: TencentLegacyStandIn, vendors: Vendors) -> None:
    """A random moment to kill a process: any, or just after a pull, or just after an acknowledged push."""
    kind = dice.choice(["any", "pull", "pull", "push"])
    if kind == "pull":
        await stand_in.wait_for_calls(len(stand_in.calls) + dice.randint(1, 6))
        await asyncio.sleep(dice.choice([0, 0, dice.uniform(0, 0.02)]))
    elif kind == "push":
        await vendors.wait_for_more(dice.randint(1, 12))
        await asyncio.sleep(dice.uniform(0, 0.005))
    else:
        await asyncio.sleep(dice.uniform(0, 0.25))


async def test_whatever_was_acknowledged_is_found_once_after_kills_at_any_moment(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    dice = random.Random(seed)  # noqa: S311 - moments and sizes, no secrets
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    await migrate(database)
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    waiting: list[SandboxMessage] = []
    apps = [f"14{number:08d}" for number in range(KILLS + 1)]

    async with (
        asyncio.timeout(MOST_SECONDS),
        TencentLegacyStandIn(waiting, accounts=[LegacyAccount(app_id) for app_id in apps]) as stand_in,
        CallbackPusher(f"http://127.0.0.1:{listening.getsockname()[1]}", TOKEN) as pusher,
        Processes(str(database.url), stand_in.url, listening) as processes,
    ):
        vendors = Vendors(pusher, dice)
        pushing = [asyncio.create_task(vendors.push_tencent()), asyncio.create_task(vendors.push_aliyun())]
        for app_id in apps[:-1]:
            waiting += [message(SandboxSystem.TENCENT, f"q{len(waiting) + number}") for number in range(dice.randint(1, 250))]
            pid = await processes.fork(app_id)
            await the_right_moment(dice, stand_in, vendors)
            os.kill(pid, signal.SIGKILL)
        vendors.stopping = True
        pid = await processes.fork(apps[-1])
        await asyncio.gather(*pushing)
        while len(stand_in.handed_sids) < len(waiting):
            await stand_in.wait_for_calls(len(stand_in.calls) + 1)
        await stand_in.wait_for_calls(len(stand_in.calls) + 3)  # and nothing more came
        os.kill(pid, signal.SIGKILL)
    listening.close()

    store = ReceiptStore(database, KEYRING, system_clock)
    await recover_unparsed(store, {"tencent": read_pulled})
    found = await all_hashes(database)
    ids_of = RowCodec(KEYRING).message

    assert Counter(found).most_common(1)[0][1] == 1, "a receipt was stored twice"
    stored = set(found)
    missing = [one for one in vendors.acknowledged if ids_of(one) not in stored]
    assert missing == [], "acknowledged, but not found"
    lost = answers_lost(stand_in, processes.kept, lambda sid: ids_of(sid) in stored)
    sent = {ids_of(one) for one in (*vendors.acknowledged, *stand_in.handed_sids)}
    assert stored <= sent, "found what was never sent"
    assert len(stored) == len(sent) - sum(len(answer.rows) for answer in lost)
    assert len(lost) <= KILLS
    assert (await store.counts()).receipts == len(found)
    assert len(stand_in.handed_sids) == len(set(stand_in.handed_sids)) == len(waiting)
    for one in dice.sample(vendors.acknowledged, min(20, len(vendors.acknowledged))):
        deliveries = (await store.find(Target(message_id=one), Window(START, START))).deliveries
        assert [(delivery.status, delivery.code) for delivery in deliveries] == [(Status.FAILED, "MK:0008")]
    answers, gone = len(stand_in.handed), sum(answer.is_sent for answer in lost)
    print(  # noqa: T201 - what was counted
        f"{KILLS} kills: {len(vendors.acknowledged)} receipts acknowledged and found; {answers} answers of the queue, "
        f"{answers - len(lost)} found whole, {len(lost) - gone} never sent to the end, {gone} sent while their process was killed"
    )
    await database.aclose()


def answers_lost(stand_in: TencentLegacyStandIn, kept: Counter[str], is_found: Callable[[str], bool]) -> list[Handed]:
    """The queue's responses that are not in the store: each the last one to its process, not stored when it was killed."""
    answers: dict[str, list[Handed]] = defaultdict(list)
    for handed in stand_in.handed:
        answers[handed.account].append(handed)
    lost = []
    for app_id, of_process in answers.items():
        assert len(of_process) - 1 <= kept[app_id] <= len(of_process)
        for place, handed in enumerate(of_process):
            there = [is_found(sid) for sid in handed.rows]
            if place < kept[app_id]:
                assert all(there), "written down, but not found"
            else:
                assert len(set(there)) == 1, "half of an answer is found"
                lost += [] if there[0] else [handed]
    return lost


async def all_hashes(database: Database) -> list[bytes]:
    """The hash of each stored receipt's message id."""
    return await database.read(lambda connection: [bytes(row[0]) for row in connection.execute(select(RECEIPTS.c.message))])
