"""What the pages tell people to type: the grammar, the terminal and the settings take it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import click
import pytest

from bot.cli.env_file import read_env_file
from bot.cli.help_screen import COMPLETION_LINE
from bot.cli.localized_click import CliLocale
from bot.cli.main import main
from bot.codes import load_catalogue, resolve
from bot.config import load_settings
from bot.config.loader import CONFIG_KEY, ENV_FILE_KEY
from bot.config.proxy import KEYS as PROXY_KEYS
from bot.config.secret_files import SUFFIX, secret_keys
from bot.errors import UsageError
from bot.grammar import Explain, Lookup
from bot.providers.registry import VENDORS
from bot.providers.systems import SYSTEMS, via_words
from bot.slack.listeners.follow_ups import parse_follow_up
from tests.cases import each
from tests.docs.pages import ROOT, Block, Page, guide
from tests.docs.settings_page import models
from tests.grammar.contexts import lookup, parse_context
from tests.observability.metric_names import families

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.grammar import ParseContext

NUMBER = "+8613711112222"
ASKER = replace(parse_context(), providers=via_words({system.name for system in SYSTEMS}))
IN_SLACK = re.compile(r"[/@]smsstatus\s+")
IN_TERMINAL = re.compile(r"(?:\.venv/bin/)?smsstatus\s|\./scripts/")
OTHER_PROGRAMS = frozenset(
    {
        *("cd", "chmod", "cp", "git", "install", "journalctl", "mkdir", "mv", "printf", "systemctl", "useradd"),
        *("claude", "docker", "kubectl", "openssl", "pg_dump", "pg_restore", "slack"),
    }
)
SETTING = re.compile(r"\b(?:SMSSTATUS|SLACK|TENCENTCLOUD|TENCENT_SMS|ALIBABA_CLOUD)_[A-Z_]+\b")
MISSPELT = re.compile(r"\w+ is not a setting;")
METRIC = re.compile(r"smsstatus_\w+")
PAGES = {page.name: page for page in guide()}
every_page_of_the_guide = each("page", PAGES.values(), ids=PAGES)


def blocks(page: Page, language: str) -> list[Block]:
    return [block for block in page.blocks if block.language == language]


def typed_in_slack(page: Page) -> list[str]:
    """Lines of blocks, the cells below a heading "type", and code spans that begin as a message to the app does."""
    lines = [line for block in blocks(page, "text") for line in block.lines]
    cells = [row[0].strip("`") for header, *rows in page.tables for row in rows if header[0] == "type"]
    return [*lines, *cells, *(span for span in page.spans if IN_SLACK.match(span))]


def typed_in_terminal(page: Page) -> list[str]:
    lines = [line for block in blocks(page, "sh") for line in block.lines]
    return [*lines, *(span for span in page.spans if IN_TERMINAL.match(span))]


@every_page_of_the_guide
def test_a_block_is_of_a_kind_that_is_checked(page: Page) -> None:
    kinds = {block.place: block.language for block in page.blocks}

    assert {place: kind for place, kind in kinds.items() if kind not in {"text", "sh", "json", "toml", "dotenv"}} == {}
    assert not re.search(r"\n\n    \S", page.prose), "an indented block is not checked: fence it"


@every_page_of_the_guide
def test_what_is_typed_in_slack_is_understood_as_a_whole(page: Page) -> None:
    asker = replace(ASKER, last=lookup(NUMBER, ASKER).query)
    for text in typed_in_slack(page):
        assert is_understood(IN_SLACK.sub("", text, count=1), asker), text


MORE_WORDS = ("{}", f"{NUMBER} since {{}}", f"{NUMBER} only {{}}", f"{NUMBER} via {{}}", "explain {}")


@every_page_of_the_guide
def test_what_may_be_typed_in_its_place_is_understood_too(page: Page) -> None:
    """The code spans beside what is typed: "also `90m`"."""
    asker = replace(ASKER, last=lookup(NUMBER, ASKER).query)
    beside = [cell for header, *rows in page.tables if header[0] == "type" for row in rows for cell in row[1:]]
    more = [span for cell in beside for span in re.findall(r"`([^`]+)`", cell) if not SETTING.fullmatch(span)]

    assert [span for span in more if not any(is_understood(words.format(span), asker) for words in MORE_WORDS)] == []


def is_understood(text: str, asker: ParseContext) -> bool:
    try:
        command = parse_follow_up(text, asker)
    except UsageError:
        return False
    match command:
        case Lookup():
            return command.ignored == ()
        case Explain(code):
            return resolve(load_catalogue(), code).known
        case _:
            return True


def test_the_pages_name_many_ways_to_ask() -> None:
    """Otherwise the test above would pass when it finds nothing."""
    assert len(typed_in_slack(PAGES["docs/commands.md"])) > 40
    assert len(typed_in_terminal(PAGES["docs/commands.md"])) > 10


@every_page_of_the_guide
def test_what_is_typed_in_a_terminal_is_a_command_with_its_options(page: Page) -> None:
    for line in typed_in_terminal(page):
        check_shell(line)


def check_shell(line: str) -> None:
    program, *words = shlex.split(line)
    match program.removeprefix(".venv/bin/"):
        case "sudo":
            check_shell(re.sub(r"^sudo (?:-u smsstatus |PYTHON=\S+ )?", "", line))
        case "export":
            names = [word.partition("=")[0] for word in words]
            assert set(names) <= keys(), line
        case "smsstatus":
            check_click(words)
        case "eval":
            assert line == COMPLETION_LINE
        case "./scripts/demo":
            check_click(["demo", *words])
        case script if script.startswith("./scripts/"):
            assert (ROOT / script).is_file(), line
            assert words in ([], ["--dev"], ["--fast"]), line
        case _:
            assert program in OTHER_PROGRAMS, line


def check_click(words: Sequence[str]) -> None:
    """Read the words as the terminal does, group by group. Raises click.UsageError for what is unknown or missing."""
    command: click.Command = main
    context = command.make_context("smsstatus", list(words), obj=CliLocale())
    while isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None, words
        command, context = inner, inner.make_context(name, rest, parent=context)
    if "once" in context.params and context.params["once"] is not None:
        parse_follow_up(IN_SLACK.sub("", str(context.params["once"]), count=1), ASKER)
    if command.name == "lookup":
        typed = " ".join(["+8613711112222"] * (context.params["path"] is not None) + [*context.params["words"]])
        assert isinstance(parse_follow_up(typed, ASKER), Lookup | Explain), words


@each(
    "line",
    ["smsstatus lookup --jsn +8613711112222", "smsstatus lokup 1", "export SMSSTATUS_PROT=1", "./scripts/dmo", "rm -rf /"],
)
def test_a_mistake_in_a_page_would_be_found(line: str) -> None:
    with pytest.raises((click.UsageError, UsageError, AssertionError)):
        check_shell(line)


def keys() -> set[str]:
    """Every name that the environment may have for us."""
    aliases = {str(field.alias) for model in models() for field in model.model_fields.values()}
    return aliases | PROXY_KEYS | {CONFIG_KEY, ENV_FILE_KEY} | {key + SUFFIX for key in secret_keys(models())}


@every_page_of_the_guide
def test_a_setting_or_metric_that_is_named_exists(page: Page) -> None:
    exported = {name + end for name in families() for end in ("", "_total")}
    named = SETTING.findall(MISSPELT.sub("", page.text))

    assert set(named) - keys() == set()
    assert set(METRIC.findall(page.text)) - exported == set()


@every_page_of_the_guide
def test_an_example_of_a_file_is_taken(page: Page, tmp_path: Path) -> None:
    for block in page.blocks:
        if block.language == "json":
            json.loads(block.text)
        if block.language == "dotenv":
            file = tmp_path / ".env"
            file.write_text(block.text, encoding="utf-8")
            load_settings(read_env_file({ENV_FILE_KEY: str(file)}), VENDORS)
        if block.language == "toml":
            file = tmp_path / "example.toml"
            file.write_text(block.text, encoding="utf-8")
            if "[[codes]]" in block.text:
                load_catalogue(file)
            else:
                load_settings({CONFIG_KEY: str(file)}, VENDORS)
