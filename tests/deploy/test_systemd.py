"""The systemd unit: systemd takes it, and it fits the page that installs it and the app's exit statuses."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.cli.runner import WRONG_INPUT
from tests.docs.pages import ROOT, guide

if TYPE_CHECKING:
    from pathlib import Path

UNIT = ROOT / "deploy" / "systemd" / "smsstatus.service"
FOLDER = "/opt/smsstatus"
PAGE = next(page for page in guide() if page.name == "docs/deploy.md")


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


@pytest.mark.parametrize(("slip", "told"), [("", 0), ("Restrat=always\n", 1)])
def test_systemd_takes_the_unit_and_would_tell_a_slip(slip: str, told: int, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine")
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace(FOLDER, str(ROOT)).replace("[Service]\n", f"[Service]\n{slip}")
    copy.write_text(text, encoding="utf-8")

    command = [analyze, "verify", "--man=no", str(copy)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own copy
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if UNIT.name in line]

    assert len(lines) == told, lines


def test_wrong_settings_do_not_start_it_again_and_again() -> None:
    assert unit()["Service"]["RestartPreventExitStatus"] == str(WRONG_INPUT)


def test_the_page_makes_the_user_and_the_folders_that_the_unit_names() -> None:
    service = unit()["Service"]
    user, home = service["User"], f"/var/lib/{service['StateDirectory']}"

    assert f"useradd --system --home-dir {home} --shell /usr/sbin/nologin {user}" in PAGE.text
    assert f"install --owner={user} --mode=600 .env {service['WorkingDirectory']}/.env" in PAGE.text
    assert service["Environment"] == f"SMSSTATUS_DATA_DIR={home}"
    assert service["ExecStart"] == f"{FOLDER}/.venv/bin/smsstatus serve"
