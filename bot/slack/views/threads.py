"""What is said in a conversation besides its answers: what a follow-up changed, and where to look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.moments import duration, listed, span
from bot.slack.views.message import simple
from bot.slack.views.mrkdwn import code, prose
from bot.wording import IDENTIFIER, PLACE, filter_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.model import Query, Target, Window
    from bot.slack.views.message import Message

MOST_TARGETS = 3
ADDRESS = re.compile(r"https?://[^\s<>|]{1,1000}")


def on_top(last: Query, query: Query, *, titles: Mapping[str, str], zone: tzinfo, now: datetime) -> str:
    """`On top of the last lookup: 13:05–14:05, via Tencent`: what is asked otherwise than before."""
    parts = [targets(query.targets)] if query.targets != last.targets else []
    if (query.window.since, query.window.open) != (last.window.since, last.window.open) or (
        not query.window.open and query.window.until != last.window.until
    ):
        parts.append(span(query.window, zone, now))
    if query.providers != last.providers:
        parts.append(via(query.providers, titles))
    if query.only != last.only:
        parts.append(filter_words(query.only) if query.only else "every status")
    return f"On top of the last lookup: {', '.join(parts) or 'the same again'}"


def targets(asked: Sequence[Target]) -> str:
    """The targets, masked, the first three of many."""
    named = [code(target.masked, IDENTIFIER) for target in asked[:MOST_TARGETS]]
    return listed(named if len(asked) <= MOST_TARGETS else [*named, f"{len(asked) - MOST_TARGETS} more"])


def via(providers: Sequence[str], titles: Mapping[str, str]) -> str:
    """`via Tencent and Alibaba`; for none in particular, `via every provider`."""
    return f"via {listed([prose(titles.get(name, name), PLACE) for name in providers]) or 'every provider'}"


def window_words(window: Window, length: timedelta | None, zone: tzinfo, now: datetime) -> str:
    """`last 2 h` for a window that goes with the time, which has a `length`; else from when to when."""
    return f"last {duration(length)}" if length is not None else span(window, zone, now)


def moved(what: str, permalink: str) -> Message:
    """For the one who typed: the answer that stands already was changed, and where it is."""
    where = f"<{permalink.replace('&', '&amp;')}|the answer>" if ADDRESS.fullmatch(permalink) else "the answer"
    return simple(f"{prose(what.capitalize(), PLACE)}: see {where} above.")


def no_such_row(row: int, count: int) -> Message:
    """For `explain 7` below an answer with three rows."""
    if not count:
        return simple(f"There is no row {row}: the last lookup shows no messages.")
    return simple(f"There is no row {row}: the last lookup shows {count} on this page, counted from the top.")


def nothing_to_explain(row: int, status: str) -> Message:
    """For a row without a code."""
    return simple(f"Row {row} has no code to explain: {prose(status, PLACE)}.")
