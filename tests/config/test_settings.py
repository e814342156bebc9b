"""Settings: each error is one line that names its key, and no line repeats a secret."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from bot.config import AppSettings, Settings, load_settings
from bot.config.messages import describe_errors
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.providers.registry import VENDORS
from tests.cases import each
from tests.config.accounts import EVERY_ACCOUNT

if TYPE_CHECKING:
    from pathlib import Path

TENCENT = {
    "TENCENTCLOUD_SECRET_ID": "AKIDexample",
    "TENCENTCLOUD_SECRET_KEY": "very-secret-key",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
}
NETWORKS = "lists networks such as 203.0.113.0/24, with commas between:"
ALIBABA = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIexampleKeyId01", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "another-secret"}


def address_keys() -> dict[str, str]:
    """Every key whose value is an API's base URL, with its default."""
    models: list[type[BaseModel]] = [AppSettings, *(vendor.settings for vendor in VENDORS)]
    fields = [field for model in models for field in model.model_fields.values()]
    return {str(field.alias): field.default for field in fields if str(field.default).startswith("https://")}


def load(**environ: str) -> Settings:
    return load_settings(environ, VENDORS)


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(**environ)
    return caught.value.said_in(ENGLISH)


def test_nothing_set_gives_the_defaults_of_the_contract() -> None:
    general = load().general

    assert (general.region, general.timezone, general.host, general.port) == ("CN", "Asia/Shanghai", "127.0.0.1", 3000)
    assert general.slack_api_url == "https://slack.com/api/"
    assert load().accounts == ()


def test_both_vendors_are_read_from_the_environment() -> None:
    accounts = load(**TENCENT, **ALIBABA).accounts

    assert [account.vendor.systems[0].name for account in accounts] == ["tencent", "aliyun"]
    assert [account.name for account in accounts] == [None, None]


def test_a_half_set_account_names_the_key_that_is_missing() -> None:
    lines = problems(TENCENTCLOUD_SECRET_ID="AKIDexample", TENCENTCLOUD_SMS_SDK_APP_ID="1400006666")

    assert lines == ["TENCENTCLOUD_SECRET_KEY is missing"]


def test_every_fault_is_told_at_once() -> None:
    lines = problems(
        SMSSTATUS_PORT="many", SMSSTATUS_TIMEZONE="Asia/Shanghi", SLACK_BOT_TOKEN="xapp-1", SMSSTATUS_DEFAULT_REGION="XX"
    )

    assert [line.split()[0].rstrip(":") for line in sorted(lines)] == [
        "SLACK_BOT_TOKEN",
        "SMSSTATUS_DEFAULT_REGION",
        "SMSSTATUS_PORT",
        "SMSSTATUS_TIMEZONE",
    ]
    assert "SMSSTATUS_TIMEZONE is not a time zone; did you mean Asia/Shanghai?" in lines


@each("key", ["TENCENTCLOUD_SMS_ENDPOINT", "SLACK_API_URL"])
@each("address", ["http://example.com", "ftp://x", "sms.tencentcloudapi.com", "https://u:p@h", "https://h:99999"])
def test_an_address_that_is_not_https_is_refused_unless_it_is_this_machine(key: str, address: str) -> None:
    (line,) = problems(**{**TENCENT, key: address})

    assert line.startswith(f"{key} must ")


@each("key", sorted(address_keys()))
@each("address", ["slack.com/api/", "https://[::1", "https://h:99999", "https://", "x", "https://1.2.3.256", "https://a..b"])
def test_an_address_that_is_none_is_told_with_the_keys_own_as_the_example(key: str, address: str) -> None:
    (line,) = problems(**{**EVERY_ACCOUNT, key: address})

    assert line == f"{key} must be an address such as {address_keys()[key]}"


@each("address", ["http://127.0.0.1:8080/tencent", "http://localhost:9", "http://[::1]:9/x", "https://proxy:8443/a/b"])
def test_an_address_may_carry_a_port_and_a_path(address: str) -> None:
    assert load(**TENCENT, TENCENTCLOUD_SMS_ENDPOINT=address).accounts


def test_the_site_of_the_codes_is_a_public_address_which_ends_in_a_slash() -> None:
    assert load().general.codes_site is None
    assert load(SMSSTATUS_CODES_SITE=" https://codes.example.com/sms ").general.codes_site == "https://codes.example.com/sms/"


@each(
    ("address", "said"),
    [
        ("http://127.0.0.1:8080/", "must begin with https://, such as https://codes.example.com/"),
        ("codes.example.com", "must begin with https://, such as https://codes.example.com/"),
        ("https://codes.example.com:99999", "must be an address such as https://api.example.com"),
        ("https://codes.example.com/?q=1", "must not carry a user, a query or a fragment"),
        ("https://a.example/<!channel>", "must be a folder in plain letters, such as https://codes.example.com/sms/"),
        ("https://a.example/a|b", "must be a folder in plain letters, such as https://codes.example.com/sms/"),
        ("https://a.example/index.html", "must be a folder in plain letters, such as https://codes.example.com/sms/"),
        (f"https://a.example/{'a' * 300}", "must be a folder in plain letters, such as https://codes.example.com/sms/"),
    ],
)
def test_an_address_that_nobody_else_can_open_is_no_site_of_the_codes(address: str, said: str) -> None:
    assert problems(SMSSTATUS_CODES_SITE=address) == [f"SMSSTATUS_CODES_SITE {said}"]


def test_no_message_and_no_repr_repeats_a_secret() -> None:
    settings = load(**TENCENT, **ALIBABA, SLACK_BOT_TOKEN="xoxb-secret", SLACK_SIGNING_SECRET="sign-secret")
    lines = problems(**{**TENCENT, "TENCENTCLOUD_SMS_SDK_APP_ID": "not-a-number"}, SLACK_APP_TOKEN="very-wrong-token")

    for secret in ("very-secret-key", "another-secret", "xoxb-secret", "sign-secret", "very-wrong-token"):
        assert secret not in repr(settings)
        assert secret not in " ".join(lines)


def test_the_mode_follows_the_tokens_and_names_what_is_missing() -> None:
    bot = "xoxb-1"
    assert load(SLACK_BOT_TOKEN=bot, SLACK_APP_TOKEN="xapp-1").general.mode() == "socket"
    assert load(SLACK_BOT_TOKEN=bot, SLACK_SIGNING_SECRET="s").general.mode() == "http"
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN is missing.*\nSLACK_APP_TOKEN is missing"):
        load().general.mode()
    with pytest.raises(SettingsError, match="SLACK_SIGNING_SECRET is missing"):
        load(SLACK_BOT_TOKEN=bot).general.mode("http")


def test_a_toml_file_holds_more_accounts_under_the_same_keys(tmp_path: Path) -> None:
    file = tmp_path / "smsstatus.toml"
    file.write_text(
        'SMSSTATUS_TIMEZONE = "Europe/Berlin"\nSMSSTATUS_PORT = 4000\n[accounts.marketing]\n'
        + "".join(f'{key} = "{value}"\n' for key, value in TENCENT.items()),
        encoding="utf-8",
    )
    settings = load(**ALIBABA, SMSSTATUS_CONFIG=str(file), SMSSTATUS_PORT="5000")

    assert settings.general.timezone == "Europe/Berlin"
    assert settings.general.port == 5000, "the environment wins"
    assert [(account.name, account.vendor.systems[0].name) for account in settings.accounts] == [
        (None, "aliyun"),
        ("marketing", "tencent"),
    ]


@each(
    ("text", "said"),
    [
        ('SMSSTATUS_TIMEZON = "x"', "SMSSTATUS_TIMEZON is not a setting; did you mean SMSSTATUS_TIMEZONE?"),
        ('accounts = "x"', "accounts must be a table of tables: [accounts.NAME]"),
        ("[accounts.a]\n", "accounts.a has none of the keys that switch a provider on"),
        (
            '[accounts.a]\nTENCENTCLOUD_SECRET_ID = "x"\nTENCENTCLOUD_SMS_SDK_APP_ID = "1"',
            "TENCENTCLOUD_SECRET_KEY is missing (in [accounts.a])",
        ),
        ("not toml", "SMSSTATUS_CONFIG: "),
    ],
)
def test_a_wrong_toml_file_is_one_line_that_says_where(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "smsstatus.toml"
    file.write_text(text, encoding="utf-8")

    (line,) = problems(SMSSTATUS_CONFIG=str(file))

    assert line.startswith(said)


def test_a_toml_file_that_is_not_there_is_said_so() -> None:
    (line,) = problems(SMSSTATUS_CONFIG="/nowhere/smsstatus.toml")

    assert line == "SMSSTATUS_CONFIG: /nowhere/smsstatus.toml cannot be read: No such file or directory"


def test_the_callbacks_take_a_token_that_nobody_guesses_and_networks() -> None:
    token = "c" * 24
    general = load(SMSSTATUS_CALLBACK_TOKEN=f" {token} ", SMSSTATUS_CALLBACK_NETWORKS="203.0.113.0/24, 2001:db8::/32").general

    assert general.callback_token is not None
    assert general.callback_token.get_secret_value() == token
    assert token not in repr(general)
    assert [str(network) for network in general.callback_networks] == ["203.0.113.0/24", "2001:db8::/32"]


@each(
    ("key", "value"),
    [
        ("SMSSTATUS_CALLBACK_TOKEN", "short"),
        ("SMSSTATUS_CALLBACK_TOKEN", "a/path/in/it/that/is/long"),
        ("SMSSTATUS_CALLBACK_NETWORKS", "203.0.113.7/24"),
        ("SMSSTATUS_CALLBACK_NETWORKS", "everywhere"),
    ],
)
def test_a_callback_setting_that_keeps_nobody_out_is_refused_by_its_key(key: str, value: str) -> None:
    (line,) = problems(**{key: value})
    assert line.startswith(key)


@each(
    ("key", "value", "said"),
    [
        ("SMSSTATUS_PORT", "many", "must be a whole number from 0 to 65535, such as 3000"),
        ("SMSSTATUS_PORT", "65536", "must be a whole number from 0 to 65535, such as 3000"),
        ("SMSSTATUS_PORT", "9" * 5000, "must be a whole number from 0 to 65535, such as 3000"),
        ("SMSSTATUS_AUDIT_DAYS", "0", "must be a whole number from 1 to 36500, such as 365"),
        ("SMSSTATUS_AUDIT_DAYS", "1.5", "must be a whole number from 1 to 36500, such as 365"),
        ("SMSSTATUS_DEADLINE", "soon", "must be a number from 0.5 to 60, such as 8"),
        ("SMSSTATUS_DEADLINE", "61", "must be a number from 0.5 to 60, such as 8"),
        ("SMSSTATUS_DEADLINE", "nan", "must be a number from 0.5 to 60, such as 8"),
        ("SMSSTATUS_ALLOW_GUESTS", "perhaps", "must be true or false"),
        ("SMSSTATUS_CONTACT", "x" * 201, "must have at most 200 characters"),
        ("SMSSTATUS_CALLBACK_NETWORKS", "203.0.113.7/24", f"{NETWORKS} 203.0.113.7/24 has host bits set"),
        ("SMSSTATUS_CALLBACK_NETWORKS", "here", f"{NETWORKS} 'here' does not appear to be an IPv4 or IPv6 network"),
        ("SMSSTATUS_DATABASE_URL", "mysql://h/d", "must begin with sqlite:/// or postgresql://"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(key: str, value: str, said: str) -> None:
    assert problems(**{key: value}) == [f"{key} {said}"]


@each(
    ("text", "line"),
    [
        ("SMSSTATUS_HOST = 5", "SMSSTATUS_HOST must be text, in quotes"),
        ('SMSSTATUS_HOST = ""', "SMSSTATUS_HOST must not be empty"),
        ("SMSSTATUS_DATA_DIR = 5", "SMSSTATUS_DATA_DIR must be text, in quotes"),
        ("SMSSTATUS_SECRET_KEY = 5", "SMSSTATUS_SECRET_KEY must be text, in quotes"),
        ("SMSSTATUS_PORT = [1]", "SMSSTATUS_PORT must be a whole number from 0 to 65535, such as 3000"),
        ("SMSSTATUS_DEADLINE = [1]", "SMSSTATUS_DEADLINE must be a number from 0.5 to 60, such as 8"),
        ("SMSSTATUS_ALLOW_GUESTS = []", "SMSSTATUS_ALLOW_GUESTS must be true or false"),
        ("accounts.a = 5", "accounts.a must be a table: [accounts.a]"),
    ],
)
def test_a_value_of_another_type_in_the_toml_file_is_told_in_our_words(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "smsstatus.toml"
    file.write_text(text, encoding="utf-8")

    assert problems(SMSSTATUS_CONFIG=str(file)) == [line]


class Unusual(BaseModel):
    """A model with types of fields that no setting has today, and another vendor's may."""

    count: int = Field(1, alias="COUNT")
    share: float = Field(0.5, alias="SHARE")
    moment: datetime = Field(datetime(2026, 1, 1, tzinfo=UTC), alias="MOMENT")

    @field_validator("share")
    @classmethod
    def _whole(cls, value: float) -> float:
        if value > 1:
            raise ValueError("more than all")
        return value


@each(
    ("value", "line"),
    [
        ({"COUNT": "x"}, "COUNT must be a whole number"),
        ({"SHARE": "x"}, "SHARE must be a number"),
        ({"SHARE": 2}, "SHARE is not taken: more than all"),
        ({"MOMENT": "soon"}, "MOMENT is not taken: Input should be a valid datetime or date, input is too short"),
    ],
)
def test_what_we_have_no_words_for_is_told_in_pydantics(value: dict[str, object], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Unusual.model_validate(value)

    assert [one.said_in(ENGLISH) for one in describe_errors(caught.value, Unusual)] == [line]


@each("key", [*TENCENT, "SLACK_BOT_TOKEN", "SMSSTATUS_PORT", "HTTPS_PROXY", "SMSSTATUS_CONTACT"])
def test_a_value_in_quotes_is_refused_by_its_key_and_not_repeated(key: str) -> None:
    for opening, closing in ('""', "''", "“”", "‘’", "「」"):
        lines = problems(**{**TENCENT, key: f"{opening}1400{closing}"})

        assert f"{key} is written in quotes, which count as a part of the value: leave them out" in lines
        assert not any("1400" in line for line in lines)


def test_a_misspelt_key_of_ours_is_refused_with_the_nearest_and_kubernetes_own_are_not() -> None:
    assert problems(SMSSTATUS_TIMEZON="UTC") == ["SMSSTATUS_TIMEZON is not a setting; did you mean SMSSTATUS_TIMEZONE?"]
    load(SMSSTATUS_SERVICE_HOST="10.0.0.1", SMSSTATUS_PORT="tcp://10.0.0.1:3000", SMSSTATUS_PORT_3000_TCP_ADDR="10.0.0.1")


def test_a_near_miss_of_a_vendors_key_is_a_doubt_and_no_fault() -> None:
    doubts = load(TENCENTCLOUD_SECRETID="x").doubts

    assert [one.said_in(ENGLISH) for one in doubts] == [
        "TENCENTCLOUD_SECRETID is not a setting; did you mean TENCENTCLOUD_SECRET_ID?"
    ]
