"""Gaps in a report: accounts that did not answer, or answered in part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.lookup.note_rules import UNREAD
from bot.model import STORE, NoteKind
from bot.presentation.wording import PLACE
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.i18n import Language
    from bot.model import Coverage, Report, SkippedAccount

_MAX_NAMED = 4
_OUR_OWN = "Transport."  # codes for what never became an answer
_RETENTION = frozenset({NoteKind.CUT_TO_MEMORY, NoteKind.OUT_OF_MEMORY})


@dataclass(frozen=True, slots=True)
class Gaps:
    """Providers' display names by how they answered. `expired`: the window is older than their retention; `complete`: in full."""

    unanswered: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    unreadable: int = 0
    complete: tuple[str, ...] = ()
    store_complete: bool = False
    by_id: tuple[str, ...] = ()
    by_number: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is missing."""
        return bool(self.unanswered or self.refused or self.partial or self.expired or self.unreadable)

    def why(self, language: Language) -> str:
        """`Tencent and Alibaba did not answer; 1 message could not be read`: as statements."""
        silent, refused, partial = (_few(names, language) for names in (self.unanswered, self.refused, self.partial))
        by_id, by_number = _few(self.by_id, language), _few(self.by_number, language)
        return language.semicolon_list(
            (
                language.say("{names} did not answer", names=silent) if silent else "",
                language.say("{names} refused the lookup", names=refused) if refused else "",
                language.say("{names} answered only in part", names=partial) if partial else "",
                self._other_gaps(language),
                language.say("{names} can be asked by message id only", names=by_id) if by_id else "",
                language.say("{names} can be asked by number only", names=by_number) if by_number else "",
            )
        )

    def missing(self, language: Language) -> str:
        """`no answer from Tencent; only part of the answer from Alibaba`: what follows "Incomplete"."""
        silent, partial = _few((*self.unanswered, *self.refused), language), _few(self.partial, language)
        return language.semicolon_list(
            (
                language.say("no answer from {names}", names=silent) if silent else "",
                language.say("only part of the answer from {names}", names=partial) if partial else "",
                self._other_gaps(language),
            )
        )

    def _other_gaps(self, language: Language) -> str:
        """What both sentences share: unreadable rows, and data past its retention."""
        expired = _few(self.expired, language)
        memory = language.say("{names} no longer has all of that time", names=expired) if expired else ""
        return language.semicolon_list((_unreadable(self.unreadable, language), memory))

    def nothing_found(self, language: Language) -> str:
        """`Nothing at Alibaba. Nothing in the receipt store.`: the complete answers; empty when there are none."""
        parts = (
            language.say("Nothing at {names}", names=_few(self.complete, language)) if self.complete else "",
            language.say("Nothing in the receipt store") if self.store_complete else "",
        )
        return language.sentences(map(language.with_full_stop, parts))


def gaps(report: Report, titles: Mapping[str, str]) -> Gaps:
    """The gaps in `report`. `titles` maps a provider's name to its display name."""
    parts = report.coverage
    silent = [part for part in parts if part.error is not None and not part.is_partial]
    skipped = [part for part in report.not_asked if any(map(part.could_hold, report.query.targets))]
    return Gaps(
        unanswered=_names((part for part in silent if not _refused(part)), titles),
        refused=_names((part for part in silent if _refused(part)), titles),
        partial=_names((part for part in parts if _is_partial(part)), titles),
        expired=_names((*(part for part in parts if _is_expired(part)), *_because(NoteKind.OUT_OF_MEMORY, skipped)), titles),
        unreadable=report.unreadable,
        complete=_names((part for part in parts if _is_whole(part) and part.provider != STORE), titles),
        store_complete=any(_is_whole(part) and part.provider == STORE for part in parts),
        by_id=_names(_because(NoteKind.NEEDS_MESSAGE_ID, skipped), titles),
        by_number=_names(_because(NoteKind.NEEDS_NUMBER, skipped), titles),
    )


def _because(kind: NoteKind, skipped: Iterable[SkippedAccount]) -> list[SkippedAccount]:
    return [part for part in skipped if part.reason.kind is kind]


def _refused(part: Coverage) -> bool:
    """Whether the provider refused for good: asking again would not help."""
    return part.error is not None and not part.error.retryable and not part.error.code.startswith(_OUR_OWN)


def _is_expired(part: Coverage) -> bool:
    return part.error is None and bool(_notes(part) & _RETENTION)


def _is_whole(part: Coverage) -> bool:
    return part.complete and part.error is None


def _is_partial(part: Coverage) -> bool:
    """Whether it answered in part, for another reason than retention or unreadable rows."""
    if part.error is not None:
        return part.is_partial
    known = _notes(part) & (_RETENTION | UNREAD)
    return not part.complete and not known


def _notes(part: Coverage) -> frozenset[NoteKind]:
    return frozenset(note.kind for note in part.notes)


def _names(parts: Iterable[Coverage | SkippedAccount], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Their display names, each once."""
    return tuple(dict.fromkeys(truncate(single_line(titles.get(part.provider, part.provider)), PLACE) for part in parts))


def _few(names: Sequence[str], language: Language) -> str:
    """`Tencent and Alibaba`; of many the first ones."""
    return language.listed(names, most=_MAX_NAMED)


def _unreadable(count: int, language: Language) -> str:
    if not count:
        return ""
    return language.plural(count, "{count} message could not be read", "{count} messages could not be read")
