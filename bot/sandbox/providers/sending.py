"""Sends a response, whole or with an injected transport fault."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.providers.faults import ProviderFaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.sandbox.providers.faults import PlayedFault, ProviderFaults
    from bot.sandbox.providers.wire import ApiAnswer

DRIP_PIECES = 40
PADDING_BYTES = 3 * 1024 * 1024
_GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


async def send(
    request: web.BaseRequest, answer: ApiAnswer, played: PlayedFault | None, faults: ProviderFaults, now: datetime
) -> web.StreamResponse:
    """Send `answer` with the fault `played`. The Date header shows the emulator's clock, which a fault may skew."""
    headers = {**answer.headers, "Date": format_datetime(now, usegmt=True), "Server": "sandbox"}
    body = json.dumps(answer.body, ensure_ascii=False).encode()
    page = _Page(answer.status, answer.content_type, headers, body)
    if played is None:
        return page.response()
    match played.fault:
        case ProviderFaultKind.RESET:
            return _reset(request)
        case ProviderFaultKind.WRONG_LENGTH:
            return await _cut_short(request, page)
        case ProviderFaultKind.SLOW_DRIP:
            return await _drip(request, page, faults, played.seconds)
        case ProviderFaultKind.DELAY:
            await faults.sleep(played.seconds)
        case ProviderFaultKind.HANG:
            await faults.released()
        case _:
            page = _changed(page, played.fault)
    return page.response()


def _changed(page: _Page, fault: ProviderFaultKind) -> _Page:
    """The response with another body, or unchanged when the fault is not about the body."""
    match fault:
        case ProviderFaultKind.CUT_JSON:
            return _Page(page.status, page.content_type, page.headers, page.body[: len(page.body) // 2])
        case ProviderFaultKind.HUGE_BODY:
            padded = b'{"Padding": "' + b"x" * PADDING_BYTES + b'", ' + page.body[1:]
            return _Page(page.status, page.content_type, page.headers, padded)
        case ProviderFaultKind.WRONG_CONTENT_TYPE:
            return _Page(page.status, "text/html", page.headers, page.body)
        case ProviderFaultKind.HTML_502:
            return _Page(502, "text/html", page.headers, _GATEWAY_PAGE)
        case ProviderFaultKind.REDIRECT:
            return _Page(302, "text/html", {**page.headers, "Location": "/elsewhere"}, b"")
        case _:
            return page


@dataclass(frozen=True, slots=True)
class _Page:
    """An HTTP response."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes

    def response(self) -> web.Response:
        return web.Response(status=self.status, headers=self._all_headers, body=self.body)

    def stream(self, length: int) -> web.StreamResponse:
        response = web.StreamResponse(status=self.status, headers=self._all_headers)
        response.content_length = length
        return response

    @property
    def _all_headers(self) -> Mapping[str, str]:
        return {**self.headers, "Content-Type": self.content_type}


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    """Close with SO_LINGER at zero, which makes the kernel send RST instead of FIN."""
    transport = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()  # goes nowhere: the connection is gone


async def _cut_short(request: web.BaseRequest, page: _Page) -> web.StreamResponse:
    response = page.stream(len(page.body) + 100)
    await response.prepare(request)
    await response.write(page.body)
    if request.transport is not None:
        request.transport.close()
    return response


async def _drip(request: web.BaseRequest, page: _Page, faults: ProviderFaults, seconds: float) -> web.StreamResponse:
    response = page.stream(len(page.body))
    await response.prepare(request)
    size = -(-len(page.body) // DRIP_PIECES)
    for start in range(0, len(page.body), size):
        await faults.sleep(seconds / DRIP_PIECES)
        await response.write(page.body[start : start + size])
    await response.write_eof()
    return response
