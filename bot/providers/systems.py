"""The registry of provider systems, without their adapters: `explain` needs the names only."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, phrase
from bot.providers.system import System
from bot.providers.vendors import VENDOR_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.i18n import Language

RECEIPTS = System(
    name="receipts",
    title=phrase("Receipt store"),
    aliases=("store", "receipt-store", "回执库"),
    answers=phrase("receipts kept here, by number or message ID"),
    keys=("SMSSTATUS_CALLBACK_TOKEN", "TENCENT_SMS_LEGACY_DRAIN"),
)
"""The receipt store, which is queried beside the vendors."""

SYSTEMS: tuple[System, ...] = (
    *(system for folder in VENDOR_FOLDERS for system in import_module(f"bot.providers.{folder}.systems").SYSTEMS),
    RECEIPTS,
)
"""All systems, in the order in which answers list them."""


def titles(language: Language) -> Mapping[str, str]:
    """Provider name -> title in `language`."""
    return {system.name: system.title.said_in(language) for system in SYSTEMS}


def via_words(names: Iterable[str]) -> Mapping[str, str]:
    """The words of `via` for these providers: name, title or alias in lower case -> provider name."""
    wanted = set(names)
    found: dict[str, str] = {}
    for system in SYSTEMS:
        if system.name in wanted:
            found |= {word.lower(): system.name for word in (*system.aliases, system.title.said_in(ENGLISH), system.name)}
    return found
