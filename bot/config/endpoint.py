"""The validator of an API's base URL: https, or http on loopback only."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from bot.errors import InvalidValueError
from bot.i18n import phrase


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _can_be_asked(url: str) -> bool:
    """Whether the clients take it: no address of four numbers beyond 255, no empty label."""
    import httpx  # noqa: PLC0415 - most installations set no address

    try:
        httpx.URL(url).raw_host.decode("ascii").encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return True


def check_endpoint(value: str) -> str:
    """The URL, stripped. Raises InvalidValueError, whose example is the key's own default."""
    try:
        parts = urlsplit(value.strip())
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:  # a port that is none, or a bracket that is not closed
        parts, port_is_fine = urlsplit(""), False
    is_fine = port_is_fine and _can_be_asked(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_fine:
        raise InvalidValueError(phrase("must be an address such as {default}", default="https://api.example.com"))
    if parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise InvalidValueError(phrase("must not carry a user, a query or a fragment"))
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise InvalidValueError(phrase("must begin with https:// (http:// is for 127.0.0.1 and localhost only)"))
    return value.strip()


Endpoint = Annotated[str, AfterValidator(check_endpoint)]
"""A validated base URL; it may have a port and a path."""
