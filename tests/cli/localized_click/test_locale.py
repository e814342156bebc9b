"""Who reads the terminal: the option, then the setting, then the locale; and what a file's language follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import config
from bot.cli.localized_click import CliLocale
from bot.cli.localized_click import locale as reader
from bot.i18n import ENGLISH, get_language
from tests.cases import each
from tests.cli.localized_click.pages import typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHINESE = get_language("zh")


@each(
    ("words", "environ", "code", "asked"),
    [
        ("--language en lookup", {"SMSSTATUS_LANGUAGE": "zh", "LC_ALL": "zh_CN", "LANG": "zh_CN"}, "en", True),
        ("lookup", {"SMSSTATUS_LANGUAGE": "en", "LC_ALL": "zh_CN", "LANG": "zh_CN"}, "en", False),
        ("lookup", {"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN", "LANG": "zh_CN"}, "en", False),
        ("lookup", {"LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN"}, "en", False),
        ("lookup", {"LANG": "zh_CN.UTF-8"}, "zh", False),
        ("lookup", {"LANG": "C.UTF-8"}, "en", False),
        ("lookup", {}, "en", False),
        ("lookup --language=zh", {}, "zh", True),
        ("lookup --language zh", {"LANG": "en_US"}, "zh", True),
        ("--language en lookup --language zh", {}, "zh", True),
        ("--language zh lookup --language=en", {}, "en", True),
        ("lookup -- --language zh", {}, "en", False),  # a word of the command
        ("--language fr lookup", {"LANG": "zh_CN"}, "zh", False),  # will be refused, in Chinese
        ("lookup --language", {"LANG": "zh_CN"}, "zh", False),
    ],
)
def test_the_option_comes_before_the_setting_and_that_before_the_locale(
    *, words: str, environ: Mapping[str, str], code: str, asked: bool
) -> None:
    reader = CliLocale.for_arguments(words.split(), environ)

    assert (reader.language.code, reader.asked) == (code, asked)


def test_help_is_shown_by_that_order_too() -> None:
    chinese = {"SMSSTATUS_LANGUAGE": "zh", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}

    assert "Usage:" in typed("--language", "en", "--help", environ=chinese)[1]
    assert "Usage:" in typed("--help", environ=chinese | {"SMSSTATUS_LANGUAGE": "en"})[1]
    assert "Usage:" in typed("--help", environ=chinese | {"SMSSTATUS_LANGUAGE": "", "LC_ALL": "en_US.UTF-8"})[1]
    assert "用法：" in typed("--help", environ=chinese | {"SMSSTATUS_LANGUAGE": "", "LC_ALL": ""})[1]


def test_files_for_programs_are_english_unless_another_language_was_asked_for() -> None:
    assert CliLocale(CHINESE).file_language == ENGLISH
    assert CliLocale(CHINESE, asked=True).file_language == CHINESE


@each(
    ("toml", "environ", "code"),
    [
        ('SMSSTATUS_LANGUAGE = "zh"', {}, "zh"),
        ('SMSSTATUS_LANGUAGE = "zh"', {"SMSSTATUS_LANGUAGE": "en"}, "en"),
        ('SMSSTATUS_LANGUAGE = "auto"', {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("SMSSTATUS_LANGUAGE = 3", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("this is not TOML", {"LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_setting_may_stand_in_the_toml_file(tmp_path: Path, toml: str, environ: Mapping[str, str], code: str) -> None:
    file = tmp_path / "smsstatus.toml"
    file.write_text(toml)

    assert CliLocale.for_arguments(["lookup"], {"SMSSTATUS_CONFIG": str(file), **environ}).language.code == code


def test_a_toml_file_that_is_not_there_is_told_by_whoever_needs_it(tmp_path: Path) -> None:
    assert CliLocale.for_arguments(["lookup"], {"SMSSTATUS_CONFIG": str(tmp_path / "none.toml")}).language == ENGLISH


def test_the_key_of_the_toml_file_is_the_one_that_the_settings_read() -> None:
    assert reader.CONFIG_KEY == config.CONFIG_KEY
