"""Schema migrations with Alembic, one replica at a time.

Alembic runs inside our transaction: PostgreSQL holds an advisory lock for it, SQLite its write lock, so replicas that start
together wait for the first, and a migration that fails leaves nothing half-done. A statement may take long, such as an index over
all receipts; a lock is not waited for long, since everybody else waits behind whoever waits for a table's.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import inspect, text

from bot.errors import DatabaseError
from bot.storage.database import Database
from bot.storage.driver_errors import NewerSchemaError
from bot.storage.exclusive_use import InUseError, require_sole_client, require_sole_process
from bot.storage.sqlite_files import INDEX, is_index_cut_short

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Connection

    from bot.i18n import Phrase

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_MILLISECONDS = 5_000  # as long as a SQLite file's is waited for
ADVISORY_LOCK = 0x534D5353  # "SMSS"; any number that no other program uses in this database
_KEPT_IN = "alembic_version"  # https://alembic.sqlalchemy.org/en/latest/api/runtime.html: `version_table`
_HEAD = "head"


def revisions() -> list[str]:
    """Those of the migrations, oldest first, by which the files are named: `v0008_watches.py` is `0008`."""
    return sorted(path.stem.removeprefix("v").partition("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py"))


def newest_revision() -> str:
    """The revision of the newest migration."""
    return revisions()[-1]


async def schema_revision(database: Database) -> str | None:
    """The revision of the database's schema, which may be one that this code does not know; None of a database that is new.

    Changes nothing, and makes no file. Raises DatabaseError.
    """
    try:
        if database.file is not None and not database.file.exists():
            return None
    except OSError as error:  # no path at all
        raise DatabaseError(error) from error
    return await database.read(_revision)


async def migrate(database: Database, revision: str = _HEAD) -> None:
    """Upgrade the schema to `revision`. Does nothing if it is there already.

    Raises DatabaseError, also if the schema is newer than this code, and while another process holds the lock.
    """

    def upgrade(connection: Connection) -> None:
        found = _revision(connection)
        if revision == _HEAD and found == newest_revision():
            return  # nearly every start
        _require_known(found)
        from bot.storage import alembic_steps  # noqa: PLC0415 - Alembic loads slowly

        alembic_steps.upgrade(connection, MIGRATIONS, revision)

    if database.is_sqlite:
        await _change(database, upgrade)
    else:
        async with aclosing(Database(database.url, is_patient=True)) as patient:
            await _change(patient, upgrade)


async def downgrade(url: URL, revision: str) -> None:
    """Take the schema back to `revision`, one of `revisions`; what that one cannot hold is dropped.

    Raises DatabaseError, also if the schema is newer than this code, and while another connection to the database is open.
    """

    def go_back(connection: Connection) -> None:
        found = _revision(connection)
        _require_known(found)
        if found is None or found <= revision:
            return
        from bot.storage import alembic_steps  # noqa: PLC0415 - Alembic loads slowly

        if not database.is_sqlite:
            require_sole_client(connection)
        alembic_steps.downgrade(connection, MIGRATIONS, revision)

    async with aclosing(Database(url, is_patient=True)) as database:
        if database.file is not None and database.file.exists():
            await asyncio.to_thread(require_sole_process, database.file)
        await _change(database, go_back)


def losses(revision: str, older: str) -> list[Phrase]:
    """What a downgrade from one revision to another loses."""
    from bot.storage import alembic_steps  # noqa: PLC0415 - Alembic loads slowly

    return list(alembic_steps.losses(MIGRATIONS, revision, older))


async def _change(database: Database, steps: Callable[[Connection], None]) -> None:
    """Run `steps` in a transaction that has the lock. Raises DatabaseError."""

    def with_lock(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        steps(connection)

    try:
        database.make_folder()
        if database.file is not None and is_index_cut_short(database.file):
            log.warning(
                "database.index_cut_short", file=f"{database.file.name}{INDEX}", action="none: it is made anew from the log"
            )
        await database.write(with_lock)
    except (OSError, NewerSchemaError, InUseError) as error:
        raise DatabaseError(error) from error


def _revision(connection: Connection) -> str | None:
    """The schema's, as Alembic keeps it."""
    if not inspect(connection).has_table(_KEPT_IN):
        return None
    kept = connection.execute(text(f"SELECT version_num FROM {_KEPT_IN}"))  # noqa: S608 - our own constant
    found: str | None = kept.scalar_one_or_none()
    return found


def _require_known(revision: str | None) -> None:
    """Raises NewerSchemaError for a revision that this code does not have."""
    if revision is not None and revision not in revisions():
        raise NewerSchemaError(revision, newest_revision())
