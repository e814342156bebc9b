"""What a search in the meanings found: for somebody who typed words and no code."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.meaning import code_lines
from bot.slack.views.message import TEXT_BUDGET, Message, context, fit, section
from bot.slack.views.mrkdwn import medium
from bot.wording import CODE, IDENTIFIER, NO_DAY, STEP, TITLE, advice_of, capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.codes import Finding
    from bot.language import Language
    from bot.wording import Medium

_MOST_CODES = 6  # of one provider


def meanings(
    text: str, found: Sequence[Finding], titles: Mapping[str, str], *, command: str = "/smsstatus", language: Language
) -> Message:
    """Each meaning with what to do, and the codes that say it, by provider."""
    here = medium(None, titles, zone=UTC, now=NO_DAY, language=language)
    full = here.quote(f"{command} explain CODE", IDENTIFIER)
    small = [here.say("A code is explained in full by {command}.", command=full)]
    parts = [_family_lines(one, here) for one in found]
    parts[0] = [here.say("Codes about {words}:", words=here.quote(text, CODE)), *parts[0]]
    blocks = [*(section(lines, language) for lines in parts), context(small, language)]
    texts = [line for lines in (*parts, small) for line in lines if line]
    return Message(fit(texts, (), TEXT_BUDGET, language), tuple(blocks))


def _family_lines(one: Finding, here: Medium) -> list[str]:
    words = one.family.words(here.language.code)
    return [
        f"*{here.prose(capitalised(words.title), TITLE)}*",
        here.prose(words.meaning, STEP),
        here.say("Do now: {step}", step=here.prose(words.next_step, STEP)),
        here.say("Tell the customer: {words}", words=here.prose(words.tell, STEP)) if words.tell else "",
        advice_of(one.family.owner, one.family.resend, here.language),
        *code_lines(one.rows, here, _MOST_CODES),
    ]
