"""What is shipped beside the locks is true: the list of packages, their licences, and the pins of CI."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.licences import STATED, licence_of, name_of, page
from tests.test_locks import lock, read_lock

ROOT = Path(__file__).parents[1]
SBOM = json.loads((ROOT / "requirements" / "sbom.cdx.json").read_text(encoding="utf-8"))
COMPONENTS = {name_of(one): one for one in SBOM["components"]}
SPDX = r"(MIT|MIT-0|BSD-[23]-Clause|Apache-2\.0|PSF-2\.0|Python-2\.0|MPL-2\.0|ISC)"
ALLOWED = re.compile(rf"{SPDX}( (AND|OR) {SPDX})*")


def test_the_list_of_packages_is_that_of_the_lock() -> None:
    assert (SBOM["bomFormat"], SBOM["specVersion"]) == ("CycloneDX", "1.6")
    assert {name: one["version"] for name, one in COMPONENTS.items()} == {
        name: pin.version for name, pin in read_lock(lock("run")).items()
    }, "run ./scripts/sbom"
    assert {one["purl"] for one in COMPONENTS.values()} == {
        f"pkg:pypi/{name}@{one['version']}" for name, one in COMPONENTS.items()
    }


def test_it_says_nothing_of_when_and_where_it_was_made() -> None:
    assert not {"serialNumber", "timestamp"} & {*SBOM, *SBOM["metadata"]}
    assert "/tmp" not in json.dumps(SBOM)  # noqa: S108 - where it must not point to
    assert {"name": "cdx:reproducible", "value": "true"} in SBOM["metadata"]["properties"]


def test_the_licence_of_every_package_is_told_and_is_one_that_may_be_shipped() -> None:
    assert (ROOT / "requirements" / "licences.md").read_text(encoding="utf-8") == page(SBOM), "run ./scripts/sbom"
    assert {name: licence_of(one) for name, one in COMPONENTS.items() if not ALLOWED.fullmatch(licence_of(one))} == {}
    assert set(STATED) <= set(COMPONENTS)
    with pytest.raises(LookupError):
        licence_of({"name": "of-nobody", "version": "1", "licenses": [{"license": {"name": "Ours"}}]})


def test_the_tools_that_look_at_the_packages_are_locked_too() -> None:
    text = lock("audit")
    pins = read_lock(text)

    assert {"cyclonedx-bom", "pip-audit"} <= set(pins)
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))
    assert set(re.findall(r"--[a-z-]+|https?://", text)) == {"--hash"}


def test_every_action_of_ci_is_pinned_by_its_commit_with_the_release_beside_it() -> None:
    used = [
        line.partition("uses: ")[2]
        for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses: " in line
    ]

    assert used
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_the_update_bot_looks_at_packages_actions_and_images_in_groups() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]

    assert {one["package-ecosystem"] for one in updates} == {"pip", "github-actions", "docker"}
    assert all(one["groups"] and one["schedule"]["interval"] == "weekly" for one in updates)


def test_ci_asks_for_known_weaknesses_of_every_lock_daily() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = [step.get("run") for step in workflow["jobs"]["packages"]["steps"]]
    asked = re.search(r"for lock in (.+); do", (ROOT / "scripts" / "audit").read_text(encoding="utf-8"))

    assert {"./scripts/audit", "./scripts/sbom --check"} <= set(steps)
    assert "if" not in workflow["jobs"]["packages"], "in a pull request too"
    assert workflow[True]["schedule"], "YAML reads `on` as a truth value"
    assert asked is not None
    assert set(asked[1].split()) == {path.stem for path in (ROOT / "requirements").glob("*.lock")}
