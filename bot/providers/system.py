"""The description of a provider system: names, aliases, keys. Imports no adapter, for it is read at every start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.i18n import Phrase


@dataclass(frozen=True, slots=True)
class System:
    """One provider system. Its name is also the name of its code tables."""

    name: str  # `aliyun-intl`
    title: Phrase  # "Alibaba intl"
    aliases: tuple[str, ...]  # further words for `via`, lower case; the title in other languages than English is one
    answers: Phrase  # what it answers, in one short line for `providers` and `doctor`
    keys: tuple[str, ...]  # the settings that switch it on
