"""The image, without Docker: the steps of the Dockerfile are taken in a folder, and what comes of them is run by its user.

`/app` and `/data` are folders of the test, the base is this machine's Python of the same release line; the user and the owner of
`/data` are as in the Dockerfile where the tests run as root.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.demo import open_sandbox
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.install

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
_, BUILD, RUN = DOCKERFILE.split("\nFROM ")
USER = int(re.findall(r"^USER (\d+)$", RUN, re.MULTILINE)[0])


@dataclass(frozen=True)
class Image:
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """`ENV`, and nothing else that this machine has set."""
        (line,) = re.findall(r"^ENV (.*)$", RUN, re.MULTILINE)
        given = dict(word.split("=", 1) for word in line.split())
        return {key: self.placed(value).replace("$PATH", os.environ["PATH"]) for key, value in given.items()}

    def placed(self, text: str) -> str:
        return re.sub(r"(?<![\w/])/(app|data)\b", rf"{self.folder}/\1", text)

    def command(self, *words: str) -> list[str]:
        (entry,) = re.findall(r"^ENTRYPOINT (.*)$", RUN, re.MULTILINE)
        found = [*json.loads(entry), *words]
        found[0] = str(self.folder / "app" / ".venv" / "bin" / found[0])
        as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
        return [*as_user, *found] if os.geteuid() == 0 else found

    async def start(self, environ: Mapping[str, str], *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.command(*words),
            cwd=self.folder / "app",
            env={**self.environ, **environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def run(self, *words: str) -> tuple[int | None, str]:
        process = await self.start({}, *words)
        printed, _ = await process.communicate()
        return process.returncode, printed.decode()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The build stage taken step by step, then what the second stage takes over, as the image's user finds it."""
    built = Image(tmp_path_factory.mktemp("image"))
    app = built.folder / "app"
    app.mkdir()
    for step in re.findall(r"^(COPY|RUN) (.*)$", BUILD, re.MULTILINE):
        take(built, *step)
    data = built.folder / "data"
    data.mkdir(mode=0o700)
    copied = re.findall(r"^COPY --from=build (\S+) (\S+)$", RUN, re.MULTILINE)
    assert copied == [("/app/.venv", "/app/.venv"), ("/app/bot", "/app/bot")]
    shutil.rmtree(app / "requirements")
    for path in (built.folder, *built.folder.parents):
        if path.is_relative_to(tempfile.gettempdir()) and path != Path(tempfile.gettempdir()):
            path.chmod(0o711)  # the image's user passes through
    if os.geteuid() == 0:
        os.chown(data, USER, USER)
    else:
        subprocess.run(["chmod", "-R", "a-w", str(app)], check=True)  # noqa: S603, S607 - the tests' own folder
    return built


def take(image: Image, kind: str, step: str) -> None:
    app = image.folder / "app"
    if kind == "COPY":
        source, target = step.split()
        place = Path(image.placed(target)) if target.startswith("/") else app / target
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=ignored)
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)
        return
    python = f"{sys.base_prefix}/bin/python3"
    command = re.sub(r"(?<=^)python\b", python, image.placed(step))
    subprocess.run(["/bin/sh", "-ec", command], cwd=app, check=True, capture_output=True)  # noqa: S603 - the Dockerfile's own


def ignored(folder: str, names: list[str]) -> set[str]:
    """What .dockerignore keeps out."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert lines == ["*", "!bot", "bot/sandbox", "!requirements/run.lock", "**/__pycache__"]
    left_out = {"__pycache__"} | ({"sandbox"} if Path(folder) == ROOT / "bot" else set())
    return left_out & set(names)


async def test_the_image_says_what_it_is_and_what_it_leaves_out(image: Image) -> None:
    status, said = await image.run("--version")
    assert (status, said.startswith("smsstatus, version ")) == (0, True)

    status, said = await image.run("demo")
    assert status == 2
    assert said == "This installation has no demo. In a clone of the repository: ./scripts/demo\n"

    assert not (image.folder / "app" / "bot" / "sandbox").exists()
    assert not list((image.folder / "app" / ".venv").glob("lib/python3.*/site-packages/pip"))


async def test_what_was_left_out_of_the_packages_is_not_missed(image: Image) -> None:
    status, said = await image.run("--language", "zh", "explain", "MK:0008")

    assert status == 0
    assert "手机信号不好" in said


async def test_it_answers_in_slack_writes_into_its_data_alone_and_is_healthy(image: Image) -> None:
    async with open_sandbox() as sandbox:
        environ = {key: value for key, value in sandbox.environ.items() if key != "SMSSTATUS_DATA_DIR"}
        serving = await image.start({**environ, "SMSSTATUS_HOST": "127.0.0.1", "SMSSTATUS_PORT": "0"}, "serve")
        assert serving.stdout is not None
        said = (await asyncio.wait_for(serving.stdout.readline(), 60)).decode()
        assert '"event": "serving"' in said, said + (await serving.stdout.read()).decode()
        line = json.loads(said)
        assert line["mode"] == "socket"
        shown = await sandbox.workspace.type("sam", "incidents", "/smsstatus +8613711112222 since 2h")
        healthy = await health_check(image, line["url"].rpartition(":")[2])
        serving.terminate()
        await serving.communicate()

    assert healthy == 0
    assert serving.returncode == 0
    assert shown is not None
    assert {path.name for path in (image.folder / "data").iterdir()} >= {"smsstatus.db", "secret.key"}
    after = [path for path in (image.folder / "app").rglob("*") if path.stat().st_uid == USER]
    assert after == []


async def health_check(image: Image, port: str) -> int | None:
    _, _, words = json.loads(RUN.partition("HEALTHCHECK")[2].partition("CMD ")[2].splitlines()[0])
    python = str(image.folder / "app" / ".venv" / "bin" / "python")
    process = await asyncio.create_subprocess_exec(python, "-c", words, env={"SMSSTATUS_PORT": port})
    return await process.wait()


def test_the_image_is_as_small_as_it_was(image: Image) -> None:
    size = sum(path.stat().st_size for path in (image.folder / "app").rglob("*") if path.is_file() and not path.is_symlink())

    assert size < 150 << 20, f"{size >> 20} MiB"
