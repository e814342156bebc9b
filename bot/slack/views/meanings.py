"""What a search in the meanings found: for somebody who typed words and no code."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.meaning import code_lines
from bot.slack.views.message import simple
from bot.slack.views.mrkdwn import medium
from bot.wording import IDENTIFIER, NO_DAY, STEP, TITLE, advice_of, capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.codes import Finding
    from bot.language import Language
    from bot.slack.views.message import Message

_MOST_CODES = 6  # of one provider


def meanings(
    text: str, found: Sequence[Finding], titles: Mapping[str, str], *, command: str = "/smsstatus", language: Language
) -> Message:
    """Each meaning with what to do, and the codes that say it, by provider."""
    here = medium(None, titles, zone=UTC, now=NO_DAY, language=language)
    lines = [here.say("Codes about “{words}”:", words=here.prose(text, TITLE))]
    for one in found:
        words = one.family.words(language.code)
        lines += [
            f"*{here.prose(capitalised(words.title), TITLE)}*",
            here.prose(words.meaning, STEP),
            here.say("Do now: {step}", step=here.prose(words.next_step, STEP)),
            here.say("Tell the customer: {words}", words=here.prose(words.tell, STEP)) if words.tell else "",
            advice_of(one.family.owner, one.family.resend, language),
            *code_lines(one.rows, here, _MOST_CODES),
        ]
    full = here.quote(f"{command} explain CODE", IDENTIFIER)
    return simple(language, *lines, small=[here.say("A code is explained in full by {command}.", command=full)])
