"""A language whose phrases are longer than anybody wrote them, to prove that the limits are looked at."""

from __future__ import annotations

from gettext import NullTranslations
from typing import TYPE_CHECKING

from bot.i18n import Language

if TYPE_CHECKING:
    from collections.abc import Callable


class _Stretched(NullTranslations):
    """English with a filler behind every phrase."""

    def __init__(self, filler: Callable[[str], str]) -> None:
        super().__init__()
        self._filler = filler

    def gettext(self, message: str) -> str:
        return message + self._filler(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


TWICE_AS_LONG = Language("en", _Stretched(lambda phrase: "·" * len(phrase)))
OVERLONG = Language("en", _Stretched(lambda _: "·" * 150))  # longer than any label may be
