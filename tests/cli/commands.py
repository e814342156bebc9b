"""Runs commands of the terminal: in this process, as a process of its own in a pipe, and in a terminal of so many columns."""

from __future__ import annotations

import asyncio
import fcntl
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
    from collections.abc import Mapping

NUMBER = "+8613711112222"
SMSSTATUS = (sys.executable, "-c", "from bot.cli.main import main; main(prog_name='smsstatus')")
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


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
    shown = {"PATH": os.environ["PATH"], "COLUMNS": "100"}
    runner = CliRunner(charset=charset)
    env = {**unset, **shown, **environ}
    done = await asyncio.to_thread(runner.invoke, main, arguments, input=given, env=env, prog_name="smsstatus")
    return Ran(done.exit_code, done.stdout, done.stderr)


def in_a_pipe(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """As a process of its own, with nothing set but `environ`."""
    command, given = [*SMSSTATUS, *arguments], {"PATH": os.environ["PATH"], **environ}
    return subprocess.run(command, env=given, capture_output=True, check=False, timeout=60)  # noqa: S603 - our own program


def in_a_terminal(columns: int, environ: Mapping[str, str], *arguments: str) -> str:
    """What a terminal of so many columns receives, its line ends as in a file."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command, given = [*SMSSTATUS, *arguments], {"PATH": os.environ["PATH"], **environ}
    process = subprocess.Popen(command, env=given, stdin=theirs, stdout=theirs, stderr=theirs)  # noqa: S603 - our own program
    os.close(theirs)
    received = b""
    while chunk := _read(ours):
        received += chunk
    os.close(ours)
    process.wait(60)
    return received.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody holds the other end any more
        return b""
