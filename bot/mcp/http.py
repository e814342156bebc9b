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
    CAPABILITIES_KEY,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NEWEST,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
    VERSION_KEY,
    WITH_HANDSHAKE,
    RpcError,
    answer,
    failure,
    is_id,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from multidict import MultiMapping

    from bot.mcp.protocol import Tools

_STATUS = {
    **dict.fromkeys((PARSE_ERROR, INVALID_REQUEST, HEADER_MISMATCH, UNSUPPORTED_VERSION), 400),
    METHOD_NOT_FOUND: 404,
}
_VERSION_HEADER = "MCP-Protocol-Version"
_ENCODED = ("=?base64?", "?=")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The status, and the JSON of the body; None: no body."""

    status: int
    body: Mapping[str, Any] | None = None


async def answer_post(body: bytes, headers: MultiMapping[str], tools_for: Callable[[Mapping[str, Any]], Tools]) -> HttpAnswer:
    """The answer to a POST. `tools_for` is given the message."""
    try:
        message = read_json(body.decode())
    except (ValueError, RecursionError):
        return _refused(RpcError(PARSE_ERROR, "Not JSON"))
    if not isinstance(message, dict):
        return _refused(RpcError(INVALID_REQUEST, "Not one JSON-RPC message"))
    if (wrong := _wrong(message, headers)) is not None:
        return _refused(wrong, message)
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


def _wrong(message: Mapping[str, Any], headers: MultiMapping[str]) -> RpcError | None:
    """What is wrong with the revision that the message and its headers name, or which header says otherwise than the message.

    Earlier revisions name theirs in the header alone, or, before 2025-06-18, not at all.
    """
    params = object_at(message, "params")
    meta = object_at(params, "_meta")
    version, named = meta.get(VERSION_KEY), _read(headers, _VERSION_HEADER)
    if version is None:
        if named == NEWEST:
            return RpcError(HEADER_MISMATCH, f"{_VERSION_HEADER} is not what the message says")
        return None if named in {"", *WITH_HANDSHAKE} else unsupported(named)
    expected = {_VERSION_HEADER: version, "Mcp-Method": message.get("method")}
    if message.get("method") == "tools/call":
        expected["Mcp-Name"] = params.get("name")
    wrong = next((name for name, value in expected.items() if _read(headers, name) != value), None)
    if wrong:
        return RpcError(HEADER_MISMATCH, f"{wrong} is not what the message says")
    if version == NEWEST and not isinstance(meta.get(CAPABILITIES_KEY), Mapping):
        return RpcError(INVALID_PARAMS, f"_meta lacks {CAPABILITIES_KEY}")
    return None


def _read(headers: MultiMapping[str], name: str) -> str | None:
    """The value of a header, which may be packed where it is not plain ASCII; empty without one, None where there are several."""
    values = headers.getall(name, [])
    if len(values) > 1:
        return None
    value = values[0].strip() if values else ""
    begin, end = _ENCODED
    if not (value.startswith(begin) and value.endswith(end)):
        return value
    try:
        return base64.b64decode(value.removeprefix(begin).removesuffix(end), validate=True).decode()
    except (binascii.Error, ValueError):
        return value


def _refused(error: RpcError, message: Mapping[str, Any] | None = None) -> HttpAnswer:
    number = message.get("id") if message else None
    return HttpAnswer(400, failure(number if is_id(number) else None, error))
