"""The provider accounts and their latest answers, as the `providers` command shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.presentation.wording import ProviderStatus
from bot.providers.base import HasOperatorNotice, HasOptionalActions
from bot.providers.systems import SYSTEMS

if TYPE_CHECKING:
    from bot.i18n import Language, Phrase
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
    return ProviderStatus(
        title=system.title.said_in(language),
        name=system.name,
        account=provider.account,
        answers=system.answers.said_in(language),
        notice=language.sentences([notice.said_in(language) for notice in _notices(provider)]),
        keeps_days=round(provider.retention / timedelta(days=1)) if provider.retention else None,
        last_answer_at=last.at if last else None,
        last_error=last.fault if last else None,
        keys=system.keys,
    )


def _notices(provider: Provider) -> list[Phrase]:
    """What the operator should know of the account."""
    notice = provider.operator_notice if isinstance(provider, HasOperatorNotice) else None
    missing = provider.missing_actions if isinstance(provider, HasOptionalActions) else ()
    return [*([notice] if notice else []), *(one.notice for one in missing)]
