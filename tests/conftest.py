"""What all tests share: Hypothesis's profile, the databases that stores are tested on, and a browser."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
import structlog

from bot.storage.database import Database
from bot.storage.migration import migrate
from tests.browser import chromium, leave_pages
from tests.examples import load_profile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser

load_profile()
gc.disable()  # while tests are collected nothing is dropped; then it is enabled again


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at a page in Chromium is marked: CI runs it by itself, ./scripts/test leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is imported and collected: it lives to the end, and is most of what there is."""
    gc.freeze()
    gc.set_threshold(200_000)
    gc.enable()


def pytest_sessionfinish() -> None:
    """What was never awaited or closed is found by one collection: without the freeze pytest would make five."""
    gc.collect()
    gc.freeze()


POSTGRES_HOMES = ("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin")


class Postgres:
    """A PostgreSQL server of its own in a folder, on a socket there; stopped and started as tests wish."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._data = folder / "data"
        self._folder = folder
        self._binaries = binaries
        # PostgreSQL refuses to run as root; in a container the tests may be root, and the package brings a user.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # which leaves the tests' own loops alone
        self._connection: asyncpg.Connection | None = None
        self._run("initdb", "--pgdata", str(self._data), "--auth=trust", "--username=smsstatus", "--no-sync", "--encoding=UTF8")

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, name: str) -> str:
        return f"postgresql://smsstatus@/{name}?host={self._folder}"

    def copy(self, template: str, name: str) -> str:
        """The URL of a database that is a copy of another, in the place of the last one that had the name."""
        self._runner.run(
            self._execute(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
            )
        )
        return self.url_of(name)

    async def _execute(self, *statements: str) -> None:
        """On a connection that stays: a psql for every test would take longer than what it is told."""
        if self._connection is None:
            self._connection = await asyncpg.connect(user="smsstatus", host=str(self._folder), database="postgres")
        for statement in statements:
            await self._connection.execute(statement)

    def start(self, *, durable: bool = False) -> None:
        # Processes are killed, the machine is not: what is written need not reach the disk, but where that is measured.
        sync = "on" if durable else "off"
        options = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c max_connections=60 -c fsync={sync}"
        self._run(
            "pg_ctl",
            "start",
            "--silent",
            "--wait",
            "--pgdata",
            str(self._data),
            "--log",
            str(self._folder / "log"),
            "--options",
            options,
        )

    def stop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        self._run("pg_ctl", "stop", "--silent", "--wait", "--pgdata", str(self._data), "--mode", "immediate")

    def close(self) -> None:
        self.stop()
        self._runner.close()

    def processes(self) -> list[int]:
        """The ids of the server's processes."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        stats = [path.read_text().rpartition(")") for path in Path("/proc").glob("[0-9]*/stat")]
        return [first, *(int(name.split()[0]) for name, _, rest in stats if int(rest.split()[1]) == first)]

    def query(self, *statements: str) -> str:
        """What psql prints for the statements."""
        commands = [word for statement in statements for word in ("-c", statement)]
        return self._run(
            "psql",
            "--quiet",
            "--no-psqlrc",
            "--host",
            str(self._folder),
            "--username",
            "smsstatus",
            "--tuples-only",
            *commands,
            "postgres",
        )

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(  # noqa: S603 - our own fixed commands
            command, user=self._user, cwd=self._folder, capture_output=program != "pg_ctl", text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")
        return done.stdout or ""


def _postgres_binaries() -> Path | None:
    found = [Path(home) for home in POSTGRES_HOMES if Path(home, "initdb").exists()]
    on_path = shutil.which("initdb")
    return found[0] if found else Path(on_path).resolve().parent if on_path else None


@pytest.fixture(autouse=True)
def _plain_tracebacks() -> None:
    """Where logging is not configured, structlog draws each traceback with all its variables, which takes a second."""
    if structlog.is_configured():
        return
    *others, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, renderer])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL; the tests that need one are skipped where it is not installed."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    # Not in pytest's own folder, which only the user who runs the tests may enter.
    with tempfile.TemporaryDirectory(prefix="smsstatus-pg-") as folder:
        server = Postgres(Path(folder), binaries)
        server.start()
        yield server
        server.close()


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema of today, migrated once a worker: tests that need no more than the schema copy it."""
    path = tmp_path_factory.mktemp("template") / "template.db"

    async def make() -> None:
        async with aclosing(Database(f"sqlite:///{path}")) as one:
            await migrate(one)

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> str:
    """The name of a database of PostgreSQL with the schema of today, to be copied."""
    url = postgres.copy("template1", "migrated")

    async def make() -> None:
        one = Database(url)
        await migrate(one)
        await one.aclose()

    asyncio.run(make())
    return "migrated"


@pytest.fixture
def postgres_url(postgres: Postgres, migrated: str) -> str:
    """The URL of a database of PostgreSQL with the schema of today, for what SQLite cannot do."""
    return postgres.copy(migrated, "one")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind; for tests of `database`, PostgreSQL's has the schema of today already."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("migrated") if "database" in request.fixturenames else "template1"
    return server.copy(template, "one")


@pytest.fixture
async def database(database_url: str, template_database: Path) -> AsyncIterator[Database]:
    """An open database of each kind with the schema of today."""
    async with aclosing(Database(database_url)) as one:
        if one.is_sqlite:
            shutil.copyfile(template_database, str(one.url.database))
        yield one


@pytest.fixture
async def sqlite_database(tmp_path: Path, template_database: Path) -> AsyncIterator[Database]:
    """An open SQLite database with the schema of today, for what does not depend on the kind."""
    path = shutil.copyfile(template_database, tmp_path / "state.db")
    async with aclosing(Database(f"sqlite:///{path}")) as one:
        yield one


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_browser() -> AsyncIterator[Browser]:
    """One for all tests: it takes longer to start than what is looked at in it."""
    async with chromium() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    """The running browser, whose pages show nothing."""
    yield running_browser
    await leave_pages(running_browser)
