"""The provider accounts and their latest answers, as the `providers` command shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.presentation.wording import ProviderStatus
from bot.providers.base import HasOperatorNotice
from bot.providers.systems import SYSTEMS

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.providers.base import Provider
    from bot.providers.system import System


def provider_statuses(service: LookupService, language: Language) -> list[ProviderStatus]:
    """The status of every configured account and every system that is not configured, in the registry's order, in `language`."""
    states = []
    for system in SYSTEMS:
        accounts = [provider for provider in service.providers if provider.name == system.name]
        states += [_configured(system, provider, service, language) for provider in accounts]
        if not accounts:
            title, answers = system.title.said_in(language), system.answers.said_in(language)
            states.append(ProviderStatus(title=title, name=system.name, configured=False, answers=answers, keys=system.keys))
    return states


def _configured(system: System, provider: Provider, service: LookupService, language: Language) -> ProviderStatus:
    last = service.last_answer(provider)
    notice = provider.operator_notice if isinstance(provider, HasOperatorNotice) else None
    return ProviderStatus(
        title=system.title.said_in(language),
        name=system.name,
        account=provider.account,
        answers=system.answers.said_in(language),
        notice=notice.said_in(language) if notice else "",
        keeps_days=round(provider.retention / timedelta(days=1)) if provider.retention else None,
        last_answer_at=last.at if last else None,
        last_error=last.fault if last else None,
        keys=system.keys,
    )
