"""The phrases in the code, beside those in the language files. `./scripts/phrases` brings the files up to date with the code.

New keys are added to the file of the part of the code that they stand in, with an empty translation to be filled in; keys that
the code does not say any more are taken out. The tests fail until both are the same and nothing is empty.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.codes import Catalogue
from bot.codes.catalogue import INNER_SOURCE, OTHERS_SOURCE, STATE_SOURCE, UNLISTED_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BOT = Path(__file__).parent.parent / "bot"
FOLDER = BOT / "i18n" / "zh"
PASSING_ON = frozenset({"wording/medium.py"})  # hands over a text that was written out elsewhere
WORKSPACE = "sandbox/slack/"  # where people "say" things to each other
SPEAKING: Mapping[str, slice] = {"say": slice(0, 1), "phrase": slice(0, 1), "plural": slice(1, 3)}  # which arguments are the key

TABLES = Path("tables")  # where the texts of the catalogue's rows come from
TERMINAL, SETTINGS, OTHERS = "terminal.po", "settings.po", "answers.po"
# Which file holds the phrases of a room; the rest is in answers.po.
FILES: Mapping[str, str] = {
    "grammar": "grammar.po",
    "slack": "slack.po",
    "tables": "codes.po",
    **dict.fromkeys(("cli", "audit_cli", "codes_cli", "manifest_cli", "receipts_cli", "command_line"), TERMINAL),
    **dict.fromkeys(("terminal", "findings", "doctor", "sandbox"), TERMINAL),
    **dict.fromkeys(("config", "providers", "codes", "database", "app", "receiving", "receipts", "audit", "toml_file"), SETTINGS),
}
NAMES = tuple(sorted({OTHERS, *FILES.values()}))

Key = str | tuple[str, str]  # a phrase, or one and many


@dataclass(frozen=True, slots=True)
class Call:
    """A call that says a phrase. `key` is None when it is not written out, so that nobody can translate it."""

    path: Path
    line: int
    key: Key | None
    given: frozenset[str]  # the names of the values that it fills in
    whole: bool  # whether these are all: False when there are others in a `**mapping`


def calls() -> Iterator[Call]:
    """Every call that says a phrase."""
    for path in sorted(BOT.rglob("*.py")):
        short = path.relative_to(BOT)
        if short.as_posix() in PASSING_ON or short.as_posix().startswith(WORKSPACE):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SPEAKING:
                given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg is not None)
                key = _key(node.args[SPEAKING[name]], name)
                yield Call(short, node.lineno, key, given, whole=all(keyword.arg for keyword in node.keywords))


def _key(texts: Sequence[ast.expr], name: str) -> Key | None:
    written = [text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)]
    if name == "plural":
        return (written[0], written[1]) if len(written) == 2 else None
    return written[0] if written else None


@cache
def said() -> dict[Key, list[Path]]:
    """Every phrase that the code says, with the files that say it; also the texts of the tables that are translated."""
    phrases: dict[Key, list[Path]] = {}
    for call in calls():
        if call.key is not None:
            phrases.setdefault(call.key, []).append(call.path)
    of_rows = (text for row in Catalogue.load().rows for text in (row.carrier, row.source))
    titles = Catalogue.load().titles.values()
    for text in (*of_rows, *titles, UNLISTED_SOURCE, STATE_SOURCE, OTHERS_SOURCE, INNER_SOURCE):
        if text and not text.startswith("https://"):
            phrases.setdefault(text, [TABLES])
    return phrases


def unsayable() -> list[str]:
    """The calls whose key is not written out."""
    return [f"{call.path}:{call.line}" for call in calls() if call.key is None]


def translations() -> Iterator[tuple[str, Key, tuple[str, ...]]]:
    """File, phrase and what stands for it in Chinese, for every entry."""
    for file in sorted(FOLDER.glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale=FOLDER.name):
            if message.id:
                key = (message.id[0], message.id[1]) if isinstance(message.id, list | tuple) else message.id
                yield file.name, key, (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def file_of(paths: Sequence[Path]) -> str:
    """The language file for a phrase that these files say."""
    return FILES.get(paths[0].parts[0].removesuffix(".py"), OTHERS)


def bring_up_to_date(names: Sequence[str]) -> None:
    """Write these language files anew, from what the code says and what was translated before."""
    before: dict[Key, tuple[str, ...]] = {}
    for _, key, strings in translations():
        if any(strings) or key not in before:
            before[key] = strings
    for name in names:
        catalogue = Catalog(locale=FOLDER.name)
        empty = 0
        for key, paths in said().items():
            if file_of(paths) == name:
                strings = before.get(key, ("",))
                empty += not all(strings)
                places = [(path.as_posix(), 0) for path in dict.fromkeys(paths)]
                catalogue.add(key, strings[0] if isinstance(key, str) else strings, locations=places)
        written = BytesIO()
        write_po(written, catalogue, width=0, omit_header=True, include_lineno=False)
        (FOLDER / name).write_bytes(written.getvalue().lstrip(b"\n"))
        print(f"{name}: {len(catalogue)} phrases, {empty} without a translation")  # noqa: T201 - what the script is for


if __name__ == "__main__":
    bring_up_to_date(sys.argv[1:] or NAMES)
