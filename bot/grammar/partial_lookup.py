"""A lookup as far as it has been read, and what may be said only once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.grammar.cursor import Edit, ParseError, Span
from bot.grammar.vocabulary import A_TIME
from bot.grammar.when import on
from bot.grammar.window import WindowEdge
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor
    from bot.model import Status, Target


@dataclass(slots=True)
class PartialLookup:
    """`said` holds the keyword that filled each part, as typed."""

    mentions: list[tuple[Target, Span]] = field(default_factory=list)
    since: WindowEdge | None = None
    until: WindowEdge | None = None
    providers: tuple[str, ...] = ()
    only: tuple[Status, ...] = ()
    said: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    asks: bool = False
    bare: list[str] = field(default_factory=list)  # statuses without `only`

    def fill(self, part: str, cursor: Cursor, keyword: Span) -> None:
        """Remember that `part` has been given, by what was read since `keyword` began. Stumbles when it was given before."""
        typed = cursor.cut(keyword)
        before = self.said.setdefault(part, typed)
        if before is not typed:
            raise _twice(before, typed, [Edit(cursor.since(keyword.start), "")])

    def bound(
        self, end: Literal["since", "until"], edge: WindowEdge | None, cursor: Cursor, keyword: Span, context: ParseContext
    ) -> None:
        """Set one end of the window; None is a placeholder's. A day and a time of day that stand apart are one moment.

        Of two different times neither is chosen: the correction has a placeholder for them.
        """
        before, typed = (self.since if end == "since" else self.until), cursor.cut(keyword)
        if end in self.said:
            together = _together(before, edge, context) if before and edge else None
            if together is None:
                raise _twice(self.said[end], typed, _without_both(before, edge, cursor, keyword))
            edge = together
        self.said.setdefault(end, typed)
        if end == "since":
            self.since = edge
        else:
            self.until = edge


def _together(first: WindowEdge, second: WindowEdge, context: ParseContext) -> WindowEdge | None:
    """`yesterday` and `9am`, in either order."""
    for day, clock in ((first.when, second.when), (second.when, first.when)):
        if day.day and not day.clock and clock.any_day and clock.clock:
            return WindowEdge(on(day.day, clock.clock, clock.zone or day.zone, context), second.span)
    return None


def _without_both(first: WindowEdge | None, second: WindowEdge | None, cursor: Cursor, keyword: Span) -> list[Edit]:
    """Neither of two times, unless they are the same words. `keyword` begins the second; None is a placeholder."""
    edits = [Edit(cursor.since(keyword.start), "")]
    if first and not (second and cursor.cut(first.span).lower() == cursor.cut(second.span).lower()):
        edits.append(Edit(first.span, A_TIME))
    return edits


def _twice(before: str, typed: str, edits: list[Edit]) -> ParseError:
    if before.lower() == typed.lower():
        return ParseError(phrase("`{word}` appears twice."), word=typed, edits=edits)
    problem = phrase("`{before}` and `{word}` both set the same thing. Use one of them.", before=before)
    return ParseError(problem, word=typed, edits=edits)
