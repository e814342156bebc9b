"""The wording for the customer, as text to copy, shown to the person who pressed the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.evidence import customer_texts
from bot.presentation.wording import STEP, TITLE, capitalised
from bot.sanitize import single_line
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, section, text_message
from bot.slack.views.mrkdwn import prose

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Report

_NOTHING = phrase("There is nothing here to tell the customer.")
_ONE = phrase("*For the customer*, to copy:")
_SMALL = phrase("Only you see this. The app sends nothing to the customer.")


def for_the_customer(report: Report, *, language: Language, read_by: Language | None = None) -> Message:
    """A text for each cause, the newest message's first. With several, each has its cause as a heading.

    `read_by`: the language that customers read, by default the asker's.
    """
    texts = customer_texts(report, read_by or language)
    if not texts:
        return text_message(language, _NOTHING.said_in(language))
    one, small = _ONE.said_in(language), _SMALL.said_in(language)
    blocks, lines = [section([one], language)], [one]
    for words in texts:
        if len(texts) > 1:
            title = prose(capitalised(words.title), TITLE)
            blocks.append(section([title], language))
            lines.append(title)
        blocks.append(_to_copy(single_line(words.customer_wording, STEP)))
        lines.append(prose(words.customer_wording, STEP))
    return Message(fit(lines, [small], TEXT_BUDGET, language), (*blocks, context_block([small], language)))


def _to_copy(text: str) -> dict[str, Any]:
    """A rich_text block, which Slack does not parse, so that the copied text has no markup and no substitute characters."""
    preformatted = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [preformatted]}
