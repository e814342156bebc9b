"""What click refuses, typed and in words: in Chinese to whom reads it, and in English just as click says it."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING

import click
import pytest
from click.exceptions import NoArgsIsHelpError

from bot.cli.localized_click.errors import refusal
from bot.cli.main import main
from bot.i18n import ENGLISH, language_called
from tests.cli.localized_click.pages import latin_words, paths, typed

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = language_called("zh")
TYPED = [
    ("--lnaguage en", "没有 '--lnaguage' 这个选项。是不是想用 '--language'？"),
    ("audit list --qqqq", "没有 '--qqqq' 这个选项。"),
    ("audit list --re", "没有 '--re' 这个选项。（是不是想用其中之一：'--reveals', '--target', '--user'？）"),
    ("explan", "没有 'explan' 这个命令。是不是想用 'explain'？"),
    ("whatever", "没有 'whatever' 这个命令。"),
    ("explain", "缺少参数 '错误码...'。"),
    ("explain --json=yes 1", "选项 '--json' 不能带值。"),
    ("serve --host", "选项 '--host' 后面要带一个值。"),
    ("doctor now", "多了一个参数（now）"),
    ("doctor right now", "多了几个参数（right now）"),
    ("serve --mode phone", "'--mode' 的值无效：'phone' 不在可选值 'socket', 'http' 之中。"),
    ("serve --port x", "'--port' 的值无效：'x' 不是整数。"),
    ("serve --port 70000", "'--port' 的值无效：70000 超出范围 0<=x<=65535。"),
    ("audit list --last 0", "'--last' 的值无效：0 超出范围 x>=1。"),
    ("audit list --since soon", "'--since' 的值无效：'soon' 不符合这些格式：'%Y-%m-%d', '%Y-%m-%dT%H:%M', '%Y-%m-%dT%H:%M:%S'。"),
    ("codes export --output /", "'--output' 的值无效：'/' 是一个目录，不是文件。"),
    ("--language fr doctor", "'--language' 的值无效：'fr' 不在可选值 'en', 'zh' 之中。"),
]


@pytest.mark.parametrize(("words", "said"), TYPED)
def test_every_refusal_is_said_in_chinese(words: str, said: str) -> None:
    status, shown = typed(*words.split())

    assert status == 2
    assert shown.splitlines()[-1] == f"错误：{said}"
    assert "Error" not in shown


@pytest.mark.parametrize("words", [words for words, _ in TYPED])
def test_the_english_is_clicks_own_to_the_letter(words: str) -> None:
    error, said_by_click = refused(words)

    assert refusal(error, ENGLISH) == said_by_click


def test_how_a_command_is_used_is_told_above_what_is_wrong() -> None:
    assert typed("explain")[1].splitlines()[:3] == [
        "用法：smsstatus explain [选项] 错误码...",
        "查看帮助：smsstatus explain --help",
        "",
    ]


@pytest.mark.parametrize("path", [path for path in paths() if path], ids="-".join)
def test_a_wrong_option_of_any_command_is_told_in_chinese(path: tuple[str, ...]) -> None:
    status, shown = typed(*path, "--qqqq")

    assert status == 2
    assert latin_words(shown) <= {"smsstatus", "help", *path}


def test_a_file_that_cannot_be_written_is_told_in_chinese(tmp_path: Path) -> None:
    status, shown = typed("codes", "export", "--output", str(tmp_path / "none" / "codes.csv"))

    assert status == 1
    assert shown.startswith("错误：无法打开文件 ")


def test_a_missing_option_is_named() -> None:
    error = click.MissingParameter(param=click.Option(["--port"], required=True))

    assert refusal(error, CHINESE) == "错误：缺少选项 '--port'。"
    assert refusal(error, ENGLISH) == shown_by_click(error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (click.UsageError("Missing command."), "缺少命令。"),
        (click.BadArgumentUsage("Argument 'words' takes 2 values."), "参数 'words' 要带 2 个值。"),
        (click.BadParameter("'x' is not a valid integer range."), "值无效：'x' 不是整数。"),
        (click.FileError("codes.csv", "没有权限"), "无法打开文件 'codes.csv'：没有权限"),
    ],
)
def test_what_our_commands_do_not_bring_about_today_is_told_all_the_same(error: click.ClickException, said: str) -> None:
    assert refusal(error, CHINESE) == f"错误：{said}"
    assert refusal(error, ENGLISH) == shown_by_click(error)


def test_a_sentence_that_nobody_knows_stays_as_it_is() -> None:
    error = click.BadParameter("This came with a later version.", param_hint="'--port'")

    assert refusal(error, CHINESE) == "错误：'--port' 的值无效：This came with a later version."


def test_who_interrupts_a_command_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.commands["doctor"], "callback", interrupted)

    assert typed("doctor") == (1, "\n已中止！\n")


def refused(words: str) -> tuple[click.ClickException, str]:
    """The exception that click itself raises for these words, and what it prints about it."""
    try:
        with main.make_context("smsstatus", words.split(), parent=click.Context(click.Group())) as ctx:
            click.Group.invoke(main, ctx)
    except click.ClickException as error:
        return error, shown_by_click(error)
    raise AssertionError("click takes these words")


def shown_by_click(error: click.ClickException) -> str:
    assert not isinstance(error, NoArgsIsHelpError)
    with redirect_stderr(StringIO()) as printed:
        error.show()
    return printed.getvalue().removesuffix("\n")
