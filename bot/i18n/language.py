"""A language: its translations, plural forms, punctuation, lists and dates.

A `Phrase` is a sentence as a value, and a `Country` a name: made before the reader's language is known, translated when it is.

Sentences come from gettext's catalogues; lists, dates and the names of countries from the Unicode CLDR, by way of Babel, which is
imported when one of them is said: it loads slowly, and `smsstatus --help` says none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from typing import TYPE_CHECKING

from bot.i18n.cjk_spacing import format_with_cjk_spacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from babel import Locale

# ruff: noqa: PLC0415 - as above

_STOPS = tuple("!?…！？")


@dataclass(frozen=True, slots=True)
class Punctuation:
    """The punctuation of a language: between and at the end of sentences, clauses and list items."""

    stop: str = "."
    between: str = " "  # two sentences
    clause: str = ", "
    item: str = ", "  # of an enumeration
    loose: str = "; "


_LATIN = Punctuation()
_MARKS = {"zh": Punctuation("。", "", "，", "、", "；")}
# "a, b and c", where the CLDR's plain English has a comma before "and".
_LISTS = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language code ("en", "zh") with its gettext catalogue. Compared by the code alone."""

    code: str
    catalog: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)

    def say(self, text: str, /, **values: object) -> str:
        """Translate `text`, which is English, and fill in its `{names}`. Without a translation it stays English.

        Raises KeyError for a name without a value.
        """
        return self.render(text, values)

    def render(self, text: str, values: Mapping[str, object]) -> str:
        """The same, for a text that is not written where it is said. Raises KeyError."""
        return self._filled(self.catalog.gettext(text) if text else "", values)

    def translated(self, text: str) -> str:
        """Translate a text of the code tables, such as the name of a carrier; unchanged without a translation."""
        return self.catalog.gettext(text) if text else ""

    def plural(self, count: int, one: str, many: str, /, **values: object) -> str:
        """Translate the form for `count`, as in `plural(3, "{count} day", "{count} days")`. Raises KeyError as `say` does."""
        return self._filled(self.catalog.ngettext(one, many, count), {"count": count, **values})

    def listed(self, items: Sequence[str], *, either: bool = False, most: int | None = None) -> str:
        """`A`, `A and B`, `A, B and C`; with `either`, "or" instead of "and".

        With more than `most`, the first ones and the number of others: `most` items in all.
        """
        if most is not None and len(items) > most:
            items = [*items[: most - 1], self.say("{count} others", count=len(items) - most + 1)]
        from babel.lists import format_list

        return format_list(items, style="or" if either else "standard", locale=_cldr(_LISTS.get(self.code, self.code)))

    @property
    def punctuation(self) -> Punctuation:
        """The language's punctuation."""
        return _MARKS.get(self.code, _LATIN)

    def sentences(self, parts: Iterable[str]) -> str:
        """Join whole sentences. Empty ones are left out, here and below."""
        return self.punctuation.between.join(filter(None, parts))

    def clauses(self, parts: Iterable[str]) -> str:
        """Join clauses of one sentence with commas."""
        return self.punctuation.clause.join(filter(None, parts))

    def comma_list(self, items: Iterable[str]) -> str:
        """Join list items with commas and no conjunction: `A, B, C`."""
        return self.punctuation.item.join(filter(None, items))

    def semicolon_list(self, parts: Iterable[str]) -> str:
        """Join parts with semicolons."""
        return self.punctuation.loose.join(filter(None, parts))

    def with_full_stop(self, text: str) -> str:
        """`text` with exactly one full stop at its end; none if it is empty or ends with another end mark."""
        bare = text.rstrip(".。")
        return bare if not bare or bare.endswith(_STOPS) else f"{bare}{self.punctuation.stop}"

    def day(self, local: date, *, year: bool = False) -> str:
        """`Nov 20`, or `Nov 20, 2025` with the year."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMd" if year else "MMMd", local, locale=self.code)

    def country(self, region: str) -> str:
        """The name of the country with this ISO 3166 code ("CN" -> "China"); empty for an unknown code."""
        return str(_cldr(self.code).territories.get(region, ""))

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        said = {name: value.said_in(self) if isinstance(value, Localizable) else value for name, value in values.items()}
        return format_with_cjk_spacing(text, said) if self.code == "zh" else text.format_map(said)


@cache
def _cldr(code: str) -> Locale:
    """The CLDR's data of a language."""
    from babel import Locale

    return Locale.parse(code)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A translatable sentence as a value: English text with `{names}`, and their values. A value may be a phrase itself."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def filled(self, **values: object) -> Phrase:
        """The phrase with further values, for one that is chosen from a table; names that it does not have are ignored."""
        return Phrase(self.text, (*self.values, *values.items()))

    def said_in(self, language: Language) -> str:
        """The sentence in `language`. Raises KeyError for a name without a value."""
        return language.render(self.text, dict(self.values))


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 code, as a value to be named in any language."""

    region: str

    def said_in(self, language: Language) -> str:
        """Its name in `language`; empty for an unknown code."""
        return language.country(self.region)


Localizable = Phrase | Country  # a union, since every value that is filled in is tested: a Protocol takes a hundred times as long


def phrase(text: str, /, **values: object) -> Phrase:
    """A phrase with its values by name. Write `text` as a literal, so that Babel extracts it."""
    return Phrase(text, tuple(values.items()))


ENGLISH = Language("en")
