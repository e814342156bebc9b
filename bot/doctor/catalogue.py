"""The age of the catalogue: the day that its newest entry was compared with its source. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health

if TYPE_CHECKING:
    from bot.codes.catalogue import Catalogue
    from bot.i18n import Language

OLD = timedelta(days=365)
"""Vendors add codes a few times a year; an unlisted one is counted by itself, so a year without a look is what is told."""


def check_catalogue(catalogue: Catalogue, today: date, language: Language) -> list[Check]:
    """The finding."""
    name, codes = language.say("Catalogue"), len(catalogue.rows)
    newest = max((row.checked_on for row in catalogue.rows if row.checked_on), default="")
    said = language.say("{count:,} codes, last compared with their sources on {day}", count=codes, day=newest or "–")
    if newest and today - date.fromisoformat(newest) <= OLD:
        return [Check(name, Health.OK, said)]
    return [Check(name, Health.WARNING, said, language.say("Install a newer version of smsstatus"))]
