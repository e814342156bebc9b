"""Reads the edges of a window, with and without keywords: `since 2h`, `yesterday`, `10:00-12:00`, `9am to 11am`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.grammar.clocks import LEADING, read_hour, read_hours
from bot.grammar.cursor import WORD_END, Cursor, Edit, ParseError, Span, one_of, pattern
from bot.grammar.dates import COMPACT, DATE, WITH_YEAR
from bot.grammar.durations import STEP
from bot.grammar.phone_numbers import FRAGMENT, is_number_at, number_at
from bot.grammar.text import shorten
from bot.grammar.vague_times import VAGUE_TIME
from bot.grammar.vocabulary import A_TIME, KEYWORD, KEYWORDS, closest_word
from bot.grammar.when import NOW, When, latest_time, read_epoch, read_span, read_when
from bot.grammar.window import WindowEdge
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.partial_lookup import PartialLookup

AND = pattern(one_of(("and", "or", "plus", "&", "和", "跟", "与", "與", "及", "以及", "还有")))
_FILLER = pattern(
    rf" *(?:开始|以来|至今|起|以内|之内|内|以后|之后|以後|之後|onwards?{WORD_END}|(?:and|or) later{WORD_END})"
)  # 从昨天开始: said, but nothing follows from it
_BEFORE = pattern(r" *(?:以前|之前|前)(?![天两])")  # 10点之前
_HOUR = pattern(r"\d{1,2} +(?:[ap]\.?m\b|o'?clock)")
_MOST_AMOUNT = 4  # digits: "13711112222 周一" is a number and a Monday
_LONG = pattern(r"\d{5}")
_TO = pattern(rf"to{WORD_END}")
_A_TIME = pattern(rf"{A_TIME}{WORD_END}")
_LAST_HOUR = 23
_SHORT_AMOUNT = 3  # "since 2" lacks its unit, "since 13711112222" lacks its time
_RANGE = pattern(r" *(?:[-~]+|～) *(?=[\da-z一-鿿])")
_BETWEEN = pattern(one_of(("between", "from")))
_JOINED = pattern(rf"(?:{AND.pattern}|-|~|to) *\Z")
_UNTIL = pattern(rf" *(?:-|~|to{WORD_END}|until{WORD_END}|till{WORD_END}|到|至)")


def read_edge(cursor: Cursor, draft: PartialLookup, keyword: Span, context: ParseContext, name: str) -> None:
    """Read the time after the keyword `name`: `since`, `last` or `until`. Raises ParseError when no valid time follows."""
    end = cursor.at
    cursor.skip_blanks()
    if _BETWEEN.fullmatch(cursor.text_of(keyword)) and read_hour_range(cursor, draft, keyword, context):
        return
    cursor.at = end
    edge = (_hour(cursor, draft, context) if name == "until" else None) or _edge(cursor, keyword, context, is_span=name == "last")
    draft.set_edge("until" if name == "until" else "since", edge, cursor, keyword, context)
    if name != "until":
        _range(cursor, draft, context)


def read_hour_range(cursor: Cursor, draft: PartialLookup, keyword: Span, context: ParseContext) -> bool:
    """Read `10 and 11` after `between`, or `10 to 11`. Returns whether there were two hours."""
    start = cursor.at
    hours = None if "until" in draft.keywords else read_hours(cursor)
    if hours is None:
        return False
    span = cursor.since(start)
    for end, clock in (("since", hours[0]), ("until", hours[1])):
        edge = WindowEdge(latest_time(clock, None, context), span)
        draft.set_edge("since" if end == "since" else "until", edge, cursor, keyword, context)
    return True


def _edge(cursor: Cursor, keyword: Span, context: ParseContext, *, is_span: bool) -> WindowEdge | None:
    cursor.skip_blanks()
    start = cursor.at
    if cursor.trial and cursor.take(_A_TIME):
        return None
    when = read_span(cursor, context) if is_span else read_when(cursor, context) or _epoch(cursor, context)
    if when is None:
        raise _no_when(cursor, keyword, context, is_span=is_span)
    span = cursor.since(start)
    cursor.take(_FILLER)
    if KEYWORDS[cursor.text_of(keyword).lower()] == "since" and NOW.fullmatch(cursor.text_of(span)):
        word = cursor.text_of(span)
        raise ParseError(phrase("A window that starts at `{word}` is empty."), word=word, edits=[Edit(span, A_TIME)])
    return WindowEdge(when, span)


def _epoch(cursor: Cursor, context: ParseContext) -> When | None:
    return None if is_number_at(cursor, cursor.at, context.region) else read_epoch(cursor, context)


def _no_when(cursor: Cursor, keyword: Span, context: ParseContext, *, is_span: bool) -> ParseError:
    typed, span = cursor.text_of(keyword), cursor.word()
    word = cursor.text_of(span)
    if word.isdecimal() and len(word) <= _SHORT_AMOUNT and int(word) and not number_at(cursor, context.region):
        lengths = [[Edit(span, f"{word}{unit}")] for unit in ("m", "h", "d")]
        if is_span or int(word) > _LAST_HOUR:
            problem = phrase("`{typed} {word}` needs a unit, such as `{word}h` or `{word}d`.", typed=typed)
        else:
            problem = phrase("`{typed} {word}` can be a length or a time. Write `{word}h` or `{word}:00`.", typed=typed)
            lengths = [[Edit(span, f"{word}h")], [Edit(span, f"{word}:00")]]
        return ParseError(problem, word=word, edits=[Edit(span, A_TIME)], others=lengths)
    if not word or cursor.peek(KEYWORD) or cursor.peek(FRAGMENT):
        if is_span:
            problem = phrase("Add a length of time after `{word}`, such as `2h` or `3 days`.")
        else:
            problem = phrase("Add a time after `{word}`, such as `2h`, `yesterday` or `09:00`.")
        return ParseError(problem, word=typed, edits=[Edit(Span(keyword.end, keyword.end), f" {A_TIME} ")])
    near = None if is_span else closest_word(word, ("yesterday", "today", "now"), cutoff=0.8)
    if near:
        problem = phrase("`{word}` is not a valid time. Did you mean `{near}`?", near=near)
    elif is_span:
        problem = phrase("`{word}` is not a valid length of time. `{typed}` takes `2h` or `3 days`.", typed=typed)
    else:
        problem = phrase("`{word}` is not a valid time. `{typed}` takes `2h`, `yesterday` or `09:00`.", typed=typed)
    fixes = [] if _LONG.search(word) else [Edit(span, near or A_TIME)]  # it could be a number
    return ParseError(problem, word=shorten(word), edits=fixes)


def read_bare_time(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Read a time without `since`: `NUM 2h`, `13711112222 昨天`. Returns whether there was one.

    A run of digits is a date only when it is no phone number. Raises ParseError for a time that does not exist or is given twice.
    """
    start = cursor.at
    if cursor.trial and cursor.take(_A_TIME):
        draft.set_edge("since", None, cursor, cursor.since(start), context)
        return True
    if not _could_be_time(cursor, context):
        return False
    when = read_when(cursor, context)
    if when is None or (cursor.at > start and NOW.fullmatch(cursor.text, start, cursor.at) and "since" not in draft.keywords):
        cursor.at = start
        return False
    span = cursor.since(start)
    edge = WindowEdge(when, span)
    if "since" in draft.keywords and "until" not in draft.keywords and _JOINED.search(cursor.text[:start]):
        draft.set_edge("until", edge, cursor, span, context)
        return True
    if when.clock and cursor.take(_BEFORE):
        draft.set_edge("until", edge, cursor, span, context)
        return True
    cursor.take(_FILLER)
    draft.set_edge("since", edge, cursor, span, context)
    if when.whole and not cursor.peek(_UNTIL):
        draft.until = WindowEdge(replace(when, clock=None), span)
    _range(cursor, draft, context)
    return True


def _range(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> None:
    """Read the end of `10:00-12:00`, of `9am to 11am` and of `between 9am and 11am`."""
    ahead = Cursor(cursor.text, cursor.at, cursor.trial)
    if not ahead.take(_RANGE):
        ahead.skip_blanks()
        if not (ahead.take(_TO) or ahead.take(AND)):
            return
        ahead.skip_blanks()
    start = ahead.at
    if draft.since is None or "until" in draft.keywords:
        return
    edge = _hour(ahead, draft, context)
    if edge is None and _could_be_time(ahead, context) and (when := read_when(ahead, context)):
        edge = WindowEdge(when, ahead.since(start))
    if edge:
        cursor.at = ahead.at
        draft.set_edge("until", edge, cursor, edge.span, context)


def _hour(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> WindowEdge | None:
    """The bare hour `5` after `3pm to`, `11` after `9:00-`."""
    if not (draft.since and draft.since.when.clock):
        return None
    ahead = Cursor(cursor.text, cursor.at)
    ahead.skip_blanks()
    start = ahead.at
    clock = read_hour(ahead)
    if clock is None:
        return None
    cursor.at = ahead.at
    return WindowEdge(latest_time(clock, None, context), cursor.since(start))


def _could_be_time(cursor: Cursor, context: ParseContext) -> bool:
    """Whether the text at the cursor may be a time although it begins like a number."""
    step = cursor.peek(STEP)
    short = step is not None and len(step["amount"] or "") <= _MOST_AMOUNT
    if not cursor.peek(FRAGMENT) or any(cursor.peek(form) for form in (DATE, WITH_YEAR, _HOUR, LEADING, VAGUE_TIME)):
        return step is None or short or not cursor.peek(FRAGMENT)
    return short or (bool(cursor.peek(COMPACT)) and not number_at(cursor, context.region))
