"""What a shell offers when Tab is pressed: codes with their meanings, providers after `via`, and the words of the commands.

A shell asks by running smsstatus with `_SMSSTATUS_COMPLETE` set, which click answers; see README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from bot.cli.localized_click.locale import locale_of
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import click

    from bot.i18n import Language, Phrase

# The grammar and the catalogue are imported where they are needed: other commands are completed without them.
# ruff: noqa: PLC0415

_COLON = ":"
_KEYWORDS: Mapping[str, Phrase] = {
    "since": phrase("from this time on"),
    "until": phrase("up to this time"),
    "via": phrase("ask these providers only"),
    "only": phrase("show messages with this status only"),
}
_TIMES = {
    "since": ("2h", "24h", "7d", "today", "yesterday"),
    "last": ("2h", "24h", "7d"),
    "until": ("now", "today", "yesterday"),
}


def complete_words(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The words of a lookup, and codes."""
    typed = " ".join(ctx.params.get("words") or ()).split()
    language = locale_of(ctx).language
    return [*_words_after(typed, incomplete, language), *([] if typed else _codes(incomplete, language))]


def complete_code(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes and terms."""
    if ctx.params.get("code"):
        return []
    language = locale_of(ctx).language
    return [*_terms(incomplete, language), *_codes(incomplete, language)]


def _words_after(typed: Sequence[str], incomplete: str, language: Language) -> Iterator[CompletionItem]:
    keywords = [_keyword(word) for word in typed]
    last = keywords[-1] if keywords else None
    if last == "via":
        yield from _listed(incomplete, _providers(language))
    elif last == "only":
        yield from _listed(incomplete, _statuses(language))
    elif last in _TIMES:
        yield from (CompletionItem(one) for one in _TIMES[last] if one.startswith(incomplete))
    else:
        yield from (
            CompletionItem(word, help=what.said_in(language))
            for word, what in _KEYWORDS.items()
            if word.startswith(incomplete) and word not in keywords
        )


def _keyword(word: str) -> str | None:
    """The keyword that a word is. The first word of a line is completed without: the grammar takes as long as all the rest."""
    from bot.grammar.vocabulary import KEYWORDS

    return KEYWORDS.get(word.lower())


def _listed(incomplete: str, choices: Iterable[tuple[str, str]]) -> Iterator[CompletionItem]:
    """The choices for the last of `tencent,aliy`."""
    before, comma, begun = incomplete.rpartition(",")
    for word, what in choices:
        if word.startswith(begun.lower()) and word not in before.split(","):
            yield CompletionItem(f"{before}{comma}{word}", help=what)


def _providers(language: Language) -> list[tuple[str, str]]:
    from bot.providers.systems import SYSTEMS

    return [(system.name, system.title.said_in(language)) for system in SYSTEMS]


def _statuses(language: Language) -> list[tuple[str, str]]:
    from bot.model import Status
    from bot.presentation.wording import STATUS_WORDS

    return [(status.value, STATUS_WORDS[status].said_in(language)) for status in Status]


def _terms(incomplete: str, language: Language) -> Iterator[CompletionItem]:
    from bot.codes import load_catalogue

    for term in load_catalogue().glossary.terms:
        if term.id.startswith(incomplete.lower()):
            yield CompletionItem(term.id, help=term.words(language.code).title)


def _codes(incomplete: str, language: Language) -> Iterator[CompletionItem]:
    """The codes that begin so; none before a character is typed, for there are thousands."""
    if not incomplete:
        return
    from bot.codes import load_catalogue

    catalogue, begun = load_catalogue(), incomplete.upper()
    offered: set[str] = set()
    for row in catalogue.rows:
        if not row.is_pattern and row.code not in offered and row.code.upper().startswith(begun) and " " not in row.code:
            offered.add(row.code)
            yield CompletionItem(row.code, help=catalogue.family(row.family).words(language.code).title)


@add_completion_class
class ColonBashComplete(BashComplete):
    """bash's completion of words with colons in them, at which bash breaks a word: `MK:00` is three of them to it."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words before the one at the cursor, and that one as far as it is typed."""
        args, incomplete = super().get_completion_args()
        *before, at_cursor = _joined([*args, incomplete])
        return before, at_cursor

    def complete(self) -> str:
        """The completions of what bash takes for the word at the cursor, which begins behind the last colon."""
        args, incomplete = self.get_completion_args()
        typed = len(incomplete) - len(incomplete.rpartition(_COLON)[2])
        found = self.get_completions(args, incomplete)
        return "\n".join(f"{item.type},{item.value[typed:]}" for item in found)


def _joined(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and (word.startswith(_COLON) or joined[-1].endswith(_COLON)):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
