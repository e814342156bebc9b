"""The words of a lookup, read left to right: targets anywhere, and since, until, last, via, only and share in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.grammar.choices import read_choices
from bot.grammar.command import Asker, Lookup
from bot.grammar.ids import read_lone_id, read_own_id
from bot.grammar.numbers import FRAGMENT, read_number
from bot.grammar.reader import Edit, Reader, Span, StumbleError, one_of, pattern
from bot.grammar.text import shorten, shorten_time
from bot.grammar.when import DATE, NOW, STEP, read_span, read_when
from bot.grammar.window import Edge, build_window, continue_window
from bot.grammar.words import COMMANDS, EXAMPLE_NUMBER, EXAMPLE_WHEN, LEAD, PART, PARTS, STATUSES, nearest
from bot.language import phrase
from bot.model import Query, Target

if TYPE_CHECKING:
    from bot.model import PhoneNumber, Status

MAX_TARGETS = 50
_MOST_MENTIONS = 4 * MAX_TARGETS  # naming a target again is fine, but reading thousands would keep others waiting

_FILLER = pattern(r" *(?:开始|以来|至今|起|以内|之内|内)")  # 从昨天开始: said, but nothing follows from it
_NUMBER_INSIDE = pattern(r"\+?\(?\d[\d().\-]{5,20}")
_STATUS = pattern(one_of(STATUSES))
_SHORT_AMOUNT = 3  # "since 2" lacks its unit, "since 13711112222" lacks its time


@dataclass(slots=True)
class _Draft:
    """A lookup as far as it has been read. `said` holds the keyword that filled each part, as typed."""

    mentions: list[tuple[Target, Span]] = field(default_factory=list)
    since: Edge | None = None
    until: Edge | None = None
    providers: tuple[str, ...] = ()
    only: tuple[Status, ...] = ()
    said: dict[str, str] = field(default_factory=dict)

    def fill(self, part: str, reader: Reader, keyword: Span) -> None:
        """Remember that `part` has been given, by what was read since `keyword` began. Stumbles when it was given before."""
        typed = reader.cut(keyword)
        before = self.said.get(part)
        if before is None:
            self.said[part] = typed
            return
        if before.lower() == typed.lower():
            problem = phrase("`{word}` is there twice.")
        else:
            problem = phrase("`{before}` and `{word}` say the same: give only one of them.", before=before)
        raise StumbleError(problem, word=typed, edits=[Edit(reader.since(keyword.start), "")])


def read_lookup(reader: Reader, asker: Asker) -> Lookup:
    """The lookup that the whole text asks for. Raises StumbleError."""
    draft = _Draft()
    reader.take(LEAD)
    reader.skip_breaks()
    while not reader.ended:
        if not (_part(reader, draft, asker) or _bare_when(reader, draft, asker) or _target(reader, draft, asker)):
            raise _unknown_word(reader, draft, asker)
        reader.skip_breaks()
    share = "share" in draft.said
    if asker.last is not None and not (draft.mentions and (draft.since or draft.until)):
        return Lookup(_on_top(asker.last, reader, draft, asker), share=share, follows=True)
    targets = _targets(reader, draft)
    window = build_window(draft.since, draft.until, reader, asker)
    return Lookup(Query(targets, window, draft.providers, frozenset(draft.only)), share=share)


def _on_top(last: Query, reader: Reader, draft: _Draft, asker: Asker) -> Query:
    """The last lookup with what was said put in its place. Targets with a window of their own are a question of their own.

    Targets that are named keep the window, which is the incident's, and nothing else: a filter set for one customer would hide
    another's message.
    """
    return Query(
        _targets(reader, draft) if draft.mentions or not last.targets else last.targets,
        continue_window(last.window, draft.since, draft.until, reader, asker),
        draft.providers or (() if draft.mentions else last.providers),
        frozenset(draft.only) or (frozenset() if draft.mentions else last.only),
    )


def _targets(reader: Reader, draft: _Draft) -> tuple[Target, ...]:
    """The targets, each once; ids that stand alone come first, so that none seems to belong to a number when written again."""
    targets = tuple(dict.fromkeys(target for target, _ in draft.mentions))
    if not targets:
        fix = Edit(Span(0, 0), f"{EXAMPLE_NUMBER} ")
        raise StumbleError(phrase("There is no number and no message id to look up."), word="", edits=[fix])
    surplus = frozenset(targets[MAX_TARGETS:])
    if surplus:
        spans = [span for target, span in draft.mentions if target in surplus]
        word = shorten(reader.cut(spans[0]))
        problem = phrase(
            "`{word}` is one too many: there are {count} targets, and a lookup takes at most {most}.",
            count=len(targets),
            most=MAX_TARGETS,
        )
        raise StumbleError(problem, word=word, edits=[Edit(span, "") for span in spans])
    return tuple(sorted(targets, key=lambda target: target.number is not None))


def _target(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    start = reader.at
    if len(draft.mentions) == _MOST_MENTIONS:
        word = shorten(reader.cut(reader.word()))
        rest = Edit(Span(start, len(reader.text)), "")
        problem = phrase("`{word}` is one too many: a lookup takes at most {most} targets.", most=MAX_TARGETS)
        raise StumbleError(problem, word=word, edits=[rest])
    lone = read_lone_id(reader)
    if lone:
        draft.mentions.append((Target(message_id=lone), reader.since(start)))
        return True
    number = read_number(reader, asker.region)
    if number is None:
        return False
    end = reader.at
    reader.skip_spaces()
    own = read_own_id(reader)
    reader.at = reader.at if own else end
    draft.mentions.append((Target(number, own), reader.since(start)))
    return True


def _part(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """Read a keyword and what it takes. A part given twice is told after it was read, so that all of it can be taken out."""
    start = reader.at
    found = reader.take(PART)
    if not found:
        return False
    keyword, name = reader.since(start), PARTS[found[0].lower()]
    match name:
        case "since" | "last":
            edge = _edge(reader, keyword, asker, is_span=name == "last")
            draft.fill("since", reader, keyword)
            draft.since = edge
        case "until":
            edge = _edge(reader, keyword, asker)
            draft.fill(name, reader, keyword)
            draft.until = edge
        case "via":
            providers = read_choices(reader, keyword, asker.provider_words, "provider")
            draft.fill(name, reader, keyword)
            draft.providers = providers
        case "only":
            only = read_choices(reader, keyword, STATUSES, "status")
            draft.fill(name, reader, keyword)
            draft.only = only
        case _:
            draft.fill(name, reader, keyword)
    return True


def _edge(reader: Reader, keyword: Span, asker: Asker, *, is_span: bool = False) -> Edge:
    reader.skip_blanks()
    start = reader.at
    when = read_span(reader, asker) if is_span else read_when(reader, asker)
    if when is None:
        raise _no_when(reader, keyword, asker, is_span=is_span)
    span = reader.since(start)
    reader.take(_FILLER)
    if PARTS[reader.cut(keyword).lower()] == "since" and NOW.fullmatch(reader.cut(span)):
        word = reader.cut(span)
        raise StumbleError(phrase("A window since `{word}` has no length."), word=word, edits=[Edit(span, EXAMPLE_WHEN)])
    return Edge(when, span)


def _no_when(reader: Reader, keyword: Span, asker: Asker, *, is_span: bool) -> StumbleError:
    typed, span = reader.cut(keyword), reader.word()
    word = reader.cut(span)
    if word.isdecimal() and len(word) <= _SHORT_AMOUNT and int(word) and not _number_at(reader, asker):
        problem = phrase("`{typed} {word}` lacks a unit: did you mean `{word}h`?", typed=typed)
        return StumbleError(problem, word=word, edits=[Edit(span, f"{word}h")])
    if not word or reader.sees(PART) or reader.sees(FRAGMENT):
        if is_span:
            problem = phrase("`{word}` needs a length of time such as `2h` or `3 days` after it.")
        else:
            problem = phrase("`{word}` needs a time such as `2h`, `yesterday` or `09:00` after it.")
        return StumbleError(problem, word=typed, edits=[Edit(Span(keyword.end, keyword.end), f" {EXAMPLE_WHEN} ")])
    near = None if is_span else nearest(word, ("yesterday", "today", "now"))
    if near:
        problem = phrase("I cannot read `{word}` as a time: did you mean `{near}`?", near=near)
    elif is_span:
        problem = phrase(
            "I cannot read `{word}` as a time: `{typed}` takes a length of time such as `2h` or `3 days`.", typed=typed
        )
    else:
        problem = phrase(
            "I cannot read `{word}` as a time: `{typed}` takes a time such as `2h`, `yesterday` or `09:00`.", typed=typed
        )
    return StumbleError(problem, word=shorten(word), edits=[Edit(span, near or EXAMPLE_WHEN)])


def _bare_when(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """A time without `since`. Chinese needs no such word (13711112222 昨天), so there it is accepted; in English it is a slip."""
    start = reader.at
    if reader.sees(FRAGMENT) and not reader.sees(DATE) and not reader.sees(STEP):
        return False
    when = read_when(reader, asker)
    if when is None:
        return False
    span = reader.since(start)
    if reader.cut(span).isascii():
        word = shorten_time(reader.cut(span))
        problem = phrase("`{word}` is a time, but nothing says what for: did you mean `since {word}`?")
        raise StumbleError(problem, word=word, edits=[Edit(Span(start, start), "since ")])
    reader.take(_FILLER)
    draft.fill("since", reader, span)
    draft.since = Edge(when, span)
    return True


def _unknown_word(reader: Reader, draft: _Draft, asker: Asker) -> StumbleError:
    span = reader.word()
    word = reader.cut(span)
    provider, status = reader.sees(pattern(one_of(asker.provider_words))), reader.sees(_STATUS)
    if provider or status:
        known = provider[0] if provider else status[0] if status else ""
        instead = f"{'via' if provider else 'only'} {known}"
        span = Span(reader.at, reader.at + len(known))
        problem = phrase("I do not expect `{word}` here: did you mean `{instead}`?", instead=instead)
        return StumbleError(problem, word=known, edits=[Edit(span, f" {instead} ")])
    number = _number_inside(word, asker)
    if number:
        problem = phrase("I cannot read `{word}`: did you mean only the number in it?")
        return StumbleError(problem, word=shorten(word), edits=[Edit(span, f" {number} ")])
    first = not draft.mentions and not draft.said
    near = nearest(word, (*PARTS.values(), *(COMMANDS.values() if first else ())))
    if near:
        problem = phrase("I do not know the word `{word}`: did you mean `{near}`?", near=near)
    else:
        problem = phrase("I do not know the word `{word}`.")
    return StumbleError(problem, word=shorten(word), edits=[Edit(span, near or "")])


def _number_inside(word: str, asker: Asker) -> str | None:
    found = _NUMBER_INSIDE.search(word[:60])
    number = _number_at(Reader(found[0]), asker) if found else None
    return number.e164 if number else None


def _number_at(reader: Reader, asker: Asker) -> PhoneNumber | None:
    """The number that stands here, if a good one does; nothing is read on."""
    try:
        return read_number(Reader(reader.text, reader.at), asker.region)
    except StumbleError:
        return None
