"""The state of one posted answer, and the thread that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bot.grammar import MAX_TARGETS

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.grammar import Lookup
    from bot.model import Query, Report, Target
    from bot.slack.state.findings import Finding


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread in Slack, by its root message."""

    team: str
    channel: str
    ts: str  # the root message's ts; empty: a direct message as a whole


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """The state of one posted answer. `report` is None when it has to be looked up again."""

    query: Query
    asked_by: str  # Slack user id
    channel: str  # Slack channel id
    report: Report | None = None
    page: int = 0
    public: bool = False
    shared: bool = False  # its Share button has been used
    thread: Thread | None = None  # the thread that it belongs to
    message_ts: str | None = None  # the message that shows it, when it was posted by the Web API
    relative_length: timedelta | None = None  # how far back it reached when it was asked; None: its window is closed
    detailed: bool = False  # each message, its codes in full, and how each source answered
    changed: tuple[str, str] | None = None  # what was done to it last, and by whom: ("refreshed", Slack user id)
    previous: Query | None = None  # the lookup before it, that a follow-up builds on
    passed_over: tuple[str, ...] = ()  # words of the question that changed nothing
    notes: tuple[str, ...] = ()  # what is said of the list that it came from, masked
    rest: tuple[Target, ...] = ()  # of a batch: the targets that it did not come to
    found_first: Finding | None = field(default=None, compare=False)  # what was found when it was asked
    found_last: Finding | None = field(default=None, compare=False)  # and when it was asked again last; filled in by the store

    @classmethod
    def first(cls, asked: Lookup, *, asked_by: str, channel: str, public: bool = False, previous: Query | None = None) -> Self:
        """A lookup as it is asked."""
        query = asked.query
        span = query.window.length if query.window.open else None
        return cls(query, asked_by, channel, public=public, relative_length=span, previous=previous, passed_over=asked.ignored)

    @property
    def is_lost(self) -> bool:
        """Whether there is nothing to show: its report is gone, and to ask for so much again takes a batch."""
        return self.report is None and len(self.query.targets) > MAX_TARGETS
