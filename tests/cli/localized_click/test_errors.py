"""What click refuses, typed and in words: in Chinese to whom reads it, and in English just as click says it."""

from __future__ import annotations

import gettext
import os
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from babel.messages.extract import extract_from_dir

from bot.cli.localized_click.click_gettext import click_in
from bot.cli.localized_click.errors import localize_error
from bot.cli.main import main
from bot.i18n import ENGLISH, get_language
from tests.cases import each
from tests.cli.localized_click.pages import CHINESE_TERMINAL, ENGLISH_TERMINAL, latin_words, paths, typed
from tests.phrases import key_of, of_click

if TYPE_CHECKING:
    from bot.i18n import Language

CHINESE = get_language("zh")
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
    ("audit list --last 0", "'-n' / '--last' 的值无效：0 超出范围 x>=1。"),
    ("codes export --output /", "'--output' 的值无效：'/' 是一个目录，不是文件。"),
    ("--language fr doctor", "'--language' 的值无效：'fr' 不在可选值 'en', 'zh' 之中。"),
]


@each(("words", "said"), TYPED)
def test_every_refusal_is_said_in_chinese(words: str, said: str) -> None:
    status, shown = typed(*words.split())

    assert status == 2
    assert shown.splitlines()[-1] == f"错误：{said}"
    assert "Error" not in shown


@each(
    "words",
    ["lookup --13711112222", "receipts 13711112222", "serve --port x13711112222", "help 13711112222", "codes 137,1111,2222"],
)
def test_a_number_in_the_place_of_a_command_is_masked(words: str) -> None:
    for environ in (CHINESE_TERMINAL, ENGLISH_TERMINAL):
        shown = typed(*words.split(), environ=environ)[1]

        assert "137****2222" in shown
        assert "13711112222" not in shown


@each("words", [words for words, _ in TYPED])
def test_the_english_is_clicks_own_to_the_letter(words: str) -> None:
    status, shown = typed(*words.split(), environ=ENGLISH_TERMINAL)

    assert status == 2
    assert shown.splitlines()[-1] == said_by_click(words)


def test_how_a_command_is_used_is_told_above_what_is_wrong() -> None:
    assert typed("explain")[1].splitlines()[:3] == [
        "用法：smsstatus explain [选项] 错误码...",
        "查看帮助：smsstatus explain --help",
        "",
    ]


@each("path", [path for path in paths() if path], ids="-".join)
def test_a_wrong_option_of_any_command_is_told_in_chinese(path: tuple[str, ...]) -> None:
    status, shown = typed(*path, "--qqqq")

    assert status == 2
    assert latin_words(shown) <= {"smsstatus", "help", *path}


def test_a_file_that_cannot_be_written_is_told_in_chinese(tmp_path: Path) -> None:
    status, shown = typed("codes", "export", "--output", str(tmp_path / "none" / "codes.csv"))

    assert status == 1
    assert shown.startswith("错误：无法打开文件 ")


@each(
    ("error", "said"),
    [
        (click.UsageError("Missing command."), "错误：Missing command."),  # click translates it where it raises it
        (click.BadParameter("'x'"), "错误：值无效：'x'"),
        (click.FileError("codes.csv", "没有权限"), "错误：无法打开文件 'codes.csv'：没有权限"),
        (click.BadParameter("Of a later click.", param_hint="'--port'"), "错误：'--port' 的值无效：Of a later click."),
    ],
)
def test_what_is_in_no_catalogue_stays_as_it_is(error: click.ClickException, said: str) -> None:
    assert shown(error, CHINESE) == said


def test_a_missing_option_is_named() -> None:
    error = click.MissingParameter(param=click.Option(["--port"], required=True))

    with click_in(CHINESE):
        chinese = localize_error(error, CHINESE)
    assert shown(chinese, CHINESE) == "错误：缺少选项 '--port'。"
    assert shown(localize_error(error, ENGLISH), ENGLISH) == shown(error, ENGLISH) == "Error: Missing option '--port'."


@each(
    ("sentence", "said"),
    [
        ("Missing command.", "缺少命令。"),
        ("Argument {name!r} takes {nargs} values.", "参数 {name!r} 要带 {nargs} 个值。"),
    ],
)
def test_what_our_commands_do_not_bring_about_today_is_translated_all_the_same(sentence: str, said: str) -> None:
    with click_in(CHINESE):
        assert gettext.gettext(sentence) == said


def test_every_sentence_of_the_catalogue_is_one_of_the_click_that_is_installed() -> None:
    by_click = extract_from_dir(Path(click.__file__).parent, keywords={"_": None, "gettext": None, "ngettext": (1, 2)})
    known = {key_of(key) for _, _, key, _, _ in by_click}

    assert {key_of(message.id) for message in of_click() if message.id} <= known


@pytest.mark.parametrize("wanted", [None, "de"])
def test_the_process_speaks_as_before_when_a_command_has_ended(monkeypatch: pytest.MonkeyPatch, wanted: str | None) -> None:
    monkeypatch.delenv("LANGUAGE", raising=False)
    if wanted is not None:
        monkeypatch.setenv("LANGUAGE", wanted)

    typed("whatever")

    assert (gettext.textdomain(), os.environ.get("LANGUAGE")) == ("messages", wanted)


def test_who_interrupts_a_command_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.commands["doctor"], "callback", interrupted)

    assert typed("doctor") == (1, "\n已中止！\n")


def said_by_click(words: str) -> str:
    """The last line of what click itself prints about these words."""
    try:
        with main.make_context("smsstatus", words.split(), parent=click.Context(click.Group())) as ctx:
            click.Group.invoke(main, ctx)
    except click.ClickException as error:
        return shown(error, ENGLISH).splitlines()[-1]
    raise AssertionError("click takes these words")


def shown(error: click.ClickException, language: Language) -> str:
    with click_in(language), redirect_stderr(StringIO()) as printed:
        error.show()
    return printed.getvalue().removesuffix("\n")
