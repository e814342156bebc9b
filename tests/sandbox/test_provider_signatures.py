"""The stand-ins' own signature code against published vectors, which were made with the vendors' SDKs."""

from __future__ import annotations

import hashlib

from bot.sandbox.providers.signatures import Authorization, acs3_signature, read_acs3, read_tc3, same, tc3_signature
from bot.sandbox.providers.wire import ApiRequest
from tests.cases import each

TENCENT_KEY = "SECRETEXAMPLEsecretEXAMPLE000001"
SDK_BODY = (
    b'{"BeginTime": 1699990000, "Offset": 0, "Limit": 100, "PhoneNumber": "+8618501234444", "SmsSdkAppId": "1400006666",'
    b' "EndTime": 1700000000}'
)
COMPACT_BODY = (
    b'{"SmsSdkAppId":"1400006666","PhoneNumber":"+8618501234444","BeginTime":1699990000,"EndTime":1700000000,"Offset":0,'
    b'"Limit":100}'
)
CHINA, ABROAD = "sms.tencentcloudapi.com", "sms.intl.tencentcloudapi.com"
JSON, JSON_UTF8 = "application/json", "application/json; charset=utf-8"


@each(
    ("host", "content_type", "body", "signature"),
    [
        (CHINA, JSON, SDK_BODY, "5927e9da23f807129d10d8cc1e6f241d01c3b2784ef59149acffd91a0141dd7f"),
        (ABROAD, JSON, SDK_BODY, "69c062b9a6790d7c36552a6213c79385a24ac9e280b5ab62c942a4a2553027d0"),
        (CHINA, JSON, COMPACT_BODY, "6e502e50fbbcdef3d9bdcbb4996754d3aa52bcefdf3be4af21c1c967fb32f597"),
        (CHINA, JSON_UTF8, COMPACT_BODY, "32a485c0148397fd1acf72c227c18d3b73d7348d1fabe667fcaf4ab4b4600f99"),
    ],
)
def test_tc3_signatures_match_those_made_with_the_official_sdk(host: str, content_type: str, body: bytes, signature: str) -> None:
    asked = ApiRequest("POST", "/", "", {"host": host, "content-type": content_type, "x-tc-token": "TOKENEXAMPLE"}, body)
    authorization = Authorization("AKID", ("content-type", "host"), "", "2023-11-14", "sms")

    assert tc3_signature(asked, authorization, secret=TENCENT_KEY, timestamp="1700000000") == signature


DETAILS_QUERY = "PhoneNumber=13900000000&BizId=900000000000000001%5E0&SendDate=20260102&PageSize=10&CurrentPage=1"


@each(
    ("call", "host", "query", "more", "signature"),
    [
        (
            ("QuerySendDetails", "2017-05-25"),
            "dysmsapi.aliyuncs.com",
            DETAILS_QUERY,
            {},
            "1dc37f8d79971e96ede2c858a2f321fc7bb68bef1b8fc3cfbaead15779dbf8d9",
        ),
        (
            ("QuerySendDetails", "2017-05-25"),
            "dysmsapi.aliyuncs.com",
            DETAILS_QUERY,
            {"x-acs-security-token": "CAISfakeStsToken=="},
            "6c486737ac537f8c7045c5afcc5475c830464e7b12857b400252d0199feb970c",
        ),
        (
            ("QueryMessage", "2018-05-01"),
            "dysmsapi.ap-southeast-1.aliyuncs.com",
            "MessageId=100000000000000001",
            {},
            "ac41272f73ffeef9600883a204e761f0d22db7e4400c5fbfc60ffffbe4b988c4",
        ),
        (
            ("QuerySendDetails", "2017-05-25"),
            "dysmsapi.aliyuncs.com",
            DETAILS_QUERY,
            {
                "accept": "application/json",
                "user-agent": "example-agent/1.0",
                "x-acs-credentials-provider": "static_ak",
            },
            "d8ee52da1a852f78ec098cfe0f6be4d22fbfdb0c07fb8c8b71452c84370e9344",
        ),
    ],
    ids=["details", "with a token", "message", "as the SDK sends it"],
)
def test_acs3_signatures_match_those_made_with_the_official_sdk(
    call: tuple[str, str], host: str, query: str, more: dict[str, str], signature: str
) -> None:
    headers = {
        "host": host,
        "x-acs-action": call[0],
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2026-01-02T03:04:05Z",
        "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
        "x-acs-version": call[1],
        **more,
    }
    authorization = Authorization("LTAI", tuple(sorted(headers)), "")

    found = acs3_signature(ApiRequest("POST", "/", query, headers, b""), authorization, secret="EXAMPLEfakeSecretDoNotUse0123456")

    assert found == signature


HEX = "0" * 64


@each(
    "header",
    [
        "",
        f"ACS3-HMAC-SHA256 Credential=a/2023-11-14/sms/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/14-11-2023/sms/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/2023-11-14/sms, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/2023-11-14/sms/tc3_request, SignedHeaders=Content-Type;Host, Signature={HEX}",
        "TC3-HMAC-SHA256 Credential=a/2023-11-14/sms/tc3_request, SignedHeaders=content-type;host, Signature=short",
    ],
)
def test_a_malformed_tc3_header_is_not_read(header: str) -> None:
    assert read_tc3(header) is None


@each(
    "header",
    [
        "",
        f"TC3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature={HEX}",
        f"ACS3-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature={HEX}",
        f"ACS3-HMAC-SHA256 SignedHeaders=host,Credential=a,Signature={HEX}",
        f"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature={HEX.upper()}A",
    ],
)
def test_a_malformed_acs3_header_is_not_read(header: str) -> None:
    assert read_acs3(header) is None


def test_comparing_takes_any_text() -> None:
    assert same("ключ", "ключ")
    assert not same("ключ", "key")
