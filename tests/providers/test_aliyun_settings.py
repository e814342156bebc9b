"""Alibaba's settings: which systems they switch on, and one line for each error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from bot.config import load_settings
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.providers.aliyun.plugin import VENDOR, abbreviate_key_id, open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.timing.clock import system_clock
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider

ID, SECRET = "LTAI5tEXAMPLEfakeKeyId01", "EXAMPLEfakeSecretDoNotUse0123456"
ORDINARY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET}
INTL = {
    "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID": "LTAI5tEXAMPLEintlKeyId99",
    "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET": "EXAMPLEintlSecretDoNotUse",
}


async def opened(settings: dict[str, Any], name: str | None = None) -> list[tuple[str, str]]:
    providers: Sequence[Provider] = open_aliyun(AliyunSettings.model_validate(settings), name, system_clock)
    for provider in providers:
        await provider.aclose()
    return [(provider.name, provider.account) for provider in providers]


def lines(settings: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(settings, [VENDOR])
    return caught.value.said_in(ENGLISH)


async def test_the_ordinary_key_opens_both_systems() -> None:
    assert await opened(ORDINARY) == [("aliyun", "LTAI…Id01"), ("aliyun-intl", "LTAI…Id01")]


async def test_the_international_key_alone_opens_the_international_system_alone() -> None:
    assert await opened(INTL) == [("aliyun-intl", "LTAI…Id99")]


async def test_the_international_system_uses_its_own_key_when_it_has_one() -> None:
    assert await opened(ORDINARY | INTL) == [("aliyun", "LTAI…Id01"), ("aliyun-intl", "LTAI…Id99")]


async def test_no_key_opens_nothing() -> None:
    assert await opened({}) == []


async def test_an_account_of_the_file_goes_by_its_name() -> None:
    assert await opened(ORDINARY, "marketing") == [("aliyun", "marketing"), ("aliyun-intl", "marketing")]


@each("key_id", [ID, "short", "12345678", "abc"])
def test_an_account_is_never_named_by_its_whole_key_id(key_id: str) -> None:
    assert key_id not in abbreviate_key_id(key_id)


def test_every_switch_is_a_setting_and_so_is_every_alias_used() -> None:
    known = {field.alias for field in AliyunSettings.model_fields.values()}

    assert all(key in known for system in VENDOR.systems for key in system.keys)


def test_the_token_goes_with_the_ordinary_key_to_both_systems_but_not_with_the_international_one() -> None:
    token = {"ALIBABA_CLOUD_SECURITY_TOKEN": "CAISfakeStsToken=="}
    shared = AliyunSettings.model_validate(ORDINARY | token)
    own = AliyunSettings.model_validate(ORDINARY | token | INTL)

    assert shared.credentials == shared.intl_credentials
    assert shared.credentials is not None
    assert shared.credentials.token == "CAISfakeStsToken=="
    assert own.intl_credentials is not None
    assert own.intl_credentials.token is None


def test_blanks_around_values_are_dropped_and_blank_values_are_none() -> None:
    settings = AliyunSettings.model_validate(
        {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": f" {ID}\n",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": f"\t{SECRET} ",
            "ALIBABA_CLOUD_SECURITY_TOKEN": "  ",
            "ALIBABA_CLOUD_SMS_ENDPOINT": "",
        }
    )

    assert settings.credentials is not None
    assert (settings.credentials.key_id, settings.credentials.secret, settings.credentials.token) == (ID, SECRET, None)
    assert settings.endpoint == "https://dysmsapi.aliyuncs.com"
    assert settings.intl_endpoint == "https://dysmsapi.ap-southeast-1.aliyuncs.com"


def test_secrets_are_in_no_repr_and_no_message() -> None:
    assert SECRET not in repr(AliyunSettings.model_validate(ORDINARY))
    assert SECRET not in repr(AliyunSettings.model_validate(ORDINARY).credentials)
    with pytest.raises(ValidationError) as caught:
        AliyunSettings.model_validate({**ORDINARY, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": f'"{SECRET}"'})
    assert SECRET not in str(caught.value)


def test_settings_are_frozen() -> None:
    settings = AliyunSettings.model_validate(ORDINARY)
    with pytest.raises(ValidationError):
        settings.endpoint = "https://elsewhere.example"


@each(
    ("settings", "line"),
    [
        (
            {"ALIBABA_CLOUD_ACCESS_KEY_ID": ID},
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET is missing: it goes with ALIBABA_CLOUD_ACCESS_KEY_ID",
        ),
        (
            {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET},
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET is set, but ALIBABA_CLOUD_ACCESS_KEY_ID is missing",
        ),
        (
            {"ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID": ID},
            "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET is missing: it goes with ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID",
        ),
        (
            {**ORDINARY, "ALIBABA_CLOUD_ACCESS_KEY_ID": "STS.NUexample"},
            "ALIBABA_CLOUD_SECURITY_TOKEN is missing: the key of ALIBABA_CLOUD_ACCESS_KEY_ID is a temporary one",
        ),
        (
            {**INTL, "ALIBABA_CLOUD_SECURITY_TOKEN": "CAISfakeStsToken=="},
            "ALIBABA_CLOUD_SECURITY_TOKEN is set, but ALIBABA_CLOUD_ACCESS_KEY_ID is missing",
        ),
        (
            {**ORDINARY, "ALIBABA_CLOUD_ACCESS_KEY_ID": f'"{ID}"'},
            "ALIBABA_CLOUD_ACCESS_KEY_ID is written in quotes, which count as a part of the value: leave them out",
        ),
        (
            {**ORDINARY, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": f"'{SECRET}'"},
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET is written in quotes, which count as a part of the value: leave them out",
        ),
        (
            {**ORDINARY, "ALIBABA_CLOUD_SMS_ENDPOINT": "http://dysmsapi.aliyuncs.com"},
            "ALIBABA_CLOUD_SMS_ENDPOINT must begin with https:// (http:// is for 127.0.0.1 and localhost only)",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_its_key(settings: dict[str, str], line: str) -> None:
    assert lines(settings) == [line]
