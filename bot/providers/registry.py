"""The vendors this build knows. A third one is its folder and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.providers.aliyun.vendor import VENDOR as ALIYUN
from bot.providers.tencent.vendor import VENDOR as TENCENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.providers.base import System, Vendor

VENDORS: tuple[Vendor, ...] = (TENCENT, ALIYUN)


def systems(vendors: Iterable[Vendor] = VENDORS) -> tuple[System, ...]:
    """Every provider system, in the order in which answers name them."""
    return tuple(system for vendor in vendors for system in vendor.systems)


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
