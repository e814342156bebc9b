"""Secret files, paths with `~`, and quoted values."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import AppSettings
from bot.config.secret_files import secret_keys
from bot.providers.registry import VENDORS
from bot.providers.vendors import VENDOR_FOLDERS
from tests.cases import each
from tests.config.accounts import ACCOUNTS, EVERY_ACCOUNT
from tests.config.test_settings import TENCENT, load, problems
from tests.docs.settings_page import settings_page

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-in-a-file",
    "SLACK_APP_TOKEN": "xapp-in-a-file",
    "SLACK_SIGNING_SECRET": "signing-in-a-file",
    "SMSSTATUS_SECRET_KEY": "secret-key-in-a-file",
    "SMSSTATUS_CALLBACK_TOKEN": "callback-token-in-a-file-01",
    "SMSSTATUS_DATABASE_URL": "postgresql://u:in-a-file@h/d",
    **{key: value for key, value in EVERY_ACCOUNT.items() if "in-a-file" in value},
}
OPEN = {key: value for key, value in EVERY_ACCOUNT.items() if key not in SECRETS}


def test_every_secret_may_stand_in_a_file_of_its_own() -> None:
    assert secret_keys([AppSettings, *(vendor.settings for vendor in VENDORS)]) == set(SECRETS)
    assert list(ACCOUNTS) == list(VENDOR_FOLDERS)
    assert "| `…_FILE` |" in settings_page()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=repr)
def test_a_secret_in_a_file_is_the_one_in_the_environment(tmp_path: Path, end: str) -> None:
    named = {}
    for key, value in SECRETS.items():
        (tmp_path / key).write_bytes(f"{value}{end}".encode())
        named[key + "_FILE"] = str(tmp_path / key)

    by_file, by_value = load(**OPEN, **named), load(**OPEN, **SECRETS)

    assert by_file.general == by_value.general
    assert [account.settings for account in by_file.accounts] == [account.settings for account in by_value.accounts]
    assert len(by_file.accounts) == len(ACCOUNTS)
    assert "in-a-file" not in repr(by_file)


def test_the_log_is_told_every_secret_and_every_password_and_no_host() -> None:
    passwords = {"SMSSTATUS_DATABASE_URL": "postgresql://u:in%20a-file@h.example/d?password=the%20other"}
    proxy = {"HTTPS_PROXY": "http://me:p%40ss@proxy.example:3128"}
    told = load(**OPEN, **SECRETS | passwords, **proxy).secrets

    own = {value for key, value in SECRETS.items() if key != "SMSSTATUS_DATABASE_URL"}
    assert told == own | {"in a-file", "the other", "p@ss", "bWU6cEBzcw=="}
    assert load(**TENCENT, SMSSTATUS_DATABASE_URL="sqlite:////data/sms.db").secrets == {"AKIDexample", "very-secret-key"}


@each("key", sorted(SECRETS))
def test_a_secrets_file_that_cannot_be_used_is_one_line(tmp_path: Path, key: str) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe\x00")
    others = {**OPEN, **{other: value for other, value in SECRETS.items() if other != key}}

    def told(path: object, **more: str) -> list[str]:
        return problems(**others, **more, **{f"{key}_FILE": str(path)})

    assert told("/nowhere/x") == [f"{key}_FILE names /nowhere/x, which cannot be read: No such file or directory"]
    assert told(empty) == [f"{key}_FILE names {empty}, which is empty"]
    assert told(binary) == [f"{key}_FILE names {binary}, which is not text"]
    assert told(empty, **{key: SECRETS[key]}) == [f"{key} and {key}_FILE are both set: leave one of them out"]


def test_an_accounts_secret_may_stand_in_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("very-secret-key\n")
    file = tmp_path / "smsstatus.toml"
    ids = 'TENCENTCLOUD_SECRET_ID = "x"\nTENCENTCLOUD_SMS_SDK_APP_ID = "1"\n'

    file.write_text(f'[accounts.a]\n{ids}TENCENTCLOUD_SECRET_KEY_FILE = "{tmp_path / "key"}"\n')
    (found,) = load(SMSSTATUS_CONFIG=str(file)).accounts
    assert found.settings.model_dump()["secret_key"].get_secret_value() == "very-secret-key"

    file.write_text(f'[accounts.a]\n{ids}TENCENTCLOUD_SECRET_KEY_FILE = "{tmp_path / "none"}"\n')
    (line,) = problems(SMSSTATUS_CONFIG=str(file))
    assert line.startswith("TENCENTCLOUD_SECRET_KEY_FILE names ")
    assert line.endswith("(in [accounts.a])")


def test_an_accounts_table_has_no_file_for_what_is_not_its_own(tmp_path: Path) -> None:
    file = tmp_path / "smsstatus.toml"
    account = "".join(f'{key} = "1"\n' for key in TENCENT)
    file.write_text(f'[accounts.a]\n{account}SLACK_BOT_TOKEN_FILE = "/nowhere"\n')

    assert problems(SMSSTATUS_CONFIG=str(file))[0].startswith("SLACK_BOT_TOKEN_FILE is not a setting")


def test_the_environments_secret_wins_over_the_toml_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-file")
    file = tmp_path / "smsstatus.toml"
    file.write_text(f'SLACK_BOT_TOKEN_FILE = "{tmp_path / "token"}"')
    general = load(SMSSTATUS_CONFIG=str(file), SLACK_BOT_TOKEN="xoxb-environment").general

    assert general.bot_token is not None
    assert general.bot_token.get_secret_value() == "xoxb-environment"


PATHS = {"SMSSTATUS_DATA_DIR": "data_dir", "SMSSTATUS_CODES_OVERLAY": "codes_overlay"}


@pytest.mark.parametrize("key", PATHS)
def test_a_path_may_begin_at_home_and_nobodys_home_is_told(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("HOME", "/home/sms")

    assert getattr(load(**{key: "~/here"}).general, PATHS[key]) == Path("/home/sms/here")
    nobody = problems(**{key: "~nobody-has-this-name/here"})
    assert nobody == [f"{key} begins with ~, which names no home folder here"]


def test_the_settings_file_and_a_secrets_file_may_be_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "smsstatus.toml").write_text('SLACK_BOT_TOKEN_FILE = "~/token"')
    (tmp_path / "token").write_text("xoxb-at-home")

    assert load(SMSSTATUS_CONFIG="~/smsstatus.toml").general.bot_token is not None
    nobody = problems(SMSSTATUS_CONFIG="~nobody-has-this-name/x")
    assert nobody == ["SMSSTATUS_CONFIG begins with ~, which names no home folder here"]


@each("key", [*TENCENT, "SLACK_BOT_TOKEN", "HTTPS_PROXY", "SMSSTATUS_DATA_DIR", "SLACK_APP_TOKEN_FILE"])
def test_half_a_quote_is_refused_by_its_key_and_not_repeated(key: str) -> None:
    for value in ('"AKIDx', "AKIDx'", "“AKIDx", "AKIDx」", " `AKIDx "):
        lines = problems(**{**TENCENT, key: value})

        assert f"{key} has a quote at one end, which counts as a part of the value: leave it out" in lines
        assert key.endswith("_FILE") or not any("AKIDx" in line for line in lines)


@each("contact", ["ask the boys'", "ask 'SMS'", '"SMS" knows', "don't"])
def test_a_quote_in_prose_stays(contact: str) -> None:
    assert load(SMSSTATUS_CONTACT=contact).general.contact == contact
