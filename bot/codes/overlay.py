"""The overlay: an installation's own rows and families, over the packaged catalogue.

A TOML file, named by `SMSSTATUS_CODES_OVERLAY`, explains codes that no public table has, or explains them better:

    [[codes]]                     # replaces all that is packaged for this code; several are several readings, likeliest first
    vendor = "tencent"
    kind = "receipt"              # or "api" (sending refused), "query" (a lookup refused)
    code = "ZZ:1234"
    family = "blacklist"          # a packaged family, or one of below
    confidence = "likely"         # sure, likely, unsure; likely unless set
    source = "unconfirmed: told by our account manager"   # or a public https page
    checked_on = 2026-11-21
    en = "…"                      # an own sentence instead of the family's meaning; both languages or none
    zh = "…"

    [families.blacklist.en]       # replaces these words of a packaged family and leaves the others; a new one needs them all
    tell = "…"

The file is validated by the same rules as the packaged data, and all errors are reported at once, a line each.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.codes.catalogue import Catalogue
from bot.codes.tables import COLUMNS, CodeEntry, Family, family_of, row_fault, row_of
from bot.codes.validation import UNCONFIRMED, data_faults
from bot.errors import InvalidValueError, SettingsError
from bot.i18n import phrase
from bot.model import CodeKind
from bot.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.i18n import Phrase

OVERLAY_KEY = "SMSSTATUS_CODES_OVERLAY"
LARGEST = 1 << 20  # bytes
_DEFAULTS = {"confidence": "likely", "source": f"{UNCONFIRMED}this installation's own overlay"}
_ROW_KEYS = frozenset(COLUMNS) | {"vendor", "kind"}


def load_catalogue(overlay: Path | None = None) -> Catalogue:
    """The packaged catalogue, with the rows and families of `overlay` over it.

    Raises SettingsError with a line for each fault, and ValueError or OSError when the packaged data is broken.
    """
    packaged = _packaged()
    return packaged if overlay is None else _with_overlay(packaged, overlay)


@cache
def _packaged() -> Catalogue:
    """Cached, since it is immutable."""
    return Catalogue.load()


def _with_overlay(packaged: Catalogue, path: Path) -> Catalogue:
    raw = read_toml(path, OVERLAY_KEY, most_bytes=LARGEST)
    problems = [
        phrase("{key} is not known: an overlay has `codes` and `families`", key=repr(key))
        for key in raw.keys() - {"codes", "families"}
    ]
    families = dict(packaged.families)
    own_families = _families(raw.get("families", {}), families, problems)
    own_rows = _rows(raw.get("codes", []), families, problems)
    if not problems:
        replaced = {(row.vendor, row.kind, row.code) for row in own_rows}
        kept = [row for row in packaged.rows if (row.vendor, row.kind, row.code) not in replaced]
        catalogue = Catalogue(families, [*kept, *own_rows], packaged.glossary, packaged.titles)
        problems += data_faults(catalogue, own_families, own_rows)
        if not problems:
            return catalogue
    raise SettingsError([phrase("{key}: {path}: {problem}", key=OVERLAY_KEY, path=path, problem=one) for one in problems])


def _families(raw: object, families: dict[str, Family], problems: list[Phrase]) -> list[str]:
    """Put the families of `raw` into `families`; returns their ids."""
    if not isinstance(raw, dict):
        problems.append(phrase("families must be tables: [families.NAME]"))
        return []
    for name, entry in raw.items():
        try:
            families[name] = family_of(_merged(families.get(name), name, entry))
        except KeyError as error:
            problems.append(phrase("family {family}: {key} is missing", family=name, key=str(error)))
        except InvalidValueError as error:
            problems.append(phrase("family {family}: {problem}", family=name, problem=error.problem))
    return [name for name in raw if name in families]


def _merged(packaged: Family | None, name: str, entry: object) -> dict[str, Any]:
    """The entry, with what it leaves out taken from the packaged family of the same name. Raises InvalidValueError."""
    if not isinstance(entry, dict):
        raise InvalidValueError(phrase("must be a table: [families.{family}]", family=name))
    if packaged is None:
        return {**entry, "id": name}
    merged = {"owner": packaged.owner, "resend": packaged.resend, "reserved": packaged.reserved, **entry, "id": name}
    merged.setdefault("query", packaged.query)
    merged.setdefault("keywords", list(packaged.keywords))
    merged.setdefault("lesser", dict(packaged.lesser))
    for language, words in (("en", packaged.en), ("zh", packaged.zh)):
        known = {"title": words.title, "meaning": words.meaning, "causes": list(words.causes)}
        known |= {"next_step": words.next_step, "next_step_many": words.next_step_many, "tell": words.customer_wording}
        own = entry.get(language, {})
        merged[language] = known | own if isinstance(own, dict) else own
    return merged


def _rows(raw: object, families: Mapping[str, Family], problems: list[Phrase]) -> list[CodeEntry]:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        problems.append(phrase("codes must be a list of tables: [[codes]]"))
        return []
    rows: list[CodeEntry] = []
    readings: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(raw, 1):
        spot = (str(entry.get("vendor")), str(entry.get("kind")), str(entry.get("code")))
        readings[spot] = readings.get(spot, 0) + 1
        found = _row(entry, readings[spot], families)
        if isinstance(found, CodeEntry):
            rows.append(found)
        else:
            code = entry.get("code", phrase("without a code"))
            problems.append(phrase("codes, the {number}. entry ({code}): {problem}", number=number, code=code, problem=found))
    return rows


def _row(entry: Mapping[str, Any], rank: int, families: Mapping[str, Family]) -> CodeEntry | Phrase:
    """The row of an entry, the `rank`th of its code; or what is wrong with it."""
    unknown = sorted(entry.keys() - _ROW_KEYS)
    if unknown:
        return phrase("{keys} is not known", keys=", ".join(unknown))
    missing = [key for key in ("vendor", "kind", "code", "family") if not entry.get(key)]
    if missing:
        return phrase("{keys} is missing", keys=", ".join(missing))
    if entry["kind"] not in {kind.value for kind in CodeKind}:
        return phrase("kind {kind} is none of receipt, api and query", kind=repr(entry["kind"]))
    values = {"checked_on": date.today().isoformat(), "rank": str(rank), **_DEFAULTS, **entry}  # noqa: DTZ011 - a day, no moment
    if isinstance(values["checked_on"], date):
        values["checked_on"] = values["checked_on"].isoformat()
    texts = [values.get(column, "") for column in COLUMNS]
    if not all(isinstance(text, str) for text in texts):
        return phrase("every value is a text in quotes, and checked_on a date")
    row = row_of(str(entry["vendor"]), CodeKind(entry["kind"]), texts)
    return row_fault(row, families) or row
