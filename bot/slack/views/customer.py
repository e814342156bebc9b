"""What to tell the customer, for whoever pressed the button: text to copy as it is."""

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


def for_the_customer(report: Report, *, language: Language) -> Message:
    """A text for each cause, the newest message's first. With several, each is headed by what it is about."""
    texts = customer_texts(report, language)
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
    """Rich text, which Slack takes as it is: what is copied has no markup and no look-alikes in it."""
    preformatted = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [preformatted]}
