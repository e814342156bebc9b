"""Reads a TOML file that a setting names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.errors.os_errors import describe_os_error, expand_home
from bot.i18n import phrase


def read_toml(path: Path | str, key: str, *, most_bytes: int | None = None) -> dict[str, Any]:
    """Parse the file. `key` is the setting that names it, `most_bytes` its size limit.

    Raises SettingsError, whose line repeats nothing of the file, and InvalidValueError for a `~` without a home directory.
    """
    try:
        with expand_home(Path(path)).open("rb") as file:
            content = file.read() if most_bytes is None else file.read(most_bytes + 1)
    except OSError as error:
        line = phrase("{key}: {path} cannot be read: {reason}", key=key, path=path, reason=describe_os_error(error))
        raise SettingsError([line]) from error
    if most_bytes is not None and len(content) > most_bytes:
        raise SettingsError([phrase("{key}: {path} is larger than {most} bytes", key=key, path=path, most=most_bytes)])
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:  # the parser's message ends in the place, not in the text
        line = phrase("{key}: {path} is not valid TOML: {reason}", key=key, path=path, reason=str(error))
        raise SettingsError([line]) from error
