"""The vendors this build knows. A third one is its folder and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.providers.aliyun.vendor import VENDOR as ALIYUN
from bot.providers.base import System
from bot.providers.tencent.vendor import LEGACY as TENCENT_LEGACY
from bot.providers.tencent.vendor import VENDOR as TENCENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.providers.base import Vendor

VENDORS: tuple[Vendor, ...] = (TENCENT, TENCENT_LEGACY, ALIYUN)

RECEIPTS = System(
    name="receipts",
    title="Receipt store",
    aliases=("store", "receipt-store", "回执库"),
    answers="receipts kept here, by number or by message id",
    keys=("SMSSTATUS_CALLBACK_TOKEN", "TENCENT_SMS_LEGACY_DRAIN"),
)
"""No vendor's: our own store, which is asked beside them."""


def systems(vendors: Iterable[Vendor] = VENDORS) -> tuple[System, ...]:
    """Every provider system, in the order in which answers name them."""
    return (*(system for vendor in vendors for system in vendor.systems), RECEIPTS)


def titles(vendors: Iterable[Vendor] = VENDORS) -> Mapping[str, str]:
    """Provider name -> what people call it."""
    return {system.name: system.title for system in systems(vendors)}


def words(names: Iterable[str], vendors: Iterable[Vendor] = VENDORS) -> Mapping[str, str]:
    """What `via` takes: each of the names and its aliases, lower case -> the name."""
    wanted = set(names)
    found: dict[str, str] = {}
    for system in systems(vendors):
        if system.name in wanted:
            found |= {word.lower(): system.name for word in (*system.aliases, system.title, system.name)}
    return found
