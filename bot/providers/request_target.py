"""What a request asks for, as it is written on the wire and signed: path and query.

httpx reads a whole URL to change a part of it, and only the query differs from call to call. So the requests of a client share
one URL, and the target goes beside it, as httpx's extension for this (https://www.python-httpx.org/advanced/extensions/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


def target_extension(base: httpx.URL, path: str, params: Mapping[str, str] | None) -> dict[str, bytes]:
    """What is asked for at `path` below `base`, as the extension of a request; none for `base` itself. `path` is unescaped."""
    if not path and not params:
        return {}
    below = base.raw_path.decode("ascii")
    written = below.rstrip("/") + quote(path) if path else below
    return {"target": (f"{written}?{canonical_query(params)}" if params else written).encode("ascii")}


def target_of(request: httpx.Request) -> str:
    """Path and query of a request."""
    target: bytes = request.extensions.get("target", request.url.raw_path)
    return target.decode("ascii")


def address_of(request: httpx.Request) -> str:
    """The URL that a request travels to."""
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target_of(request)}"


def canonical_query(params: Mapping[str, str]) -> str:
    """The parameters sorted by name, percent-encoded by RFC 3986 (a blank is %20, an asterisk %2A).

    So every vendor reads it, and so Alibaba Cloud signs it: https://www.alibabacloud.com/help/en/doc-detail/2593177.htm
    """
    return "&".join(
        f"{name}={value}" for name, value in sorted((_encode(name), _encode(value)) for name, value in params.items())
    )


def _encode(text: str) -> str:
    if text.isalnum() and text.isascii():  # as most are
        return text
    return quote(text, safe="~")  # letters, digits and "-_." are always kept
