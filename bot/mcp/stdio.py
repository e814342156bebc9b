"""MCP over standard input and output: a message a line.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio

Requests run side by side; one that the client cancels is dropped without an answer. When standard input ends, so does the server,
a second later at most.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.encoded_text import read_json
from bot.mcp.protocol import INVALID_REQUEST, PARSE_ERROR, RpcError, answer, failure, is_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.mcp.protocol import Tools

LONGEST_LINE = 1 << 20
MOST_AT_ONCE = 20
CLOSING_SECONDS = 1.0


async def serve_lines(lines: asyncio.StreamReader, write: Callable[[str], None], tools: Tools) -> None:
    """Answer the messages of `lines`, whose limit is LONGEST_LINE, until they end. `write` is given each answer as a line."""
    conversation = _Conversation(write, tools)
    while (line := await _next(lines)) != b"":
        conversation.receive(line)
    await conversation.aclose()


class _Conversation:
    """The requests that are under way, by their ids."""

    def __init__(self, write: Callable[[str], None], tools: Tools) -> None:
        self._write = write
        self._tools = tools
        self._running: dict[str | int, asyncio.Task[None]] = {}

    def receive(self, line: bytes | None) -> None:
        """Begin to answer a line; None is one that is too long."""
        if line is None:
            return self._send(failure(None, RpcError(INVALID_REQUEST, f"A message has at most {LONGEST_LINE} bytes")))
        if not line.strip():
            return None
        try:
            message = read_json(line)
        except (ValueError, RecursionError):
            return self._send(failure(None, RpcError(PARSE_ERROR, "Not JSON")))
        number = message.get("id") if isinstance(message, Mapping) else None
        if isinstance(message, Mapping) and message.get("method") == "notifications/cancelled":
            return self._cancel(message.get("params"))
        if is_id(number) and (number in self._running or len(self._running) >= MOST_AT_ONCE):
            why = "This id is in use" if number in self._running else f"At most {MOST_AT_ONCE} requests at once"
            return self._send(failure(number, RpcError(INVALID_REQUEST, why)))
        task = asyncio.get_running_loop().create_task(self._answer(message))
        key = number if is_id(number) else f"notification {id(task)}"
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return None

    async def aclose(self) -> None:
        """Finish what takes a moment, and drop the rest: a client that has closed its side waits no longer."""
        running = list(self._running.values())
        if running:
            await asyncio.wait(running, timeout=CLOSING_SECONDS)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _answer(self, message: object) -> None:
        told = await answer(message, self._tools)
        if told is not None:
            self._send(told)

    def _send(self, told: Mapping[str, object]) -> None:
        self._write(json.dumps(told, separators=(",", ":")) + "\n")

    def _cancel(self, params: object) -> None:
        number = params.get("requestId") if isinstance(params, Mapping) else None
        if isinstance(number, str | int) and (task := self._running.get(number)) is not None:
            task.cancel()


async def _next(lines: asyncio.StreamReader) -> bytes | None:
    """The next line; empty at the end, None for one that is too long."""
    try:
        return await lines.readline()
    except ValueError:  # what asyncio raises for a line above its limit; the rest of it is read as the next line
        return None
