"""TC3-HMAC-SHA256: known signatures, and random ones compared with the vendor's own SDK."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common import abstract_client
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.providers.tencent.signing import Tc3Auth, TencentCredentials, tc3_authorization
from tests.cases import each

KEYS = TencentCredentials("AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0001", "SECRETEXAMPLEsecretEXAMPLE000001")
TIMESTAMP = 1700000000
SPACED = (
    b'{"BeginTime": 1699990000, "Offset": 0, "Limit": 100, "PhoneNumber": "+8618501234444", '
    b'"SmsSdkAppId": "1400006666", "EndTime": 1700000000}'
)
COMPACT = (
    b'{"SmsSdkAppId":"1400006666","PhoneNumber":"+8618501234444",'
    b'"BeginTime":1699990000,"EndTime":1700000000,"Offset":0,"Limit":100}'
)
CHINA, INTERNATIONAL = "sms.tencentcloudapi.com", "sms.intl.tencentcloudapi.com"

VECTORS = {
    "China site": (CHINA, "application/json", SPACED, "5927e9da23f807129d10d8cc1e6f241d01c3b2784ef59149acffd91a0141dd7f"),
    "international site": (
        INTERNATIONAL,
        "application/json",
        SPACED,
        "69c062b9a6790d7c36552a6213c79385a24ac9e280b5ab62c942a4a2553027d0",
    ),
    "compact body": (CHINA, "application/json", COMPACT, "6e502e50fbbcdef3d9bdcbb4996754d3aa52bcefdf3be4af21c1c967fb32f597"),
    "content type with a charset": (
        CHINA,
        "application/json; charset=utf-8",
        COMPACT,
        "32a485c0148397fd1acf72c227c18d3b73d7348d1fabe667fcaf4ab4b4600f99",
    ),
}  # fmt: skip


def signed(
    credentials: TencentCredentials, url: str, body: bytes, content_type: str = "application/json", at: int = TIMESTAMP
) -> httpx.Headers:
    request = httpx.Request("POST", url, content=body, headers={"Content-Type": content_type})
    auth = Tc3Auth(credentials, lambda: datetime.fromtimestamp(at, UTC))
    return next(auth.sync_auth_flow(request)).headers


@each(("host", "content_type", "body", "signature"), VECTORS.values(), ids=VECTORS.keys())
def test_known_requests_get_the_known_signature(host: str, content_type: str, body: bytes, signature: str) -> None:
    headers = signed(KEYS, f"https://{host}", body, content_type)
    assert headers["X-TC-Timestamp"] == "1700000000"
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0001/2023-11-14/sms/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={signature}"
    )
    assert "X-TC-Token" not in headers


def test_a_token_goes_beside_the_signature_and_does_not_change_it() -> None:
    temporary = TencentCredentials(KEYS.secret_id, KEYS.secret_key, "TOKENEXAMPLE")
    headers = signed(temporary, f"https://{CHINA}", SPACED)
    assert headers["X-TC-Token"] == "TOKENEXAMPLE"
    assert headers["Authorization"] == signed(KEYS, f"https://{CHINA}", SPACED)["Authorization"]


def test_the_host_is_signed_with_its_port_and_the_path_always_as_the_root() -> None:
    here = signed(KEYS, "http://127.0.0.1:8080/tencent/", COMPACT)
    expected = tc3_authorization(KEYS, timestamp=TIMESTAMP, content_type="application/json", host="127.0.0.1:8080", body=COMPACT)
    assert (here["Host"], here["Authorization"]) == ("127.0.0.1:8080", expected)


def test_every_attempt_is_signed_anew_for_its_own_moment() -> None:
    moments = iter([TIMESTAMP, TIMESTAMP + 90])
    auth = Tc3Auth(KEYS, lambda: datetime.fromtimestamp(next(moments), UTC))
    request = httpx.Request("POST", f"https://{CHINA}", content=SPACED, headers={"Content-Type": "application/json"})
    first = dict(next(auth.sync_auth_flow(request)).headers)
    second = dict(next(auth.sync_auth_flow(request)).headers)
    assert (first["x-tc-timestamp"], second["x-tc-timestamp"]) == ("1700000000", "1700000090")
    assert first["authorization"] != second["authorization"]


def test_the_date_of_the_scope_is_utc_whatever_the_clocks_zone() -> None:
    a_second_before_midnight = int(datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC).timestamp())
    assert "/2026-11-21/" in signed(KEYS, f"https://{CHINA}", SPACED, at=a_second_before_midnight)["Authorization"]


def test_no_repr_gives_a_key_away() -> None:
    temporary = TencentCredentials("AKIDEXAMPLE", "SECRETEXAMPLE", "TOKENEXAMPLE")
    shown = f"{temporary!r} {temporary} {Tc3Auth(temporary, lambda: datetime.now(UTC))!r}"
    assert "EXAMPLE" not in shown


def sdk_headers(credentials: TencentCredentials, host: str, params: dict[str, object], at: int) -> tuple[dict[str, str], bytes]:
    """The headers and body of the SDK's request, at a fixed time."""
    profile = ClientProfile()
    profile.httpProfile.endpoint = host
    client = SmsClient(Credential(credentials.secret_id, credentials.secret_key, credentials.token), "ap-guangzhou", profile)
    request = RequestInternal(host, "POST", "/")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abstract_client, "time", SimpleNamespace(time=lambda: at))
        client._build_req_inter("PullSmsSendStatusByPhoneNumber", params, request)
    return request.header, request.data.encode()


key = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
hosts = st.sampled_from([CHINA, INTERNATIONAL, "sms.ap-guangzhou.tencentcloudapi.com", "127.0.0.1:8080", "localhost:65535"])
values = st.text(max_size=30) | st.integers() | st.booleans() | st.none()


# The SDK's utcfromtimestamp is deprecated from Python 3.12 on.
@pytest.mark.filterwarnings("ignore:.*utcfromtimestamp.*:DeprecationWarning")
@given(
    credentials=st.builds(TencentCredentials, key, key, st.none() | key),
    host=hosts,
    params=st.dictionaries(st.text(max_size=12), values, max_size=8),
    at=st.integers(0, 4_102_444_800),
)
def test_the_sdks_authorization_and_ours_are_equal_byte_for_byte(
    credentials: TencentCredentials, host: str, params: dict[str, object], at: int
) -> None:
    theirs, body = sdk_headers(credentials, host, params, at)
    ours = signed(credentials, f"https://{host}", body, theirs["Content-Type"], at)
    for name in ("Authorization", "X-TC-Timestamp", "X-TC-Token", "Host", "Content-Type"):
        assert ours.get(name) == theirs.get(name)
