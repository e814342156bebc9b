"""The provider systems of this build by name, without what it takes to ask them: `explain` reads this and no adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, phrase
from bot.providers.aliyun import systems as aliyun
from bot.providers.system import System
from bot.providers.tencent import systems as tencent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.i18n import Language

RECEIPTS = System(
    name="receipts",
    title=phrase("Receipt store"),
    aliases=("store", "receipt-store", "回执库"),
    answers=phrase("receipts kept here, by number or by message id"),
    keys=("SMSSTATUS_CALLBACK_TOKEN", "TENCENT_SMS_LEGACY_DRAIN"),
)
"""No vendor's: our own store, which is asked beside them."""

SYSTEMS = (tencent.TENCENT, tencent.LEGACY, aliyun.DOMESTIC, aliyun.INTL, RECEIPTS)
"""In the order in which answers name them."""


def titles(language: Language) -> Mapping[str, str]:
    """Provider name -> what people call it in `language`."""
    return {system.name: system.title.said_in(language) for system in SYSTEMS}


def via_words(names: Iterable[str]) -> Mapping[str, str]:
    """What `via` takes: each of the names and its aliases, lower case -> the name."""
    wanted = set(names)
    found: dict[str, str] = {}
    for system in SYSTEMS:
        if system.name in wanted:
            found |= {word.lower(): system.name for word in (*system.aliases, system.title.said_in(ENGLISH), system.name)}
    return found
