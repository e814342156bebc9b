"""The phrases in the code, beside those in the language files. `./scripts/phrases` brings the files up to date with the code.

Babel extracts the phrases. New ones are added to the file of the part of the code that they stand in, with an empty translation
to be filled in; those that the code does not say any more are taken out. Then the files are compiled to what gettext reads. The
tests fail until all of them are the same and nothing is empty.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.codes import Catalogue
from bot.codes.catalogue import INNER_SOURCE, OTHERS_SOURCE, STATE_SOURCE, UNLISTED_SOURCE
from bot.i18n import CATALOGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BOT = Path(__file__).parent.parent / "bot"
FOLDER = CATALOGS / "zh"
COMPILED = FOLDER / "LC_MESSAGES"
KEYWORDS = {"say": None, "phrase": None, "plural": (2, 3)}  # of `pybabel extract`: which arguments are the key
WORKSPACE = BOT / "sandbox" / "slack"  # where people "say" things to each other
_SPEAKS = re.compile(rf"\b(?:{'|'.join(KEYWORDS)})\s*\(")

TABLES = Path("tables")  # where the texts of the catalogue's rows come from
TERMINAL, SETTINGS, OTHERS = "terminal.po", "settings.po", "answers.po"
# Which file holds the phrases of a room; the rest is in answers.po.
FILES: Mapping[str, str] = {
    "grammar": "grammar.po",
    "slack": "slack.po",
    "tables": "codes.po",
    "codes_site": "site.po",
    **dict.fromkeys(("cli", "sandbox", "keeping"), TERMINAL),
    **dict.fromkeys(("config", "providers", "codes", "storage", "errors", "lookup", "receipts", "toml_file"), SETTINGS),
}
NAMES = tuple(sorted({OTHERS, *FILES.values()}))
AT_ALL_TIMES = datetime(2000, 1, 1, tzinfo=UTC)  # so that the same phrases are compiled to the same bytes

Key = str | tuple[str, str]  # a phrase, or one and many


def speaking_files(folder: Path = BOT) -> Iterator[tuple[Path, str]]:
    """The files that may say a phrase, with their text; the others, the most, need not be parsed."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if _SPEAKS.search(text) and not path.is_relative_to(WORKSPACE):
            yield path, text


def _extracted(folder: Path = BOT) -> Iterator[tuple[Path, Key]]:
    """Every phrase that Babel finds below a folder, with the file that says it."""
    for path, _ in speaking_files(folder):
        for _, key, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            yield path.relative_to(BOT), key_of(key)


@cache
def said() -> dict[Key, list[Path]]:
    """Every phrase that the code says, with the files that say it; also the texts of the tables that are translated."""
    phrases: dict[Key, list[Path]] = {}
    for file, key in sorted(_extracted(), key=lambda found: found[0].as_posix()):
        phrases.setdefault(key, []).append(file)
    of_rows = (text for row in Catalogue.load().rows for text in (row.carrier, row.source))
    titles = Catalogue.load().titles.values()
    for text in (*of_rows, *titles, UNLISTED_SOURCE, STATE_SOURCE, OTHERS_SOURCE, INNER_SOURCE):
        if text and not text.startswith("https://"):
            phrases.setdefault(text, [TABLES])
    return phrases


def key_of(msgid: object) -> Key:
    """A message's id as a key."""
    return (str(msgid[0]), str(msgid[1])) if isinstance(msgid, list | tuple) else str(msgid)


def said_in(room: str) -> set[Key]:
    """Every phrase that one folder of the code says, without reading the others."""
    return {key for _, key in _extracted(BOT / room)}


def translations() -> Iterator[tuple[str, Key, tuple[str, ...]]]:
    """File, phrase and what stands for it in Chinese, for every entry."""
    for file in sorted(FOLDER.glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale=FOLDER.name):
            if message.id:
                strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                yield file.name, key_of(message.id), strings


def file_of(paths: Sequence[Path]) -> str:
    """The language file for a phrase that these files say."""
    return FILES.get(paths[0].parts[0].removesuffix(".py"), OTHERS)


def bring_up_to_date(names: Sequence[str]) -> None:
    """Write these language files anew, from what the code says and what was translated before.

    Ordered by the file that says them first; within one, what was there keeps its place.
    """
    before: dict[Key, tuple[str, ...]] = {}
    for _, key, strings in translations():
        if any(strings) or key not in before:
            before[key] = strings
    place = {key: number for number, key in enumerate(before)}
    in_order = sorted(said().items(), key=lambda one: (one[1][0], place.get(one[0], len(place))))
    for name in names:
        catalogue = Catalog(locale=FOLDER.name)
        empty = 0
        for key, paths in in_order:
            if file_of(paths) == name:
                strings = before.get(key, ("",))
                empty += not all(strings)
                places = [(path.as_posix(), 0) for path in dict.fromkeys(paths)]
                catalogue.add(key, strings[0] if isinstance(key, str) else strings, locations=places)
        written = BytesIO()
        write_po(written, catalogue, width=0, omit_header=True, include_lineno=False)
        (FOLDER / name).write_bytes(written.getvalue().lstrip(b"\n"))
        print(f"{name}: {len(catalogue)} phrases, {empty} without a translation")  # noqa: T201 - what the script is for


def whole() -> Catalog:
    """All the language files as one catalogue."""
    catalogue = Catalog(locale=FOLDER.name, creation_date=AT_ALL_TIMES, revision_date=AT_ALL_TIMES)
    for _, key, strings in translations():
        catalogue.add(key, strings[0] if isinstance(key, str) else strings)
    return catalogue


def of_click() -> Catalog:
    """What click says of its own."""
    catalogue = read_po(BytesIO((COMPILED / "click.po").read_bytes()), locale=FOLDER.name)
    catalogue.creation_date = catalogue.revision_date = AT_ALL_TIMES
    return catalogue


def compile_all() -> None:
    """Write what gettext reads."""
    for name, catalogue in (("smsstatus", whole()), ("click", of_click())):
        with (COMPILED / f"{name}.mo").open("wb") as file:
            write_mo(file, catalogue)


if __name__ == "__main__":
    bring_up_to_date(sys.argv[1:] or NAMES)
    compile_all()
