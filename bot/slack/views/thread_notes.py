"""Short messages in a conversation: what a follow-up changed, and links to the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.presentation.times import duration, is_said_as_length
from bot.presentation.wording import IDENTIFIER, PLACE, filter_words
from bot.slack.views.answer_changes import change_sentence
from bot.slack.views.message import text_message
from bot.slack.views.mrkdwn import code, prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from bot.i18n import Language, Phrase
    from bot.model import Query, Target, Window
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import Message

MOST_TARGETS = 3
ADDRESS = re.compile(r"https?://[^\s<>|]{1,1000}")


def follow_up_summary(last: Query, query: Query, text_format: TextFormat) -> str:
    """`On top of the last lookup: 13:05–14:05, via Tencent`: the parts of the query that changed."""
    language = text_format.language
    parts = [targets(query.targets, language=language)] if query.targets != last.targets else []
    if (query.window.since, query.window.open) != (last.window.since, last.window.open) or (
        not query.window.open and query.window.until != last.window.until
    ):
        parts.append(text_format.times.span(query.window))
    if query.providers != last.providers:
        parts.append(via(query.providers, text_format.titles, language=language))
    if query.only != last.only:
        parts.append(filter_words(query.only, language) if query.only else language.say("every status"))
    if not parts:
        return language.say("On top of the last lookup: the same again")
    return language.say("On top of the last lookup: {changes}", changes=language.clauses(parts))


def targets(asked: Sequence[Target], *, language: Language) -> str:
    """The targets, masked; of many the first three."""
    named = [code(target.masked, IDENTIFIER) for target in asked[:MOST_TARGETS]]
    rest = len(asked) - MOST_TARGETS
    return language.listed([*named, language.say("{count} more", count=rest)] if rest > 0 else named)


def via(providers: Sequence[str], titles: Mapping[str, str], *, language: Language) -> str:
    """`via Tencent and Alibaba`; `via every provider` when none is named."""
    if not providers:
        return language.say("via every provider")
    names = [prose(titles.get(name, name), PLACE) for name in providers]
    return language.say("via {providers}", providers=language.listed(names))


def window_words(window: Window, length: timedelta | None, text_format: TextFormat) -> str:
    """`last 2 h` for a relative window, which has a `length`; otherwise from when to when."""
    if length is None or not is_said_as_length(length):
        return text_format.times.span(window)
    return text_format.say("last {length}", length=duration(length, text_format.language))


def change_notice(what: str, permalink: str, *, language: Language) -> Message:
    """The reply to a typed change: what was done to the answer, and where it is. `what` is an AnswerChange's value."""
    return text_message(language, change_sentence(what, linked(language.say("the answer"), permalink), language))


def linked(words: str, permalink: str) -> str:
    """The words as a link to a message; the words alone without a permalink."""
    return f"<{permalink.replace('&', '&amp;')}|{words}>" if ADDRESS.fullmatch(permalink) else words


def last_page(*, language: Language) -> Message:
    """The reply to `more` on the last page."""
    return text_message(language, language.say("That was the last page: there are no older messages in this lookup."))


def first_page(*, language: Language) -> Message:
    """The reply to `newer` on the first page."""
    return text_message(language, language.say("This is the first page: there are no newer messages in this lookup."))


def no_such_row(row: int, count: int, *, language: Language) -> Message:
    """The reply to `explain 7` below an answer with three rows."""
    if not count:
        return text_message(language, language.say("There is no row {row}: the last lookup shows no messages.", row=row))
    return text_message(
        language,
        language.say(
            "There is no row {row}: the last lookup shows {count} on this page, counted from the top.", row=row, count=count
        ),
    )


def nothing_to_explain(row: int, status: Phrase, *, language: Language) -> Message:
    """The reply to `explain 2` when that row has no code."""
    words = prose(status.said_in(language), PLACE)
    return text_message(language, language.say("Row {row} has no code to explain: {status}.", row=row, status=words))
