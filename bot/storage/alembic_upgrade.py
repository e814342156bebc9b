"""Runs the migrations by Alembic, which loads slowly: only a schema that is not of today needs this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from bot.storage.driver_errors import NewerSchemaError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def upgrade(connection: Connection, migrations: Path, revision: str) -> None:
    """Upgrade the schema to `revision` within the connection's transaction. Raises NewerSchemaError."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:  # a revision that this code does not have
        raise NewerSchemaError from error
