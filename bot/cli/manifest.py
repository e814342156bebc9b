"""The Slack app's manifest in the terminal: `smsstatus manifest`. Works offline and needs no settings."""

from __future__ import annotations

import click

from bot.cli.localized_click import CliLocale, Command, fail, option, print_json
from bot.cli.runner import WRONG_INPUT
from bot.cli.streams import write_file
from bot.i18n import phrase

WIDTH = 130  # of a line, as in the file

# What reads YAML is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    "manifest",
    cls=Command,
    about=phrase("Print the manifest to create the Slack app from. Default: for Socket Mode."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@option(
    "--http",
    "host",
    metavar="https://HOST",
    about=phrase("For HTTP mode: the public address, https://sms.example.com"),
)
@click.pass_obj
def print_manifest(locale: CliLocale, *, as_json: bool, host: str | None) -> None:
    """Print the manifest."""
    import yaml

    from bot.slack.transport.manifest import events_url, manifest, manifest_text

    url = events_url(host) if host is not None else None
    if host is not None and url is None:
        fail([locale.language.say("--http takes https:// and a host, such as https://sms.example.com")], WRONG_INPUT)
    if as_json:
        print_json(manifest(url))
    elif url is None:
        write_file(manifest_text())
    else:
        write_file(yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=WIDTH))
