"""The vendor Tencent Cloud, API 3.0: its system, settings, callbacks and how its providers are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.providers.base import Vendor
from bot.providers.http import ProviderHttpClient
from bot.providers.optional_actions import OptionalActions
from bot.providers.tencent.callbacks import CALLBACKS
from bot.providers.tencent.errors import lack_of
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.providers.tencent.statistics import OUTCOMES, SUBMISSIONS, TencentStatistics
from bot.providers.tencent.systems import TENCENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.timing.clock import Clock

CALLS_PER_SECOND = 20  # of an account (https://cloud.tencent.com/document/api/382/40518)
STATISTICS_CALLS_PER_SECOND = 10  # of an account, for each of the two actions (https://cloud.tencent.com/document/api/382/52077)


def open_tencent(
    settings: TencentSettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Provider]:
    """One provider for each app id, all on the same HTTP clients: the limits are the account's, one for each action."""
    token = settings.token.get_secret_value() if settings.token else None
    credentials = TencentCredentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    auth = Tc3Auth(credentials, clock)

    def client(calls_per_second: int) -> ProviderHttpClient:
        return ProviderHttpClient(settings.endpoint, auth=auth, calls_per_second=calls_per_second, clock=clock, proxies=proxies)

    http = client(CALLS_PER_SECOND)
    counting = {action: client(STATISTICS_CALLS_PER_SECOND) for action in (OUTCOMES, SUBMISSIONS)}
    providers = []
    for app_id in settings.app_ids:
        actions = OptionalActions(lack_of, clock)
        statistics = TencentStatistics(counting, actions, app_id=app_id, region=settings.region)
        providers.append(
            TencentProvider(http, app_id=app_id, region=settings.region, clock=clock, statistics=statistics, actions=actions)
        )
    return providers


VENDOR = Vendor(systems=(TENCENT,), settings=TencentSettings, open=open_tencent, callbacks=CALLBACKS)
"""Tencent Cloud SMS."""
