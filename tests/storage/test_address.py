"""The database URL as a setting, and the errors of opening it: transient and permanent ones."""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError

import bot.storage.sqlite_engine
from bot.config.messages import describe_errors
from bot.config.settings import AppSettings
from bot.errors import DatabaseError, InvalidValueError, UnavailableError
from bot.i18n import ENGLISH
from bot.observability.redaction import redact
from bot.storage.address import check_database_url, shown_address
from bot.storage.connection_errors import startup_error
from bot.storage.database import Database
from bot.storage.migration import migrate, newest_revision
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Postgres


def test_a_url_of_another_kind_is_refused_and_a_password_is_not_shown() -> None:
    with pytest.raises(ValueError, match="must begin with"):
        Database("mysql://localhost/x")
    assert "secret" not in repr(Database("postgresql://me:secret@localhost/x?password=secret&sslpassword=secret"))


HANDED_OUT = [
    "postgresql://u:p%40ss@db.example.com/app?sslmode=require",
    "postgres://u@db/app?ssl=require",
    "postgresql+psycopg2://u@db:5433/app?application_name=sms&connect_timeout=10",
    "postgresql://u@/app?host=/run/postgresql",
    "postgresql://u@/app?host=db1,db2&port=5432,5433&target_session_attrs=primary",
    "postgresql://u@db1,db2/app",
    "postgresql://u@db/app?target_session_attrs=read-write&options=-c%20search_path%3Dsms",
    "sqlite:////data/smsstatus.db",
    "sqlite:///data/smsstatus.db?timeout=5",
    "sqlite:///data/smsstatus.db?timeout=5&timeout=6",
    "sqlite:///file:/data/smsstatus.db?mode=ro&uri=true",
]
ODD = [
    ("postgresql://u@h/db?channel_binding=require", "holds channel_binding=…, which is not known here"),
    ("postgresql://u@h/db?sslmod=require", "holds sslmod=…, which is not known here"),
    ("postgresql://u@h/db?s3cr3t=require", "holds an option that is not known here: leave it out, or write %26"),
    ("postgresql://u@h/db?password=x&s3cr3t=1", "holds an option that is not known here"),
    ("postgresql://u:x@s3cr3t@h/db", "must have %40 in the place of an @"),
    ("postgresql://u@/db?host=s3cr3t@h", "must have %40 in the place of an @"),
    ("postgresql://u%3As3cr3t@h/db", "must have a plain colon between user and password"),
    ("postgresql://u@h1:5432,h2:5432/db", "must name several hosts as postgresql://user@/name?host=db1,db2&port="),
    ("postgresql://u@h/db?sslmode=yes", "must have an sslmode of disable, allow, prefer,"),
    ("postgresql://u@h/db?ssl=true", "must have an sslmode of disable, allow, prefer,"),
    ("postgresql://u@h/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "names a file that cannot be found: sslrootcert="),
    ("postgresql://u@h/db?connect_timeout=soon", "must have a connect_timeout in whole seconds"),
    ("postgresql://u@h:99999/db", "must have a port from 1 to 65535"),
    ("postgresql://u@h:0/db", "must have a port from 1 to 65535"),
    ("postgresql://u@h/db?port=99999", "must have a port from 1 to 65535"),
    ("postgresql://u@h:port/db", "must be an address such as postgresql://"),
    ("not an address", "must be an address such as postgresql://"),
    ("sqlite://data/x.db", "must have three slashes, or four"),
    ("sqlite://user@/x.db", "must have three slashes, or four"),
    ("sqlite:///x.db?timeout=soon", "must have a timeout in whole seconds, such as ?timeout=10"),
    ("sqlite:///x.db?timeout=1&timeout=-1", "must have a timeout in whole seconds"),
    ("sqlite:///file:/x.db?uri=maybe", "must have ?uri=true in an address that begins with sqlite:///file:"),
    ("sqlite:////data/x%00.db", "must have no %00"),
    ("postgresql://u@h/d%00b", "must have no %00"),
    ("postgresql://u@h/db?application_name=%00", "must have no %00"),
    ("sqlite:///x.db?mode=ro", "holds mode=…, which is not known here"),
    ("sqlite:///x.db?sslmode=require", "holds sslmode=…, which is not known here"),
    ("sqlite:///~nobody-has-this-name/x.db", "begins with ~, which names no home folder here"),
    *((url, "must name a file") for url in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true")),
    ("sqlite:///file:x?mode=memory&uri=true", "must name a file"),
]


@each("url", HANDED_OUT)
def test_an_address_as_it_is_handed_out_is_taken(url: str) -> None:
    assert check_database_url(url).drivername in {"postgresql+asyncpg", "sqlite+pysqlite"}


@each(("url", "problem"), ODD)
def test_an_address_that_would_fail_is_refused_for_what_is_wrong_in_it(url: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_database_url(url)

    assert str(caught.value).startswith(problem)


SECRET = "s3cr3t-Wort"
WITH_A_SECRET = [
    *(
        f"postgresql://u:{before}{SECRET}{behind}@h/db"
        for before, behind in itertools.product(("", "x/", "x#", "x?", "x:"), repeat=2)
    ),
    f"postgresql://u:x@{SECRET}@h/db",
    f"postgresql://u:{SECRET}@h:port/db",
    f"postgresql://u:{SECRET}@h:99999/db",
    f"postgresql://u:{SECRET}@h1:1,h2:2/db",
    f"postgresql://u:{SECRET}/db",
    f"postgresql:u:{SECRET}@h/db",
    f"postgres://u:{SECRET}@h/db?sslrootcert=/nowhere",
    f"postgresql+psycopg://u:{SECRET}@h/db",
    f"mysql://u:{SECRET}@h/db",
    f"sqlite://u:{SECRET}@h/x.db",
    f"host=h user=u password={SECRET}",
    *(
        f"postgresql://u@h/db?{key}={SECRET}"
        for key in ("password", "PASSWORD", "sslpassword", "passwd", "pwd", "scram_client_key")
    ),
    f"postgresql://u@h/db?user=u&password=x&{SECRET}",
    f"postgresql://u@h/db?user=u&password=x&{SECRET}=y",
    f"postgresql://u@h/db?oauth_client_secret={SECRET}",
    f"postgresql://u@h/db?options=-c%20password%3D{SECRET}",
    f"sqlite:///x.db?key={SECRET}",
    f"sqlite:///x.db?password={SECRET}",
]


@each("read", [check_database_url, Database, lambda url: AppSettings.model_validate({"SMSSTATUS_DATABASE_URL": url})])
@each("url", WITH_A_SECRET)
def test_a_secret_is_not_shown_however_it_is_written(read: Callable[[str], object], url: str) -> None:
    try:
        one = read(url)
    except ValueError as error:
        said = str(error) if isinstance(error, InvalidValueError) else ""
        if isinstance(error, ValidationError):
            said = " ".join(line.said_in(ENGLISH) for line in describe_errors(error, AppSettings))
        assert SECRET not in said
    else:
        shown = repr(one) if not isinstance(one, URL) else shown_address(one)
        assert SECRET not in shown
    assert SECRET not in redact(f"cannot open {url} (refused)")


# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
LIBPQ = """
host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout client_encoding options
application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout
replication gssencmode sslmode requiressl sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword sslcertmode
sslrootcert sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version ssl_max_protocol_version min_protocol_version
max_protocol_version krbsrvname gsslib gssdelegation scram_client_key scram_server_key service servicefile target_session_attrs
load_balance_hosts oauth_issuer oauth_client_id oauth_client_secret oauth_scope ssl
""".split()  # noqa: SIM905 - a page of words


@each(("key", "value"), itertools.product(LIBPQ, ("", "1", "a,b")))
async def test_each_parameter_of_libpq_reaches_the_driver_or_is_refused_by_name(key: str, value: str) -> None:
    refused, reached = "", False
    try:
        async with aclosing(Database(f"postgresql://u@127.0.0.1:9/d?sslmode=require&{key}={value}")) as database:
            await database.check()
    except InvalidValueError as error:
        refused = str(error)
    except DatabaseError:  # nobody listens there
        reached = True
    assert reached or key in refused


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/sms")

    assert check_database_url("sqlite:///~/state.db").database == "/home/sms/state.db"


async def test_what_the_address_says_of_tls_is_asked_of_the_server(postgres: Postgres) -> None:
    """The test server has no TLS: optional TLS connects without it, required TLS is a permanent error."""
    without, insisting = Database(f"{postgres.url}&sslmode=prefer"), Database(f"{postgres.url}&sslmode=verify-full")

    await without.check()
    with pytest.raises(DatabaseError) as caught:
        await insisting.check()

    error = startup_error(caught.value, insisting, "SMSSTATUS_DATABASE_URL")
    assert not isinstance(error, UnavailableError)
    assert str(error).startswith("SMSSTATUS_DATABASE_URL: postgresql://smsstatus@/postgres?host=")
    await without.aclose()
    await insisting.aclose()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("/postgres", "/nowhere"), 'database "nowhere" does not exist'),
        (("smsstatus@", "nobody@"), 'role "nobody" does not exist'),
    ],
)
async def test_a_name_that_the_server_does_not_know_stays_unknown(postgres: Postgres, change: tuple[str, str], said: str) -> None:
    database = Database(postgres.url.replace(*change))
    with pytest.raises(DatabaseError) as caught:
        await migrate(database)

    error = startup_error(caught.value, database, "SMSSTATUS_DATABASE_URL")
    assert not isinstance(error, UnavailableError)
    assert said in str(error)
    await database.aclose()


@each("at", ["127.0.0.1:9", "localhost:9", "nowhere.invalid", "/db?host=/nowhere"])
async def test_a_server_that_is_not_there_yet_may_come(at: str) -> None:
    database = Database(f"postgresql://me:hidden@{at}" if "?" in at else f"postgresql://me:hidden@{at}/db")
    with pytest.raises(DatabaseError) as caught:
        await migrate(database)

    error = startup_error(caught.value, database, "SMSSTATUS_DATABASE_URL")
    assert isinstance(error, UnavailableError)
    assert "hidden" not in str(error)
    assert not re.search(r"Error\b|Errno|\[", str(error))
    await database.aclose()


STATES = [("57P03", True), ("53300", True), ("08006", True), ("08P01", False), ("28P01", False), ("3D000", False), ("", False)]


@each(("state", "passing"), STATES)
def test_what_the_server_says_decides_whether_it_is_waited_for(state: str, passing: bool) -> None:  # noqa: FBT001 - a table
    cause = RuntimeError("the server's own words")
    cause.sqlstate = state  # type: ignore[attr-defined]
    error = DatabaseError(OperationalError("SELECT 'hidden'", {}, cause))

    found = startup_error(error, Database("postgresql://h/d"), "SMSSTATUS_DATABASE_URL")

    assert isinstance(found, UnavailableError) is passing
    assert str(found) == "SMSSTATUS_DATABASE_URL: postgresql://h/d cannot be opened (the server's own words)"


async def test_a_database_that_a_newer_version_has_changed_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    await migrate(database)
    await database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")).rowcount)
    with pytest.raises(DatabaseError) as caught:
        await migrate(database)
    await database.aclose()

    error = startup_error(caught.value, database, "SMSSTATUS_DATA_DIR")
    way_back = f"run that one, or with it: smsstatus database downgrade {newest_revision()} (docs/upgrade.md)"
    assert str(error) == (
        f"SMSSTATUS_DATA_DIR: {tmp_path / 'state.db'} cannot be opened "
        f"(a newer smsstatus has changed its tables to 9999; {way_back})"
    )


async def test_a_file_that_another_process_has_locked_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.storage.sqlite_engine, "BUSY_MILLISECONDS", 1)
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        database = Database(f"sqlite:///{path}")
        with pytest.raises(DatabaseError) as caught:
            await migrate(database)
        await database.aclose()

    assert isinstance(startup_error(caught.value, database, "SMSSTATUS_DATA_DIR"), UnavailableError)


@pytest.mark.parametrize("kind", ["a folder", "no database"])
async def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path, kind: str) -> None:
    path = tmp_path
    if kind == "no database":
        path = tmp_path / "notes.txt"
        path.write_text("these are only notes, and quite long ones" * 100)
    before = set(threading.enumerate())
    database = Database(f"sqlite:///{path}")

    with pytest.raises(DatabaseError):
        await migrate(database)
    await database.aclose()

    left = [thread for thread in set(threading.enumerate()) - before if not thread.name.startswith("asyncio_")]
    assert left == []
