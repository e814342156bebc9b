"""Tencent's settings: valid values, and one line for each error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.providers.tencent.plugin import VENDOR, open_tencent
from bot.providers.tencent.settings import TencentSettings
from tests.cases import each

GOOD = {
    "TENCENTCLOUD_SECRET_ID": "AKIDEXAMPLE",
    "TENCENTCLOUD_SECRET_KEY": "SECRETEXAMPLE",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
}


def settings_of(**changes: Any) -> TencentSettings:
    return TencentSettings.model_validate(GOOD | {f"TENCENTCLOUD_{key}": value for key, value in changes.items()})


def sentence_of(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        settings_of(**changes)
    (error,) = caught.value.errors()
    return str(error["ctx"]["error"])


def test_what_is_not_set_has_the_vendors_default() -> None:
    settings = settings_of()
    assert (settings.region, settings.endpoint, settings.token) == ("ap-guangzhou", "https://sms.tencentcloudapi.com", None)


@each(
    ("given", "ids"),
    [
        ("1400006666", ("1400006666",)),
        (" 1400006666 ,1400007777, ", ("1400006666", "1400007777")),
        ("1400006666，1400006666", ("1400006666",)),
        (["1400006666", "1400007777"], ("1400006666", "1400007777")),
    ],
)
def test_app_ids_are_one_or_more_each_once(given: str | list[str], ids: tuple[str, ...]) -> None:
    assert settings_of(SMS_SDK_APP_ID=given).app_ids == ids


@each(
    ("changes", "sentence"),
    [
        ({"SMS_SDK_APP_ID": 1400006666}, 'must be text: put the app id in quotes, such as "1400006666"'),
        ({"SMS_SDK_APP_ID": [1400006666]}, 'must be text: put the app id in quotes, such as "1400006666"'),
        ({"SMS_SDK_APP_ID": " , "}, "must name at least one app id, such as 1400006666"),
        ({"SMS_SDK_APP_ID": "my app"}, "must be app ids of digits only, separated by commas, such as 1400006666"),
        ({"SECRET_ID": "  "}, "must not be empty"),
        ({"SECRET_KEY": "two words"}, "must not hold blanks or characters outside ASCII"),
        ({"TOKEN": "令牌"}, "must not hold blanks or characters outside ASCII"),
        ({"REGION": "Guangzhou"}, "must be a region such as ap-guangzhou"),
        ({"SMS_ENDPOINT": "http://sms.example.com"}, "must begin with https:// (http:// is for 127.0.0.1 and localhost only)"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert sentence_of(**changes) == sentence


def test_blanks_around_a_key_are_dropped_since_the_provider_refuses_them() -> None:
    settings = settings_of(SECRET_ID=" AKIDEXAMPLE\n", SECRET_KEY="\tSECRETEXAMPLE ", TOKEN=" TOKENEXAMPLE ")
    assert settings.secret_id.get_secret_value() == "AKIDEXAMPLE"
    assert settings.secret_key.get_secret_value() == "SECRETEXAMPLE"
    assert settings.token is not None
    assert settings.token.get_secret_value() == "TOKENEXAMPLE"


def test_neither_repr_nor_error_shows_a_secret() -> None:
    assert "EXAMPLE" not in repr(settings_of(TOKEN="TOKENEXAMPLE"))
    with pytest.raises(ValidationError) as caught:
        settings_of(SECRET_KEY="SECRET EXAMPLE", TOKEN="TOKEN EXAMPLE")
    assert "EXAMPLE" not in str(caught.value)


async def test_each_app_id_is_an_account_of_the_provider_tencent() -> None:
    providers = open_tencent(settings_of(SMS_SDK_APP_ID="1400006666,1400007777"), None, lambda: datetime.now(UTC))
    assert [(provider.name, provider.account) for provider in providers] == [("tencent", "1400006666"), ("tencent", "1400007777")]
    for provider in providers:  # they share one client, and closing it more than once is fine
        await provider.aclose()


def test_the_keys_that_switch_it_on_are_keys_of_its_settings() -> None:
    aliases = {field.alias for field in TencentSettings.model_fields.values()}
    assert {key for system in VENDOR.systems for key in system.keys} <= aliases
