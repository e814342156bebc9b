"""The lookup under construction, which rejects a part that is given twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.grammar.cursor import Edit, ParseError, Span
from bot.grammar.vocabulary import A_TIME
from bot.grammar.when import time_on_day
from bot.grammar.window import WindowEdge
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor
    from bot.model import Status, Target


@dataclass(slots=True)
class PartialLookup:
    """The parts of a lookup read so far. `keywords` holds the keyword that set each part, as typed."""

    mentions: list[tuple[Target, Span]] = field(default_factory=list)
    since: WindowEdge | None = None
    until: WindowEdge | None = None
    providers: tuple[str, ...] = ()
    only: tuple[Status, ...] = ()
    keywords: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    unknown: list[Span] = field(default_factory=list)  # those among them that no rule knows
    asks_question: bool = False
    bare_statuses: list[str] = field(default_factory=list)  # statuses without `only`

    def set_part(self, part: str, cursor: Cursor, keyword: Span) -> None:
        """Record that `part` was given by `keyword`. Choices that are given twice add up."""
        self.keywords.setdefault(part, cursor.text_of(keyword))

    def set_edge(
        self, end: Literal["since", "until"], edge: WindowEdge | None, cursor: Cursor, keyword: Span, context: ParseContext
    ) -> None:
        """Set one edge of the window; None stands for a placeholder. A date and a time of day given apart are combined.

        Raises ParseError for two different times: the correction has a placeholder for both.
        """
        before, typed = (self.since if end == "since" else self.until), cursor.text_of(keyword)
        if before and edge and before.when == edge.when:
            return
        if end in self.keywords:
            combined = _combined(before, edge, context) if before and edge else None
            if combined is None:
                both = _without_both(before, edge, cursor, keyword)
                raise _given_twice(self.keywords[end], typed, both, _either(before, edge, cursor, keyword))
            edge = combined
        self.keywords.setdefault(end, typed)
        if end == "since":
            self.since = edge
        else:
            self.until = edge


def _combined(first: WindowEdge, second: WindowEdge, context: ParseContext) -> WindowEdge | None:
    """A date and a time of day as one edge: `yesterday` and `9am`, in either order. None for any other two."""
    for day, clock in ((first.when, second.when), (second.when, first.when)):
        if day.day and not day.clock and clock.any_day and clock.clock:
            return WindowEdge(time_on_day(day.day, clock.clock, clock.zone or day.zone, context), second.span)
    return None


def _without_both(first: WindowEdge | None, second: WindowEdge | None, cursor: Cursor, keyword: Span) -> list[Edit]:
    """The edits that remove the second time, and replace the first with a placeholder unless both are the same words.

    `keyword` begins the second; None is a placeholder.
    """
    edits = [Edit(cursor.since(keyword.start), "")]
    if first and not (second and cursor.text_of(first.span).lower() == cursor.text_of(second.span).lower()):
        edits.append(Edit(first.span, A_TIME))
    return edits


def _either(first: WindowEdge | None, second: WindowEdge | None, cursor: Cursor, keyword: Span) -> list[list[Edit]]:
    """The edits that keep the first time alone, and those that keep the second."""
    if not (first and second):
        return []
    without_second = Edit(cursor.since(keyword.start), "")
    return [[without_second], [Edit(first.span, cursor.text_of(second.span)), without_second]]


def _given_twice(before: str, typed: str, edits: list[Edit], either: list[list[Edit]]) -> ParseError:
    if before.lower() == typed.lower():
        return ParseError(phrase("`{word}` appears twice."), word=typed, edits=edits, others=either)
    problem = phrase("`{before}` and `{word}` both set the same thing. Use one of them.", before=before)
    return ParseError(problem, word=typed, edits=edits, others=either)
