"""Who is asked, and how they answered last: what `providers` shows, in Slack and in the terminal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.presentation.wording import ProviderState
from bot.providers.base import Remarkable
from bot.providers.systems import SYSTEMS

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.providers.base import Provider
    from bot.providers.system import System


def provider_states(service: LookupService, language: Language) -> list[ProviderState]:
    """Every account that is configured, and every system that is not, in the registry's order, told in `language`."""
    states = []
    for system in SYSTEMS:
        accounts = [provider for provider in service.providers if provider.name == system.name]
        states += [_configured(system, provider, service, language) for provider in accounts]
        if not accounts:
            title, answers = system.title.said_in(language), system.answers.said_in(language)
            states.append(ProviderState(title=title, configured=False, answers=answers, keys=system.keys))
    return states


def _configured(system: System, provider: Provider, service: LookupService, language: Language) -> ProviderState:
    last = service.last_answer(provider)
    remark = provider.remark if isinstance(provider, Remarkable) else None
    answers = system.answers.said_in(language)
    return ProviderState(
        title=system.title.said_in(language),
        account=provider.account,
        answers=language.sentences([language.stopped(answers), remark.said_in(language)]) if remark else answers,
        keeps_days=round(provider.keeps / timedelta(days=1)) if provider.keeps else None,
        last_answer_at=last.at if last else None,
        last_error=last.fault if last else None,
        keys=system.keys,
    )
