"""A process that logs in every way that Python has, secrets everywhere, and ends by an exception that nobody catches."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
import warnings
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.observability.logging import configure_logging, hide_in_log

SECRET = "a-s3cr3t-of-the-settings"
NUMBER = "+8613711112222"


class Finalised:
    def __del__(self) -> None:
        raise OSError(f"{SECRET} {NUMBER}")


async def leave_a_task() -> None:
    async def fails() -> None:
        raise ValueError(SECRET, NUMBER)

    task = asyncio.create_task(fails(), name=SECRET)
    await asyncio.sleep(0)
    del task
    gc.collect()


def fail() -> None:
    raise RuntimeError(f"{SECRET} for {NUMBER}")


if __name__ == "__main__":
    configure_logging("INFO")
    hide_in_log([SECRET])
    structlog.get_logger("bot.app").info("serving", mode="socket", url=f"http://me:{SECRET}@127.0.0.1:3000")
    logging.getLogger("aiohttp.server").error("from a library: %s", SECRET, extra={"number": NUMBER})
    asyncio.run(leave_a_task())
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Finalised()
    warnings.warn(f"{SECRET} is deprecated", stacklevel=1)
    logging.getLogger("x").error("%d", SECRET)
    fail()
