"""The language settings, and the lines about invalid settings in every language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.config import AppSettings, load_settings
from bot.errors import SettingsError
from bot.i18n import ENGLISH, get_language
from bot.providers.registry import VENDORS
from tests.cases import each

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = get_language("zh")
HAN = re.compile(r"[\u4e00-\u9fff]")
KEYS = sorted(field.alias for field in AppSettings.model_fields.values() if field.alias)
RULE = "SMSSTATUS_CHANNEL_LANGUAGES lists channels by id, each with en or zh, such as C0123ABCD=zh,C0456EFGH=en;"


def general(**environ: str) -> AppSettings:
    return load_settings(environ, []).general


def refused(environ: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, VENDORS)
    return caught.value


def from_file(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "smsstatus.toml"
    file.write_text(text, encoding="utf-8")
    return {"SMSSTATUS_CONFIG": str(file)}


def test_everybody_reads_their_own_language_and_channels_read_english_unless_set() -> None:
    one = general()

    assert (one.language, one.channel_language, dict(one.channel_languages)) == ("auto", None, {})
    assert [one.language_of(code) for code in ("en", "zh", "zh-TW", "fr-FR", "")] == ["en", "zh", "zh", "en", "en"]
    assert one.channel_language_for("C0123ABCD") == "en"


def test_one_language_can_be_set_for_everybody() -> None:
    one = general(SMSSTATUS_LANGUAGE=" ZH ")

    assert [one.language_of(code) for code in ("en", "zh")] == ["zh", "zh"]
    assert one.channel_language_for("C0123ABCD") == "zh"


def test_a_channel_reads_its_own_language_then_that_of_all_channels_then_everybodys() -> None:
    one = general(
        SMSSTATUS_LANGUAGE="zh", SMSSTATUS_CHANNEL_LANGUAGE="en", SMSSTATUS_CHANNEL_LANGUAGES=" C0123ABCD = zh , G0456EFGH=EN,"
    )

    assert [one.channel_language_for(channel) for channel in ("C0123ABCD", "G0456EFGH", "D0789JKLM", "")] == [
        "zh",
        "en",
        "en",
        "en",
    ]
    assert one.language_of("en") == "zh"


def test_the_languages_of_channels_may_be_a_table_or_a_list_of_the_toml_file(tmp_path: Path) -> None:
    table = from_file(tmp_path, '[SMSSTATUS_CHANNEL_LANGUAGES]\nC0123ABCD = "zh"\nG0456EFGH = "en"\n')
    assert general(**table).channel_languages == {"C0123ABCD": "zh", "G0456EFGH": "en"}

    listed = from_file(tmp_path, 'SMSSTATUS_CHANNEL_LANGUAGES = ["C0123ABCD=zh", "G0456EFGH=en"]')
    assert general(**listed).channel_languages == {"C0123ABCD": "zh", "G0456EFGH": "en"}


def test_the_languages_of_channels_cannot_be_changed() -> None:
    values: list[Any] = [general(SMSSTATUS_CHANNEL_LANGUAGES="C0123ABCD=zh").channel_languages, general().channel_languages]
    for value in values:
        with pytest.raises(TypeError):
            value["C0123ABCD"] = "en"


@each(
    ("key", "value", "line", "chinese"),
    [
        (
            "SMSSTATUS_LANGUAGE",
            "german",
            "SMSSTATUS_LANGUAGE must be auto, en or zh",
            "SMSSTATUS_LANGUAGE 只能是 auto、en 或 zh",
        ),
        (
            "SMSSTATUS_CHANNEL_LANGUAGE",
            "auto",
            "SMSSTATUS_CHANNEL_LANGUAGE must be en or zh",
            "SMSSTATUS_CHANNEL_LANGUAGE 只能是 en 或 zh",
        ),
        (
            "SMSSTATUS_CHANNEL_LANGUAGES",
            "C0123ABCD=zh,#incidents=zh",
            f"{RULE} #incidents=zh does not fit",
            "SMSSTATUS_CHANNEL_LANGUAGES 要按频道 ID 逐个指定 en 或 zh，如 C0123ABCD=zh,C0456EFGH=en；#incidents=zh 写得不对",
        ),
        (
            "SMSSTATUS_CHANNEL_LANGUAGES",
            "C0123ABCD=zh,C0123ABCD=en",
            "SMSSTATUS_CHANNEL_LANGUAGES gives C0123ABCD two languages",
            "SMSSTATUS_CHANNEL_LANGUAGES 给 C0123ABCD 指定了两种语言",
        ),
    ],
)
def test_a_language_that_is_none_is_one_line_in_the_readers_language(key: str, value: str, line: str, chinese: str) -> None:
    error = refused({key: value})

    assert error.said_in(ENGLISH) == [line]
    assert str(error) == line
    assert error.said_in(CHINESE) == [chinese]


@each("value", ["C0123ABCD", "C0123ABCD=", "U0123ABCD=zh", "C0123ABCD=fr", "c0123abcd=zh", "=zh"])
def test_a_channel_language_that_does_not_fit_is_refused_with_an_example(value: str) -> None:
    assert refused({"SMSSTATUS_CHANNEL_LANGUAGES": value}).said_in(ENGLISH) == [f"{RULE} {value} does not fit"]


def test_a_table_of_channel_languages_is_held_to_the_same_rule(tmp_path: Path) -> None:
    error = refused(from_file(tmp_path, "[SMSSTATUS_CHANNEL_LANGUAGES]\nincidents = 5\n"))

    assert error.said_in(ENGLISH) == [f"{RULE} incidents=5 does not fit"]


WRONG: dict[str, str] = {
    "SLACK_BOT_TOKEN": "xapp-1",
    "SLACK_APP_TOKEN": "xoxb-1",
    "SLACK_API_URL": "slack.com",
    "SMSSTATUS_DEFAULT_REGION": "China",
    "SMSSTATUS_TIMEZONE": "Asia/Shanghi",
    "SMSSTATUS_LANGUAGE": "de",
    "SMSSTATUS_CHANNEL_LANGUAGE": "de",
    "SMSSTATUS_CHANNEL_LANGUAGES": "de",
    "SMSSTATUS_PORT": "many",
    "SMSSTATUS_DATABASE_URL": "mysql://u:pass-word@h/d",
    "SMSSTATUS_SECRET_KEY": "short-word",
    "SMSSTATUS_DEADLINE": "soon",
    "SMSSTATUS_ALLOWED_TEAMS": "acme",
    "SMSSTATUS_ALLOWED_CHANNELS": "#incidents",
    "SMSSTATUS_ALLOWED_USERS": "@ann",
    "SMSSTATUS_ALLOWED_USERGROUPS": "oncall",
    "SMSSTATUS_ALLOW_GUESTS": "perhaps",
    "SMSSTATUS_ALLOW_EXTERNALS": "perhaps",
    "SMSSTATUS_REVEAL_USERS": "@ann",
    "SMSSTATUS_REVEAL_USERGROUPS": "oncall",
    "SMSSTATUS_USER_RATE": "0",
    "SMSSTATUS_CALLBACK_TOKEN": "pass-word",
    "SMSSTATUS_CALLBACK_NETWORKS": "203.0.113.7/24",
    "SMSSTATUS_SOCKETS": "11",
    "SMSSTATUS_CONTACT": "x" * 201,
    "SMSSTATUS_AUDIT_DAYS": "1.5",
    "SMSSTATUS_RECEIPT_DAYS": "never",
    "TENCENTCLOUD_SECRET_ID": "pass word",
    "TENCENTCLOUD_SECRET_KEY": "pass word",
    "TENCENTCLOUD_TOKEN": "pass word",
    "TENCENTCLOUD_REGION": "Guangzhou",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "my app",
    "TENCENTCLOUD_SMS_ENDPOINT": "http://sms.example.com",
    "TENCENT_SMS_LEGACY_SDKAPPID": "1400005555,1400005556",
    "TENCENT_SMS_LEGACY_ENDPOINT": "https://user@yun.example.com",
    "TENCENT_SMS_LEGACY_DRAIN": "perhaps",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "STS.NUexample",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "'pass-word'",
    "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID": "LTAIexampleKeyId01",
}
FINE_ALONE = {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID"}  # what goes with them is missing
ALSO_NAMED = {"TENCENT_SMS_LEGACY_APPKEY", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET"}


def test_every_wrong_setting_is_a_line_that_begins_with_its_key_in_every_language() -> None:
    error = refused(WRONG)

    lines, in_chinese = error.said_in(ENGLISH), error.said_in(CHINESE)
    assert {line.split()[0] for line in lines} == (set(WRONG) | ALSO_NAMED) - FINE_ALONE
    assert [line.split()[0] for line in in_chinese] == [line.split()[0] for line in lines]
    assert [line for line in in_chinese if not HAN.search(line)] == []
    assert not re.search(r"pass.word|short-word|Input should", "\n".join([*lines, *in_chinese]))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(key=st.sampled_from(KEYS), value=st.text(min_size=1, max_size=60))
@example("SLACK_API_URL", "\u00bb")
def test_whatever_a_setting_is_set_to_it_is_taken_or_named_with_a_rule_of_ours(key: str, value: str) -> None:
    try:
        load_settings({key: value}, VENDORS)
    except SettingsError as error:
        for line in error.said_in(ENGLISH):  # its quotes, and what is left without them
            assert line.startswith(f"{key} ")
            assert "is not taken" not in line  # which would be pydantic's words
        for chinese in error.said_in(CHINESE):
            assert chinese.startswith(f"{key} ")
            assert HAN.search(chinese)
