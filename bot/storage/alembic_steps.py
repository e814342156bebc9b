"""Runs the migrations by Alembic, which loads slowly: only a schema that is not of today needs this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.i18n import Phrase


def upgrade(connection: Connection, migrations: Path, revision: str) -> None:
    """Upgrade the schema to `revision` within the connection's transaction."""
    command.upgrade(_config(connection, migrations), revision)


def downgrade(connection: Connection, migrations: Path, revision: str) -> None:
    """Downgrade the schema to `revision` within the connection's transaction."""
    command.downgrade(_config(connection, migrations), revision)


def losses(migrations: Path, revision: str, older: str) -> Iterator[Phrase]:
    """What the steps from `revision` down to `older` lose, the newest first."""
    for step in ScriptDirectory(str(migrations)).iterate_revisions(revision, older):
        lost: Phrase | None = step.module.LOST
        if lost is not None:
            yield lost


def _config(connection: Connection, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    return config
