"""MCP over HTTP: each message a POST of its own, its answer one JSON object.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.encoded_text import read_json
from bot.mcp.protocol import (
    HEADER_MISMATCH,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
    VERSION_KEY,
    RpcError,
    answer,
    failure,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.mcp.protocol import Tools

_STATUS = {
    **dict.fromkeys((PARSE_ERROR, INVALID_REQUEST, HEADER_MISMATCH, UNSUPPORTED_VERSION), 400),
    METHOD_NOT_FOUND: 404,
}
_ENCODED = ("=?base64?", "?=")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The status, and the JSON of the body; None: no body."""

    status: int
    body: Mapping[str, Any] | None = None


async def answer_post(body: bytes, headers: Mapping[str, str], tools_for: Callable[[Mapping[str, Any]], Tools]) -> HttpAnswer:
    """The answer to a POST. `headers` are looked up as they are in the specification; `tools_for` is given the message."""
    try:
        message = read_json(body.decode())
    except (ValueError, RecursionError):
        return _refused(RpcError(PARSE_ERROR, "Not JSON"))
    if not isinstance(message, dict):
        return _refused(RpcError(INVALID_REQUEST, "Not one JSON-RPC message"))
    if (mismatch := _mismatch(message, headers)) is not None:
        return _refused(RpcError(HEADER_MISMATCH, mismatch), message)
    told = await answer(message, tools_for(message))
    if told is None:
        return HttpAnswer(202)
    return HttpAnswer(_STATUS.get(told["error"]["code"], 200) if "error" in told else 200, told)


def object_at(message: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at a path; an empty one where there is none."""
    found: object = message
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _mismatch(message: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """Which header says otherwise than the message. Earlier revisions, which name none in `_meta`, have no such headers."""
    params = object_at(message, "params")
    version = object_at(params, "_meta").get(VERSION_KEY)
    if version is None:
        return None
    expected = {"MCP-Protocol-Version": version, "Mcp-Method": message.get("method")}
    if message.get("method") == "tools/call":
        expected["Mcp-Name"] = params.get("name")
    wrong = next((name for name, value in expected.items() if _read(headers, name) != value), None)
    return f"{wrong} is not what the message says" if wrong else None


def _read(headers: Mapping[str, str], name: str) -> str:
    """The value of a header, which may be packed where it is not plain ASCII."""
    value = headers.get(name, "").strip()
    begin, end = _ENCODED
    if not (value.startswith(begin) and value.endswith(end)):
        return value
    try:
        return base64.b64decode(value.removeprefix(begin).removesuffix(end), validate=True).decode()
    except (binascii.Error, ValueError):
        return value


def _refused(error: RpcError, message: Mapping[str, Any] | None = None) -> HttpAnswer:
    number = message.get("id") if message else None
    return HttpAnswer(_STATUS[error.code], failure(number if isinstance(number, str | int) else None, error))
