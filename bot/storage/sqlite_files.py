"""The files of a SQLite database, and whether those that are written are still those that a restart would open.

Deleting or replacing a database's files while it is open is not noticed by SQLite: commits succeed, into files that have no name
any more (https://www.sqlite.org/howtocorrupt.html, "Unlinking or renaming a database file while in use"). Python's sqlite3 does
not offer SQLITE_FCNTL_HAS_MOVED, so the files are compared by their numbers, with what they were when a connection was opened.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from sqlalchemy import URL

MOVED = phrase("its files were deleted or replaced while it was open: put them back, or restart smsstatus")
WAL, INDEX = "-wal", "-shm"
INDEX_PAGE = 32 * 1024  # the size of the index grows by this: https://www.sqlite.org/walformat.html


class MovedFileError(OSError):
    """A file of the database was deleted or replaced while it was open."""

    def __init__(self) -> None:
        super().__init__(MOVED.said_in(ENGLISH))


@dataclass(frozen=True, slots=True)
class FileIds:
    """The device and number of each of a database's files; None for one that is not there."""

    paths: tuple[str, ...]
    ids: tuple[tuple[int, int] | None, ...]

    @classmethod
    def of(cls, path: Path) -> Self:
        """The files as they are now."""
        paths = tuple(f"{path}{suffix}" for suffix in ("", WAL, INDEX))
        return cls(paths, tuple(map(_id, paths)))

    def check(self) -> None:
        """Raises MovedFileError if one of them is another now, or gone."""
        if tuple(map(_id, self.paths)) != self.ids:  # after each commit, so by the shortest way
            raise MovedFileError


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite URL; None for a database in memory."""
    name = url.database or ""
    if "uri" in url.query and name.startswith("file:"):
        name = unquote(name.removeprefix("file:"))
        name = "/" + name.lstrip("/") if name.startswith("//") else name
    return None if not name or name.startswith(":memory:") or "mode=memory" in str(url) else Path(name)


def require_file(path: Path) -> None:
    """Raises MovedFileError if the file is not there."""
    if not path.exists():
        raise MovedFileError


def is_index_cut_short(path: Path) -> bool:
    """True if the index beside a database is damaged: a process that uses it is killed (SIGBUS); the next start makes it anew."""
    try:
        size, logged = (Path(f"{path}{suffix}").stat().st_size for suffix in (INDEX, WAL))
    except OSError:
        return False
    return size % INDEX_PAGE != 0 or (size == 0 and logged > 0)


def _id(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a tenth of the time of Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino
