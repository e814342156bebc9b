"""The house's rules, checked on its imports: data runs one way, vendors and Slack are known where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "bot"

# Top to bottom. A room imports from the rooms below it and from itself.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    frozenset({"audit_cli", "codes_cli", "manifest_cli", "receipts_cli"}),
    frozenset({"command_runner"}),
    frozenset({"command_line"}),
    frozenset({"sandbox"}),
    frozenset({"app"}),
    frozenset({"doctor", "web", "receiving", "housekeeping"}),
    frozenset({"slack"}),
    frozenset({"terminal", "states", "findings"}),
    frozenset({"report_json"}),
    frozenset({"evidence", "verdict"}),
    frozenset({"meaning"}),
    frozenset({"wording"}),
    frozenset({"moments"}),
    frozenset({"lookup"}),
    frozenset({"config"}),
    frozenset({"audit", "unknown_codes"}),
    frozenset({"providers"}),
    frozenset({"receipts"}),
    frozenset({"database"}),
    frozenset({"codes"}),
    frozenset({"grammar"}),
    frozenset({"prose", "toml_file"}),
    frozenset({"logs", "metrics", "outside", "proxy", "readiness", "reasons", "wrapping"}),
    frozenset({"errors"}),
    frozenset({"model", "clock", "rate_limits"}),
    frozenset({"language"}),
)


def floor_of(room: str) -> int:
    return next(index for index, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """Every module that a file imports, and whether for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" if node.module == "bot" else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found += [(name, id(node) in for_types) for name in names]
    return found


FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_rooms_below_it(path: Path) -> None:
    room = room_of(path)
    above = [
        name
        for name, for_types in imports_of(path)
        if name.startswith("bot.")
        and name != "bot.__version__"
        and not for_types
        and name.split(".")[1] != room
        and floor_of(name.split(".")[1]) <= floor_of(room)
    ]

    assert above == []


def test_a_vendors_folder_is_imported_by_the_two_lists_of_vendors_alone() -> None:
    vendors = tuple(f"bot.providers.{path.name}" for path in (ROOT / "providers").iterdir() if (path / "vendor.py").exists())
    outsiders = [
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for name, _ in imports_of(path)
        if name.startswith(vendors) and not {vendor.rpartition(".")[2] for vendor in vendors} & set(path.parent.parts)
    ]

    assert {file for file, _ in outsiders} == {"providers/registry.py", "providers/systems.py"}


def test_slacks_libraries_are_imported_where_slack_is_spoken() -> None:
    speakers = {
        room_of(path)
        for path in FILES
        for name, for_types in imports_of(path)
        if name.startswith(("slack_bolt", "slack_sdk")) and not for_types
    }

    assert speakers <= {"slack", "web", "doctor", "sandbox"}


def test_the_pure_rooms_read_no_clock_and_do_no_io() -> None:
    """Grammar, verdict, evidence, wording and views take the moment; nothing in them can look at a clock or the network."""
    pure = [path for path in FILES if room_of(path) in {"grammar", "verdict", "evidence", "wording", "moments", "outside"}]
    pure += list((ROOT / "slack" / "views").glob("*.py"))
    forbidden = {"time", "asyncio", "socket", "os", "aiohttp", "httpx", "random", "bot.timing.clock"}
    impure = [(path.name, name) for path in pure for name, for_types in imports_of(path) if name in forbidden and not for_types]
    clocks = [path.name for path in pure if ".now(" in path.read_text(encoding="utf-8")]

    assert (impure, clocks) == ([], [])


def test_explaining_a_code_in_the_terminal_loads_no_database_no_http_client_and_no_slack() -> None:
    code = "import sys; from bot.cli.main import main; main(['explain', 'MK:0008'], standalone_mode=False); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    loaded = {name.split(".")[0] for name in ran.stdout.splitlines()[-1].split()}
    assert loaded.isdisjoint({"sqlalchemy", "alembic", "aiohttp", "httpx", "slack_bolt", "slack_sdk", "pydantic", "phonenumbers"})


def test_a_terminal_in_chinese_parses_no_language_file() -> None:
    code = "import sys; from bot.cli.main import main; main(['--language=zh', 'explain', 'MK:0008'], standalone_mode=False);"
    code += "print('babel.messages' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert ran.stdout.splitlines()[-1] == "False"
    assert "短信" in ran.stdout


@pytest.mark.parametrize(
    "name", ["bot.slack.locales", "bot.slack.listeners.modals", "bot.slack.access", "bot.slack.answer_service", "bot.app"]
)
def test_a_module_can_be_imported_first(name: str) -> None:
    """Imports that go round in a circle work or not by what was imported before."""
    subprocess.run([sys.executable, "-c", f"import {name}"], check=True)  # noqa: S603 - our own code
