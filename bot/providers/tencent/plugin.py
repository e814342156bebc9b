"""The vendor Tencent Cloud, API 3.0: its system, settings, callbacks and how its providers are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.providers.base import Vendor
from bot.providers.http import ProviderHttpClient
from bot.providers.tencent import listing
from bot.providers.tencent.callbacks import CALLBACKS
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.registers import open_registers
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.providers.tencent.systems import TENCENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.providers.registers import Registers
    from bot.timing.clock import Clock

CALLS_PER_SECOND = 20  # of an account (https://cloud.tencent.com/document/api/382/40518)


def open_tencent(
    settings: TencentSettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Provider]:
    """One provider for each app id, all on one HTTP client: the limit is the account's, not the app's."""
    token = settings.token.get_secret_value() if settings.token else None
    credentials = TencentCredentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    http = ProviderHttpClient(
        settings.endpoint,
        auth=Tc3Auth(credentials, clock),
        calls_per_second=CALLS_PER_SECOND,
        clock=clock,
        proxies=proxies,
    )
    registers = _registers(settings, credentials, clock, proxies)
    return [
        TencentProvider(http, app_id=app_id, region=settings.region, clock=clock, registers=registers)
        for app_id in settings.app_ids
    ]


def _registers(settings: TencentSettings, credentials: TencentCredentials, clock: Clock, proxies: Proxies) -> Registers:
    """The registers of a key pair. Each call has a limit of its own, and so a client of its own."""
    of_signatures, of_templates = (
        ProviderHttpClient(
            settings.endpoint,
            auth=Tc3Auth(credentials, clock),
            calls_per_second=listing.CALLS_PER_SECOND,
            clock=clock,
            proxies=proxies,
        )
        for _ in range(2)
    )
    return open_registers(of_signatures, of_templates, region=settings.region, clock=clock)


VENDOR = Vendor(systems=(TENCENT,), settings=TencentSettings, open=open_tencent, callbacks=CALLBACKS)
