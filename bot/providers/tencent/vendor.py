"""Tencent Cloud as the house knows it: its system, its settings, and how its providers are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.providers.base import System, Vendor
from bot.providers.http import ProviderHttp
from bot.providers.pacing import Pacer
from bot.providers.tencent import NAME
from bot.providers.tencent.adapter import TencentProvider
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.signing import Credentials, Tc3Auth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from bot.clock import Clock
    from bot.providers.base import Provider

CALLS_PER_SECOND = 19  # of 20 (382/40518): one is left for a call that we gave up on and that arrives all the same


def open_tencent(settings: BaseModel, _account: str | None, clock: Clock) -> Sequence[Provider]:
    """One provider for each app id, all behind one client and one pacer: the limit is the account's, not the app's."""
    if not isinstance(settings, TencentSettings):
        raise TypeError("Tencent is opened with its own settings")
    token = settings.token.get_secret_value() if settings.token else None
    credentials = Credentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    http = ProviderHttp(settings.endpoint, auth=Tc3Auth(credentials, clock), limiter=Pacer(CALLS_PER_SECOND), clock=clock)
    return [TencentProvider(http, app_id=app_id, region=settings.region, clock=clock) for app_id in settings.app_ids]


VENDOR = Vendor(
    systems=(
        System(
            name=NAME,
            title="Tencent",
            aliases=("tencentcloud", "tencent-cloud", "qcloud", "tx", "腾讯", "腾讯云"),
            answers="receipts of one number, the last 7 days",
            keys=("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SMS_SDK_APP_ID"),
        ),
    ),
    settings=TencentSettings,
    open=open_tencent,
)
