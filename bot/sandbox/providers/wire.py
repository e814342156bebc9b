"""The values that pass through an emulator: the request, the response, and the record of a call."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

KEPT_PARAMETERS = frozenset(
    {"BeginTime", "EndTime", "Limit", "Offset", "International", "SendDate", "CurrentPage", "PageSize"}
    | {"type", "max", "begin_time", "end_time", "StartDate", "EndDate", "IsGlobe"}
    | {"DateSent<", "DateSent>", "Page"}
)
"""What a `RecordedCall` keeps of the parameters: nothing that tells whom the call was about."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as received. Header names are in lower case; path, query and body are the received bytes, undecoded."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def action(self) -> str:
        """The API action, from either vendor's header or the legacy API's path; empty when there is none."""
        by_path = self.path.rpartition("/")[2] if self.path.startswith("/v5/") else ""
        return self.headers.get("x-tc-action") or self.headers.get("x-acs-action") or by_path

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs in the order received, decoded as a form."""
        pairs = (part.partition("=") for part in self.query_string.split("&") if part)
        return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)

    @property
    def params(self) -> Mapping[str, Any]:
        """All parameters, from the query or a JSON body; for predicates that choose the calls a fault affects."""
        try:
            body = json.loads(self.body) if self.body else {}
        except ValueError:
            body = {}
        return {**dict(self.query), **(body if isinstance(body, dict) else {})}


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A response: an HTTP status and a JSON body."""

    status: int
    body: Mapping[str, Any]
    outcome: str  # "OK", or the vendor's error code
    account: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """The record of a call. Numbers are never kept."""

    action: str
    account: str  # the Tencent app id or the Alibaba access key id that asked; empty when it was not let in
    at: datetime  # by the stand-in's clock
    outcome: str  # "OK", or the vendor's error code; with a fault on the wire the client may see neither
    request_id: str
    fault: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)  # only those of KEPT_PARAMETERS


class ApiRefusal(Exception):  # noqa: N818 - it is an answer of the API, not an error of the stand-in
    """The API rejects the call: the vendor's error code, its message, the HTTP status and further headers."""

    def __init__(self, code: str, message: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}
