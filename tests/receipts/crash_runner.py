"""Receipt ingestion in a subprocess that can be killed: store, drain and callbacks on a SQLite file.

    stdin   an app id a line: fork a process that drains its queue and takes callbacks
    stdout  `pid <n>` for each process; `kept <app id>` for each answer with receipts that is durable

All is imported once, before the forks, so a process is up within milliseconds.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import aiohttp  # noqa: F401 - here and below: imported before the fork, not after it
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401
from aiohttp import web

from bot.observability.logging import configure_logging
from bot.providers.http import ProviderHttpClient
from bot.providers.registry import VENDORS
from bot.providers.tencent.legacy import PATH
from bot.providers.tencent.legacy.plugin import VENDOR
from bot.providers.tencent.legacy.queue import LegacyQueue
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.receipts.callbacks import make_callback_routes
from bot.receipts.drain import QueueDrainer
from bot.receipts.lease import Lease
from bot.receipts.poll_backoff import PollBackoff
from bot.receipts.store import ReceiptStore
from bot.sandbox.providers.tencent_legacy import LegacyAccount
from bot.storage.database import Database
from bot.timing.clock import system_clock
from tests.receipts.samples import KEYRING

if TYPE_CHECKING:
    from bot.receipts.model import ReceiptSource

TOKEN = "a-token-that-nobody-guesses-0001"
LEASE_SECONDS = 0.08
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
QUICK = PollBackoff(some=0.0, empty_first=0.005, empty_most=0.02, fault_first=0.01, fault_most=0.02)


class TellingStore(ReceiptStore):
    """Prints when a response of the queue is committed."""

    async def store_raw(self, source: ReceiptSource, system: str, kind: Any, account: str, body: bytes) -> int:
        raw_id = await super().store_raw(source, system, kind, account, body)
        if b'"sid"' in body:
            os.write(1, f"kept {account}\n".encode())
        return raw_id


async def run(app_id: str, url: str, legacy_url: str, listening: socket.socket) -> None:
    database = Database(url)
    store = TellingStore(database, KEYRING, system_clock)
    app = web.Application()
    app.add_routes(make_callback_routes(store, [one for vendor in VENDORS for one in vendor.callbacks], TOKEN))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    auth = LegacyAuth(app_id, LegacyAccount().app_key, system_clock)
    queue = LegacyQueue(ProviderHttpClient(f"{legacy_url}{PATH}pullstatus", auth=auth), app_id=app_id)
    assert VENDOR.queue_source is not None
    await QueueDrainer(queue, VENDOR.queue_source, store, Lease(database, "drain", seconds=LEASE_SECONDS), backoff=QUICK).run()


def main() -> None:
    configure_logging("ERROR")  # to stderr: stdout is for the test
    url, legacy_url, listening = sys.argv[1], sys.argv[2], socket.socket(fileno=int(sys.argv[3]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # do not outlive a test that was broken off
            asyncio.run(run(line.strip(), url, legacy_url, listening))
            os._exit(0)
        os.write(1, f"pid {pid}\n".encode())


if __name__ == "__main__":
    main()
