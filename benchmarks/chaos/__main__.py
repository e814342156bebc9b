"""A run of everything that can go wrong, at once, and a ledger of what came of it.

Real processes of the app stand behind the sandbox's Slack and providers. They are killed, frozen and restarted; their store is
frozen, full, read-only, restarted, deleted; Slack and the providers fail in every way the sandbox knows; strangers load them.
Meanwhile people ask and vendors push. Then all is mended, and every acknowledged request has one answer, every acknowledged
receipt is stored once; or the exit status is 1.

    .venv/bin/python -m benchmarks.chaos              each configuration with 10,000 requests and 100,000 receipts
    .venv/bin/python -m benchmarks.chaos --short      one configuration, in a minute
    .venv/bin/python -m benchmarks.chaos --warm       only kills, of processes that are ready for two seconds at least

The configurations: HTTP and Socket Mode, SQLite and PostgreSQL, one replica and two. A seed makes the same troubles again, though
not at the same moments of the app's own work.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.chaos import table
from benchmarks.chaos.faults import KINDS
from benchmarks.chaos.run import Setup, run
from bot.observability.logging import configure_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

MODES: Sequence[str] = ("http", "socket")
DATABASES: Sequence[str] = ("SQLite", "PostgreSQL")
REPLICAS: Sequence[int] = (1, 2)
FULL = Setup(mode="http", database="SQLite", replicas=1, requests=10_000, receipts=100_000, seconds=600, seed=1, calm=3.0)
SHORT = replace(FULL, replicas=2, requests=300, receipts=3_000, seconds=15, calm=1.0)
WARM = replace(FULL, requests=3_000, receipts=10_000, seconds=120, calm=1.0, only=("warm kills",))


def setups(arguments: argparse.Namespace) -> list[Setup]:
    """What the command line asks for."""
    chosen = SHORT if arguments.short else WARM if arguments.warm else FULL
    given = {name: getattr(arguments, name) for name in ("requests", "receipts", "seconds", "seed", "calm", "only", "logs")}
    base = replace(chosen, **{name: value for name, value in given.items() if value is not None})
    modes, databases, replicas = MODES, DATABASES, REPLICAS
    if arguments.short or arguments.warm:
        modes, databases, replicas = (base.mode,), (base.database,), (base.replicas,)
    wanted = product(arguments.mode or modes, arguments.database or databases, arguments.replicas or replicas)
    return [replace(base, mode=mode, database=database, replicas=many) for mode, database, many in wanted]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__.partition("\n")[0])
    which = made.add_mutually_exclusive_group()
    which.add_argument("--full", action="store_true", help="every configuration; so it is without any option")
    which.add_argument("--short", action="store_true", help="one configuration, in a minute")
    which.add_argument("--warm", action="store_true", help="only kills, of processes that are ready for two seconds at least")
    made.add_argument("--mode", action="append", choices=MODES, help="only this one")
    made.add_argument("--database", action="append", choices=DATABASES, help="only this one")
    made.add_argument("--replicas", action="append", type=int, choices=REPLICAS, help="only so many")
    made.add_argument("--requests", type=int, help="of each configuration")
    made.add_argument("--receipts", type=int, help="of each configuration")
    made.add_argument("--seconds", type=float, help="for which they are asked and pushed; then what is left is waited for")
    made.add_argument("--seed", type=int, help="of the troubles")
    made.add_argument("--calm", type=float, help="how much longer than usual it is between two troubles of a kind")
    made.add_argument("--only", action="append", choices=KINDS, help="only this kind of trouble")
    made.add_argument("--logs", type=Path, metavar="FOLDER", help="keep the app's logs there")
    return made


async def main(arguments: argparse.Namespace) -> bool:
    """Run and print; whether all was right."""
    this = asyncio.current_task()
    assert this is not None  # noqa: S101 - for mypy
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)  # so that no database is left behind
    is_right = True
    print(table.heading(), flush=True)
    for setup in setups(arguments):
        result = await run(setup)
        print(table.row(result), *table.details(result), sep="\n", flush=True)
        is_right = is_right and not result.verdict.violations
    return is_right


if __name__ == "__main__":
    configure_logging("ERROR")
    sys.exit(0 if asyncio.run(main(parser().parse_args())) else 1)
