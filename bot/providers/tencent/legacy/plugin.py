"""The vendor plugin of Tencent's legacy API: its system, settings, queue and how its provider is opened.

It is a vendor of its own because its keys are its own: they may be set without those of API 3.0, or beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.i18n import phrase
from bot.providers.base import Vendor
from bot.providers.http import ATTEMPT_SECONDS, AccountClients, ProviderHttpClient
from bot.providers.tencent import NAME as TENCENT
from bot.providers.tencent.legacy import PATH, provider, queue
from bot.providers.tencent.legacy.errors import read_pulled
from bot.providers.tencent.legacy.settings import DRAIN_SWITCH, TencentLegacySettings
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.providers.tencent.legacy.systems import LEGACY
from bot.providers.tencent.plugin import CALLS_PER_SECOND
from bot.receipts.ingestion import QueueSource
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.receipts.ingestion import Queue
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

PULLS_PER_SECOND = 5  # 500 receipts; of the app's calls per second, and taken from what its lookups may make
PULL_SECONDS = 20.0  # no person waits for the queue, and a response that is given up on is lost


def open_legacy(
    settings: TencentLegacySettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
    limits: Limits = OWN_LIMITS,
) -> Sequence[Provider]:
    """The provider of one app; while the app's queue is drained, it carries a notice for the operator."""
    calls = CALLS_PER_SECOND - (PULLS_PER_SECOND if settings.drains else 0)
    http = _open_http(settings, provider.ACTION, calls, clock, proxies=proxies, limits=limits)
    notice = phrase("We drain its queue ({setting}): other consumers no longer receive these receipts", setting=DRAIN_SWITCH)
    return [provider.TencentLegacyProvider(http, app_id=settings.app_id, clock=clock, notice=notice if settings.drains else None)]


def open_legacy_queues(
    settings: TencentLegacySettings,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
    limits: Limits = OWN_LIMITS,
) -> Sequence[Queue]:
    """The app's receipt queue, if the settings switch its drain on."""
    if not settings.drains:
        return []
    http = _open_http(
        settings, queue.ACTION, PULLS_PER_SECOND, clock, proxies=proxies, limits=limits, attempt_seconds=PULL_SECONDS
    )
    return [queue.LegacyQueue(http, app_id=settings.app_id)]


def _open_http(
    settings: TencentLegacySettings,
    action: str,
    calls_per_second: int,
    clock: Clock,
    *,
    proxies: Proxies,
    limits: Limits,
    attempt_seconds: float = ATTEMPT_SECONDS,
) -> ProviderHttpClient:
    """A client for one action. No rate limit is published for the legacy API: that of API 3.0 is kept by all actions together."""
    url = f"{settings.endpoint.rstrip('/')}{PATH}{action}"
    auth = LegacyAuth(settings.app_id, settings.app_key.get_secret_value(), clock)
    clients = AccountClients(url, auth, settings.app_id, clock, proxies, limits)
    return clients.open(action, calls_per_second, attempt_seconds=attempt_seconds)


VENDOR = Vendor(
    systems=(LEGACY,),
    settings=TencentLegacySettings,
    open=open_legacy,
    queue_source=QueueSource(TENCENT, DRAIN_SWITCH, read_pulled, lambda settings: settings.drains, open_legacy_queues),
)
