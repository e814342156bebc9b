"""Whose answer is missing, and what each who answered in part could not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import STORE, NoteKind
from bot.outside import clip, tidy
from bot.wording import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.language import Language
    from bot.model import Coverage, Report

_MAX_NAMED = 4
_FORGOTTEN = frozenset({NoteKind.CUT_TO_MEMORY, NoteKind.OUT_OF_MEMORY})
_UNREAD = frozenset({NoteKind.ROWS_UNREADABLE, NoteKind.COUNTED_MORE})


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is not known, by the names of who should have told it; `heard` answered in full."""

    unanswered: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    unreadable: int = 0
    heard: tuple[str, ...] = ()
    store_heard: bool = False

    @property
    def any(self) -> bool:
        """Whether anything is missing."""
        return bool(self.unanswered or self.partial or self.forgotten or self.unreadable)

    def why(self, language: Language) -> str:
        """`Tencent and Alibaba did not answer; 1 message could not be read`: as statements."""
        silent, partial = _few(self.unanswered, language), _few(self.partial, language)
        return self._with_the_rest(
            language.say("{names} did not answer", names=silent) if silent else "",
            language.say("{names} answered only in part", names=partial) if partial else "",
            language,
        )

    def missing(self, language: Language) -> str:
        """`no answer from Tencent; only part of the answer from Alibaba`: what stands after "Incomplete"."""
        silent, partial = _few(self.unanswered, language), _few(self.partial, language)
        return self._with_the_rest(
            language.say("no answer from {names}", names=silent) if silent else "",
            language.say("only part of the answer from {names}", names=partial) if partial else "",
            language,
        )

    def _with_the_rest(self, unanswered: str, partial: str, language: Language) -> str:
        """Those two, and what is said alike everywhere: the rows that nobody could read, and what is forgotten by now."""
        forgotten = _few(self.forgotten, language)
        memory = language.say("{names} no longer has all of that time", names=forgotten) if forgotten else ""
        return language.loosely((unanswered, partial, _unreadable(self.unreadable, language), memory))

    def nothing_found(self, language: Language) -> str:
        """`Nothing at Alibaba, nothing in the receipt store`: what those who did answer say; empty when nobody did."""
        parts = (
            language.say("Nothing at {names}", names=_few(self.heard, language)) if self.heard else "",
            language.say("Nothing in the receipt store") if self.store_heard else "",
        )
        return language.sentences(map(language.stopped, parts))


def gaps(report: Report, titles: Mapping[str, str]) -> Gaps:
    """What `report` lacks."""
    parts = report.coverage
    return Gaps(
        unanswered=_names((part for part in parts if part.error is not None and not part.partly), titles),
        partial=_names((part for part in parts if _is_partial(part)), titles),
        forgotten=_names((part for part in parts if part.error is None and _notes(part) & _FORGOTTEN), titles),
        unreadable=report.unreadable,
        heard=_names((part for part in parts if _is_whole(part) and part.provider != STORE), titles),
        store_heard=any(_is_whole(part) and part.provider == STORE for part in parts),
    )


def _is_whole(part: Coverage) -> bool:
    return part.complete and part.error is None


def _is_partial(part: Coverage) -> bool:
    """Whether it answered, and not in full, for another reason than its memory or rows that nobody could read."""
    if part.error is not None:
        return part.partly
    told = _notes(part) & (_FORGOTTEN | _UNREAD)
    return not part.complete and not told


def _notes(part: Coverage) -> frozenset[NoteKind]:
    return frozenset(note.kind for note in part.notes)


def _names(parts: Iterable[Coverage], titles: Mapping[str, str]) -> tuple[str, ...]:
    """What people call them, each once."""
    return tuple(dict.fromkeys(clip(tidy(titles.get(part.provider, part.provider)), PLACE) for part in parts))


def _few(names: Sequence[str], language: Language) -> str:
    """`Tencent and Alibaba`, the first three of many."""
    if len(names) > _MAX_NAMED:
        rest = language.say("{count} others", count=len(names) - _MAX_NAMED + 1)
        names = [*names[: _MAX_NAMED - 1], rest]
    return language.listed(names)


def _unreadable(count: int, language: Language) -> str:
    if not count:
        return ""
    return language.plural(count, "{count} message could not be read", "{count} messages could not be read")
