"""An account of each vendor, with every secret that it can have: the one list of the settings' tests that a vendor adds to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNTS: Mapping[str, Mapping[str, str]] = {  # by the vendor's folder
    "tencent": {
        "TENCENTCLOUD_SECRET_ID": "AKID-in-a-file",
        "TENCENTCLOUD_SECRET_KEY": "key-in-a-file",
        "TENCENTCLOUD_TOKEN": "token-in-a-file",
        "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
    },
    "tencent.legacy": {
        "TENCENT_SMS_LEGACY_SDKAPPID": "1400006666",
        "TENCENT_SMS_LEGACY_APPKEY": "appkey-in-a-file",
    },
    "aliyun": {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIexample",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret-in-a-file",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "sts-in-a-file",
        "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID": "LTAIexample2",
        "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET": "intl-in-a-file",
    },
    "twilio": {
        "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
        "TWILIO_API_KEY": "SK0123456789abcdef0123456789abcdef",
        "TWILIO_API_SECRET": "api-secret-in-a-file",
        "TWILIO_AUTH_TOKEN": "auth-token-in-a-file",
    },
}
EVERY_ACCOUNT: Mapping[str, str] = {key: value for account in ACCOUNTS.values() for key, value in account.items()}
"""All of them, as an environment has them."""
