"""Errors of the operating system in the reader's language: the few that a wrong path or address causes."""

from __future__ import annotations

import errno
import os
import re
import socket
from typing import TYPE_CHECKING

from bot.errors import InvalidValueError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.i18n import Phrase

_REASONS: Mapping[int, Phrase] = {
    errno.ENOENT: phrase("No such file or directory"),
    errno.EACCES: phrase("Permission denied"),
    errno.EPERM: phrase("Operation not permitted"),
    errno.EISDIR: phrase("Is a directory"),
    errno.ENOTDIR: phrase("Not a directory"),
    errno.EEXIST: phrase("File exists"),
    errno.EROFS: phrase("Read-only file system"),
    errno.ENOSPC: phrase("No space left on device"),
    errno.ECONNREFUSED: phrase("Connection refused"),
    errno.ECONNRESET: phrase("it closed the connection"),
    errno.ENETUNREACH: phrase("Network is unreachable"),
    errno.EHOSTUNREACH: phrase("No route to host"),
    errno.ETIMEDOUT: phrase("no answer in time"),
    errno.EADDRINUSE: phrase("Address already in use"),
    errno.EADDRNOTAVAIL: phrase("Cannot assign requested address"),
}


_WITHIN = re.compile(r"\[Errno (\d+)\]")  # asyncio tells several failures in one text


def expand_home(path: Path) -> Path:
    """The path with `~` replaced by the home folder, for values that no shell has expanded. Raises InvalidValueError."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise InvalidValueError(phrase("begins with ~, which names no home folder here")) from None


def describe_os_error(error: OSError) -> Phrase | str:
    """The reason of an OSError, to be a value in a phrase: translated when it is a usual one, else the system's own message."""
    if isinstance(error, socket.gaierror):
        return phrase("its name is not known")
    within = _WITHIN.search(str(error))
    number = error.errno or (int(within[1]) if within else 0)
    return _REASONS.get(number) or (os.strerror(number) if number else error.strerror or str(error) or phrase("no reason given"))


CANNOT_LISTEN = (OSError, UnicodeError)
"""What listening at an address can raise; UnicodeError for what cannot be a name, as a part of 64 letters."""


def listen_error(host: str, port: int, error: OSError | UnicodeError) -> Phrase:
    """The error for an address that cannot be bound."""
    reason = (
        describe_os_error(error)
        if isinstance(error, OSError)
        else phrase("this cannot be a name, such as 127.0.0.1 or localhost")
    )
    return phrase("SMSSTATUS_HOST, SMSSTATUS_PORT: cannot listen on {host}:{port}: {reason}", host=host, port=port, reason=reason)
