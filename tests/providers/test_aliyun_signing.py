"""ACS3-HMAC-SHA256, compared with the official SDK; the signed request is the one sent."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
from aiohttp import web
from alibabacloud_tea_openapi.utils import Utils
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.aliyun.signing import Acs3Auth, AliyunCredentials, acs3_authorization, call_headers
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.request_target import canonical_query
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.http import ApiResponse

KEY_ID, SECRET, TOKEN = "LTAI5tEXAMPLEfakeKeyId01", "EXAMPLEfakeSecretDoNotUse0123456", "CAISfakeStsToken=="
NONCE = "0123456789abcdef0123456789abcdef"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CREDENTIALS = AliyunCredentials(KEY_ID, SECRET)
DETAILS = {"x-acs-action": "QuerySendDetails", "x-acs-version": "2017-05-25"}
PARAMS = {
    "PhoneNumber": "13900000000",
    "BizId": "900000000000000001^0",
    "SendDate": "20260102",
    "PageSize": "10",
    "CurrentPage": "1",
}
HOSTILE = "a^b*c~d+e f/g?h=i&j;k,l%5Em%n:@!$'()[]{}|\\\"<>`é汉字\u202e\u200b\n\x7f\x00😀"


def signed(request: httpx.Request, credentials: AliyunCredentials = CREDENTIALS) -> httpx.Request:
    auth = Acs3Auth(credentials, clock=lambda: AT, nonce=lambda: NONCE)
    return next(auth.sync_auth_flow(request))


def signature_of(request: httpx.Request) -> str:
    return request.headers["authorization"].rpartition("Signature=")[2]


def sdk_authorization(path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The signature by the SDK's own function."""
    request = SimpleNamespace(method="POST", pathname=path, query=dict(query), headers=dict(headers))
    return str(Utils.get_authorization(request, "ACS3-HMAC-SHA256", headers["x-acs-content-sha256"], KEY_ID, SECRET))


@each(
    ("url", "headers", "params", "token", "expected"),
    [
        (
            "https://dysmsapi.aliyuncs.com",
            DETAILS,
            PARAMS,
            None,
            "1dc37f8d79971e96ede2c858a2f321fc7bb68bef1b8fc3cfbaead15779dbf8d9",
        ),
        (
            "https://dysmsapi.aliyuncs.com",
            DETAILS,
            PARAMS,
            TOKEN,
            "6c486737ac537f8c7045c5afcc5475c830464e7b12857b400252d0199feb970c",
        ),
        (
            "https://dysmsapi.ap-southeast-1.aliyuncs.com",
            {"x-acs-action": "QueryMessage", "x-acs-version": "2018-05-01"},
            {"MessageId": "100000000000000001"},
            None,
            "ac41272f73ffeef9600883a204e761f0d22db7e4400c5fbfc60ffffbe4b988c4",
        ),
    ],
    ids=["domestic", "domestic with a temporary key", "international"],
)
def test_known_requests_have_the_signature_that_was_computed_for_them(
    url: str, headers: dict[str, str], params: dict[str, str], token: str | None, expected: str
) -> None:
    request = signed(
        httpx.Request("POST", f"{url}?{canonical_query(params)}", headers=headers), AliyunCredentials(KEY_ID, SECRET, token)
    )

    assert signature_of(request) == expected
    assert request.headers["x-acs-date"] == "2026-01-02T03:04:05Z"


def test_every_attempt_has_a_new_nonce_date_and_signature() -> None:
    moments = iter([AT, AT.replace(second=6)])
    auth = Acs3Auth(CREDENTIALS, clock=lambda: next(moments))
    request = httpx.Request("POST", "https://dysmsapi.aliyuncs.com", headers=DETAILS)
    seen = []
    for _ in range(2):
        sent = next(auth.sync_auth_flow(request))
        seen.append((sent.headers["x-acs-signature-nonce"], sent.headers["x-acs-date"], signature_of(sent)))

    assert all(first != second for first, second in zip(*seen, strict=True))
    assert len(seen[0][0]) == 32


def test_the_secret_and_the_token_are_in_no_repr() -> None:
    credentials = AliyunCredentials(KEY_ID, SECRET, TOKEN)

    assert SECRET not in repr(credentials) + repr(Acs3Auth(credentials))
    assert TOKEN not in repr(credentials)


NAMES = st.text(st.characters(min_codepoint=ord("a"), max_codepoint=ord("z")), min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HEADER_VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@given(
    params=st.dictionaries(NAMES, VALUES, max_size=6),
    extra=st.dictionaries(NAMES.map("x-acs-{}".format), HEADER_VALUES, max_size=3),
    content_type=st.none() | st.just("application/json; charset=utf-8"),
    body=st.binary(max_size=40),
    host=st.sampled_from(["dysmsapi.aliyuncs.com", "127.0.0.1:8080", "[::1]:9"]),
    path=st.sampled_from(["/", "/a/b", "/api~v1/x"]),
    token=st.none() | HEADER_VALUES,
)
def test_the_official_sdk_signs_every_request_just_as_we_do(
    *,
    params: dict[str, str],
    extra: dict[str, str],
    content_type: str | None,
    body: bytes,
    host: str,
    path: str,
    token: str | None,
) -> None:
    headers = {**extra, **DETAILS, **({"content-type": content_type} if content_type else {})}
    credentials = AliyunCredentials(KEY_ID, SECRET, token)
    url = f"http://{host}{path}?{canonical_query(params)}"
    request = signed(httpx.Request("POST", url, headers=headers, content=body), credentials)

    everything = {
        "host": host,
        **headers,
        "x-acs-date": "2026-01-02T03:04:05Z",
        "x-acs-signature-nonce": NONCE,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        **({"x-acs-security-token": token} if token else {}),
    }
    assert request.headers["authorization"] == sdk_authorization(path, params, everything)


@given(params=st.dictionaries(VALUES.filter(bool), VALUES, max_size=6))
def test_the_canonical_query_holds_the_parameters_in_order_and_in_the_plain_characters_of_rfc_3986(
    params: dict[str, str],
) -> None:
    query = canonical_query(params)

    assert set(query) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%=&")
    pairs = [pair.partition("=") for pair in query.split("&") if query]
    assert {unquote(name): unquote(value) for name, _, value in pairs} == params
    assert [name for name, _, _ in pairs] == sorted(name for name, _, _ in pairs)


class Gateway:
    """Records raw requests and verifies their signatures from the bytes alone."""

    def __init__(self) -> None:
        self.url = ""
        self.query = ""
        self.headers: dict[str, str] = {}
        self.accepts = False

    async def handle(self, request: web.BaseRequest) -> web.Response:
        path, _, self.query = request.raw_path.partition("?")
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        names = self.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        to_sign = {name: self.headers[name] for name in names}
        query = canonical_query({unquote(n): unquote(v) for n, _, v in (p.partition("=") for p in self.query.split("&") if p)})
        self.accepts = (
            self.headers["authorization"] == acs3_authorization(CREDENTIALS, request.method, path, query, to_sign)
            and self.headers["x-acs-content-sha256"] == hashlib.sha256(body).hexdigest()
            and all(name in names for name in self.headers if name in {"host", "content-type"} or name.startswith("x-acs-"))
        )
        return web.json_response({})


async def send_through_the_engine(params: dict[str, str], path: str = "") -> Gateway:
    gateway = Gateway()
    runner = web.ServerRunner(web.Server(gateway.handle, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    http = ProviderHttpClient(f"http://127.0.0.1:{runner.addresses[0][1]}{path}", auth=Acs3Auth(CREDENTIALS, clock=lambda: AT))
    try:
        headers = call_headers("QuerySendDetails", "2017-05-25")
        await http.call(_body, ResultCollector(), params=params, headers=headers)
    finally:
        await http.aclose()
        await runner.cleanup()
    return gateway


def _body(reply: ApiResponse) -> Mapping[str, Any]:
    return reply.body


async def test_real_parameters_travel_byte_for_byte_as_they_were_signed() -> None:
    gateway = await send_through_the_engine(PARAMS)

    assert gateway.accepts
    assert gateway.query == canonical_query(PARAMS)
    assert gateway.headers["host"].startswith("127.0.0.1:")


async def test_hostile_values_arrive_unchanged_and_match_their_signature() -> None:
    params = {"BizId": HOSTILE, "z": "", "a b": "*"}
    gateway = await send_through_the_engine(params)

    assert gateway.accepts
    assert gateway.query == canonical_query(params)
    assert {unquote(n): unquote(v) for n, _, v in (p.partition("=") for p in gateway.query.split("&"))} == params


@each("path", ["/", "/sms", "/a%20b/c~d", "/with/slash/"])
async def test_the_path_of_the_endpoint_is_signed_as_it_travels(path: str) -> None:
    assert (await send_through_the_engine(PARAMS, path)).accepts
