"""Writing into a folder: nothing of anybody else's is touched, and a run that broke off is mended by the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.codes_site.writer import Written, marker_of, write_folder
from bot.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKER = marker_of("site")


def there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_gets_every_file_and_the_marker(tmp_path: Path) -> None:
    done = write_folder(tmp_path / "deep" / "site", [("a.html", b"a"), ("en/c/b.html", b"b")], "site")
    found = there(tmp_path / "deep" / "site")
    assert done == Written(files=2, changed=2, removed=0)
    assert found.pop(MARKER).decode().splitlines()[1:] == ["a.html", "en/c/b.html"]
    assert found == {"a.html": b"a", "en/c/b.html": b"b"}


def test_the_next_run_writes_what_changed_removes_what_is_gone_and_leaves_the_hosts_files(tmp_path: Path) -> None:
    write_folder(tmp_path, [("a", b"1"), ("b", b"1"), ("c", b"1")], "site")
    (tmp_path / "CNAME").write_text("codes.example.com", encoding="utf-8")
    assert write_folder(tmp_path, [("a", b"1"), ("b", b"2")], "site") == Written(files=2, changed=1, removed=1)
    assert there(tmp_path).keys() == {"a", "b", "CNAME", MARKER}


@pytest.mark.parametrize("kind", ["file", "others", "package", "foreign"])
def test_a_folder_of_something_else_is_refused_in_one_sentence_and_untouched(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "given"
    match kind:
        case "file":
            folder.write_text("mine", encoding="utf-8")
        case "others":
            folder.mkdir()
            (folder / "index.html").write_text("mine", encoding="utf-8")
        case "package":
            write_folder(folder, [("codes.csv", b"")], "package")
        case "foreign":
            folder.mkdir()
            (folder / MARKER).write_text("somebody else's\nindex.html\n", encoding="utf-8")
    before = there(tmp_path)
    with pytest.raises(InvalidValueError, match=r"\./site$"):
        write_folder(folder, unread(), "site")
    assert there(tmp_path) == before


def unread() -> Iterator[tuple[str, bytes]]:
    yield "made", b"though the folder is refused"
    raise AssertionError


def test_a_run_that_breaks_off_is_mended_by_the_next(tmp_path: Path) -> None:
    write_folder(tmp_path, [("old", b"1"), ("kept", b"1")], "site")
    (tmp_path / "new").mkdir()  # where a file should go: the run fails there
    with pytest.raises(OSError, match="new"):
        write_folder(tmp_path, [("added", b"2"), ("new", b"2")], "site")
    (tmp_path / "new").rmdir()
    write_folder(tmp_path, [("kept", b"3")], "site")
    assert {name: data for name, data in there(tmp_path).items() if name != MARKER} == {"kept": b"3"}


def test_a_run_that_broke_off_at_once_left_a_folder_that_is_taken_again(tmp_path: Path) -> None:
    (tmp_path / f"{MARKER}.part").write_text("Written by", encoding="utf-8")
    assert write_folder(tmp_path, [("a", b"1")], "site").changed == 1


def test_a_list_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    site, outside = tmp_path / "site", tmp_path / "mine"
    outside.write_text("mine", encoding="utf-8")
    write_folder(site, [("a", b"1")], "site")
    marker = site / MARKER
    marker.write_text(marker.read_text(encoding="utf-8") + f"../mine\n{outside}\n", encoding="utf-8")
    write_folder(site, [("a", b"1")], "site")
    assert outside.is_file()
    assert not re.search("mine", marker.read_text(encoding="utf-8"))


def test_a_link_in_the_folder_is_refused_and_what_it_leads_to_is_untouched(tmp_path: Path) -> None:
    site, mine = tmp_path / "site", tmp_path / "mine"
    mine.mkdir()
    (mine / "keep").write_text("mine", encoding="utf-8")
    write_folder(site, [("a", b"1")], "site")
    marker = site / MARKER
    marker.write_text(marker.read_text(encoding="utf-8") + "sub/keep\n", encoding="utf-8")
    for name in ("en", "sub"):
        (site / name).symlink_to(mine)
        with pytest.raises(InvalidValueError, match="is a link out of the folder"):
            write_folder(site, [("a", b"2"), ("en/new", b"2")], "site")
        (site / name).unlink()

    assert there(mine) == {"keep": b"mine"}
    assert (site / "a").read_bytes() == b"1"
