"""The catalogue as a data package that others can use: https://datapackage.org/standard/data-package/ (version 2).

    datapackage.json     what is in it: a Table Schema for each resource, the licence, the sources, the version
    codes.csv            a line for each reading of each code, with its words: `codes export`
    codes.json           the readings, each with the id of its family
    families.json        the families, which have the words, in both languages
    schema.json          a JSON Schema of codes.json and families.json

The version is `FORMAT.DAY.0+DIGEST`: FORMAT grows when a column changes its meaning or goes, DAY is the newest day on which a
reading was compared with its source, DIGEST is of the data. So packages of the same version have the same data.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from bot.codes.export import catalogue_to_csv, families_to_values, rows_to_values
from bot.codes.tables import MATCHES
from bot.model import CodeKind, Confidence, Owner, Resend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.catalogue import Catalogue

FORMAT = 1
NAME = "sms-delivery-codes"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MATCHES = tuple(sorted(filter(None, MATCHES)))
_CONFIDENCE = tuple(one.value for one in Confidence if one is not Confidence.UNLISTED)
_IN_BOTH = {"en": "in English", "zh": "in Chinese"}


def package_files(catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """The files of the package, each with its name."""
    resources = {
        "codes.csv": catalogue_to_csv(catalogue).encode(),
        "codes.json": _json(_records(rows_to_values(catalogue), _code_fields())),
        "families.json": _json(_records(families_to_values(catalogue), _family_fields())),
    }
    yield from resources.items()
    yield "schema.json", _json(json_schema())
    yield "datapackage.json", _json(_descriptor(catalogue, resources))


def _records(values: Iterable[Mapping[str, Any]], fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The values with every field of their schema, null where there is none: readers of tables go by the first one's."""
    names = [field["name"] for field in fields]
    return [{name: value.get(name) for name in names} for value in values]


def version_of(catalogue: Catalogue, resources: Mapping[str, bytes]) -> str:
    """The version of these resources, by the rule above."""
    newest = max((row.checked_on for row in catalogue.rows), default="2000-01-01").replace("-", "")
    digest = hashlib.sha256(b"".join(data for _, data in sorted(resources.items()))).hexdigest()
    return f"{FORMAT}.{newest}.0+{digest[:12]}"


def _descriptor(catalogue: Catalogue, resources: Mapping[str, bytes]) -> dict[str, Any]:
    schemas = {"codes.csv": _csv_fields(), "codes.json": _code_fields(), "families.json": _family_fields()}
    keys = {"families.json": {"primaryKey": ["id"]}}
    titles = {
        "codes.csv": "Readings of codes, with their words",
        "codes.json": "Readings of codes",
        "families.json": "Families: the words of each meaning",
    }
    return {
        "$schema": _PROFILE,
        "name": NAME,
        "title": "SMS delivery codes of providers and carriers, explained",
        "description": "What each code means, who must fix it, whether to resend, and what to tell the customer.",
        "version": version_of(catalogue, resources),
        "keywords": ["sms", "delivery receipt", "dlr", "error code", "cmpp", "sgip", "smgp", "smpp"],
        "licenses": [{"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}],
        "sources": list(_sources(catalogue)),
        "resources": [
            {
                "name": name.replace(".", "-"),
                "title": titles[name],
                "path": name,
                "type": "table",
                "format": name.rpartition(".")[2],
                "mediatype": "text/csv" if name.endswith("csv") else "application/json",
                "encoding": "utf-8",
                "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
                "schema": {"fields": schemas[name], "missingValues": [""], **keys.get(name, {})},
            }
            for name, data in resources.items()
        ],
    }


def _sources(catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """The public pages of the readings, those of the most readings first."""
    counts: dict[str, int] = {}
    for row in catalogue.rows:
        if row.source.startswith("https://"):
            counts[row.source] = counts.get(row.source, 0) + 1
    for address in sorted(counts, key=lambda one: (-counts[one], one)):
        yield {"title": catalogue.titles.get(address, address), "path": address}


# --- Table Schema: https://datapackage.org/standard/table-schema/ -------------------------------------------------------------


def _field(name: str, about: str, *, kind: str = "string", enum: Iterable[str] = (), required: bool = False) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if required else {}
    if values := list(enum):
        constraints["enum"] = values
    return {"name": name, "type": kind, "description": about} | ({"constraints": constraints} if constraints else {})


def _shared_fields() -> list[dict[str, Any]]:
    return [
        _field("vendor", "the provider's system whose table it is", required=True),
        _field("kind", "receipt: what became of a message; api: how a call was answered; query: of a lookup",
               enum=[one.value for one in CodeKind], required=True),
        _field("code", "as it was published; how it begins for a prefix, a regular expression for a regex", required=True),
        _field("match", "whether it is one code or a group", enum=_MATCHES, required=True),
        _field("rank", "order of likelihood among the readings of one code, 1 first", kind="integer", required=True),
        _field("carrier", "whose code it is; empty: any, or not known"),
        _field("family", "the id of its family", required=True),
    ]  # fmt: skip


def _confidence_fields() -> list[dict[str, Any]]:
    return [
        _field("confidence", "how sure the meaning is", enum=_CONFIDENCE, required=True),
        _field("source", "a public page, or `unconfirmed: …` with how it is known", required=True),
        _field("checked_on", "when it was last compared with its source", kind="date", required=True),
    ]


def _csv_fields() -> list[dict[str, Any]]:
    words = {
        "title": "the meaning in a few words",
        "meaning": "the meaning in full",
        "causes": "possible causes, with ; between",
        "next_step": "what to do now",
        "tell": "what to tell the customer",
    }
    return [
        *_shared_fields(),
        *_owner_fields(),
        *_confidence_fields(),
        *(_field(f"{name}_{code}", f"{about}, {said}") for code, said in _IN_BOTH.items() for name, about in words.items()),
    ]


def _code_fields() -> list[dict[str, Any]]:
    own = [_field(code, f"an own sentence instead of the family's meaning, {said}") for code, said in _IN_BOTH.items()]
    return [*_shared_fields(), *_confidence_fields(), *own]


def _owner_fields() -> list[dict[str, Any]]:
    return [
        _field("owner", "who can fix it", enum=[one.value for one in Owner], required=True),
        _field("resend", "whether to send again", enum=[one.value for one in Resend], required=True),
    ]


def _family_fields() -> list[dict[str, Any]]:
    return [
        _field("id", "the name by which readings refer to it", required=True),
        *_owner_fields(),
        *(_field(code, f"title, meaning, causes, next_step, customer_wording, {said}", kind="object", required=True)
          for code, said in _IN_BOTH.items()),
        _field("reserved", "why it has no codes"),
        _field("keywords", "further words by which people look for it", kind="array"),
        _field("lesser", "words that mean another family first, each with its weight", kind="array"),
        _field("query", "the family of its codes when they answer a lookup"),
    ]  # fmt: skip


# --- JSON Schema: https://json-schema.org/draft/2020-12 -----------------------------------------------------------------------

_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string", "minLength": 1},
    "integer": {"type": "integer", "minimum": 1},
    "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "array": {"type": "array"},
    "object": {"$ref": "#/$defs/words"},
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of both JSON files, in `$defs`: `codes` and `families`. What is empty in them is null."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SMS delivery codes",
        "anyOf": [{"$ref": "#/$defs/codes"}, {"$ref": "#/$defs/families"}],
        "$defs": {
            "codes": {"type": "array", "items": _object(_code_fields())},
            "families": {"type": "array", "items": _object(_family_fields())},
            "words": {
                "type": "object",
                "properties": {
                    **{
                        name: {"type": "string"}
                        for name in ("title", "meaning", "next_step", "customer_wording", "next_step_many")
                    },
                    "causes": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["title", "meaning", "causes", "next_step"],
                "additionalProperties": False,
            },
        },
    }


def _object(fields: Iterable[dict[str, Any]]) -> dict[str, Any]:
    properties = {field["name"]: _property(field) for field in fields}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _property(field: Mapping[str, Any]) -> dict[str, Any]:
    rules = field.get("constraints", {})
    value = _TYPES[field["type"]] | ({"enum": rules["enum"]} if "enum" in rules else {})
    about = {"description": field["description"]}
    return about | (value if rules.get("required") else {"anyOf": [value, {"type": "null"}]})


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
