"""The house's rules, checked on its imports: the layers, no circles, vendors and Slack known only where they belong."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from bot.providers.vendors import VENDOR_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"
FILES = sorted(BOT.rglob("*.py"))
MOST_LOOSE_FILES = 8
PURE_ROOMS = ("grammar", "model", "presentation", "slack/views", "sanitize.py")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every name that a file imports, with its module, and whether for type checking only."""
    return tuple(_imports_below(ast.parse(path.read_text(encoding="utf-8")), for_types=False))


def _imports_below(node: ast.AST, *, for_types: bool) -> Iterator[tuple[str, bool]]:
    """Those of a node and of the statements in it; what is within an expression is no import."""
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from ((f"{node.module}.{alias.name}", for_types) for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from ((alias.name, for_types) for alias in node.names)
    for_types = for_types or (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _imports_below(inner, for_types=for_types)


def test_the_layers_of_pyproject_are_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == EXIT_STATUS_SUCCESS, "run lint-imports"


def test_no_modules_import_each_other_in_a_circle_not_even_for_types() -> None:
    modules = {module_of(path): path for path in FILES}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        imported = {one if one in modules else one.rpartition(".")[0] for one, _ in imports_of(path)}
        is_package = path.name == "__init__.py"
        # A package stands for what it exports: that its modules import a neighbour through it is no circle between modules.
        graph[name] = set() if is_package else {one for one in imported & set(modules) if one != name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("folder", [BOT, BOT / "slack"], ids=lambda folder: folder.name)
def test_a_reader_finds_a_room_rather_than_a_loose_file(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= MOST_LOOSE_FILES


@pytest.mark.parametrize("folder", VENDOR_FOLDERS)
def test_the_vendors_folders_share_one_skeleton_of_file_names(folder: str) -> None:
    there = {path.stem.split("_")[0] for path in (BOT / "providers" / folder.replace(".", "/")).glob("*.py")}

    assert {"systems", "settings", "signing", "errors", "rows", "provider", "plugin"} <= there


def test_a_vendors_folder_is_imported_by_nobody_outside_it() -> None:
    """It is named in `vendors.py`, and imported by that name."""
    vendors = {path.parent.name for path in (BOT / "providers").glob("*/plugin.py")}
    assert vendors
    outsiders = {
        path.relative_to(BOT).as_posix()
        for path in FILES
        for name, _ in imports_of(path)
        for vendor in vendors
        if name.startswith(f"bot.providers.{vendor}.") and vendor not in path.parts
    }

    assert outsiders == set()


def test_slacks_libraries_are_imported_where_slack_is_spoken() -> None:
    speakers = {
        path.relative_to(BOT).parts[0]
        for path in FILES
        for name, _ in imports_of(path)
        if name.startswith(("slack_bolt", "slack_sdk"))
    }

    assert speakers <= {"slack", "cli", "sandbox"}


def test_the_pure_rooms_read_no_clock_and_do_no_io() -> None:
    """They take the moment; nothing in them can look at a clock or the network."""
    pure = [path for path in FILES if path.relative_to(BOT).as_posix().startswith(PURE_ROOMS)]
    assert pure
    forbidden = {"time", "asyncio", "socket", "os", "aiohttp", "httpx", "random"}
    impure = [
        (path.name, name)
        for path in pure
        for name, for_types in imports_of(path)
        if not for_types and (name.split(".")[0] in forbidden or name.startswith("bot.timing.clock"))
    ]
    clocks = [path.name for path in pure if ".now(" in path.read_text(encoding="utf-8")]

    assert (impure, clocks) == ([], [])


def test_no_context_variable_carries_anything_but_log_context() -> None:
    users = {path.relative_to(BOT).as_posix() for path in FILES for name, _ in imports_of(path) if "ContextVar" in name}

    assert users == set()


def test_every_cache_states_its_bound() -> None:
    """ARCHITECTURE.md says how far each store in memory grows."""
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## What is held in memory")[2].partition("\n## ")[0]
    caching = [path for path in FILES if any(name.startswith("cachetools") for name, _ in imports_of(path))]

    assert [str(path.relative_to(BOT)) for path in caching if f"`{path.relative_to(BOT)}`" not in table] == []
