"""`smsstatus serve` without Tencent's limits of calls a second, which bind long before the process does.

With them one account has its sends looked up ten times a second, and its receipts twenty times; Alibaba's 5,000 a second are far
away. What is measured without them is the process alone, as it would be for vendors with higher limits.

python -m benchmarks.unpaced http
"""

from __future__ import annotations

import sys

from bot.cli.main import main as smsstatus
from bot.providers.tencent import plugin


def lift_limits() -> None:
    """Open no client of Tencent's with a limit from now on. Raises AttributeError if a limit has another name by now."""
    for limit in ("CALLS_PER_SECOND", "SENDS_PER_SECOND"):
        if not hasattr(plugin, limit):
            raise AttributeError(limit)
        setattr(plugin, limit, None)


if __name__ == "__main__":
    lift_limits()
    smsstatus(["serve", "--mode", sys.argv[1]])
