"""Lazy translations: sentences and names as values, translated where the reader's language is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.i18n.language import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """A translatable English text with `{names}`, and the values for them. A value may itself be a phrase."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def filled(self, **values: object) -> Phrase:
        """A copy with these values added, for phrases chosen from a table. Values that the text does not name are ignored."""
        return Phrase(self.text, (*self.values, *values.items()))

    def said_in(self, language: Language) -> str:
        """The sentence in `language`. Raises KeyError if a value for a name in the text is missing."""
        return language.say(self.text, **dict(self.values))


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 code, whose name is translated."""

    region: str

    def said_in(self, language: Language) -> str:
        """The country's name in `language`; empty for an unknown code."""
        return language.country(self.region)


Sayable = Phrase | Country  # a union, since every value that is filled in is tested: a Protocol takes a hundred times as long


def phrase(text: str, /, **values: object) -> Phrase:
    """Make a phrase with its values. `text` must be a literal, so that the extraction finds it."""
    return Phrase(text, tuple(values.items()))
