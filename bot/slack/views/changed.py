"""What was done to an answer that stands already: said of whoever did it, and to whoever did it by a word.

The words that come in are those of `bot/slack/changes.py`. They are kept with the answer, so that a word of another version of
the app may come in too, which is said as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import phrase
from bot.slack.views.mrkdwn import prose
from bot.wording import PLACE, capitalised

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.language import Language, Phrase

_BY: Mapping[str, Callable[[str], Phrase]] = {
    "refreshed": lambda who: phrase("refreshed by {who}", who=who),
    "widened": lambda who: phrase("widened by {who}", who=who),
    "filtered": lambda who: phrase("filtered by {who}", who=who),
    "filter taken away": lambda who: phrase("filter taken away by {who}", who=who),
    "page turned": lambda who: phrase("page turned by {who}", who=who),
    "explained": lambda who: phrase("explained by {who}", who=who),
    "shortened": lambda who: phrase("shortened by {who}", who=who),
    "changed": lambda who: phrase("changed by {who}", who=who),
}
_SEE: Mapping[str, Callable[[str], Phrase]] = {
    "refreshed": lambda answer: phrase("Refreshed: see {answer} above.", answer=answer),
    "widened": lambda answer: phrase("Widened: see {answer} above.", answer=answer),
    "filtered": lambda answer: phrase("Filtered: see {answer} above.", answer=answer),
    "filter taken away": lambda answer: phrase("Filter taken away: see {answer} above.", answer=answer),
    "page turned": lambda answer: phrase("Page turned: see {answer} above.", answer=answer),
    "explained": lambda answer: phrase("Explained: see {answer} above.", answer=answer),
    "shortened": lambda answer: phrase("Shortened: see {answer} above.", answer=answer),
    "changed": lambda answer: phrase("Changed: see {answer} above.", answer=answer),
}
WORDS = tuple(_BY)


def done_by(what: str, who: str, language: Language) -> str:
    """`refreshed by @ann`; `who` is a mention."""
    known = _BY.get(what)
    said = known(who) if known else phrase("{what} by {who}", what=prose(what, PLACE), who=who)
    return said.said_in(language)


def done(what: str, answer: str, language: Language) -> str:
    """`Refreshed: see the answer above.`; `answer` is a link to it."""
    known = _SEE.get(what)
    said = known(answer) if known else phrase("{what}: see {answer} above.", what=prose(capitalised(what), PLACE), answer=answer)
    return said.said_in(language)
