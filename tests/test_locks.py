"""The locks are whole: every package that anything asks for is pinned with its hashes, on every Python and system.

They are installed as they stand, so what is missing in them would be missing in the app. What a package asks for is read from
the packages installed here. What other systems alone need must be in the lock, but what it asks for itself is not known here.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = [one.rpartition(" ")[2] for one in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", one)]
MACHINES = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
]
GROUPS = PROJECT["dependency-groups"]
APP, TOOLS, BUILD = PROJECT["project"]["dependencies"], GROUPS["dev"], GROUPS["build"]
ASKED = {"run": APP, "dev": APP + TOOLS + BUILD, "build": BUILD}
ENTRY = re.compile(
    r"^(?P<requirement>[A-Za-z0-9][^\\\n]*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


@dataclass(frozen=True)
class Pin:
    """A package's one release that is installed, where its marker holds."""

    version: str
    requirement: Requirement


def read_lock(text: str) -> dict[str, Pin]:
    """What a lock pins with at least one hash, by name."""
    found = [Requirement(entry["requirement"]) for entry in ENTRY.finditer(text)]
    return {canonicalize_name(one.name): Pin(str(one.specifier).removeprefix("=="), one) for one in found}


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """A Python on a machine."""

    python: str
    machine: int

    @cached_property
    def markers(self) -> dict[str, str]:
        here = {name: str(value) for name, value in default_environment().items()}
        full = f"{self.python}.0"
        versions = {"python_version": self.python, "python_full_version": full, "implementation_version": full}
        return here | versions | MACHINES[self.machine]


PLACES = [Place(python, machine) for python, machine in product(PYTHONS, range(len(MACHINES)))]


@cache
def requirements_of(name: str) -> tuple[Requirement, ...]:
    """What an installed package asks for, wherever it may be; nothing if it is none of this system's."""
    try:
        return tuple(map(Requirement, requires(name) or ()))
    except PackageNotFoundError:
        return ()


@cache
def asked_by(name: str, extra: str, place: Place) -> tuple[Requirement, ...]:
    """What an installed package, or an extra of it, asks for at a place."""
    return applying(requirements_of(name), extra, place)


def applying(asked: Iterable[Requirement], extra: str, place: Place) -> tuple[Requirement, ...]:
    markers = {**place.markers, "extra": extra}
    return tuple(one for one in asked if one.marker is None or one.marker.evaluate(markers))


@cache
def holds(pin: Pin, place: Place) -> bool:
    return pin.requirement.marker is None or pin.requirement.marker.evaluate(place.markers)


def not_pinned(asked: Sequence[str], pins: Mapping[str, Pin], place: Place) -> Iterator[str]:
    """Every requirement of the closure that the pins do not meet."""
    seen: set[tuple[str, str]] = set()
    ahead = list(applying(map(Requirement, asked), "", place))
    while ahead:
        one = ahead.pop()
        name = canonicalize_name(one.name)
        pin = pins.get(name)
        if pin is None or not holds(pin, place) or not one.specifier.contains(pin.version, prereleases=True):
            yield str(one)
            continue
        new = {(name, extra) for extra in ("", *one.extras)} - seen
        seen |= new
        ahead += [each for known, extra in new for each in asked_by(known, extra, place)]


@each("name", ASKED)
def test_the_lock_pins_all_that_is_asked_for_on_every_python_and_system(name: str) -> None:
    pins = read_lock(lock(name))

    assert {text for place in PLACES for text in not_pinned(ASKED[name], pins, place)} == set()


@each("name", ASKED)
def test_a_lock_that_lacks_any_one_of_its_packages_is_found_out(name: str) -> None:
    pins = read_lock(lock(name))
    place = PLACES[0]
    needed = [one for one in pins if holds(pins[one], place)]

    assert needed
    for one in needed:
        rest = {other: pin for other, pin in pins.items() if other != one}
        assert any(not_pinned(ASKED[name], rest, place)), one


@each("name", ASKED)
def test_a_package_without_hashes_or_with_a_range_counts_as_not_pinned(name: str) -> None:
    text = lock(name)
    first = next(iter(read_lock(text)))

    assert first not in read_lock(re.sub(r"    --hash=\S+(?: \\)?\n", "", text, count=text.count("--hash=")))
    assert all(pin.version and str(pin.requirement.specifier) == f"=={pin.version}" for pin in read_lock(text).values())
    assert len(read_lock(text)) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))


@each("name", ASKED)
def test_what_is_installed_here_is_what_is_locked_so_that_it_can_be_asked(name: str) -> None:
    markers = {name: str(value) for name, value in default_environment().items()}
    pinned = read_lock(lock(name))
    pins = {
        one: pin.version for one, pin in pinned.items() if not pin.requirement.marker or pin.requirement.marker.evaluate(markers)
    }

    assert {one: version(one) for one in pins} == pins, "run ./scripts/setup --dev"


@each("name", ["run", "build"])
def test_the_developers_lock_holds_the_same_releases(name: str) -> None:
    developers = {one: pin.version for one, pin in read_lock(lock("dev")).items()}

    assert {one: developers.get(one) for one in read_lock(lock(name))} == {
        one: pin.version for one, pin in read_lock(lock(name)).items()
    }


@each("name", ASKED)
def test_the_lock_names_no_index_and_no_option_but_hashes(name: str) -> None:
    assert set(re.findall(r"--[a-z-]+|https?://", lock(name))) == {"--hash"}
