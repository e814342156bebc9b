"""The catalogue for others to use: whole in every format, and the page in docs/ is of today."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from bot.codes.export import FORMATS, export_catalogue
from bot.i18n import get_language
from tests.packaged import CATALOGUE

CHINESE = get_language("zh")
PAGE = Path(__file__).parents[2] / "docs" / "codes.md"


def test_the_csv_has_a_line_for_each_row_with_its_words_in_both_languages() -> None:
    lines = list(csv.DictReader(io.StringIO(export_catalogue(CATALOGUE, "csv"))))
    assert [line["code"] for line in lines] == [row.code for row in CATALOGUE.rows]
    assert all(line["tell_en"] and line["tell_zh"] and line["meaning_en"] and line["meaning_zh"] for line in lines)
    conflict = [line for line in lines if (line["vendor"], line["code"]) == ("tencent", "MI:0051")]
    assert [(line["rank"], line["family"]) for line in conflict] == [("1", "carrier_fault"), ("2", "suspended")]


def test_the_header_of_the_csv_is_in_the_language_and_the_rows_are_the_same() -> None:
    english, chinese = (export_catalogue(CATALOGUE, "csv", *language).split("\n", 1) for language in ((), (CHINESE,)))
    header = chinese[0].split(",")
    assert english[1] == chinese[1]
    assert len(set(header)) == len(english[0].split(","))
    assert not any(char.isascii() and char.isalpha() for char in chinese[0])


def test_the_json_is_the_same_in_every_language() -> None:
    assert export_catalogue(CATALOGUE, "json", CHINESE) == export_catalogue(CATALOGUE, "json")


def test_the_page_in_chinese_has_chinese_headings_and_every_code() -> None:
    page = export_catalogue(CATALOGUE, "markdown", CHINESE)
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert all("\u3400" <= heading.lstrip("# ")[0] <= "\u9fff" or " · " in heading for heading in headings)
    assert all(f"**{family.zh.title}** · {family.en.title} · " in page for family in CATALOGUE.families.values())
    assert all(row.code in page for row in CATALOGUE.rows)


def test_the_json_names_families_that_it_has() -> None:
    value = json.loads(export_catalogue(CATALOGUE, "json"))
    assert {code["family"] for code in value["codes"]} <= {family["id"] for family in value["families"]}
    assert len(value["codes"]) == len(CATALOGUE.rows)
    assert value["codes"][0].keys() >= {"vendor", "kind", "code", "family", "confidence", "source", "checked_on"}
    assert "receipt" in {term["id"] for term in value["terms"]}


def test_the_page_has_a_line_for_every_family_every_code_and_every_source() -> None:
    lines = export_catalogue(CATALOGUE, "markdown").splitlines()
    assert {f"`{family}`" for family in CATALOGUE.families} <= {line.split()[1] for line in lines if line.startswith("* `")}
    assert "* `MK:0001` number_invalid · aliyun, tencent" in lines
    assert "* `CJ:…` unexplained · aliyun, tencent" in lines
    assert all(sum(f"* `{code}` " in f"{line} " for line in lines) == 1 for code in ("1", "MI:0051", "isv.OUT_OF_SERVICE"))
    assert max(map(len, lines)) < 600  # a source's address is the longest


def test_a_code_of_several_groups_names_the_likeliest_first() -> None:
    (line,) = (line for line in export_catalogue(CATALOGUE, "markdown").splitlines() if line.startswith("* `MI:0051` "))
    assert line.startswith("* `MI:0051` carrier_fault, suspended · ")


def test_the_page_in_docs_is_the_exported_one() -> None:
    """`SMSSTATUS_UPDATE_GOLDEN=1` writes it anew."""
    if os.environ.get("SMSSTATUS_UPDATE_GOLDEN") == "1":
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(export_catalogue(CATALOGUE, "markdown"), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == export_catalogue(CATALOGUE, "markdown")


def test_another_format_is_refused() -> None:
    assert FORMATS == ("csv", "json", "markdown")
    with pytest.raises(ValueError, match="none of csv, json, markdown"):
        export_catalogue(CATALOGUE, "xml")
