"""PostgreSQL, over asyncpg: a pool of connections, with a limit on time for connecting and for each statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

    T = TypeVar("T")

APPLICATION_NAME = "smsstatus"
POOL_SIZE = 8
CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 5.0  # of one statement; a person waits for most of them


class PostgresEngine:
    """Runs transactions on one server."""

    def __init__(self, url: URL, command_seconds: float | None) -> None:
        self._engine = create_async_engine(
            URL.create(url.drivername),  # SQLAlchemy would parse the rest too, and knows less of it than asyncpg
            async_creator=_connector(url, command_seconds),
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
        )

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads. Raises SQLAlchemy's errors and OSError."""
        async with self._engine.connect() as connection, connection.begin():
            return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:  # noqa: ARG002
        """Run `work` in a transaction that writes; what is synced is the server's own setting, and nothing waits in a queue here.

        Raises SQLAlchemy's errors and OSError.
        """
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def cut_log(self) -> bool:
        """The log is the server's, which keeps it as long as its backups need it."""
        return True

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


def _connector(url: URL, command_seconds: float | None) -> Callable[[], Awaitable[Any]]:
    """The connection factory: asyncpg parses the whole URL itself, with its TLS options."""
    seconds = str(url.query.get("connect_timeout", ""))
    address = url.set(drivername="postgresql").difference_update_query(["connect_timeout"])
    if "application_name" not in address.query:
        address = address.update_query_dict({"application_name": APPLICATION_NAME})
    # A server that hangs must end as an exception that callers handle, not as a response that never comes.
    timeouts = {"timeout": float(seconds) if seconds else CONNECT_SECONDS, "command_timeout": command_seconds}

    async def connect() -> Any:
        import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - most installations have a file
        from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi  # noqa: PLC0415

        try:
            return await asyncpg.connect(address.render_as_string(hide_password=False), **timeouts)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ValueError, TypeError) as error:
            # SQLAlchemy treats it as an error of the database only by this class.
            raise AsyncAdapt_asyncpg_dbapi.OperationalError(str(error), error) from error  # type: ignore[no-untyped-call]

    return connect
