"""Renders the check of a signature or a template for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group

from bot.cli.rich_text import below, lines_of
from bot.presentation.checks import check_words
from bot.presentation.wording import plain_text_format

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from rich.console import RenderableType

    from bot.i18n import Language
    from bot.model import SignatureReport, TemplateReport


def render_check(
    report: SignatureReport | TemplateReport, titles: Mapping[str, str], *, zone: tzinfo, language: Language
) -> RenderableType:
    """What it comes to, what to do, and each register's lines."""
    words = check_words(report, plain_text_format(None, titles, zone=zone, now=report.as_of, language=language))
    parts = lines_of([words.lead], "bold")
    parts += lines_of([words.missing, words.advice])
    parts += [below([line]) for line in words.lines]
    return Group(*parts, *lines_of(words.small, "dim"))
