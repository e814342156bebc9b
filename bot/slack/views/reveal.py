"""Whole numbers, and the messages' text with the digits blanked: for one permitted person's eyes, never kept by us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.presentation.evidence import number_of, row_text, row_words
from bot.presentation.wording import IDENTIFIER, SIGNS
from bot.slack.views.message import TEXT_BUDGET, Message, context, fit, section
from bot.slack.views.mrkdwn import code, medium
from bot.slack.views.page import Page

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

_SMALL = phrase("Only you see this, and it is gone when Slack is reloaded. It was recorded that you looked.")


def revealed(report: Report, stage: RenderContext) -> Message:
    """The numbers asked for, and the rows of the page that the answer shows."""
    language = stage.language
    here = medium(report, stage.titles, zone=stage.zone, now=stage.now, language=language)
    spoken = medium(report, stage.titles, zone=stage.zone, now=stage.now, language=language, tokens=False)
    small = [_SMALL.said_in(language)]
    text = fit(_lines(report, stage, spoken), small, TEXT_BUDGET, language)
    return Message(text, (section(_lines(report, stage, here), language), context(small, language)))


def _lines(report: Report, stage: RenderContext, here: TextFormat) -> list[str]:
    language = here.language
    asked = [code(target.whole, IDENTIFIER) for target in report.query.targets]
    lines = [language.say("*Whole numbers:* {numbers}", numbers=language.comma_list(asked))]
    for row in Page.of(report, stage.page).rows:
        at = here.moment(row.at) if row.at else language.say("time unknown")
        lines.append(
            f"{SIGNS[row.status]} {at}  {row_words(row, report, here)} · {code(number_of(row, reveal=True), IDENTIFIER)}"
        )
        if row.text:
            lines.append(f"\u2003{row_text(row, here)}")
    return lines
