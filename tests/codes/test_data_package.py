"""The data package: its descriptor, its schemas and its data agree, and its version changes with the data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import date
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from bot.codes import Catalogue
from bot.codes.data_package import json_schema, package_files
from tests.packaged import CATALOGUE


@cache
def package() -> dict[str, bytes]:
    return dict(package_files(CATALOGUE))


def descriptor() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(package()["datapackage.json"])
    return found


def test_the_descriptor_has_what_the_standard_asks_for() -> None:
    value = descriptor()
    assert value["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._-]+", value["name"])
    assert all(one["name"] and one["path"] and one["schema"]["fields"] for one in value["resources"])
    assert value["licenses"][0]["name"] == "MIT"
    assert {row.source for row in CATALOGUE.rows if row.source.startswith("https://")} == {
        one["path"] for one in value["sources"]
    }


def test_every_resource_is_there_with_its_digest() -> None:
    for resource in descriptor()["resources"]:
        data = package()[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_each_line_of_the_csv_is_as_its_table_schema_says() -> None:
    (schema,) = (one["schema"] for one in descriptor()["resources"] if one["path"] == "codes.csv")
    lines = list(csv.DictReader(io.StringIO(package()["codes.csv"].decode())))
    assert list(lines[0]) == [field["name"] for field in schema["fields"]]
    assert len(lines) == len(CATALOGUE.rows)
    assert [(line["code"], field["name"]) for line in lines for field in schema["fields"] if not _fits(line, field)] == []


def _fits(line: dict[str, str], field: dict[str, Any]) -> bool:
    cell, rules = line[field["name"]], field.get("constraints", {})
    if not cell:
        return not rules.get("required")
    match field["type"]:
        case "integer":
            int(cell)
        case "date":
            date.fromisoformat(cell)
    return "enum" not in rules or cell in rules["enum"]


def test_the_json_files_are_as_their_json_schema_says() -> None:
    schema = json.loads(package()["schema.json"])
    Draft202012Validator.check_schema(schema)
    for name in ("codes", "families"):
        own = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
        assert [error.message for error in own.iter_errors(json.loads(package()[f"{name}.json"]))] == []
        assert Draft202012Validator(schema).is_valid(json.loads(package()[f"{name}.json"]))


def test_the_json_schema_refuses_what_is_no_reading() -> None:
    schema = json_schema()
    reading = json.loads(package()["codes.json"])[0]
    for broken in (
        {**reading, "confidence": "certain"},
        {**reading, "more": 1},
        {k: v for k, v in reading.items() if k != "code"},
    ):
        assert not Draft202012Validator(schema).is_valid([broken])


def test_each_reading_names_a_family_that_is_there() -> None:
    families = {one["id"] for one in json.loads(package()["families.json"])}
    assert {one["family"] for one in json.loads(package()["codes.json"])} <= families


def test_two_packages_are_equal_byte_for_byte() -> None:
    assert dict(package_files(Catalogue.load())) == package()


def test_the_version_names_the_newest_day_and_changes_with_any_row() -> None:
    version = descriptor()["version"]
    newest = max(row.checked_on for row in CATALOGUE.rows).replace("-", "")
    assert re.fullmatch(rf"1\.{newest}\.0\+[0-9a-f]{{12}}", version)
    first, *rest = CATALOGUE.rows
    other = Catalogue(CATALOGUE.families, [first._replace(rank="2"), *rest], CATALOGUE.glossary, CATALOGUE.titles)
    assert json.loads(dict(package_files(other))["datapackage.json"])["version"] != version


def test_each_record_has_every_field_of_its_schema_in_the_order() -> None:
    """Readers of tables go by the first record's fields."""
    for resource in descriptor()["resources"]:
        if resource["format"] == "json":
            names = [field["name"] for field in resource["schema"]["fields"]]
            assert {tuple(record) for record in json.loads(package()[resource["path"]])} == {tuple(names)}
