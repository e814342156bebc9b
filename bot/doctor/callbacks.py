"""Receipts that vendors push, or whose queue is drained: when the last one of each system came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health
from bot.errors import StoreError
from bot.presentation.times import duration
from bot.receipts.ingestion import ingests_receipts, is_drained
from bot.receipts.statements import NEWEST_LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.config import Settings
    from bot.i18n import Language
    from bot.receipts.store import ReceiptStore

SILENT = timedelta(days=1)


async def check_callbacks(
    settings: Settings, store: ReceiptStore, titles: Mapping[str, str], now: datetime, language: Language
) -> list[Check]:
    """A finding for each system that pushes or is drained; none where the store is filled by nothing."""
    if not ingests_receipts(settings):
        return []
    try:
        last = await store.newest_by_system()
    except StoreError:
        return []  # the database's own check says so
    checks = [_check(titles.get(system, system), at, now, language) for system, at in sorted(last.items())]
    checks += refused_pushes(settings, titles, language)
    if silent := [titles.get(system, system) for system in _expected(settings) if system not in last]:
        checks.append(_nothing_from(silent, language, is_alone=not last))
    return checks


def _expected(settings: Settings) -> dict[str, None]:
    """The systems of the configured accounts that can push, and those whose queue is drained."""
    pushed = settings.general.callback_token is not None
    systems: dict[str, None] = {}
    for account in settings.accounts:
        names = {callback.name for callback in account.vendor.callbacks} if pushed else set()
        set_up = [one.name for one in account.vendor.systems if one.name in names]  # a callback is named as its system
        drained = [account.vendor.queue_source.system] if account.vendor.queue_source and is_drained(account) else []
        systems |= dict.fromkeys([*set_up, *drained])
    return systems


def refused_pushes(settings: Settings, titles: Mapping[str, str], language: Language) -> list[Check]:
    """A warning for each system whose signed pushes are refused, because what checks it is not set, by setting."""
    if settings.general.callback_token is None:
        return []
    lacking: dict[tuple[str, str], None] = {}
    for account in settings.accounts:
        for callback in account.vendor.callbacks:
            if callback.signature is None:
                continue
            missing = [] if settings.general.public_url else ["SMSSTATUS_PUBLIC_URL"]
            missing += [] if callback.signature.key(account.settings) else [callback.signature.setting]
            lacking |= {(callback.name, setting): None for setting in missing}
    return [_refused(titles.get(name, name), setting, language) for name, setting in lacking]


def _refused(title: str, setting: str, language: Language) -> Check:
    name = language.say("Receipts of {provider}", provider=title)
    said = language.say("pushes are refused: their signature cannot be checked without {setting}", setting=setting)
    step = language.say("Set {setting}, if this provider is to push: see docs/receipts.md", setting=setting)
    return Check(name, Health.WARNING, said, step)


def _check(title: str, last: datetime, now: datetime, language: Language) -> Check:
    name = language.say("Receipts of {provider}", provider=title)
    said = language.say("the last came {age} ago", age=duration(now - last, language))
    return Check(name, Health.OK, said) if now - last <= SILENT else Check(name, Health.WARNING, said, _step(language))


def _nothing_from(titles: list[str], language: Language, *, is_alone: bool) -> Check:
    """Not every provider need push; that none does is told."""
    name = language.say("Receipts of {provider}", provider=language.listed(titles))
    said = language.say("none among the newest {count:,}", count=NEWEST_LOOKED_AT)
    return Check(name, Health.WARNING if is_alone else Health.OK, said, _step(language))


def _step(language: Language) -> str:
    return language.say("Compare the address at the provider with docs/receipts.md; see the log for refused pushes")
