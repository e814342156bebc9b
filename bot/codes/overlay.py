"""Rows and families of one's own, over the packaged catalogue: the overlay.

A TOML file, named by `SMSSTATUS_CODES_OVERLAY`, explains codes that no public table has, or explains them better:

    [[codes]]                     # replaces all that is packaged for this code; several are several readings, likeliest first
    vendor = "tencent"
    kind = "receipt"              # or "api"
    code = "ZZ:1234"
    family = "blacklist"          # a packaged family, or one of below
    confidence = "likely"         # sure, likely, unsure; likely unless set
    source = "unconfirmed: told by our account manager"   # or a public https page
    checked_on = 2026-11-21
    en = "…"                      # an own sentence instead of the family's meaning; both languages or none
    zh = "…"

    [families.blacklist.en]       # replaces these words of a packaged family and leaves the others; a new one needs them all
    tell = "…"

What the file says is held to the same rules as the packaged data, and everything wrong is told at once, a line each.
"""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.codes.catalogue import Catalogue
from bot.codes.check import UNCONFIRMED, faults
from bot.codes.tables import COLUMNS, Family, Row, family_of, row_fault, row_of
from bot.errors import SettingsError
from bot.model import CodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OVERLAY_KEY = "SMSSTATUS_CODES_OVERLAY"
LARGEST = 1 << 20  # bytes
_DEFAULTS = {"confidence": "likely", "source": f"{UNCONFIRMED}this installation's own overlay"}
_ROW_KEYS = frozenset(COLUMNS) | {"vendor", "kind"}


def load_catalogue(overlay: Path | None = None) -> Catalogue:
    """The packaged catalogue, with the rows and families of `overlay` over it. Raises SettingsError with a line per fault."""
    packaged = Catalogue.load()
    return packaged if overlay is None else _laid_over(packaged, overlay)


def _laid_over(packaged: Catalogue, path: Path) -> Catalogue:
    raw = _read(path)
    problems = [f"{key!r} is not known: an overlay has `codes` and `families`" for key in raw.keys() - {"codes", "families"}]
    families = dict(packaged.families)
    own_families = _families(raw.get("families", {}), families, problems)
    own_rows = _rows(raw.get("codes", []), families, problems)
    if not problems:
        replaced = {(row.vendor, row.kind, row.code) for row in own_rows}
        kept = [row for row in packaged.rows if (row.vendor, row.kind, row.code) not in replaced]
        catalogue = Catalogue(families, [*kept, *own_rows], packaged.glossary)
        problems += faults(catalogue, own_families, own_rows)
        if not problems:
            return catalogue
    raise SettingsError([f"{OVERLAY_KEY}: {path}: {problem}" for problem in problems])


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise SettingsError([f"{OVERLAY_KEY}: {path} is larger than {LARGEST} bytes"])
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise SettingsError([f"{OVERLAY_KEY}: {path} cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{OVERLAY_KEY}: {path} is not valid TOML: {error}"]) from error


def _families(raw: object, families: dict[str, Family], problems: list[str]) -> list[str]:
    """Put the families of `raw` into `families`; returns their ids."""
    if not isinstance(raw, dict):
        problems.append("families must be tables: [families.NAME]")
        return []
    for name, entry in raw.items():
        try:
            families[name] = family_of(_merged(families.get(name), name, entry))
        except KeyError as error:
            problems.append(f"family {name}: {error} is missing")
        except (TypeError, ValueError, AttributeError) as error:
            problems.append(f"family {name}: {error}")
    return [name for name in raw if name in families]


def _merged(packaged: Family | None, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is written, over what is packaged under the same name."""
    if packaged is None:
        return {**entry, "id": name}
    merged = {"owner": packaged.owner, "resend": packaged.resend, "reserved": packaged.reserved, **entry, "id": name}
    merged.setdefault("keywords", list(packaged.keywords))
    for language, words in (("en", packaged.en), ("zh", packaged.zh)):
        known = {"title": words.title, "meaning": words.meaning, "causes": list(words.causes)}
        known |= {"next_step": words.next_step, "tell": words.tell}
        merged[language] = known | entry.get(language, {})
    return merged


def _rows(raw: object, families: Mapping[str, Family], problems: list[str]) -> list[Row]:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        problems.append("codes must be a list of tables: [[codes]]")
        return []
    rows: list[Row] = []
    readings: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(raw, 1):
        spot = (str(entry.get("vendor")), str(entry.get("kind")), str(entry.get("code")))
        readings[spot] = readings.get(spot, 0) + 1
        found = _row(entry, readings[spot], families)
        if isinstance(found, Row):
            rows.append(found)
        else:
            problems.append(f"codes, the {number}. entry ({entry.get('code', 'without a code')}): {found}")
    return rows


def _row(entry: Mapping[str, Any], rank: int, families: Mapping[str, Family]) -> Row | str:
    """The row of an entry, the `rank`th of its code; or what is wrong with it."""
    unknown = sorted(entry.keys() - _ROW_KEYS)
    if unknown:
        return f"{', '.join(unknown)} is not known"
    missing = [key for key in ("vendor", "kind", "code", "family") if not entry.get(key)]
    if missing:
        return f"{', '.join(missing)} is missing"
    if entry["kind"] not in {kind.value for kind in CodeKind}:
        return f"kind {entry['kind']!r} is neither receipt nor api"
    values = {"checked_on": date.today().isoformat(), "rank": str(rank), **_DEFAULTS, **entry}  # noqa: DTZ011 - a day, no moment
    if isinstance(values["checked_on"], date):
        values["checked_on"] = values["checked_on"].isoformat()
    texts = [values.get(column, "") for column in COLUMNS]
    if not all(isinstance(text, str) for text in texts):
        return "every value is a text in quotes, and checked_on a date"
    row = row_of(str(entry["vendor"]), CodeKind(entry["kind"]), texts)
    return row_fault(row, families) or row
