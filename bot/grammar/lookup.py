"""Parses a lookup, left to right: targets anywhere, and since, until, last, via, only and share in any order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.grammar.bare_amounts import read_bare_amount
from bot.grammar.choices import read_choices
from bot.grammar.command import Lookup, ParseContext, Stats
from bot.grammar.cursor import WORD_END, Cursor, Edit, ParseError, Span, one_of, pattern, pattern_of
from bot.grammar.filler_words import FILLER_WORDS, SYMBOLS, is_question, mentioned_names
from bot.grammar.partial_lookup import PartialLookup
from bot.grammar.passing_over import pass_over
from bot.grammar.targets import all_targets, read_plus, read_target
from bot.grammar.unknown_words import PLACEHOLDER, removable_word_error, unknown_word_error
from bot.grammar.vocabulary import KEYWORD, KEYWORDS, LEADING_WORD, STATUSES
from bot.grammar.window import build_window, continue_window
from bot.grammar.window_edges import AND, read_bare_time, read_edge
from bot.i18n import phrase
from bot.model import Query

STATS_WINDOW = timedelta(hours=2)  # an incident is of now; a day would hide it
_OF = pattern(r"的")
_ONLY = pattern(rf" *only{WORD_END}(?!\s*{one_of(STATUSES)})")
_STATUS = pattern(rf"(?P<status>{one_of(STATUSES)})(?: *only{WORD_END})?")
_LAST_NIGHT = pattern(r"last +(?:night|evening|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?![a-z])")


def read_lookup(cursor: Cursor, context: ParseContext) -> Lookup:
    """The lookup that the whole text asks for. Raises ParseError."""
    draft = PartialLookup()
    cursor.text = _without_slashes(cursor.text, context)
    cursor.take(LEADING_WORD)
    _read_words(cursor, draft, context)
    _apply_bare_statuses(draft)
    if draft.unknown and not draft.mentions and (context.last is None or not draft.keywords):
        raise unknown_word_error(Cursor(cursor.text, draft.unknown[0].start), draft, context)  # nothing that matters is said
    if context.last is not None and not (draft.mentions or draft.keywords):
        raise removable_word_error(Cursor(cursor.text), context)
    share, ignored = "share" in draft.keywords, mentioned_names(draft.ignored)
    if context.last is not None and not (draft.mentions and (draft.since or draft.until)):
        return Lookup(_merged_query(context.last, cursor, draft, context), share=share, follows=True, ignored=ignored)
    targets = all_targets(cursor, draft)
    window = build_window(draft.since, draft.until, cursor, context)
    return Lookup(Query(targets, window, draft.providers, frozenset(draft.only)), share=share, ignored=ignored)


def read_stats(cursor: Cursor, context: ParseContext) -> Stats:
    """What follows `stats`: the window and the providers. Raises ParseError; for a target, since everybody is counted."""
    begins = cursor.at
    draft, context = PartialLookup(), replace(context, last=None, default_window=STATS_WINDOW)
    cursor.text = _without_slashes(cursor.text, context)
    _read_words(cursor, draft, context)
    if draft.mentions:
        span = draft.mentions[0][1]
        problem = phrase("`stats` counts everybody's messages, not those of `{word}`.")
        of_them, of_everybody = [Edit(Span(0, begins), "")], [Edit(mention, "") for _, mention in draft.mentions]
        raise ParseError(problem, word=cursor.text_of(span), others=[of_them, of_everybody])
    window = build_window(draft.since, draft.until, cursor, context)
    ignored = mentioned_names([*draft.ignored, *(status.value for status in draft.only), *draft.bare_statuses])
    return Stats(window, draft.providers, share="share" in draft.keywords, ignored=ignored)


def _read_words(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> None:
    """Read all that is left. Raises ParseError."""
    cursor.skip_breaks()
    while not cursor.at_end:
        if not any(read(cursor, draft, context) for read in _WORDS):
            raise unknown_word_error(cursor, draft, context)
        cursor.skip_breaks()


def _without_slashes(text: str, context: ParseContext) -> str:
    """`tencent/aliyun` and `failed|pending` with commas, which leaves every position where it was."""
    if "/" not in text and "|" not in text:
        return text
    known = "|".join(map(re.escape, (*context.provider_words, *STATUSES)))
    return re.sub(rf"(?<![^\W_])({known})[/|](?=(?:{known})(?![^\W_]))", r"\1,", text, flags=re.IGNORECASE)


def _apply_bare_statuses(draft: PartialLookup) -> None:
    """Statuses without `only` filter, unless the text is a question: "was NUM delivered?" must show a failure too."""
    if draft.bare_statuses and (draft.asks_question or draft.only):
        draft.ignored += draft.bare_statuses
    elif draft.bare_statuses:
        draft.only = tuple(STATUSES[word.lower()] for word in draft.bare_statuses)
        draft.keywords["only"] = draft.bare_statuses[0]


def _merged_query(last: Query, cursor: Cursor, draft: PartialLookup, context: ParseContext) -> Query:
    """The last query with the parts that the new text gives replaced.

    New targets with a window of their own make a new query instead. New targets keep the window, but not `via` and `only`, which
    were about the old ones.
    """
    window = continue_window(last.window, draft.since, draft.until, cursor, context)
    if draft.mentions or not last.targets:
        return Query(all_targets(cursor, draft), window, draft.providers, frozenset(draft.only))
    return Query(last.targets, window, draft.providers or last.providers, frozenset(draft.only) or last.only)


def _part(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Read a keyword and its value.

    A part given twice is reported only after its value is read, so that the correction removes both.
    """
    start = cursor.at
    found = cursor.take(KEYWORD)
    if not found or ((said := FILLER_WORDS.match(cursor.text, start)) and said.end() > cursor.at):  # 到底发了没有
        cursor.at = start
        return False
    keyword, name = cursor.since(start), KEYWORDS[found[0].lower()]
    match name:
        case "since" | "last" | "until":
            if name == "since" and _names_provider(cursor, draft, context):
                return True
            read_edge(cursor, draft, keyword, context, name)
        case "via":
            providers = read_choices(cursor, keyword, context.provider_words, "provider")
            draft.set_part(name, cursor, keyword)
            draft.providers = tuple(dict.fromkeys((*draft.providers, *providers)))
            cursor.take(_ONLY)
        case "only":
            if _names_provider(cursor, draft, context):  # `only tencent`
                return True
            only = read_choices(cursor, keyword, STATUSES, "status")
            draft.set_part(name, cursor, keyword)
            draft.only = (*draft.only, *only)
        case _:
            draft.set_part(name, cursor, keyword)
    return True


def _names_provider(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Whether a provider follows a keyword other than `via`: `from tencent`, `only tencent`."""
    start = cursor.at
    cursor.skip_blanks()
    if _provider(cursor, draft, context):
        return True
    cursor.at = start
    return False


def _choice(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """A provider or a status without its keyword: `NUM tencent`, `NUM failed`."""
    status = cursor.peek(_STATUS)
    if status and not FILLER_WORDS.fullmatch(status[0]):
        cursor.at = status.end()
        cursor.take(_OF)
        draft.bare_statuses.append(status["status"])
        return True
    return _provider(cursor, draft, context)


def _provider(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    start = cursor.at
    if not cursor.peek(pattern_of(tuple(context.provider_words))):
        return False
    draft.providers = (*draft.providers, *read_choices(cursor, Span(start, start), context.provider_words, "provider"))
    draft.providers = tuple(dict.fromkeys(draft.providers))
    draft.keywords.setdefault("via", cursor.text_of(cursor.since(start)))
    cursor.take(_ONLY)
    return True


def _separator(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """`A and B`, `A和B`."""
    del draft, context
    return bool(cursor.take(AND))


def _filler_word(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """A word without effect."""
    del context
    if PLACEHOLDER.match(cursor.text, cursor.at):
        return False
    found = cursor.take(FILLER_WORDS) or cursor.take(SYMBOLS)
    if not found:
        return False
    draft.ignored.append(found[0])
    draft.asks_question = draft.asks_question or is_question(found[0])
    return True


def _part_of_day(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """`last night` and `last Monday`, which begin like `last 2h`."""
    return bool(cursor.peek(_LAST_NIGHT)) and read_bare_time(cursor, draft, context)


_WORDS = (
    _part_of_day,
    _part,
    read_bare_time,
    read_bare_amount,
    read_plus,
    read_target,
    _choice,
    _filler_word,
    _separator,
    pass_over,
)
