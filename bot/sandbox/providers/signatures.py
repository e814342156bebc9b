"""Both vendors' request signatures, recomputed from the received bytes. Written apart from the product's own signing.

* TC3-HMAC-SHA256: https://cloud.tencent.com/document/api/382/38780 and the SDK `tencentcloud-sdk-python-common`, sign.py
* ACS3-HMAC-SHA256: https://help.aliyun.com/document_detail/2593177.html and the SDK `alibabacloud-tea-openapi`, utils.py
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from bot.sandbox.providers.wire import ApiRequest

TC3 = "TC3-HMAC-SHA256"
ACS3 = "ACS3-HMAC-SHA256"

_TC3_FORM = re.compile(
    TC3
    + r" Credential=(?P<id>[^/,\s]+)/(?P<date>\d{4}-\d{2}-\d{2})/(?P<service>[^/,\s]+)/tc3_request,"
    + r"\s*SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_ACS3_FORM = re.compile(
    ACS3 + r" Credential=(?P<id>[^,\s]+),SignedHeaders=(?P<headers>[a-z0-9;-]+),Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """A parsed Authorization header. `date` and `service` are Tencent's."""

    key_id: str
    signed_headers: tuple[str, ...]
    signature: str
    date: str = ""
    service: str = ""


def read_tc3(header: str) -> Authorization | None:
    """Parse a TC3 Authorization header; None when it is malformed."""
    found = _TC3_FORM.fullmatch(header)
    if found is None:
        return None
    names = tuple(found["headers"].split(";"))
    return Authorization(found["id"], names, found["signature"], found["date"], found["service"])


def read_acs3(header: str) -> Authorization | None:
    """Parse an ACS3 Authorization header; None when it is malformed."""
    found = _ACS3_FORM.fullmatch(header)
    if found is None:
        return None
    return Authorization(found["id"], tuple(found["headers"].split(";")), found["signature"])


def tc3_signature(asked: ApiRequest, authorization: Authorization, *, secret: str, timestamp: str) -> str:
    """The TC3 signature of this request, in lower-case hex."""
    lines = "".join(f"{name}:{_tc3_value(asked, name)}\n" for name in authorization.signed_headers)
    names = ";".join(authorization.signed_headers)
    canonical = "\n".join((asked.method, "/", asked.query_string, lines, names, hashlib.sha256(asked.body).hexdigest()))
    scope = f"{authorization.date}/{authorization.service}/tc3_request"
    to_sign = "\n".join((TC3, timestamp, scope, _sha256(canonical)))
    key = f"TC3{secret}".encode()
    for part in (authorization.date, authorization.service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def _tc3_value(asked: ApiRequest, name: str) -> str:
    """The SDK signs these two unchanged; Tencent's published samples put further values in lower case."""
    value = asked.headers.get(name, "").strip()
    return value if name in {"content-type", "host"} else value.lower()


def acs3_signature(asked: ApiRequest, authorization: Authorization, *, secret: str) -> str:
    """The ACS3 signature of this request, in lower-case hex."""
    pairs = sorted((_percent(name), _percent(value)) for name, value in asked.query)
    query = "&".join(f"{name}={value}" for name, value in pairs)
    lines = "".join(f"{name}:{asked.headers.get(name, '').strip()}\n" for name in authorization.signed_headers)
    names = ";".join(authorization.signed_headers)
    canonical = "\n".join((asked.method, asked.path, query, lines, names, hashlib.sha256(asked.body).hexdigest()))
    to_sign = f"{ACS3}\n{_sha256(canonical)}"
    return hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()


def same(one: str, other: str) -> bool:
    """Compare two signatures or tokens in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _percent(text: str) -> str:
    """RFC 3986 percent-encoding: a space is %20, never a plus."""
    return quote(text, safe="-_.~")
