"""Twilio's settings: an API key, or the auth token; what is missing or wrong is one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.lookup.opening import open_providers
from bot.providers.registry import VENDORS
from bot.providers.twilio.plugin import open_twilio
from bot.providers.twilio.settings import TwilioSettings
from bot.timing.clock import system_clock
from tests.cases import each

SID = "AC0123456789abcdef0123456789abcdef"
KEY = {"TWILIO_API_KEY": "SK0123456789abcdef0123456789abcdef", "TWILIO_API_SECRET": "a-secret-of-the-key"}
TOKEN = {"TWILIO_AUTH_TOKEN": "a-token-of-the-account"}


def settings(**environ: str) -> TwilioSettings:
    (account,) = load_settings({"TWILIO_ACCOUNT_SID": SID, **environ}, VENDORS).accounts
    assert isinstance(account.settings, TwilioSettings)
    return account.settings


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, VENDORS)
    return caught.value.said_in(ENGLISH)


def test_calls_are_made_with_the_api_key_and_pushes_checked_with_the_auth_token() -> None:
    both = settings(**KEY, **TOKEN)

    assert (both.credentials.user, both.credentials.password) == tuple(KEY.values())
    assert (both.signing_key, both.credentials.is_auth_token) == (TOKEN["TWILIO_AUTH_TOKEN"], False)
    assert settings(**KEY).signing_key is None


def test_without_an_api_key_calls_are_made_with_the_auth_token() -> None:
    alone = settings(**TOKEN).credentials

    assert (alone.user, alone.password, alone.is_auth_token) == (SID, TOKEN["TWILIO_AUTH_TOKEN"], True)


def test_blanks_around_a_value_are_none_of_it_and_a_blank_value_is_not_set() -> None:
    pasted = settings(TWILIO_AUTH_TOKEN=" a-token-of-the-account\n", TWILIO_API_KEY=" ", TWILIO_API_SECRET="")

    assert pasted.credentials.password == TOKEN["TWILIO_AUTH_TOKEN"]


@each(
    ("environ", "line"),
    [
        ({"TWILIO_AUTH_TOKEN": "x"}, "TWILIO_ACCOUNT_SID is missing"),
        (
            {"TWILIO_ACCOUNT_SID": SID},
            "TWILIO_AUTH_TOKEN is missing, and so is TWILIO_API_KEY with TWILIO_API_SECRET: one of the two makes the calls",
        ),
        (
            {"TWILIO_ACCOUNT_SID": SID, "TWILIO_API_KEY": KEY["TWILIO_API_KEY"]},
            "TWILIO_API_SECRET is missing: it goes with TWILIO_API_KEY",
        ),
        (
            {"TWILIO_ACCOUNT_SID": SID, "TWILIO_API_SECRET": "x", **TOKEN},
            "TWILIO_API_SECRET is set, but TWILIO_API_KEY is missing",
        ),
        (
            {"TWILIO_ACCOUNT_SID": "SK0123", **TOKEN},
            "TWILIO_ACCOUNT_SID must be AC and 32 digits or letters a to f, such as AC0123456789abcdef0123456789abcdef",
        ),
        (
            {"TWILIO_ACCOUNT_SID": SID, **KEY, "TWILIO_API_KEY": SID},
            "TWILIO_API_KEY must be SK and 32 digits or letters a to f, such as SK0123456789abcdef0123456789abcdef",
        ),
        ({"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "a b"}, "TWILIO_AUTH_TOKEN must be written without quotes or blanks"),
    ],
)
def test_what_is_missing_or_wrong_is_one_line_that_names_the_key(environ: dict[str, str], line: str) -> None:
    assert problems(**environ) == [line]


def test_no_repr_repeats_a_secret() -> None:
    both = settings(**KEY, **TOKEN)

    for secret in (KEY["TWILIO_API_SECRET"], TOKEN["TWILIO_AUTH_TOKEN"]):
        assert secret not in f"{both!r} {both.credentials!r}"


def test_the_key_of_the_page_can_do_what_the_bot_calls_and_nothing_else() -> None:
    """SECURITY.md: whoever gets hold of such a key can look up, and not send."""
    page = (Path(__file__).parents[2] / "docs" / "connect-twilio.md").read_text(encoding="utf-8")
    (policy,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert json.loads(policy) == {"allow": ["/twilio/messaging/messages/read", "/twilio/messaging/messages/list"]}


async def test_an_account_is_named_without_its_whole_sid_or_as_the_toml_file_names_it() -> None:
    named = load_settings({"TWILIO_ACCOUNT_SID": SID, **TOKEN}, VENDORS)
    (provider,) = open_providers(named, system_clock)
    (account,) = named.accounts
    (marketing,) = open_twilio(account.settings, "marketing", system_clock)

    assert (provider.name, provider.account, marketing.account) == ("twilio", "AC01…cdef", "marketing")
    for one in (provider, marketing):
        await one.aclose()
