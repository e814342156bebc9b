"""Schema migrations with Alembic, one replica at a time.

Alembic runs inside our transaction: PostgreSQL holds an advisory lock for it, SQLite its write lock, so replicas that start
together wait for the first, and a migration that fails leaves nothing half-done.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from bot.errors import DatabaseError
from bot.storage.driver_errors import NewerSchemaError
from bot.storage.sqlite_files import INDEX, is_index_cut_short

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.database import Database

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
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
    except CommandError as error:  # a revision that this code does not have
        raise DatabaseError(NewerSchemaError()) from error


def _upgrade(connection: Connection, revision: str) -> None:
    if revision == "head" and MigrationContext.configure(connection).get_current_heads() == _newest():
        return  # nearly every start: alembic need not load each migration to find nothing to do
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@cache
def _newest() -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
