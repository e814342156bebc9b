"""The database URL as a setting: its validation, and the form that may be shown.

PostgreSQL's is libpq's, as managed databases give it, with the options that asyncpg supports; SQLite's is SQLAlchemy's.
Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import InvalidValueError
from bot.errors.os_errors import expand_home
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

_DRIVERS = {"postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg", "sqlite": "sqlite+pysqlite"}
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FILE_OPTIONS = frozenset({"sslcert", "sslkey", "sslrootcert", "sslcrl"})
_POSTGRESQL_OPTIONS = _FILE_OPTIONS | {
    *("host", "port", "user", "password", "dbname", "passfile", "service", "options", "application_name", "connect_timeout"),
    *("sslmode", "sslpassword", "sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version"),
    *("target_session_attrs", "krbsrvname", "gsslib"),
}
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS, those that asyncpg does not know.
_LIBPQ_ONLY = frozenset(
    {
        *("hostaddr", "require_auth", "channel_binding", "client_encoding", "fallback_application_name", "replication"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "gssencmode"),
        *("requiressl", "sslcompression", "sslkeylogfile", "sslcertmode", "sslcrldir", "sslsni", "requirepeer", "gssdelegation"),
        *("min_protocol_version", "max_protocol_version", "scram_client_key", "scram_server_key", "servicefile"),
        *("load_balance_hosts", "oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope"),
    }
)
_SQLITE_OPTIONS = frozenset({"uri", "timeout"})
_SQLITE_URI_OPTIONS = _SQLITE_OPTIONS | {"mode", "cache", "immutable", "nolock", "psow", "vfs"}  # https://www.sqlite.org/uri.html
_NAMED = _POSTGRESQL_OPTIONS | _LIBPQ_ONLY | _SQLITE_URI_OPTIONS | {"ssl"}
_HIGHEST_PORT = 65535
_SEVERAL_HOSTS = re.compile(r"postgres\w*(\+\w+)?://[^/?]*:\d+,")
_TYPO = 0.8  # how much an option that is not known must look like a known one to be named


def read_address(url: str | URL) -> URL:
    """Parse the URL and set the driver. Raises InvalidValueError, which does not repeat the URL: it may have a password."""
    from sqlalchemy import make_url  # noqa: PLC0415 - it loads slowly, and a lookup in the terminal needs no database
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        if _SEVERAL_HOSTS.match(str(url)):
            several = phrase("must name several hosts as postgresql://user@/name?host=db1,db2&port=5432,5432")
            raise InvalidValueError(several) from None
        example = phrase("must be an address such as postgresql://user@host/name or sqlite:////data/smsstatus.db")
        raise InvalidValueError(example) from None
    if any("\0" in part for part in (parsed.database or "", *chain.from_iterable(parsed.normalized_query.values()))):
        raise InvalidValueError(phrase("must have no %00"))
    backend = parsed.drivername.split("+")[0]
    if backend not in _DRIVERS:
        raise InvalidValueError(phrase("must begin with sqlite:/// or postgresql://"))
    parsed = parsed.set(drivername=_DRIVERS[backend])
    return _sqlite(parsed) if is_sqlite(parsed) else _postgresql(parsed)


def check_database_url(url: str) -> URL:
    """`read_address`, for a persistent database. Raises InvalidValueError, also for one in memory."""
    parsed = read_address(url)
    if is_sqlite(parsed) and _is_in_memory(parsed):
        raise InvalidValueError(phrase("must name a file, such as sqlite:////data/smsstatus.db: what is in memory only is lost"))
    return parsed


def is_sqlite(url: URL) -> bool:
    """True for a SQLite URL."""
    return url.get_backend_name() == "sqlite"


def shown_address(url: URL) -> str:
    """The URL or SQLite path to show, without the password and the query."""
    if is_sqlite(url):
        return url.database or ":memory:"
    host = {key: value for key, value in url.query.items() if key == "host"}
    return url.set(drivername="postgresql", password=None, query=host).render_as_string()


def _sqlite(url: URL) -> URL:
    if url.host or url.port or url.username:
        raise InvalidValueError(phrase("must have three slashes, or four for a path from the root: sqlite:////data/smsstatus.db"))
    _reject_unknown(url, _SQLITE_URI_OPTIONS if "uri" in url.query else _SQLITE_OPTIONS)
    if _query_value(url, "uri") not in {"", "true", "1"}:
        raise InvalidValueError(
            phrase("must have ?uri=true in an address that begins with sqlite:///file:, and no uri in another")
        )
    _check_seconds(url, "timeout")
    url = url.set(query={key: _query_value(url, key) for key in url.query})
    return url.set(database=str(expand_home(Path(url.database)))) if url.database and url.database.startswith("~") else url


def _is_in_memory(url: URL) -> bool:
    name = url.database or ""
    return not name or name.startswith((":memory:", "file::memory:")) or _query_value(url, "mode") == "memory"


def _postgresql(url: URL) -> URL:
    # What stands behind the first @ or before the colon would be shown as the host or the user, and may be half of a password.
    if any("@" in host for host in (url.host or "", *url.normalized_query.get("host", ()))):
        raise InvalidValueError(phrase("must have %40 in the place of an @ within the password"))
    if ":" in (url.username or ""):
        raise InvalidValueError(phrase("must have a plain colon between user and password: postgresql://user:password@host/name"))
    if "ssl" in url.query and "sslmode" not in url.query:  # as SQLAlchemy's users write it
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": _query_value(url, "ssl")})
    _reject_unknown(url, _POSTGRESQL_OPTIONS)
    if not all(port.isascii() and port.isdigit() and 0 < int(port) <= _HIGHEST_PORT for port in _ports(url)):
        raise InvalidValueError(phrase("must have a port from 1 to 65535, such as postgresql://user@host:5432/name"))
    if (mode := _query_value(url, "sslmode")) and mode not in _MODES:
        raise InvalidValueError(phrase("must have an sslmode of {modes}, such as ?sslmode=require", modes=", ".join(_MODES)))
    _check_seconds(url, "connect_timeout")
    for key in sorted(_FILE_OPTIONS):
        if (path := _query_value(url, key)) and not Path(path).is_file():
            raise InvalidValueError(phrase("names a file that cannot be found: {key}={path}", key=key, path=path))
    return url


def _check_seconds(url: URL, key: str) -> None:
    wait = _query_value(url, key)
    if wait and not (wait.isascii() and wait.isdigit() and len(wait) <= 4):  # noqa: PLR2004 - digits
        raise InvalidValueError(phrase("must have a {key} in whole seconds, such as ?{key}=10", key=key))


def _ports(url: URL) -> Iterator[str]:
    if url.port is not None:
        yield str(url.port)
    yield from filter(None, _query_value(url, "port").split(","))


def _query_value(url: URL, key: str) -> str:
    """The last value of a query parameter; empty if it is not set."""
    return next(iter(reversed(url.normalized_query.get(key, ()))), "")


def _reject_unknown(url: URL, known: frozenset[str]) -> None:
    """Raises InvalidValueError. Names only what is or resembles a known option: the rest may be a password with an & in it."""
    for key in url.query:
        if key in known:
            continue
        if get_close_matches(key.lower(), sorted(_NAMED), 1, _TYPO):
            raise InvalidValueError(phrase("holds {key}=…, which is not known here: leave it out", key=key))
        raise InvalidValueError(
            phrase("holds an option that is not known here: leave it out, or write %26 in the place of an & within the password")
        )
