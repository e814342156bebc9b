"""Labels for changes to a posted answer: a footer (`refreshed by @ann`), and a reply to the person who typed the change."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.presentation.wording import PLACE, capitalised
from bot.slack.views.mrkdwn import prose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase


class AnswerChange(StrEnum):
    """A change to an answer. The values are stored with the answers, so they must not change."""

    REFRESHED = "refreshed"
    WIDENED = "widened"
    FILTERED = "filtered"
    UNFILTERED = "filter taken away"
    TURNED = "page turned"
    EXPLAINED = "explained"
    SHORTENED = "shortened"
    CHANGED = "changed"


_BY: Mapping[str, Phrase] = {
    AnswerChange.REFRESHED: phrase("refreshed by {who}"),
    AnswerChange.WIDENED: phrase("widened by {who}"),
    AnswerChange.FILTERED: phrase("filtered by {who}"),
    AnswerChange.UNFILTERED: phrase("filter cleared by {who}"),
    AnswerChange.TURNED: phrase("paged by {who}"),
    AnswerChange.EXPLAINED: phrase("details shown by {who}"),
    AnswerChange.SHORTENED: phrase("collapsed by {who}"),
    AnswerChange.CHANGED: phrase("changed by {who}"),
}
_SEE: Mapping[str, Phrase] = {
    AnswerChange.REFRESHED: phrase("Refreshed: see {answer} above."),
    AnswerChange.WIDENED: phrase("Widened: see {answer} above."),
    AnswerChange.FILTERED: phrase("Filtered: see {answer} above."),
    AnswerChange.UNFILTERED: phrase("Filter removed: see {answer} above."),
    AnswerChange.TURNED: phrase("Next page: see {answer} above."),
    AnswerChange.EXPLAINED: phrase("Details: see {answer} above."),
    AnswerChange.SHORTENED: phrase("Collapsed: see {answer} above."),
    AnswerChange.CHANGED: phrase("Changed: see {answer} above."),
}
_OTHER_BY, _OTHER_SEE = phrase("{what} by {who}"), phrase("{what}: see {answer} above.")


def change_label(what: str, who: str, language: Language) -> str:
    """The footer: `refreshed by @ann`; `who` is a mention. An unknown `what`, of another version, is shown as it is."""
    return _BY.get(what, _OTHER_BY).filled(what=prose(what, PLACE), who=who).said_in(language)


def change_sentence(what: str, answer: str, language: Language) -> str:
    """The reply: `Refreshed: see the answer above.`; `answer` is a link to it."""
    return _SEE.get(what, _OTHER_SEE).filled(what=prose(capitalised(what), PLACE), answer=answer).said_in(language)
