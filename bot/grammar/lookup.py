"""The words of a lookup, read left to right: targets anywhere, and since, until, last, via, only and share in any order."""

from __future__ import annotations

from bot.grammar.choices import read_choices
from bot.grammar.command import Lookup, ParseContext
from bot.grammar.cursor import WORD_END, Cursor, Span, one_of, pattern
from bot.grammar.filler_words import FILLER_WORDS, SYMBOLS, is_question, mentioned_names
from bot.grammar.partial_lookup import PartialLookup
from bot.grammar.targets import all_targets, read_plus, read_target
from bot.grammar.unknown_words import PLACEHOLDER, can_be_ignored, unknown_word
from bot.grammar.vocabulary import KEYWORD, KEYWORDS, LEADING_WORD, STATUSES
from bot.grammar.window import build_window, continue_window
from bot.grammar.window_edges import AND, read_bare_time, read_edge
from bot.model import Query

_OF = pattern(r"的")
_ONLY = pattern(rf" *only{WORD_END}(?!\s*{one_of(STATUSES)})")
_STATUS = pattern(rf"(?P<status>{one_of(STATUSES)})(?: *only{WORD_END})?")
_LAST_NIGHT = pattern(r"last +(?:night|evening|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?![a-z])")


def read_lookup(reader: Cursor, asker: ParseContext) -> Lookup:
    """The lookup that the whole text asks for. Raises StumbleError."""
    draft = PartialLookup()
    reader.take(LEADING_WORD)
    reader.skip_breaks()
    while not reader.ended:
        if not any(read(reader, draft, asker) for read in _WORDS):
            raise unknown_word(reader, draft, asker)
        reader.skip_breaks()
    _settle_statuses(draft)
    if asker.last is not None and not (draft.mentions or draft.said):
        raise can_be_ignored(Cursor(reader.text), asker)
    share, ignored = "share" in draft.said, mentioned_names(draft.ignored)
    if asker.last is not None and not (draft.mentions and (draft.since or draft.until)):
        return Lookup(_on_top(asker.last, reader, draft, asker), share=share, follows=True, ignored=ignored)
    targets = all_targets(reader, draft)
    window = build_window(draft.since, draft.until, reader, asker)
    return Lookup(Query(targets, window, draft.providers, frozenset(draft.only)), share=share, ignored=ignored)


def _settle_statuses(draft: PartialLookup) -> None:
    """Statuses without `only` choose, unless the text asks: "was NUM delivered?" wants to see a failure too."""
    if draft.bare and (draft.asks or draft.only):
        draft.ignored += draft.bare
    elif draft.bare:
        draft.only = tuple(STATUSES[word.lower()] for word in draft.bare)
        draft.said["only"] = draft.bare[0]


def _on_top(last: Query, reader: Cursor, draft: PartialLookup, asker: ParseContext) -> Query:
    """The last lookup with what was said put in its place.

    Targets with a window of their own are a question of their own. New targets keep the window; `via` and `only` were about the
    old ones.
    """
    window = continue_window(last.window, draft.since, draft.until, reader, asker)
    if draft.mentions or not last.targets:
        return Query(all_targets(reader, draft), window, draft.providers, frozenset(draft.only))
    return Query(last.targets, window, draft.providers or last.providers, frozenset(draft.only) or last.only)


def _part(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """Read a keyword and what it takes. A part given twice is told after it was read, so that all of it can be taken out."""
    start = reader.at
    found = reader.take(KEYWORD)
    if not found or ((said := FILLER_WORDS.match(reader.text, start)) and said.end() > reader.at):  # 到底发了没有
        reader.at = start
        return False
    keyword, name = reader.since(start), KEYWORDS[found[0].lower()]
    match name:
        case "since" | "last" | "until":
            if name == "since" and _names_provider(reader, draft, asker):
                return True
            read_edge(reader, draft, keyword, asker, name)
        case "via":
            providers = read_choices(reader, keyword, asker.provider_words, "provider")
            draft.fill(name, reader, keyword)
            draft.providers = providers
            reader.take(_ONLY)
        case "only":
            if _names_provider(reader, draft, asker):  # `only tencent`
                return True
            only = read_choices(reader, keyword, STATUSES, "status")
            draft.fill(name, reader, keyword)
            draft.only = only
        case _:
            draft.fill(name, reader, keyword)
    return True


def _names_provider(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """Whether a provider stands behind another keyword than its own: `from tencent`, `only tencent`."""
    start = reader.at
    reader.skip_blanks()
    if _provider(reader, draft, asker):
        return True
    reader.at = start
    return False


def _choice(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """A provider or a status without its keyword: `NUM tencent`, `NUM failed`."""
    status = reader.sees(_STATUS)
    if status and not FILLER_WORDS.fullmatch(status[0]):
        reader.at = status.end()
        reader.take(_OF)
        draft.bare.append(status["status"])
        return True
    return _provider(reader, draft, asker)


def _provider(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    start = reader.at
    if not reader.sees(pattern(one_of(asker.provider_words))):
        return False
    draft.providers = (*draft.providers, *read_choices(reader, Span(start, start), asker.provider_words, "provider"))
    draft.providers = tuple(dict.fromkeys(draft.providers))
    draft.said.setdefault("via", reader.cut(reader.since(start)))
    reader.take(_ONLY)
    return True


def _separator(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """`A and B`, `A和B`."""
    del draft, asker
    return bool(reader.take(AND))


def _chatter(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """A word that changes nothing."""
    del asker
    if PLACEHOLDER.match(reader.text, reader.at):
        return False
    found = reader.take(FILLER_WORDS) or reader.take(SYMBOLS)
    if not found:
        return False
    draft.ignored.append(found[0])
    draft.asks = draft.asks or is_question(found[0])
    return True


def _part_of_day(reader: Cursor, draft: PartialLookup, asker: ParseContext) -> bool:
    """`last night` and `last Monday`, which begin like `last 2h`."""
    return bool(reader.sees(_LAST_NIGHT)) and read_bare_time(reader, draft, asker)


_WORDS = (_part_of_day, _part, read_bare_time, read_plus, read_target, _choice, _chatter, _separator)
