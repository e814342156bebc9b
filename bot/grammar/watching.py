"""Reads a watch: a lookup with `watch` before or behind it, and how long to watch (`for 10m`, `30分钟`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.grammar.command import Watch
from bot.grammar.cursor import ANY_HAN, SEPARATORS, Cursor, Edit, ParseError, Span, one_of, pattern
from bot.grammar.durations import AGO, STEP, read_duration
from bot.grammar.lookup import read_lookup
from bot.grammar.vocabulary import A_NUMBER, KEYWORDS, LISTS, WATCHES
from bot.i18n import phrase
from bot.model import Status

if TYPE_CHECKING:
    import re

    from bot.grammar.command import ParseContext

DEFAULT, SHORTEST, LONGEST = timedelta(minutes=10), timedelta(minutes=1), timedelta(hours=24)

_NO_TARGET = phrase("Add a phone number or message ID.")
_ASKED = rf"(?:(?:please|pls|can you|could you|请|帮我|帮忙|麻烦)[\s{SEPARATORS}]*)*"
_BEFORE = pattern(rf"[\s{SEPARATORS}]*{_ASKED}(?!{one_of(LISTS)})(?P<word>{one_of(WATCHES)})")
_BEHIND = pattern(rf"(?<![^\s{SEPARATORS}])(?P<word>{one_of(WATCHES)})[\s{SEPARATORS}.!?]*\Z")
_FOR = pattern(
    rf"(?:(?<![\w.:+/\-<>^&])|(?={ANY_HAN}))"
    rf"(?:for +(?:(?:the +)?next +|another +)?|(?:持续|接下来|未来|再等|等) *)?(?={STEP.pattern})"
)
_BARE_LENGTH = pattern(rf"(?:(?<![\w.:+/\-])for +|持续 *)(?P<amount>\d{{1,3}})(?=[\s{SEPARATORS}.?!]|\Z)")  # minutes, or hours?
_TIMES = [word for word, part in KEYWORDS.items() if part in {"since", "last", "until"}]
_PAST = pattern(rf".*(?<![a-z])(?:{'|'.join(sorted(_TIMES, key=len, reverse=True))}) *\Z")
_LONGEST_BEFORE = 20  # characters before an amount that are looked at for a word such as `since`


def watch_word(plain: str) -> Span | None:
    """Where `plain` says `watch`, at its beginning or at its end; None when it does not."""
    length = _length_of(plain)
    bare = _blanked(plain, length) if length else plain
    found = _BEFORE.match(bare) or _BEHIND.search(bare)
    return Span(*found.span("word")) if found else None


def read_watch(plain: str, word: Span, context: ParseContext, *, trial: bool) -> Watch:
    """The watch that `plain` asks for. Raises ParseError.

    What says nothing but `watch` and how long is about the last lookup of the conversation.
    """
    within, length = DEFAULT, _length_of(plain)
    if length is not None:
        within = _within(plain, length)
    elif bare := _BARE_LENGTH.search(plain):
        raise _without_unit(bare)
    rest = _blanked(_blanked(plain, word), length) if length else _blanked(plain, word)
    if context.last is not None and context.last.targets and not rest.strip(f" \n.?!{SEPARATORS}"):
        return Watch(replace(context.last, only=frozenset()), within)
    if not rest.strip():
        raise ParseError(_NO_TARGET, word="", edits=[Edit(Span(word.end, word.end), f" {A_NUMBER} ")])
    asked = read_lookup(Cursor(rest, trial=trial), context)
    only = ",".join(status for status in Status if status in asked.query.only)
    ignored = (*asked.ignored, *((f"only {only}",) if only and not asked.follows else ()))
    return Watch(replace(asked.query, only=frozenset()), within, share=asked.share, ignored=ignored)


def _without_unit(bare: re.Match[str]) -> ParseError:
    """`for 10`: minutes or hours are asked back."""
    unit = Span(bare.end("amount"), bare.end("amount"))
    problem = phrase("`{word}` can be minutes or hours.")
    return ParseError(problem, word=bare[0].strip(), others=[[Edit(unit, "m")], [Edit(unit, "h")]])


def _within(plain: str, length: Span) -> timedelta:
    amount = Cursor(plain[: length.end], _FOR.match(plain, length.start).end())  # type: ignore[union-attr]  # it was found so
    within = read_duration(amount) or DEFAULT
    if SHORTEST <= within <= LONGEST:
        return within
    problem = phrase("`{word}`: a watch lasts at least 1 minute and at most 24 hours, such as `for 10m`.")
    raise ParseError(problem, word=plain[length.start : length.end].strip(), edits=[Edit(length, "")])


def _length_of(plain: str) -> Span | None:
    """Where `plain` says how long to watch: an amount of time that no word such as `since` or `last` precedes."""
    for found in _FOR.finditer(plain):
        ahead = Cursor(plain, found.end())
        if _PAST.match(plain[max(0, found.start() - _LONGEST_BEFORE) : found.start()]):
            continue
        while ahead.take(STEP):
            ahead.skip_spaces()
        end = len(plain[: ahead.at].rstrip())
        if not AGO.match(plain, end):
            return Span(found.start(), end)
    return None


def _blanked(plain: str, span: Span) -> str:
    """`plain` with blanks for `span`, which leaves every position where it was."""
    return plain[: span.start] + " " * (span.end - span.start) + plain[span.end :]
