"""The words of a lookup, read left to right: targets anywhere, and since, until, last, via, only and share in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.grammar.chatter import CHATTER, SYMBOLS, is_question, named
from bot.grammar.choices import read_choices
from bot.grammar.command import Asker, Lookup
from bot.grammar.ids import read_lone_id, read_own_id
from bot.grammar.local import DAY
from bot.grammar.numbers import FRAGMENT, is_number_at, read_number
from bot.grammar.reader import END, Edit, Reader, Span, StumbleError, one_of, pattern
from bot.grammar.text import shorten
from bot.grammar.when import COMPACT, DATE, NOW, RANGE, STEP, When, clock_on, read_span, read_when
from bot.grammar.window import Edge, build_window, continue_window
from bot.grammar.words import A_NUMBER, A_TIME, AN_ID, COMMANDS, LEAD, PART, PARTS, STATUSES, nearest
from bot.language import phrase
from bot.model import Query, Target

if TYPE_CHECKING:
    from datetime import time

    from bot.model import PhoneNumber, Status

MAX_TARGETS = 50
_MOST_MENTIONS = 4 * MAX_TARGETS  # naming a target again is fine, but reading thousands would keep others waiting

_FILLER = pattern(r" *(?:开始|以来|至今|起|以内|之内|内)")  # 从昨天开始: said, but nothing follows from it
_AND = pattern(one_of(("and", "or", "plus", "&", "和", "跟", "与", "與", "及", "以及", "还有")))
_HOUR = pattern(r"\d{1,2} +[ap]\.?m\b")
_MOST_AMOUNT = 4  # digits: "13711112222 周一" is a number and a Monday
_LONG = pattern(r"\d{5}")
_TO = pattern(rf"to{END}")
_STATUS = pattern(rf"(?P<status>{one_of(STATUSES)})(?: *only{END})?")
_PLACEHOLDER = pattern(one_of((A_NUMBER, f"id:{AN_ID}")))
_BARE_PLACEHOLDER = re.compile(rf"(?:{A_NUMBER}|{A_TIME}|PROVIDER|STATUS){END}")
_A_TIME = pattern(rf"{A_TIME}{END}")
_AMOUNT_BEHIND = pattern(rf" *\d{{1,4}}{END}")
_NUMBERING = pattern(r"\d{1,8}: *(?=[+\d])")
_SIGN = pattern(r"\+ *(?=[+(]?\d)|\+ *(?=\+)")
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
    ignored: list[str] = field(default_factory=list)
    asks: bool = False
    bare: list[str] = field(default_factory=list)  # statuses without `only`

    def fill(self, part: str, reader: Reader, keyword: Span) -> None:
        """Remember that `part` has been given, by what was read since `keyword` began. Stumbles when it was given before."""
        typed = reader.cut(keyword)
        before = self.said.get(part)
        if before is None:
            self.said[part] = typed
            return
        if before.lower() == typed.lower():
            problem = phrase("`{word}` appears twice.")
        else:
            problem = phrase("`{before}` and `{word}` both set the same thing. Use one of them.", before=before)
        raise StumbleError(problem, word=typed, edits=[Edit(reader.since(keyword.start), "")])


def read_lookup(reader: Reader, asker: Asker) -> Lookup:
    """The lookup that the whole text asks for. Raises StumbleError."""
    draft = _Draft()
    reader.take(LEAD)
    reader.skip_breaks()
    while not reader.ended:
        if not any(read(reader, draft, asker) for read in _WORDS):
            raise _unknown_word(reader, draft, asker)
        reader.skip_breaks()
    _settle_statuses(draft)
    if asker.last is not None and not (draft.mentions or draft.said):
        raise _unknown(Reader(reader.text), draft)
    share, ignored = "share" in draft.said, named(draft.ignored)
    if asker.last is not None and not (draft.mentions and (draft.since or draft.until)):
        return Lookup(_on_top(asker.last, reader, draft, asker), share=share, follows=True, ignored=ignored)
    targets = _targets(reader, draft)
    window = build_window(draft.since, draft.until, reader, asker)
    return Lookup(Query(targets, window, draft.providers, frozenset(draft.only)), share=share, ignored=ignored)


def _settle_statuses(draft: _Draft) -> None:
    """Statuses without `only` choose, unless the text asks: "was NUM delivered?" wants to see a failure too."""
    if draft.bare and (draft.asks or draft.only):
        draft.ignored += draft.bare
    elif draft.bare:
        draft.only = tuple(STATUSES[word.lower()] for word in draft.bare)
        draft.said["only"] = draft.bare[0]


def _on_top(last: Query, reader: Reader, draft: _Draft, asker: Asker) -> Query:
    """The last lookup with what was said put in its place.

    Targets with a window of their own are a question of their own. New targets keep the window; `via` and `only` were about the
    old ones.
    """
    window = continue_window(last.window, draft.since, draft.until, reader, asker)
    if draft.mentions or not last.targets:
        return Query(_targets(reader, draft), window, draft.providers, frozenset(draft.only))
    return Query(last.targets, window, draft.providers or last.providers, frozenset(draft.only) or last.only)


def _targets(reader: Reader, draft: _Draft) -> tuple[Target, ...]:
    """The targets, each once; ids that stand alone come first, so that none seems to belong to a number when written again."""
    targets = tuple(dict.fromkeys(target for target, _ in draft.mentions))
    if not targets:
        fix = Edit(Span(0, 0), f"{A_NUMBER} ")
        raise StumbleError(phrase("Add a phone number or message ID."), word="", edits=[fix])
    surplus = frozenset(targets[MAX_TARGETS:])
    if surplus:
        word = shorten(reader.cut(next(span for target, span in draft.mentions if target in surplus)))
        problem = phrase(
            "Too many targets from `{word}` on: {count}, and the limit is {most}.", count=len(targets), most=MAX_TARGETS
        )
        raise StumbleError(problem, word=word)
    return tuple(sorted(targets, key=lambda target: target.number is not None))


def _target(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    start = reader.at
    if len(draft.mentions) == _MOST_MENTIONS:
        word = shorten(reader.cut(reader.word()))
        raise StumbleError(phrase("Too many targets from `{word}` on: the limit is {most}.", most=MAX_TARGETS), word=word)
    if reader.trial and reader.take(_PLACEHOLDER):
        draft.mentions.append((Target(message_id=A_NUMBER), reader.since(start)))
        return True
    reader.at = _numbered(reader, asker)
    lone = read_lone_id(reader)
    if lone:
        draft.mentions.append((Target(message_id=lone), reader.since(start)))
        return True
    number = read_number(reader, asker.region)
    if number is None:
        return False
    end = reader.at
    reader.skip_spaces()
    own = read_own_id(reader) if _numbered(reader, asker) == reader.at else None
    reader.at = reader.at if own else end
    draft.mentions.append((Target(number, own), reader.since(start)))
    return True


def _numbered(reader: Reader, asker: Asker) -> int:
    """Where the number begins in `1:13711112222`, which would be a SerialNo if no number could stand behind its colon."""
    numbering = reader.sees(_NUMBERING)
    return numbering.end() if numbering and is_number_at(reader, numbering.end(), asker.region) else reader.at


def _plus(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """The sign between `A + B` and `A+B`, which is no country code's. `+86… +1…` are two numbers with a country code each."""
    sign = reader.sees(_SIGN)
    if not sign or not draft.mentions:
        return False
    before = draft.mentions[-1][1]
    glued = before.end == reader.at and not reader.cut(before).startswith(("+", "00", "("))
    spaced = sign[0] != "+"
    if not (glued or spaced) or not (reader.text[sign.end()] == "+" or is_number_at(reader, sign.end(), asker.region)):
        return False
    reader.at = sign.end()
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
            _range(reader, draft, asker)
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


def _edge(reader: Reader, keyword: Span, asker: Asker, *, is_span: bool = False) -> Edge | None:
    reader.skip_blanks()
    start = reader.at
    if reader.trial and reader.take(_A_TIME):
        return None
    when = read_span(reader, asker) if is_span else read_when(reader, asker)
    if when is None:
        raise _no_when(reader, keyword, asker, is_span=is_span)
    span = reader.since(start)
    reader.take(_FILLER)
    if PARTS[reader.cut(keyword).lower()] == "since" and NOW.fullmatch(reader.cut(span)):
        word = reader.cut(span)
        raise StumbleError(phrase("A window that starts at `{word}` is empty."), word=word, edits=[Edit(span, A_TIME)])
    return Edge(when, span)


def _no_when(reader: Reader, keyword: Span, asker: Asker, *, is_span: bool) -> StumbleError:
    typed, span = reader.cut(keyword), reader.word()
    word = reader.cut(span)
    if word.isdecimal() and len(word) <= _SHORT_AMOUNT and int(word) and not _number_at(reader, asker):
        problem = phrase("`{typed} {word}` needs a unit. Did you mean `{word}h`?", typed=typed)
        return StumbleError(problem, word=word, edits=[Edit(span, f"{word}h")])
    if not word or reader.sees(PART) or reader.sees(FRAGMENT):
        if is_span:
            problem = phrase("Add a length of time after `{word}`, such as `2h` or `3 days`.")
        else:
            problem = phrase("Add a time after `{word}`, such as `2h`, `yesterday` or `09:00`.")
        return StumbleError(problem, word=typed, edits=[Edit(Span(keyword.end, keyword.end), f" {A_TIME} ")])
    near = None if is_span else nearest(word, ("yesterday", "today", "now"), cutoff=0.8)
    if near:
        problem = phrase("`{word}` is not a valid time. Did you mean `{near}`?", near=near)
    elif is_span:
        problem = phrase("`{word}` is not a valid length of time. `{typed}` takes `2h` or `3 days`.", typed=typed)
    else:
        problem = phrase("`{word}` is not a valid time. `{typed}` takes `2h`, `yesterday` or `09:00`.", typed=typed)
    fixes = [] if _LONG.search(word) else [Edit(span, near or A_TIME)]  # it could be a number
    return StumbleError(problem, word=shorten(word), edits=fixes)


def _bare_when(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """A time without `since`: `NUM 2h`, `13711112222 昨天`. A run of digits is a date only when it is no number."""
    start = reader.at
    if not _could_be_time(reader, asker):
        return False
    when = read_when(reader, asker)
    if when is None:
        return False
    span = reader.since(start)
    if "since" in draft.said and "until" not in draft.said and _JOINED.search(reader.text[:start]):
        draft.fill("until", reader, span)
        draft.until = Edge(when, span)
        return True
    reader.take(_FILLER)
    draft.fill("since", reader, span)
    draft.since = Edge(when, span)
    if when.whole and not reader.sees(_UNTIL):
        draft.until = Edge(replace(when, clock=None), span)
    _range(reader, draft, asker)
    return True


def _range(reader: Reader, draft: _Draft, asker: Asker) -> None:
    """The end of `10:00-12:00`, of `9am to 11am` and of `between 9 and 11`, if one stands here."""
    ahead = Reader(reader.text, reader.at, reader.trial)
    if not ahead.take(RANGE):
        ahead.skip_blanks()
        if not (ahead.take(_TO) or ahead.take(_AND)):
            return
        ahead.skip_blanks()
    start = ahead.at
    when = read_when(ahead, asker) if _could_be_time(ahead, asker) else None
    if when is None or draft.since is None or "until" in draft.said:
        return
    if when.clock is not None and draft.since.when.clock is None:
        when = _after(draft.since.when, when.clock, asker)
    reader.at = ahead.at
    span = reader.since(start)
    draft.fill("until", reader, span)
    draft.until = Edge(when, span)


def _after(since: When, clock: time, asker: Asker) -> When:
    """`clock` on the day on which the window begins, or on the next: `Nov 20 22:00-02:00`."""
    day = since.earliest.astimezone(asker.zone).date()
    until = clock_on(day, clock, asker)
    return until if until.latest >= since.earliest else clock_on(day + DAY, clock, asker)


def _could_be_time(reader: Reader, asker: Asker) -> bool:
    """Whether what stands here may be a time though it begins like a number."""
    step = reader.sees(STEP)
    if not reader.sees(FRAGMENT) or reader.sees(DATE) or reader.sees(_HOUR):
        return step is None or len(step["amount"]) <= _MOST_AMOUNT or not reader.sees(FRAGMENT)
    if step and len(step["amount"]) <= _MOST_AMOUNT:
        return True
    return bool(reader.sees(COMPACT)) and not _number_at(reader, asker)


def _choice(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """A provider or a status without its keyword: `NUM tencent`, `NUM failed`."""
    start = reader.at
    status = reader.sees(_STATUS)
    if status and not CHATTER.fullmatch(status[0]):
        reader.at = status.end()
        reader.take(_OF)
        draft.bare.append(status["status"])
        return True
    if not reader.sees(pattern(one_of(asker.provider_words))):
        return False
    draft.providers = (*draft.providers, *read_choices(reader, Span(start, start), asker.provider_words, "provider"))
    draft.providers = tuple(dict.fromkeys(draft.providers))
    draft.said.setdefault("via", reader.cut(reader.since(start)))
    return True


def _separator(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """`A and B`, `A和B`."""
    del draft, asker
    return bool(reader.take(_AND))


def _chatter(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """A word that changes nothing."""
    del asker
    if _BARE_PLACEHOLDER.match(reader.text, reader.at):
        return False
    found = reader.take(CHATTER) or reader.take(SYMBOLS)
    if not found:
        return False
    draft.ignored.append(found[0])
    draft.asks = draft.asks or is_question(found[0])
    return True


def _part_of_day(reader: Reader, draft: _Draft, asker: Asker) -> bool:
    """`last night` and `last Monday`, which begin like `last 2h`."""
    return bool(reader.sees(_LAST_NIGHT)) and _bare_when(reader, draft, asker)


_OF = pattern(r"的")
_JOINED = pattern(rf"(?:{_AND.pattern}|-|~|to) *\Z")
_UNTIL = pattern(rf" *(?:-|~|to{END}|until{END}|till{END}|到|至)")
_LAST_NIGHT = pattern(r"last +(?:night|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?![a-z])")
_WORDS = (_part_of_day, _part, _bare_when, _plus, _target, _choice, _separator, _chatter)


def _unknown_word(reader: Reader, draft: _Draft, asker: Asker) -> StumbleError:
    span = reader.word()
    word = reader.cut(span)
    if _BARE_PLACEHOLDER.match(word):
        return StumbleError(phrase("`{word}` stands for something that is missing. Put your own in its place."), word=word)
    near = _near(word, draft)
    if near:
        problem = phrase("Unknown word `{word}`. Did you mean `{near}`?", near=near)
        return StumbleError(problem, word=shorten(word), edits=[] if _has_digits(word) else [Edit(span, near)])
    return _unknown(reader, draft, asker)


def _near(word: str, draft: _Draft) -> str | None:
    first = not draft.mentions and not draft.said
    return nearest(word, ((*_CANONICAL, *COMMANDS.values()) if first else _CANONICAL))


_CANONICAL = tuple(dict.fromkeys(PARTS.values()))


def _unknown(reader: Reader, draft: _Draft, asker: Asker | None = None) -> StumbleError:
    """Nothing is near. The word may go, with an amount behind it (`limit 5`), unless it could be a number or an id."""
    del draft
    span = reader.word()
    word = reader.cut(span)
    behind = _AMOUNT_BEHIND.match(reader.text, span.end)
    number = behind and asker and _number_at(Reader(reader.text, behind.end() - len(behind[0].strip())), asker)
    if behind and not number:
        span = Span(span.start, behind.end())
    return StumbleError(phrase("Unknown word `{word}`."), word=shorten(word), edits=[] if _has_digits(word) else [Edit(span, "")])


def _has_digits(word: str) -> bool:
    return any(map(str.isdigit, word))


def _number_at(reader: Reader, asker: Asker) -> PhoneNumber | None:
    """The number that stands here, if a good one does; nothing is read on."""
    try:
        return read_number(Reader(reader.text, reader.at), asker.region)
    except StumbleError:
        return None
