"""What is said beside the CSV of an answer, and where there can be none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.presentation.wording import as_of_words, window_words
from bot.slack.views.message import Message, text_message
from bot.slack.views.mrkdwn import code, mrkdwn_format

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Report
    from bot.slack.views.message import RenderContext

_NAME = 40
SCOPE = "files:write"


def csv_comment(report: Report, context: RenderContext) -> str:
    """`32 messages as CSV, numbers masked · last 2 h · as of 14:05`."""
    text_format = mrkdwn_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    count = text_format.plural(
        len(report.shown), "{count} message as CSV, numbers masked", "{count} messages as CSV, numbers masked"
    )
    return " · ".join([count, window_words(report.query.window, text_format), as_of_words(report, text_format)])


def csv_sent(*, language: Language) -> Message:
    """Where the button was pressed, when the file went to the one who alone sees the answer."""
    return text_message(language, language.say("The CSV is in your direct messages with me."))


def csv_needs_scope(*, language: Language) -> Message:
    """Why there is no file, and what prints the same."""
    scope, command = code(SCOPE, _NAME), code("smsstatus lookup --csv", _NAME)
    return text_message(
        language,
        language.say(
            "Files need the scope {scope}: ask the app's admin to add it. In the terminal, {command} prints the same.",
            scope=scope,
            command=command,
        ),
    )
