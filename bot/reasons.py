"""The operating system's reasons, in the reader's language: the few that a wrong path or address meets."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from bot.language import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.language import Phrase

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
    errno.EADDRINUSE: phrase("Address already in use"),
    errno.EADDRNOTAVAIL: phrase("Cannot assign requested address"),
}


def os_reason(error: OSError) -> Phrase | str:
    """Why the system refused, to be a value in a phrase: ours where it is a usual one, else the system's own words."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__


def cannot_listen(host: str, port: int, error: OSError) -> Phrase:
    """Why the address of the settings cannot be had."""
    return phrase(
        "SMSSTATUS_HOST, SMSSTATUS_PORT: cannot listen on {host}:{port}: {reason}", host=host, port=port, reason=os_reason(error)
    )
