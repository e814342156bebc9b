"""The app manifest: valid by Slack's schema, and with no scope that the app does not use."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parent.parent
SCHEMA = os.environ.get("SMSSTATUS_MANIFEST_SCHEMA", "")


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.skipif(not Path(SCHEMA).is_file(), reason="SMSSTATUS_MANIFEST_SCHEMA does not name Slack's manifest schema")
def test_the_manifest_is_valid_by_slacks_own_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))

    problems = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(manifest)]

    assert problems == []


def test_the_manifest_asks_only_for_the_scopes_of_the_methods_that_the_app_calls(manifest: dict[str, Any]) -> None:
    needed_by = {"chat_postMessage": "chat:write", "chat_postEphemeral": "chat:write", "users_info": "users:read"}
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").rglob("*.py"))
    called = {scope for method, scope in needed_by.items() if f".{method}(" in code}

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == called | {"commands"}


def test_the_slash_command_comes_unescaped_so_that_numbers_arrive_as_typed(manifest: dict[str, Any]) -> None:
    assert [(c["command"], c["should_escape"]) for c in manifest["features"]["slash_commands"]] == [("/smsstatus", False)]
