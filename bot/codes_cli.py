"""The terminal's commands about the catalogue: `explain` and `codes export`. Both work offline and need no settings."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.codes import Catalogue

# The catalogue and what prints it are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

_OVERLAY_MAY_BE_SET = ("SMSSTATUS_CODES_OVERLAY", "SMSSTATUS_CONFIG")


def explain_text(text: str, *, as_json: bool) -> None:
    """Print what a code means, or a term of the field. Raises SettingsError for an overlay that is wrong."""
    from bot.findings import render_term, term_to_json
    from bot.providers.registry import titles
    from bot.report_json import explanation_to_json
    from bot.terminal import console, render_explanations

    catalogue = _catalogue()
    readings, similar, term = catalogue.find(text), catalogue.similar(text), catalogue.term(text)
    if as_json:
        listed = [
            {"vendor": one.vendor, "kind": one.kind.value, "code": one.code, "carrier": one.carrier, "tell": one.en.tell}
            | explanation_to_json(one)
            for one in readings
        ]
        _print_json(
            {"code": text, "listed": bool(readings), "readings": listed, "similar": list(similar), "term": term_to_json(term)}
        )
        return
    if readings or term is None:
        console().print(render_explanations(text, readings, similar, titles()))
    if term is not None:
        console().print(render_term(term))
    elif not readings and catalogue.search(text, 1):
        console().print("To search what codes mean: smsstatus explain --search WORDS", highlight=False)


def search_text(text: str, *, as_json: bool) -> None:
    """Print what can happen that `text` is about, and the codes that mean it. Raises SettingsError like `explain_text`."""
    from bot.findings import MOST_FOUND, language_of, render_search, search_to_json
    from bot.providers.registry import titles
    from bot.terminal import console

    catalogue = _catalogue()
    found, term = catalogue.search(text, MOST_FOUND), catalogue.term(text)
    if as_json:
        _print_json(search_to_json(text, found, term))
    else:
        console().print(render_search(text, found, term, titles(), language=language_of(text)))


@click.group()
def codes() -> None:
    """The catalogue of codes, for other programs."""


@codes.command()
@click.option("--format", "form", type=click.Choice(["csv", "json", "markdown"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output unless given.")
def export(form: str, output: Path | None) -> None:
    """Write all codes and what they mean: a line for each as CSV, one object as JSON, or a page to read."""
    from bot.codes import Catalogue
    from bot.codes.export import export as write

    text = write(Catalogue.load(), form)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.FileError(str(output), error.strerror or "cannot be written") from error


def _catalogue() -> Catalogue:
    """The packaged catalogue, under the overlay if one is set; the other settings may be wrong or missing."""
    from bot.codes import load_catalogue

    if not any(os.environ.get(key) for key in _OVERLAY_MAY_BE_SET):
        return load_catalogue()
    from bot.config import codes_overlay

    return load_catalogue(codes_overlay(os.environ))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
