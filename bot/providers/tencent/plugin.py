"""The vendor Tencent Cloud, API 3.0: its system, settings, callbacks and how its providers are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.providers.base import Vendor
from bot.providers.http import AccountClients
from bot.providers.optional_actions import OptionalActions
from bot.providers.tencent import listing, signatures, templates
from bot.providers.tencent.callbacks import CALLBACKS
from bot.providers.tencent.errors import lack_of
from bot.providers.tencent.key import TencentKey
from bot.providers.tencent.provider import ACTION as RECEIPTS
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.registers import open_registers
from bot.providers.tencent.send_records import ACTION as SENDS
from bot.providers.tencent.send_records import CALLS_PER_SECOND as SENDS_PER_SECOND
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.providers.tencent.statistics import OUTCOMES, SUBMISSIONS, TencentStatistics
from bot.providers.tencent.systems import TENCENT
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

CALLS_PER_SECOND = 20  # receipts, of an account (https://cloud.tencent.com/document/api/382/40518)
STATISTICS_CALLS_PER_SECOND = 10  # of an account, for each of the two actions (https://cloud.tencent.com/document/api/382/52077)


def open_tencent(
    settings: TencentSettings,
    _account: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
    limits: Limits = OWN_LIMITS,
) -> Sequence[Provider]:
    """One provider for each app id, all on the same HTTP clients: an action's limit is the account's, not the app's."""
    token = settings.token.get_secret_value() if settings.token else None
    keys = TencentCredentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    clients = AccountClients(settings.endpoint, Tc3Auth(keys, clock), keys.secret_id, clock, proxies, limits)
    receipts = clients.open(RECEIPTS, CALLS_PER_SECOND)
    sends = clients.open(SENDS.name, SENDS_PER_SECOND) if settings.is_china_site else None
    of_signatures = clients.open(signatures.ACTION.name, listing.CALLS_PER_SECOND)
    of_templates = clients.open(templates.ACTION.name, listing.CALLS_PER_SECOND)
    registers = open_registers(of_signatures, of_templates, region=settings.region, clock=clock)
    key = TencentKey(settings.endpoint, keys, settings.region, clock, proxies)
    counting = {action: clients.open(action.name, STATISTICS_CALLS_PER_SECOND) for action in (OUTCOMES, SUBMISSIONS)}

    def provider(app_id: str) -> TencentProvider:
        actions = OptionalActions(lack_of, clock)  # an app's own: what is granted for one may not be for another
        statistics = TencentStatistics(counting, actions, app_id=app_id, region=settings.region)
        return TencentProvider(
            receipts,
            app_id=app_id,
            region=settings.region,
            clock=clock,
            sends_http=sends,
            registers=registers,
            statistics=statistics,
            key=key,
        )

    return [provider(app_id) for app_id in settings.app_ids]


VENDOR = Vendor(systems=(TENCENT,), settings=TencentSettings, open=open_tencent, callbacks=CALLBACKS)
"""Tencent Cloud SMS."""
