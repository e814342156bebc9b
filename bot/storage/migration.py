"""Schema migrations with Alembic, one replica at a time.

Alembic runs inside our transaction: PostgreSQL holds an advisory lock for it, SQLite its write lock, so replicas that start
together wait for the first, and a migration that fails leaves nothing half-done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import inspect, text

from bot.errors import DatabaseError
from bot.storage.driver_errors import NewerSchemaError
from bot.storage.sqlite_files import INDEX, is_index_cut_short

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.database import Database

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_KEPT_IN = "alembic_version"  # https://alembic.sqlalchemy.org/en/latest/api/runtime.html: `version_table`
ADVISORY_LOCK = 0x534D5353  # "SMSS"; any number that no other program uses in this database


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade the schema to `revision`. Does nothing if it is there already.

    Raises DatabaseError, also if the schema is newer than this code.
    """

    def upgrade(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        _upgrade(connection, revision)

    try:
        database.make_folder()
        if database.file is not None and is_index_cut_short(database.file):
            log.warning(
                "database.index_cut_short", file=f"{database.file.name}{INDEX}", action="none: it is made anew from the log"
            )
        await database.write(upgrade)
    except OSError as error:
        raise DatabaseError(error) from error
    except NewerSchemaError as error:
        raise DatabaseError(error) from error


def _upgrade(connection: Connection, revision: str) -> None:
    if revision == "head" and _revisions(connection) == [newest_revision()]:
        return  # nearly every start
    from bot.storage.alembic_upgrade import upgrade  # noqa: PLC0415 - Alembic loads slowly

    upgrade(connection, MIGRATIONS, revision)


async def schema_revision(database: Database) -> str:
    """The revision of the schema as it is; empty of a database that is new. Raises DatabaseError."""
    return next(iter(await database.read(_revisions)), "")


def newest_revision() -> str:
    """The revision of the newest migration, by which its file is named: `v0008_watches.py` is `0008`."""
    return max(path.stem.removeprefix("v").partition("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py"))


def _revisions(connection: Connection) -> list[str]:
    """The schema's, as Alembic keeps them; none of a database that is new."""
    if not inspect(connection).has_table(_KEPT_IN):
        return []
    return list(connection.execute(text(f"SELECT version_num FROM {_KEPT_IN}")).scalars())  # noqa: S608 - our own constant
