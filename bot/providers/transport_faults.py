"""What went wrong with a call to a provider, as a `ProviderFault`: the connection, a gateway, what the vendor says. Pure."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import httpx

from bot.model import ProviderFault
from bot.sanitize import sanitize_provider_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping

PROXY_REFUSES = "Transport.Proxy"
MAX_CODE_LENGTH = 80  # the longest documented one has 61 characters
FIRST_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429

TRANSPORT_EXCEPTIONS = (TimeoutError, OSError, aiohttp.ClientError, httpx.InvalidURL)
"""All exceptions of the engine, and of httpx when it builds a request."""


def transport_fault(error: Exception) -> ProviderFault:
    """Classify a transport failure by the engine's exception."""
    match error:
        case aiohttp.ClientHttpProxyError(status=status):
            return ProviderFault(PROXY_REFUSES, f"HTTP {status}", retryable=status >= FIRST_SERVER_ERROR)
        case aiohttp.ClientProxyConnectionError():
            return ProviderFault(PROXY_REFUSES, retryable=True)
        case aiohttp.ClientConnectorCertificateError():
            return ProviderFault("Transport.Tls", "the certificate is not trusted")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return ProviderFault("Transport.Tls", "the TLS handshake failed")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return ProviderFault("Transport.Connect", retryable=True)
        case TimeoutError():
            return ProviderFault("Transport.Timeout", retryable=True)
        case aiohttp.ClientPayloadError():
            return ProviderFault("Transport.CutShort", retryable=True)
        case aiohttp.ClientResponseError():
            # No HTTP, or more bytes than the Content-Length says: the engine's exception is the same for both.
            return ProviderFault("Transport.CutShort", "the answer is not well-formed HTTP", retryable=True)
        case _:
            return ProviderFault("Transport.Reset", retryable=True)


def not_json_fault(status: int, headers: Mapping[str, str], body: bytes) -> ProviderFault:
    """Classify a body that is not JSON: a gateway's error page, a truncated response, or something else."""
    if status >= FIRST_SERVER_ERROR or status == _TOO_MANY_REQUESTS:
        return gateway_fault(status, headers)
    if body.lstrip()[:1] in {b"{", b"["}:
        return ProviderFault("Transport.CutShort", f"HTTP {status}", retryable=True)
    return ProviderFault("Transport.NotJson", f"HTTP {status}")


def gateway_fault(status: int, headers: Mapping[str, str]) -> ProviderFault:
    """The fault of whoever stands before the provider, which may say when to come again."""
    seconds = headers.get("retry-after", "")  # its other form, a date, is as good as nothing for waits this short
    wait = float(seconds) if seconds.isascii() and seconds.isdigit() else None
    return ProviderFault("Transport.Gateway", f"HTTP {status}", retryable=True, retry_after=wait)


def sanitized_fault(fault: ProviderFault) -> ProviderFault:
    """A vendor's fault with its texts sanitized and truncated: its code is a metric's label and shown in every answer."""
    request_id = truncate(single_line(fault.request_id), MAX_CODE_LENGTH) if fault.request_id else None
    code = truncate(single_line(fault.code), MAX_CODE_LENGTH) or "Transport.WrongShape"
    return replace(fault, code=code, message=sanitize_provider_text(fault.message), request_id=request_id)
