"""The terminal's commands of the pages are run as they stand there, against the local Slack and the stand-ins of the vendors."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.demo import Sandbox, open_sandbox
from tests.cli.commands import run
from tests.docs.pages import guide

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMAND = ".venv/bin/smsstatus "
TRIED_ELSEWHERE = frozenset({"serve", "demo", "watch", "database"})
LINES = sorted({line for page in guide() for block in page.blocks if block.language == "sh" for line in block.lines})
RUN = [line.removeprefix(COMMAND) for line in LINES if line.startswith(COMMAND) and line.split()[1] not in TRIED_ELSEWHERE]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox(with_archive=True) as one:
        yield one


@pytest.mark.parametrize("line", RUN)
async def test_a_command_of_the_pages_does_what_it_says(
    sandbox: Sandbox, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ran = await run(sandbox.environ, *shlex.split(line))

    assert ran.status == 0, ran.out + ran.err
    assert ran.out or "--output" in line or "audit" in line  # nobody has asked yet


async def test_the_pages_have_commands_to_run() -> None:
    assert len(RUN) > 12
