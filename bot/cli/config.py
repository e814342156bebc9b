"""`smsstatus config check`: whether the settings are right, which hold, and where each is written. Secrets are not shown.

Nothing is asked over the network: that is `smsstatus doctor`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.env_file import env_file, read_env_file
from bot.cli.localized_click import CliLocale, Group, option, print_json
from bot.cli.runner import load, settings_errors
from bot.errors import SettingsError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.config.effective import EffectiveSetting
    from bot.i18n import Language, Phrase

# pydantic and rich are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.group(
    "config",
    cls=Group,
    default="check",
    about=phrase("Check the settings, and show which hold and where each is written."),
    closing=phrase("Without a command: check."),
)
def config() -> None:
    """The commands about the settings."""


@config.command(
    about=phrase("Check the settings, and show which hold and where each is written. Secrets are not shown."),
    closing=phrase("Exit status: 0 all are right, 2 some are wrong. Nothing is asked over the network: that is doctor."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@option("--all", "also_defaults", is_flag=True, about=phrase("Show also what is not set, with its default."))
@click.pass_obj
def check(locale: CliLocale, *, as_json: bool, also_defaults: bool) -> None:
    """Print the effective settings. Raises SystemExit with status 2 when some are wrong."""
    from bot.cli.console import show_lines
    from bot.config.effective import Source, Written, effective_settings
    from bot.lookup.opening import check_accounts

    language = locale.language
    if not as_json:
        show_lines([_read_from(language)])
    settings = load(language)
    with settings_errors(language):
        found = effective_settings(settings, Written.of(os.environ, read_env_file(os.environ)))
        settings.general.check_key()
        check_accounts(settings)
    doubts = [*settings.doubts, *_lacking_for_serve(settings)]
    if as_json:
        said = [doubt.said_in(locale.file_language) for doubt in doubts]
        print_json({"settings": [_to_json(one) for one in found], "doubts": said})
        return
    shown = [one for one in found if also_defaults or one.source is not Source.DEFAULT]
    _show(shown, [doubt.said_in(language) for doubt in doubts], len(found) - len(shown), language)
    show_lines([_providers(settings, language)])


def _read_from(language: Language) -> str:
    """Which file was read beside the environment, if any."""
    path = env_file(os.environ)
    if path is not None and path.is_file():
        return language.say("Read: the environment, and {path}", path=path.resolve())
    return language.say("Read: the environment; there is no .env in {folder}", folder=Path.cwd())


def _providers(settings: Settings, language: Language) -> str:
    """Which of the vendors' systems have keys, and which have none."""
    from bot.providers.registry import VENDORS
    from bot.providers.systems import titles

    known, names = {system.name for account in settings.accounts for system in account.vendor.systems}, titles(language)
    of_vendors = {system.name for vendor in VENDORS for system in vendor.systems}
    said = [language.say("Providers: {names}", names=language.comma_list(names[name] for name in names if name in known))]
    if lacking := [names[name] for name in names if name in of_vendors - known]:
        said.append(language.say("not set up: {names}", names=language.comma_list(lacking)))
    return language.semicolon_list(said)


def _lacking_for_serve(settings: Settings) -> list[Phrase]:
    """What `serve` needs on top; lookups in the terminal do not."""
    try:
        settings.general.mode()
    except SettingsError as error:
        return [phrase("serve does not start yet: {problem}", problem=line) for line in error.lines]
    return []


def _to_json(one: EffectiveSetting) -> dict[str, Any]:
    is_secret = one.value is None
    return {
        "key": one.key,
        "value": one.value or None,
        "secret": is_secret,
        "source": str(one.source),
        "secret_file": one.secret_file,
        "account": one.account,
    }


def _show(found: Sequence[EffectiveSetting], doubts: Sequence[str], hidden: int, language: Language) -> None:
    from bot.cli.console import show, show_lines
    from bot.cli.table_or_list import TableOrList

    rows = TableOrList([language.say("setting"), language.say("value"), language.say("written in")])
    for one in found:
        value = language.say("(secret)") if one.value is None else one.value or "-"
        cells = (_key(one), value, _place(one, language))
        rows.add(cells, language.say("{key}: {value} · {place}", key=cells[0], value=value, place=cells[2]))
    if found:
        show(rows)
    show_lines(doubts, err=True)
    if not doubts:
        show_lines([language.say("The settings are right. Next: smsstatus doctor")])
    if hidden:
        more = language.plural(
            hidden, "{count} more has its default: --all", "{count} more have their defaults: --all", count=hidden
        )
        show_lines([more])


def _key(one: EffectiveSetting) -> str:
    return one.key if one.account is None else f"[accounts.{one.account}] {one.key}"


def _place(one: EffectiveSetting, language: Language) -> str:
    """Where it is written; of a secret in a file of its own, that file."""
    from bot.config.effective import Source

    if one.secret_file is not None:
        return one.secret_file
    match one.source:
        case Source.ENVIRONMENT:
            return language.say("environment")
        case Source.ENV_FILE:
            return str(env_file(os.environ))
        case Source.CONFIG_FILE:
            return language.say("the file of {key}", key="SMSSTATUS_CONFIG")
        case Source.DEFAULT:
            return language.say("default")
