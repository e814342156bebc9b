"""One language that people read us in: its sentences, and how it joins them, counts, lists and writes dates.

Sentences come from gettext's catalogues; lists, dates and the names of countries from the Unicode CLDR, by way of Babel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list

from bot.i18n.cjk_spacing import format_with_cjk_spacing
from bot.i18n.phrase import Localizable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_STOPS = tuple("!?…！？")


@dataclass(frozen=True, slots=True)
class Punctuation:
    """How a language writes the ends and the joints of sentences."""

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
    """A language by its code ("en", "zh"), and its book of phrases. Equal by the code alone."""

    code: str
    catalog: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)

    def say(self, text: str, /, **values: object) -> str:
        """The phrase that is `text` in English, with its `{names}` filled in. One without a translation stays English."""
        return self._filled(self.catalog.gettext(text) if text else "", values)

    def translated(self, text: str) -> str:
        """A text of the catalogue's tables, such as the name of a carrier; as it is when nobody has translated it."""
        return self.catalog.gettext(text) if text else ""

    def plural(self, count: int, one: str, many: str, /, **values: object) -> str:
        """The phrase for one or for many, as in `plural(3, "{count} day", "{count} days")`."""
        return self._filled(self.catalog.ngettext(one, many, count), {"count": count, **values})

    def listed(self, items: Sequence[str], *, either: bool = False) -> str:
        """`A`, `A and B`, `A, B and C`; with `either`, "or" in the place of "and"."""
        return format_list(items, style="or" if either else "standard", locale=_LISTS.get(self.code, self.code))

    @property
    def punctuation(self) -> Punctuation:
        """Its punctuation."""
        return _MARKS.get(self.code, _LATIN)

    def sentences(self, parts: Iterable[str]) -> str:
        """Whole sentences one after the other; empty ones are left out, here and below."""
        return self.punctuation.between.join(filter(None, parts))

    def clauses(self, parts: Iterable[str]) -> str:
        """Parts of one sentence with commas between them."""
        return self.punctuation.clause.join(filter(None, parts))

    def comma_list(self, items: Iterable[str]) -> str:
        """`A, B, C`: with nothing said of how they belong together."""
        return self.punctuation.item.join(filter(None, items))

    def semicolon_list(self, parts: Iterable[str]) -> str:
        """Statements of one sentence with semicolons between them."""
        return self.punctuation.loose.join(filter(None, parts))

    def with_full_stop(self, text: str) -> str:
        """`text` as a sentence: with one full stop at its end, and none when it is empty or ends with another mark already."""
        bare = text.rstrip(".。")
        return bare if not bare or bare.endswith(_STOPS) else f"{bare}{self.punctuation.stop}"

    def day(self, local: date, *, year: bool = False) -> str:
        """`Nov 20`, or `Nov 20, 2025` with the year."""
        return format_skeleton("yMMMd" if year else "MMMd", local, locale=self.code)

    def country(self, region: str) -> str:
        """What people call the country with this code of ISO 3166 ("CN" -> "China"); empty when there is none."""
        return str(Locale.parse(self.code).territories.get(region, ""))

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        said = {name: value.said_in(self) if isinstance(value, Localizable) else value for name, value in values.items()}
        return format_with_cjk_spacing(text, said) if self.code == "zh" else text.format_map(said)


ENGLISH = Language("en")
