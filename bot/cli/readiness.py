"""The readiness of a `serve` that runs already, asked over HTTP as a probe asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientTimeout

if TYPE_CHECKING:
    from aiohttp import ClientSession

_SECONDS = 3.0  # for each request: it is on this machine, but its checks may take their time
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - where to ask whoever listens on all addresses


async def readiness_at(session: ClientSession, host: str, port: int) -> str | None:
    """The `status` of `/readyz` at this address, such as "ok"; None when another program listens there, or nobody."""
    base = f"http://{_LOOPBACK.get(host, f'[{host}]' if ':' in host else host)}:{port}"
    limit = ClientTimeout(total=_SECONDS)
    try:
        async with session.get(f"{base}/metrics", timeout=limit) as answer:
            if "smsstatus_" not in await answer.text():
                return None
        async with session.get(f"{base}/readyz", timeout=limit) as answer:
            return str((await answer.json())["status"])
    except (ClientError, OSError, ValueError, TypeError, KeyError):
        return None
