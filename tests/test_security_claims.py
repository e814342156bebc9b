"""SECURITY.md claims nothing that no test proves: each claim stands in `security_claims.py`, beside the tests that prove it."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

from bot.config import AppSettings
from bot.grammar import MAX_LISTED, MAX_TARGETS
from bot.receipts import callbacks
from bot.slack.requests import inbox_tables
from bot.slack.state import answers, drafts
from bot.slack.transport import signed_body
from bot.storage import unlisted_codes
from bot.storage.database import METADATA
from bot.web.listener import ConnectionLimits
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


LIMITS, DEFAULTS = ConnectionLimits(), AppSettings.model_validate({})
FIGURES = {
    "5 minutes; 4 MiB": f"{signed_body.FRESH_SECONDS // 60} minutes; {signed_body.MAX_BODY_BYTES >> 20} MiB",
    "200 pushes a second; 256 KiB": f"{callbacks.PUSHES_PER_SECOND} pushes a second; {callbacks.MAX_BODY_BYTES >> 10} KiB",
    "within 256 KiB": f"within {callbacks.MAX_BODY_BYTES >> 10} KiB",
    "time for head and body (10 s)": f"time for head and body ({max(LIMITS.head_seconds, LIMITS.body_seconds):g} s)",
    "targets (50, of a list 1,000)": f"targets ({MAX_TARGETS}, of a list {MAX_LISTED:,})",
    "thread and asker hashed | 30 days": f"thread and asker hashed | {answers.KEEP.days} days",
    "| hashed | 25 hours; of a share": f"| hashed | {inbox_tables.KEEP // timedelta(hours=1)} hours; of a share",
    "| sealed | 1 day |": f"| sealed | {drafts.KEEP.days} day |",
    "`SMSSTATUS_AUDIT_DAYS`, 365": f"`SMSSTATUS_AUDIT_DAYS`, {DEFAULTS.audit_days}",
    "`SMSSTATUS_RECEIPT_DAYS`, 90": f"`SMSSTATUS_RECEIPT_DAYS`, {DEFAULTS.receipt_days}",
    "180 days after the last": f"{unlisted_codes.RETENTION.days} days after the last",
}


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    page = " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

    assert [said for said in FIGURES if said not in page] == []
    assert {said: meant for said, meant in FIGURES.items() if said != meant} == {}
    assert f"{LIMITS.total}, {LIMITS.per_peer} of one address" in architecture


SECRET = re.compile("(?:token|signature|secret|password)")


def test_no_secret_is_compared_in_a_time_that_tells_how_much_of_it_was_right() -> None:
    compared = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if "sandbox" not in path.parts
        if SECRET.search(text := path.read_text(encoding="utf-8"))  # the others, the most, need not be parsed
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        and any(map(_is_secret, (node.left, *node.comparators)))
        and not any(isinstance(side, ast.Name) and side.id.isupper() for side in node.comparators)  # the name of a setting
    ]

    assert compared == [], "use hmac.compare_digest"


def _is_secret(side: ast.expr) -> bool:
    """Whether an expression is a secret by its name."""
    name = side.attr if isinstance(side, ast.Attribute) else side.id if isinstance(side, ast.Name) else ""
    return bool(re.fullmatch(rf"_?(?:\w+_)?{SECRET.pattern}", name))
