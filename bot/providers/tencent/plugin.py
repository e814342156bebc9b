"""Tencent Cloud as the house knows it: its systems, its settings, and how its providers are opened.

The legacy API is a vendor of its own: it has other keys, which are set without those of API 3.0 or beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.i18n import phrase
from bot.providers.base import Vendor
from bot.providers.http import ATTEMPT_SECONDS, ProviderHttpClient
from bot.providers.rate_limiter import ArrivalRateLimiter
from bot.providers.tencent import NAME, legacy, systems
from bot.providers.tencent.callbacks import CALLBACKS
from bot.providers.tencent.legacy import provider, queue
from bot.providers.tencent.legacy.errors import read_pulled
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.settings import TencentLegacySettings, TencentSettings
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.receipts.ingestion import QueueSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.receipts.ingestion import Queue
    from bot.timing.clock import Clock

CALLS_PER_SECOND = 19  # of 20 (382/40518): one is left for a call that we gave up on and that arrives all the same
DRAIN_SWITCH = "TENCENT_SMS_LEGACY_DRAIN"
PULL_SECONDS = 20.0  # nobody waits for the queue, and an answer that we give up on is lost


def open_tencent(
    settings: TencentSettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Provider]:
    """One provider for each app id, all behind one client and one pacer: the limit is the account's, not the app's."""
    token = settings.token.get_secret_value() if settings.token else None
    credentials = TencentCredentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    http = ProviderHttpClient(
        settings.endpoint,
        auth=Tc3Auth(credentials, clock),
        limiter=ArrivalRateLimiter(CALLS_PER_SECOND),
        clock=clock,
        proxies=proxies,
    )
    return [TencentProvider(http, app_id=app_id, region=settings.region, clock=clock) for app_id in settings.app_ids]


def open_legacy(
    settings: TencentLegacySettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Provider]:
    """The lookup of one app at the legacy API."""
    http = _legacy_http(settings, provider.ACTION, clock, proxies)
    remark = phrase("Its queue is drained ({setting}): nobody else gets its receipts", setting=DRAIN_SWITCH)
    return [provider.TencentLegacyProvider(http, app_id=settings.app_id, clock=clock, notice=remark if settings.drains else None)]


def open_legacy_queues(
    settings: TencentLegacySettings,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Queue]:
    """The queue of the app, where the settings say that it is to be drained."""
    if not settings.drains:
        return []
    http = _legacy_http(settings, queue.ACTION, clock, proxies, attempt_seconds=PULL_SECONDS)
    return [queue.LegacyQueue(http, app_id=settings.app_id)]


def _legacy_http(
    settings: TencentLegacySettings, action: str, clock: Clock, proxies: Proxies, *, attempt_seconds: float = ATTEMPT_SECONDS
) -> ProviderHttpClient:
    """A client for one call. No rate is published for the legacy API; it is asked no faster than its successor."""
    url = f"{settings.endpoint.rstrip('/')}{legacy.PATH}{action}"
    auth = LegacyAuth(settings.app_id, settings.app_key.get_secret_value(), clock)
    limiter = ArrivalRateLimiter(CALLS_PER_SECOND)
    return ProviderHttpClient(url, auth=auth, limiter=limiter, clock=clock, proxies=proxies, attempt_seconds=attempt_seconds)


VENDOR = Vendor(systems=(systems.TENCENT,), settings=TencentSettings, open=open_tencent, callbacks=CALLBACKS)

LEGACY = Vendor(
    systems=(systems.LEGACY,),
    settings=TencentLegacySettings,
    open=open_legacy,
    draining=QueueSource(NAME, DRAIN_SWITCH, read_pulled, lambda settings: settings.drains, open_legacy_queues),
)
