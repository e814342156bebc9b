"""What a command of the terminal imports: no more than it needs, so that it starts at once. By module names, never by time."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from tests.cli.commands import NO_ENV_FILE, NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.demo import Sandbox

LOADING = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from bot.cli.main import main
main(prog_name="smsstatus")
"""
OTHERS = {"sqlalchemy", "alembic", "asyncpg", "slack_bolt", "slack_sdk", "jinja2", "mcp", "prometheus_client"}
NETWORK = {"aiohttp", "httpx", "asyncio", "stamina"}
SETTINGS = {"pydantic", "phonenumbers", "cryptography", "structlog", "logging.config"}


async def loaded_by(environ: Mapping[str, str], *arguments: str) -> set[str]:
    """Every module that the command has imported when it ends, and every package, which has no dot in its name."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        LOADING,
        *arguments,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **NO_ENV_FILE, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert (process.returncode, bool(out)) == (0, True), err
    modules = set(err.decode().splitlines()[-1].split())
    return modules | {name.partition(".")[0] for name in modules}


async def test_the_help_loads_options_and_nothing_else() -> None:
    for arguments in (["--help"], ["lookup", "--help"], ["--version"]):
        loaded = await loaded_by({}, *arguments)

        assert loaded.isdisjoint(OTHERS | NETWORK | SETTINGS), arguments
        assert loaded.isdisjoint({"bot.model", "bot.grammar", "bot.codes", "bot.config", "babel", "rich.console"}), arguments


async def test_an_explanation_loads_the_catalogue_without_settings_network_and_log() -> None:
    for arguments in (["explain", "MK:0008"], ["explain", "MK:0008", "--json"], ["codes", "export"]):
        loaded = await loaded_by({}, *arguments)

        assert loaded.isdisjoint(OTHERS | NETWORK | SETTINGS), arguments
        assert loaded.isdisjoint({"bot.grammar", "bot.config", "bot.lookup"}), arguments
        assert "bot.codes.catalogue" in loaded


async def test_a_lookup_loads_no_database_no_slack_and_no_server(sandbox: Sandbox) -> None:
    environ = {key: value for key, value in sandbox.environ.items() if not key.startswith("SLACK_")}
    loaded = await loaded_by(environ, "lookup", NUMBER, "--json")

    assert loaded.isdisjoint(OTHERS)
    assert loaded.isdisjoint({"bot.state", "bot.storage.database", "bot.slack", "bot.web"})
    assert "bot.providers.http" in loaded


SERVING = """
import asyncio, os, sys
from bot.app import serving
from bot.config import load_settings
from bot.providers.registry import VENDORS

async def main():
    async with serving(load_settings(dict(os.environ), VENDORS), mode="http"):
        print(*sys.modules)

asyncio.run(main())
"""


async def test_an_app_whose_database_is_there_loads_no_migrations_no_sandbox_and_nothing_of_the_terminal(
    sandbox: Sandbox,
) -> None:
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SERVING,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **NO_ENV_FILE, **sandbox.environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err
    loaded = set(out.decode().split())

    assert "bot.slack.app" in loaded
    assert loaded.isdisjoint(
        {"alembic", "asyncpg", "sqlalchemy.dialects.postgresql", "jinja2", "mcp", "bot.sandbox", "bot.cli", "bot.codes_site"}
    )
