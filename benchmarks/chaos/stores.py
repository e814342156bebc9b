"""The databases of a run, and what goes wrong with each. A trouble lasts as long as its block."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from benchmarks.chaos.processes import Replica
    from tests.conftest import Postgres

MOST_TRIES = 10
FULL_BYTES = 4096  # beyond this no file can be written
TABLES = (
    *("requests", "request_keys", "receipts", "receipt_totals", "receipt_raws", "receipt_quarantine"),
    *("answers", "audit", "leases"),
)


class Store(Protocol):
    """A database that can be troubled."""

    @property
    def url(self) -> str:
        """For SMSSTATUS_DATABASE_URL."""

    async def prepare(self) -> None:
        """For what is to go wrong, once the app has made its tables."""

    def troubles(self, replicas: Sequence[Replica]) -> Mapping[str, Callable[[], AbstractAsyncContextManager[None]]]:
        """What can go wrong with it, by name."""


class SqliteStore:
    """A SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "smsstatus.db"

    @property
    def url(self) -> str:
        """For SMSSTATUS_DATABASE_URL."""
        return f"sqlite:///{self._path}"

    async def prepare(self) -> None:
        """Nothing is needed."""

    def troubles(self, replicas: Sequence[Replica]) -> Mapping[str, Callable[[], AbstractAsyncContextManager[None]]]:
        """What can go wrong with it, by name."""
        return {
            "frozen": self._frozen,
            "full": lambda: _full(replicas),
            "read-only": lambda: self._read_only(replicas),
            "deleted": self._deleted,
        }

    @asynccontextmanager
    async def _frozen(self) -> AsyncIterator[None]:
        """Another process holds the write lock."""
        link = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            await asyncio.to_thread(link.execute, "BEGIN IMMEDIATE")
            yield
            link.execute("ROLLBACK")
        finally:
            link.close()

    @asynccontextmanager
    async def _deleted(self) -> AsyncIterator[None]:
        """The files are gone, and are put back."""
        names = [Path(f"{self._path}{suffix}") for suffix in ("", "-wal", "-shm")]
        moved = [(name, name.with_name(f"moved-{name.name}")) for name in names if name.exists()]
        for name, aside in moved:
            name.rename(aside)
        yield
        for name in names:
            name.unlink(missing_ok=True)  # what was made in the meantime holds nothing that was acknowledged
        for name, aside in moved:
            aside.rename(name)

    @asynccontextmanager
    async def _read_only(self, replicas: Sequence[Replica]) -> AsyncIterator[None]:
        """Every process is started on a volume that cannot be written, and then on one that can."""
        for replica in replicas:
            replica.restart_with({"SMSSTATUS_DATABASE_URL": f"sqlite:///file:{self._path}?mode=ro&uri=true"})
        yield
        for replica in replicas:
            replica.kill()


class PostgresStore:
    """A PostgreSQL server of the run's own."""

    def __init__(self, server: Postgres) -> None:
        self._server = server

    @property
    def url(self) -> str:
        """For SMSSTATUS_DATABASE_URL."""
        return self._server.url

    async def prepare(self) -> None:
        """Make the triggers of a full disk now: later they would wait for the app's transactions, and all others for them."""
        function = (
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF EXISTS (SELECT 1 FROM is_full) THEN RAISE EXCEPTION "
            "'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF; RETURN NULL; END $$"
        )
        made = [f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()" for table in TABLES]
        await self._run("CREATE TABLE is_full ()", function, *made)

    def troubles(self, replicas: Sequence[Replica]) -> Mapping[str, Callable[[], AbstractAsyncContextManager[None]]]:  # noqa: ARG002
        """What can go wrong with it, by name."""
        return {
            "frozen": self._frozen,
            "full": self._full,
            "read-only": self._read_only,
            "restarted": self._restarted,
            "cut off": self._cut_off,
            "deleted": self._deleted,
        }

    @asynccontextmanager
    async def _frozen(self) -> AsyncIterator[None]:
        """Every process of the server stands still."""
        with _stopped(self._server.processes()):
            yield

    @asynccontextmanager
    async def _full(self) -> AsyncIterator[None]:
        """Whatever writes a row is told by the server that its disk is full, in the server's own words."""
        await self._run("INSERT INTO is_full DEFAULT VALUES")
        yield
        await self._run("DELETE FROM is_full")

    @asynccontextmanager
    async def _read_only(self) -> AsyncIterator[None]:
        """The server takes no writes, as a standby."""
        await self._run("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        yield
        await self._run("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")

    @asynccontextmanager
    async def _restarted(self) -> AsyncIterator[None]:
        """The server ends without a word, and starts again."""
        await asyncio.to_thread(self._server.stop)
        yield
        await asyncio.to_thread(self._server.start)

    @asynccontextmanager
    async def _cut_off(self) -> AsyncIterator[None]:
        """Every connection is cut, again and again."""

        async def cut() -> None:
            while True:
                await self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
                await asyncio.sleep(0.3)

        task = asyncio.create_task(cut())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def _deleted(self) -> AsyncIterator[None]:
        """The tables are gone, and are put back."""
        await self._run(*(f"ALTER TABLE {table} RENAME TO {table}_aside" for table in TABLES))
        yield
        await self._run(*(f"ALTER TABLE {table}_aside RENAME TO {table}" for table in TABLES))

    async def _run(self, *statements: str) -> None:
        for statement in statements:
            for tries in range(MOST_TRIES):
                try:
                    await asyncio.to_thread(self._server.query, statement)
                    break
                except RuntimeError:  # a deadlock with the app, which is the one to go on
                    if tries == MOST_TRIES - 1:
                        raise


@asynccontextmanager
async def _full(replicas: Sequence[Replica]) -> AsyncIterator[None]:
    for replica in replicas:
        replica.limit_files(FULL_BYTES)
    yield
    for replica in replicas:
        replica.limit_files(None)


@contextmanager
def _stopped(pids: Sequence[int]) -> Iterator[None]:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
