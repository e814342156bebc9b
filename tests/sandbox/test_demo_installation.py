"""The demo's installation is the manifest's: what works in the demo works in a workspace that installs the manifest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from bot.sandbox.demo_installation import INSTALLATION

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


def test_the_demo_has_what_the_manifest_asks_for() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))

    asked_for = INSTALLATION.with_manifest(manifest)
    of_files = {"files:read", "files:write"}
    assert of_files <= {*manifest["oauth_config"]["scopes"]["bot_optional"]}
    assert replace(asked_for, scopes=asked_for.scopes | of_files) == INSTALLATION
