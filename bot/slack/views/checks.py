"""The answer to a check of a signature or a template, for whoever asked."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from bot.presentation.checks import check_words
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, section, with_notice
from bot.slack.views.mrkdwn import mrkdwn_format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.i18n import Language
    from bot.model import SignatureReport, TemplateReport
    from bot.presentation.checks import CheckWords


def checks(
    reports: Sequence[SignatureReport | TemplateReport],
    titles: Mapping[str, str],
    *,
    zone: tzinfo,
    now: datetime,
    language: Language,
) -> Message:
    """The check of a signature or a template, or of each of several. There is at least one."""
    shown = mrkdwn_format(None, titles, zone=zone, now=now, language=language)
    spoken = mrkdwn_format(None, titles, zone=zone, now=now, language=language, tokens=False)
    messages = [_message(check_words(one, shown), check_words(one, spoken), language) for one in reports]
    return reduce(lambda one, other: with_notice(one, other, language=language), messages)


def _message(shown: CheckWords, spoken: CheckWords, language: Language) -> Message:
    text = [f"{spoken.sign} {spoken.lead}", spoken.missing, spoken.advice, *spoken.lines, *spoken.small]
    blocks = [section([f"{shown.sign} *{shown.lead}*", shown.missing, shown.advice], language)]
    blocks += [section(shown.lines, language)] if shown.lines else []
    blocks.append(context_block(shown.small, language))
    return Message(fit([line for line in text if line], (), TEXT_BUDGET, language), tuple(blocks))
