"""The commands of the code catalogue: `smsstatus explain` and `codes`. They work offline and need no settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.completion import complete_code
from bot.cli.env_file import with_env_file
from bot.cli.localized_click import CliLocale, Command, Group, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, settings_errors
from bot.cli.streams import write_file
from bot.errors import InvalidValueError
from bot.errors.os_errors import describe_os_error
from bot.i18n import LANGUAGES, Language, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.codes import Catalogue

NOT_KNOWN = 1

# The catalogue and what prints it are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

_OVERLAY_MAY_BE_SET = ("SMSSTATUS_CODES_OVERLAY", "SMSSTATUS_CONFIG")


@click.command(
    cls=Command,
    about=phrase("Explain a code (MK:0008) or a term (receipt). Works offline."),
    closing=phrase("Exit status: 0 found, 1 not found, 2 wrong words or settings."),
)
@argument("code", nargs=-1, required=True, shell_complete=complete_code)
@option(
    "--search",
    is_flag=True,
    about=phrase("Search the meanings, in English and Chinese: blacklist."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def explain(locale: CliLocale, *, code: tuple[str, ...], as_json: bool, search: bool) -> None:
    """Explain a code, or search the catalogue. Raises SystemExit with the exit status."""
    text = " ".join(code)
    known = search_text(text, locale, as_json=as_json) if search else explain_text(text, locale.language, as_json=as_json)
    if not known:
        sys.exit(NOT_KNOWN)


def explain_text(text: str, language: Language, *, as_json: bool) -> bool:
    """Print the explanation of a code or a term, or else search results. Returns whether anything was found.

    Raises SystemExit with status 2 for a bad overlay.
    """
    from bot.cli.code_rendering import render_explanations, render_search
    from bot.cli.console import show, show_lines
    from bot.codes import resolve
    from bot.presentation.as_json.codes import resolution_to_json
    from bot.presentation.explanation import introduction
    from bot.presentation.wording import NO_DAY, plain_text_format
    from bot.providers.systems import titles

    resolution = resolve(_catalogue(language), text)
    if as_json:
        print_json(resolution_to_json(resolution))
        return resolution.known
    text_format = plain_text_format(None, titles(language), now=NO_DAY, language=language)
    show_lines(introduction(resolution, text_format))
    if resolution.term or resolution.found:
        show(render_search(resolution.text, resolution.found, resolution.term, titles(language), language=language))
    elif not resolution.too_short:
        show(render_explanations(resolution.text, resolution.readings, resolution.similar, titles(language), language=language))
    return resolution.known


def search_text(text: str, locale: CliLocale, *, as_json: bool) -> bool:
    """Print the families that match `text`, with their codes. Returns whether anything was found.

    A search in Chinese is answered in Chinese, unless `--language` says otherwise. Raises SystemExit with status 2 for a bad
    overlay.
    """
    from bot.cli.code_rendering import detect_language, render_search
    from bot.cli.console import show
    from bot.codes.text_decoding import mask_phone_numbers
    from bot.presentation.as_json.codes import MOST_FOUND, search_to_json
    from bot.providers.systems import titles

    catalogue = _catalogue(locale.language)
    found, term = catalogue.search(text, MOST_FOUND), catalogue.term(text)
    if as_json:
        print_json(search_to_json(mask_phone_numbers(text), found, term))
    else:
        language = locale.language if locale.asked else detect_language(text, locale.language)
        show(render_search(mask_phone_numbers(text), found, term, titles(language), language=language))
    return bool(found or term)


@click.group(cls=Group, about=phrase("The code catalogue, for other programs."))
def codes() -> None:
    """The commands of the whole catalogue."""


@codes.command("export", about=phrase("Export all codes with their meanings, as CSV, JSON or a Markdown page."))
@option("--format", "form", type=click.Choice(["csv", "json", "markdown"]), default="csv", show_default=True)
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    about=phrase("File to write. Default: standard output."),
)
@option(
    "--language",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    about=phrase("Language of the CSV header and the page headings. Default: en. JSON is always the same."),
)
@click.pass_obj
def export_codes(locale: CliLocale, *, form: str, output: Path | None) -> None:
    """Write the catalogue. Raises click.FileError if the file cannot be written."""
    from bot.codes import Catalogue
    from bot.codes.export import export_catalogue as write

    text = write(Catalogue.load(), form, locale.file_language)
    if output is None:
        write_file(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise _file_error(output, error, locale.language) from error


_FOLDER = click.Path(file_okay=True, path_type=Path)  # that it is no folder is told with an example


@codes.command(
    "site",
    about=phrase("Write the catalogue as a static site: a page for each code, with a search. No server is needed."),
    closing=phrase("DIR is new, empty, or holds a site that this command wrote before."),
)
@argument("folder", metavar="DIR", type=_FOLDER)
@option("--packaged", is_flag=True, about=phrase("Leave your own explanations (SMSSTATUS_CODES_OVERLAY) out, for a public site."))
@click.pass_obj
def write_codes_site(locale: CliLocale, *, folder: Path, packaged: bool) -> None:
    """Write the site. Raises SystemExit with status 2 for a folder that holds something else or a bad overlay."""
    from bot.codes import load_catalogue
    from bot.codes_site.render import site_files
    from bot.providers.systems import titles

    catalogue = load_catalogue() if packaged else _catalogue(locale.language)
    _write_folder(folder, site_files(catalogue, titles), "site", locale.language)


@codes.command(
    "package",
    about=phrase("Write the codes as a data package: CSV and JSON with their schemas (datapackage.json)."),
    closing=phrase("DIR is new, empty, or holds a package that this command wrote before."),
)
@argument("folder", metavar="DIR", type=_FOLDER)
@click.pass_obj
def write_data_package(locale: CliLocale, *, folder: Path) -> None:
    """Write the data package. Raises SystemExit with status 2 for a folder that holds something else."""
    from bot.codes import load_catalogue
    from bot.codes.data_package import package_files

    _write_folder(folder, package_files(load_catalogue()), "package", locale.language)


def _write_folder(folder: Path, content: Iterable[tuple[str, bytes]], kind: str, language: Language) -> None:
    """Write these files and say how many. Raises SystemExit with status 2, or click.FileError."""
    from bot.codes_site.writer import write_folder

    try:
        written = write_folder(folder, content, kind)
    except InvalidValueError as error:
        fail([error.problem.said_in(language)], WRONG_INPUT)
    except OSError as error:
        raise _file_error(folder, error, language) from error
    counts = {"files": f"{written.files:,}", "changed": f"{written.changed:,}", "removed": f"{written.removed:,}"}
    said = language.say("{folder}: {files} files, {changed} written, {removed} removed.", folder=folder, **counts)
    click.echo(said)


def _file_error(path: Path, error: OSError, language: Language) -> click.FileError:
    reason = describe_os_error(error)
    return click.FileError(str(path), reason.said_in(language) if isinstance(reason, Phrase) else reason)


def _catalogue(language: Language) -> Catalogue:
    """The packaged catalogue with the overlay, if one is set. Other settings are not read.

    Raises SystemExit with status 2 for a bad overlay.
    """
    from bot.codes import load_catalogue

    with settings_errors(language):
        environ = with_env_file(os.environ)
        if not any(environ.get(key) for key in _OVERLAY_MAY_BE_SET):
            return load_catalogue()
        from bot.config import codes_overlay

        return load_catalogue(codes_overlay(environ))
