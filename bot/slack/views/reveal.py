"""Unmasked numbers, and the messages' texts, which stay blanked: for one permitted person, never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.presentation.evidence import number_label, row_text, row_words
from bot.presentation.wording import IDENTIFIER, SIGNS
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, section
from bot.slack.views.mrkdwn import code, mrkdwn_format
from bot.slack.views.page import Page

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

_SMALL = phrase("Only you see this, and it is gone when Slack is reloaded. It was recorded that you looked.")


def revealed(report: Report, context: RenderContext) -> Message:
    """The numbers asked for, and the rows of the page that the answer shows."""
    language = context.language
    text_format = mrkdwn_format(report, context.titles, zone=context.zone, now=context.now, language=language)
    spoken = mrkdwn_format(report, context.titles, zone=context.zone, now=context.now, language=language, tokens=False)
    small = [_SMALL.said_in(language)]
    text = fit(_lines(report, context, spoken), small, TEXT_BUDGET, language)
    return Message(text, (section(_lines(report, context, text_format), language), context_block(small, language)))


def _lines(report: Report, context: RenderContext, text_format: TextFormat) -> list[str]:
    language = text_format.language
    asked = [code(target.whole, IDENTIFIER) for target in report.query.targets]
    lines = [language.say("*Whole numbers:* {numbers}", numbers=language.comma_list(asked))]
    for row in Page.of(report, context.page, each=True).rows:
        at = text_format.moment(row.at) if row.at else language.say("time unknown")
        number = code(number_label(row, reveal=True), IDENTIFIER)
        lines.append(f"{SIGNS[row.status]} {at}  {row_words(row, report, text_format)} · {number}")
        if row.text:
            lines.append(f"\u2003{row_text(row, text_format)}")
    return lines
