"""Runs commands of the terminal: in this process, as a process of its own in a pipe, and in a terminal of so many columns."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner

from bot.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NUMBER = "+8613711112222"
NO_ENV_FILE = {"SMSSTATUS_ENV_FILE": ""}  # where the tests run there may be one
SMSSTATUS = (sys.executable, "-c", "from bot.cli.main import main; main(prog_name='smsstatus')")
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


BETWEEN = b"\0"
IN_TURN = f"""
import json, os, sys
from bot.cli.main import main
for command in sys.argv[1:]:
    try:
        main(json.loads(command), prog_name="smsstatus")
    except SystemExit:
        pass
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, {BETWEEN!r})
"""


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


async def run(environ: Mapping[str, str], *arguments: str, charset: str = "utf-8", given: bytes | None = None) -> Ran:
    """In this process, in a thread: a command has an event loop of its own. stdout and stderr have the encoding `charset`.

    `given` is what stdin holds.
    """
    unset: dict[str, str | None] = dict.fromkeys(os.environ)
    shown = {"PATH": os.environ["PATH"], "COLUMNS": "100", **NO_ENV_FILE}
    runner = CliRunner(charset=charset)
    env = {**unset, **shown, **environ}
    done = await asyncio.to_thread(runner.invoke, main, arguments, input=given, env=env, prog_name="smsstatus")
    return Ran(done.exit_code, done.stdout, done.stderr)


def in_a_pipe(environ: Mapping[str, str], *commands: Sequence[str]) -> list[bytes]:
    """What each of the commands prints to stdout, run one after the other by a process with nothing set but `environ`."""
    done = subprocess.run(  # noqa: S603 - our own program
        _one_after_the_other(commands),
        env={"PATH": os.environ["PATH"], **NO_ENV_FILE, **environ},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.split(BETWEEN)[:-1]


def in_a_terminal(columns: int, environ: Mapping[str, str], *commands: Sequence[str], answer: str = "") -> list[str]:
    """What a terminal of so many columns receives from each of the commands, its line ends as in a file; `answer` is typed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    given = {"PATH": os.environ["PATH"], **NO_ENV_FILE, **environ}
    process = subprocess.Popen(  # noqa: S603 - our own program
        _one_after_the_other(commands), env=given, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    received = b""
    while chunk := _read(ours):
        received += chunk
    os.close(ours)
    process.wait(60)
    return [printed.decode().replace("\r\n", "\n") for printed in received.split(BETWEEN)[:-1]]


def _one_after_the_other(commands: Iterable[Sequence[str]]) -> list[str]:
    """The command line of a process that runs `commands`: a process of its own for each takes longer than they do."""
    return [sys.executable, "-c", IN_TURN, *(json.dumps(command) for command in commands)]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody holds the other end any more
        return b""
