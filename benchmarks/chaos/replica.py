"""One replica of the app, started within a moment: `smsstatus serve` in a fork of a process that has imported all it needs.

stdin   a JSON object a line: settings for this start, beside those of the environment
stdout  the process id of each start
stderr  the app's log

python -m benchmarks.chaos.replica http
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import os
import signal
import sys
import traceback
from functools import partial

import sqlalchemy.dialects.postgresql.asyncpg  # here and below: imported before the fork, not after it
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

import bot.app  # noqa: F401
from bot.cli.main import main as smsstatus
from bot.providers.registry import VENDORS  # noqa: F401
from bot.receipts import opening
from bot.receipts.lease import Lease

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LEASE_SECONDS = 2.0  # of a queue, in place of a minute, for which few processes of a run live


def serve(mode: str, settings: dict[str, str]) -> int:
    """Serve until stopped; the exit status."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # do not outlive a run that is broken off
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(settings)
    try:
        smsstatus(["serve", "--mode", mode])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def main() -> None:
    """Fork a process for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    setattr(opening, "Lease", partial(Lease, seconds=LEASE_SECONDS))  # noqa: B010 - a class of another module
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                status = serve(sys.argv[1], json.loads(line))
            except BaseException:  # noqa: BLE001 - a fork must never go on in the loop above
                traceback.print_exc()
                status = 1
            sys.stderr.flush()
            os._exit(status)
        os.write(1, f"{pid}\n".encode())


if __name__ == "__main__":
    main()
