"""Writes a site or a data package into a folder: one that is new or empty, or holds an earlier one. Nothing else is touched.

What it consists of is listed in a file in the folder, the marker. It is written before anything else, with the old files and the
new ones, and again at the end with the new ones alone: when a run breaks off, the next one knows every file that may be there.
Files that are not in the list, such as a host's `CNAME`, stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.errors import InvalidValueError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEAD = "Written by smsstatus codes {kind}. It removes the files below when they are no more part of it."
_PART = ".part"  # a file that is being written


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did."""

    files: int
    changed: int
    removed: int


def marker_of(kind: str) -> str:
    """The name of the marker in the folder of a `kind` of output, "site" or "package"."""
    return f".smsstatus-codes-{kind}"


def write_folder(folder: Path, content: Iterable[tuple[str, bytes]], kind: str) -> Written:
    """Write these files, each with its path, and remove those of an earlier run that are no more.

    Raises InvalidValueError for a folder that holds something else, OSError when a file cannot be written.
    """
    head, marker = _HEAD.format(kind=kind), folder / marker_of(kind)
    before = _earlier(folder, marker, head)
    files = dict(content)
    _refuse_links(folder, before | files.keys())
    folder.mkdir(parents=True, exist_ok=True)
    _replace(marker, _listing(head, before | files.keys()))
    changed = sum(_write(folder / path, data) for path, data in files.items())
    gone = sorted(path for path in before - files.keys() if _is_inside(path))
    removed = sum(_remove(folder, path) for path in gone)
    _replace(marker, _listing(head, files.keys()))
    return Written(len(files), changed, removed)


def _earlier(folder: Path, marker: Path, head: str) -> set[str]:
    """The files of an earlier run; none in a folder that is new or empty. Raises InvalidValueError."""
    if not folder.exists():
        return set()
    if not folder.is_dir():
        raise InvalidValueError(phrase("{folder} is not a folder; give a new one, such as ./site", folder=folder))
    if marker.is_file():
        first, *paths = marker.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        if first == head:
            return set(filter(None, paths))
    if any(one.name != f"{marker.name}{_PART}" for one in folder.iterdir()):
        raise InvalidValueError(
            phrase(
                "{folder} holds other files, which stay untouched; give an empty or a new folder, such as ./site", folder=folder
            )
        )
    return set()


def _refuse_links(folder: Path, paths: Iterable[str]) -> None:
    """Whoever follows a link writes and deletes elsewhere. Raises InvalidValueError for one within the folder."""
    folders = {parent for path in paths if _is_inside(path) for parent in PurePosixPath(path).parents}
    link = next((path for path in sorted({*map(str, folders), *paths} - {"."}) if (folder / path).is_symlink()), None)
    if link is not None:
        raise InvalidValueError(phrase("{link} is a link out of the folder; remove it first", link=folder / link))


def _listing(head: str, paths: Iterable[str]) -> bytes:
    return "\n".join([head, *sorted(paths), ""]).encode()


def _write(path: Path, data: bytes) -> bool:
    """Write a file unless it is there as it should be. Returns whether it was written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    return True


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    part = path.with_name(f"{path.name}{_PART}")
    part.write_bytes(data)
    part.replace(path)


def _is_inside(path: str) -> bool:
    """Whether a path of the list stays in the folder, whoever wrote it there."""
    pure = PurePosixPath(path)
    return bool(path) and not pure.is_absolute() and ".." not in pure.parts


def _remove(folder: Path, path: str) -> bool:
    file = folder / path
    file.with_name(f"{file.name}{_PART}").unlink(missing_ok=True)
    if not file.is_file():
        return False
    file.unlink()
    return True
