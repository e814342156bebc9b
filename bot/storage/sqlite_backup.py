"""A copy of a SQLite file while it is in use.

To copy the file itself is not safe: what was committed last stands in the log beside it, and a writer may change both meanwhile
(https://www.sqlite.org/howtocorrupt.html, "Backup or restore while a transaction is active"). VACUUM INTO writes a file of its
own from one read transaction, beside which others read and write, and without what was deleted
(https://www.sqlite.org/lang_vacuum.html).
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bot.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path


def back_up(file: Path, to: Path) -> None:
    """Copy the database in `file` to the new file `to`, which only its owner can read, and which is whole or not there.

    Raises DatabaseError; OSError, FileExistsError among them, when `to` cannot be written.
    """
    if to.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    beside = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite takes an empty file
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(beside),))
        _sync(beside)  # SQLite does not
        beside.rename(to)
    except sqlite3.Error as error:
        raise DatabaseError(error) from error
    finally:
        beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
