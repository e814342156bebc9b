"""Hand-signed requests to the provider stand-ins, which a test can spoil before or after signing."""

from __future__ import annotations

import hashlib
import json
import ssl
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from bot.sandbox.providers import AliyunAccount, TencentAccount
from bot.sandbox.providers.signatures import Authorization, acs3_signature, tc3_signature
from bot.sandbox.providers.wire import ApiRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.providers.server import StandIn

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
"""The stand-ins' clock in these tests, unless they set another."""

NUMBER = "+8613711112222"


NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares each client the loading of certificates, which plain http does not need."""


@dataclass(frozen=True)
class Request:
    """A request that can still be changed. `signed` names the headers that go under the signature, None: the usual ones."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def with_headers(self, **headers: str | None) -> Request:
        """Headers added, replaced or (None) left out; an underscore in a name stands for a dash."""
        changed: dict[str, str | None] = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(self, headers={name: value for name, value in changed.items() if value is not None})

    async def send(self) -> httpx.Response:
        url = httpx.URL(f"http://{self.headers['host']}", raw_path=f"{self.path}?{self.query}".rstrip("?").encode())
        async with httpx.AsyncClient(verify=NO_TLS, trust_env=False) as client:
            return await client.request(self.method, url, headers=dict(self.headers), content=self.body)

    def asked(self) -> ApiRequest:
        return ApiRequest(self.method, self.path, self.query, self.headers, self.body)


@dataclass(frozen=True)
class Tencent:
    """A client of the Tencent stand-in. `params` are those of the body; every field can be replaced."""

    stand_in: StandIn
    account: TencentAccount = field(default_factory=TencentAccount)
    at: datetime = NOW

    def params(self, **changes: Any) -> dict[str, Any]:
        """The documented parameters for the last hour; a change to None leaves one out."""
        at = int(self.at.timestamp())
        usual = {
            "SmsSdkAppId": "1400006666",
            "PhoneNumber": NUMBER,
            "BeginTime": at - 3600,
            "EndTime": at,
            "Offset": 0,
            "Limit": 100,
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def request(self, **params: Any) -> Request:
        """A request not yet signed."""
        headers = {
            "host": httpx.URL(self.stand_in.url).netloc.decode(),
            "content-type": "application/json",
            "x-tc-action": "PullSmsSendStatusByPhoneNumber",
            "x-tc-version": "2021-01-11",
            "x-tc-region": self.account.region,
            "x-tc-timestamp": str(int(self.at.timestamp())),
        }
        if self.account.token:
            headers["x-tc-token"] = self.account.token
        return Request("POST", "/", "", headers, json.dumps(self.params(**params)).encode())

    def sign(
        self, request: Request, *, signed: tuple[str, ...] = ("content-type", "host"), date: str = "", service: str = "sms"
    ) -> Request:
        date = date or f"{self.at:%Y-%m-%d}"
        authorization = Authorization(self.account.secret_id, signed, "", date, service)
        timestamp = request.headers.get("x-tc-timestamp", "")
        signature = tc3_signature(request.asked(), authorization, secret=self.account.secret_key, timestamp=timestamp)
        header = (
            f"TC3-HMAC-SHA256 Credential={self.account.secret_id}/{date}/{service}/tc3_request, "
            f"SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return request.with_headers(authorization=header)

    async def send(self, request: Request | None = None) -> dict[str, Any]:
        """The `Response` object of the answer, which always has HTTP 200."""
        answer = await self.sign(request or self.request()).send()
        assert answer.status_code == 200
        response = answer.json()["Response"]
        assert response["RequestId"]
        return dict(response)

    async def rows(self, **params: Any) -> list[dict[str, Any]]:
        response = await self.send(self.request(**params))
        assert "Error" not in response, response
        return list(response["PullSmsSendStatusSet"])

    async def refused(self, request: Request) -> str:
        """The error code of the answer."""
        return str((await self.send(request))["Error"]["Code"])


@dataclass(frozen=True)
class Aliyun:
    """A client of the Alibaba stand-in."""

    stand_in: StandIn
    account: AliyunAccount = field(default_factory=AliyunAccount)
    at: datetime = NOW

    def request(self, action: str = "QuerySendDetails", /, **params: str | None) -> Request:
        """A request not yet signed; `QuerySendDetails` comes with its documented parameters, a change to None leaves one out."""
        usual: dict[str, str | None] = {}
        if action == "QuerySendDetails":
            usual = {"PhoneNumber": "13711112222", "SendDate": "20261120", "PageSize": "50", "CurrentPage": "1"}
        given = {name: value for name, value in {**usual, **params}.items() if value is not None}
        headers = {
            "host": httpx.URL(self.stand_in.url).netloc.decode(),
            "x-acs-action": action,
            "x-acs-version": "2018-05-01" if action == "QueryMessage" else "2017-05-25",
            "x-acs-date": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        if self.account.security_token:
            headers["x-acs-security-token"] = self.account.security_token
        query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in given.items())
        return Request("POST", "/", query, headers, b"")

    def sign(self, request: Request, *, signed: tuple[str, ...] | None = None) -> Request:
        names = signed or tuple(sorted(request.headers))
        authorization = Authorization(self.account.access_key_id, names, "")
        signature = acs3_signature(request.asked(), authorization, secret=self.account.access_key_secret)
        header = f"ACS3-HMAC-SHA256 Credential={self.account.access_key_id},SignedHeaders={';'.join(names)},Signature={signature}"
        return request.with_headers(authorization=header)

    async def send(self, request: Request) -> httpx.Response:
        return await self.sign(request).send()

    async def details(self, **params: str | None) -> dict[str, Any]:
        """The whole body of a successful `QuerySendDetails`."""
        answer = await self.send(self.request(**params))
        body = answer.json()
        assert (answer.status_code, body["Code"]) == (200, "OK"), body
        return dict(body)

    async def rows(self, **params: str | None) -> list[dict[str, Any]]:
        return list((await self.details(**params))["SmsSendDetailDTOs"]["SmsSendDetailDTO"])

    async def message(self, message_id: str) -> dict[str, Any]:
        """The whole body of `QueryMessage`, which has HTTP 200 also when nothing is found."""
        answer = await self.send(self.request("QueryMessage", MessageId=message_id))
        assert answer.status_code == 200
        return dict(answer.json())

    async def refused_by_the_gateway(self, request: Request) -> tuple[int, str]:
        """The HTTP status and the code of a gateway error."""
        answer = await self.send(request)
        body = answer.json()
        assert set(body) == {"Code", "Message", "RequestId", "HostId", "Recommend"}, body
        return answer.status_code, str(body["Code"])

    async def refused(self, request: Request) -> str:
        """The code of a business error, which has HTTP 200 and no gateway fields."""
        answer = await self.send(request)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"Code", "Message", "RequestId"}
        return str(answer.json()["Code"])
