"""Sentences and names as values: made where it is known what to say, said where it is known who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.i18n.language import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """The English text with `{names}` in it, and the values for them. A value may be a phrase itself."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def filled(self, **values: object) -> Phrase:
        """The phrase with these values too, for one that is chosen from a table; those that it does not name do no harm."""
        return Phrase(self.text, (*self.values, *values.items()))

    def said_in(self, language: Language) -> str:
        """The sentence in `language`."""
        return language.say(self.text, **dict(self.values))


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its code of ISO 3166, which every language has a name of its own for."""

    region: str

    def said_in(self, language: Language) -> str:
        """What it is called in `language`; empty when there is no such country."""
        return language.country(self.region)


Localizable = Phrase | Country  # a union, since every value that is filled in is tested: a Protocol takes a hundred times as long


def phrase(text: str, /, **values: object) -> Phrase:
    """A phrase with its values by name. `text` is written out where it is called, so that the extraction finds it."""
    return Phrase(text, tuple(values.items()))
