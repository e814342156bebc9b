"""HTTP Basic authentication of calls, and the signature of pushes, HMAC-SHA1 over the address and the form's fields.

https://www.twilio.com/docs/usage/requests-to-twilio, https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

SIGNATURE_HEADER = "X-Twilio-Signature"
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
_MOST_FIELDS = 200  # of a form; a status callback has some twenty


@dataclass(frozen=True, slots=True)
class TwilioCredentials:
    """A user and a password: an API key and its secret, or an account's SID and auth token. The password is not in its repr."""

    user: str
    password: str = field(repr=False)

    @property
    def is_auth_token(self) -> bool:
        """Whether it is the account's own token, and no key."""
        return self.user.startswith("AC")


class TwilioAuth(httpx.Auth):
    """Signs each request when it is sent."""

    def __init__(self, credentials: TwilioCredentials) -> None:
        pair = f"{credentials.user}:{credentials.password}"
        self._header = f"Basic {b64encode(pair.encode()).decode()}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set Authorization."""
        request.headers["Authorization"] = self._header
        yield request


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form, in the order received. Raises ValueError for another body."""
    return parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)


def push_signature(auth_token: str, address: str, fields: Iterable[tuple[str, str]]) -> str:
    """The value of the header: over the address and each field's name and value, sorted, each pair once, with nothing between."""
    signed = address + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()


def is_push_signed(auth_token: str, address: str, body: bytes, signature: str) -> bool:
    """Whether `signature` is that of the push. In constant time; False for a body that is no form."""
    try:
        fields = fields_of(body)
    except ValueError:
        return False
    # Twilio signs the address with the port or without it, whichever its own side has: its SDKs try both, too.
    right = [push_signature(auth_token, spelled, fields) for spelled in _spellings(address)]
    return any(hmac.compare_digest(one.encode(), signature.encode(errors="replace")) for one in right)


def _spellings(address: str) -> tuple[str, str]:
    """The address without a port and with one."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    port = parts.port or _PORTS.get(parts.scheme, _PORTS["https"])
    return _with_netloc(parts, host), _with_netloc(parts, f"{host}:{port}")


def _with_netloc(parts: SplitResult, netloc: str) -> str:
    return urlunsplit(parts._replace(netloc=netloc))
