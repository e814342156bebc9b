"""requirements/licences.md, read from the list of what the app is made of: `./scripts/sbom`. A test compares both with the lock.

A package may state its licence as an SPDX expression, as a classifier, as a whole text, or in several of these ways. The first
that is an SPDX id counts; for a package that gives none it stands in `STATED`.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATED = {
    "aiosignal": "Apache-2.0",  # a classifier that names no version; the text in the package is that of 2.0
    "jinja2": "BSD-3-Clause",  # a classifier that does not say which; the text in the package is that of three clauses
}
HEAD = """# Licences

Of all that the app is made of; the tools of its tests and checks are not in it. Written by `./scripts/sbom`.

| package | version | licence |
| --- | --- | --- |
"""


def name_of(component: Mapping[str, Any]) -> str:
    """The package's name as the index has it."""
    return re.sub(r"[-_.]+", "-", str(component["name"])).lower()


def licence_of(component: Mapping[str, Any]) -> str:
    """The licence of a package, as an SPDX expression. Raises LookupError where it tells none."""
    for said in component.get("licenses", ()):
        found = said.get("expression") or said.get("license", {}).get("id")
        if found:
            return str(found)
    return STATED[name_of(component)]


def rows(sbom: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each package, by name. Raises LookupError."""
    for component in sorted(sbom["components"], key=name_of):
        yield name_of(component), component["version"], licence_of(component)


def page(sbom: Mapping[str, Any]) -> str:
    """The page. Raises LookupError."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows(sbom))


if __name__ == "__main__":
    sys.stdout.write(page(json.load(sys.stdin)))
