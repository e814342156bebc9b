"""Who is asked, and how they answered last: what `providers` shows, in Slack and in the terminal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.providers import registry
from bot.providers.base import Remarkable
from bot.wording import ProviderState

if TYPE_CHECKING:
    from bot.lookup import LookupService
    from bot.providers.base import Provider, System


def provider_states(service: LookupService) -> list[ProviderState]:
    """Every account that is configured, and every system that is not, in the registry's order."""
    states = []
    for system in registry.systems():
        accounts = [provider for provider in service.providers if provider.name == system.name]
        states += [_configured(system, provider, service) for provider in accounts]
        if not accounts:
            states.append(ProviderState(title=system.title, configured=False, answers=system.answers, keys=system.keys))
    return states


def _configured(system: System, provider: Provider, service: LookupService) -> ProviderState:
    last = service.last_answer(provider)
    remark = provider.remark if isinstance(provider, Remarkable) else ""
    return ProviderState(
        title=system.title,
        account=provider.account,
        answers=f"{system.answers}. {remark}" if remark else system.answers,
        keeps_days=round(provider.keeps / timedelta(days=1)) if provider.keeps else None,
        last_answer_at=last.at if last else None,
        last_error=last.fault if last else None,
        keys=system.keys,
    )
