"""SECURITY.md claims nothing that no test proves: each claim stands in `security_claims.py`, beside the tests that prove it."""

from __future__ import annotations

import re
from pathlib import Path

from bot.storage.database import METADATA
from tests.security_claims import ADVICE, PROVEN_BY

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
CHECKED_SECTIONS = ("What is kept", "Threats")
_CLAUSE_END = re.compile(r"(?:;|[.:]\**)\s+")


def claims() -> dict[str, list[str]]:
    """The claims under each heading and in each row: a row's cell by its clauses, the prose by its clauses."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## ", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        if title not in CHECKED_SECTIONS:
            continue
        prose = " ".join(line for line in text.splitlines() if not line.startswith("|"))
        found[title] = clauses(prose)
        for row in re.findall(r"^\| (?!---|what \||somebody)(.+) \|$", text, flags=re.MULTILINE):
            cells = row.split(" | ")
            if title == "Threats":
                found[cells[0].rstrip(" …")] = clauses(cells[1])
            else:
                found[cells[0]] = [f"{cells[2]}; {cells[3]}"]
    return found


def clauses(text: str) -> list[str]:
    """A text cut at its full stops, colons and semicolons, but for those in brackets."""
    shielded = re.sub(r"\([^()]*\)", lambda found: re.sub(r"([;.:]) ", "\\1\0", found[0]), text.strip())
    parts = _CLAUSE_END.split(shielded)
    return [part.replace("\0", " ").strip("*. ") for part in parts if part.strip("*. ")]


def names_of_tests() -> set[str]:
    """Every test there is."""
    return {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }


def test_every_claim_names_the_tests_that_prove_it() -> None:
    stated = [f"{place}: {clause}" for place, its in claims().items() for clause in its]
    listed = [f"{place}: {clause}" for place, its in PROVEN_BY.items() for clause in its]

    unlisted = [one for one in stated if not any(one.startswith(begun) for begun in listed)]
    assert unlisted == [], "SECURITY.md claims this; name the test that proves it in tests/security_claims.py"
    assert [begun for begun in listed if not any(one.startswith(begun) for one in stated)] == [], "SECURITY.md says this no more"


def test_every_test_that_proves_a_claim_is_there() -> None:
    there = names_of_tests()
    unproven = [
        (place, clause)
        for place, its in PROVEN_BY.items()
        for clause, proof in its.items()
        if proof != ADVICE and not (proof and set(proof.split()) <= there)
    ]

    assert unproven == []


def test_every_table_of_the_database_is_told() -> None:
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What is kept")[2].partition("\n## ")[0]

    assert [name for name in METADATA.tables if f"`{name}`" not in told] == []


def test_a_text_is_cut_into_its_clauses() -> None:
    assert clauses("a; b (c; d). e: f `.g`") == ["a", "b (c; d)", "e", "f `.g`"]
    assert clauses("**a.** b. c") == ["a", "b", "c"]
