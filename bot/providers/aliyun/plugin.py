"""The vendor plugin of Alibaba Cloud: its two systems, settings, callbacks and how its providers are opened."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.providers.aliyun import provider_domestic, provider_intl, signatures, statistics, systems, templates
from bot.providers.aliyun.callbacks import CALLBACKS
from bot.providers.aliyun.errors import lack_of
from bot.providers.aliyun.key import AliyunKey
from bot.providers.aliyun.registers import open_registers
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.aliyun.signing import Acs3Auth
from bot.providers.base import Vendor
from bot.providers.http import AccountClients
from bot.providers.optional_actions import OptionalActions
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.aliyun.signing import AliyunCredentials
    from bot.providers.base import Provider
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

INTL_CALLS_A_SECOND = 250  # of the 300 that QueryMessage allows an account: other clients may use the same one
STATISTICS_CALLS_A_SECOND = 20  # of an account (https://help.aliyun.com/document_detail/438433.html)

_MIN_ABBREVIATED = 12  # characters; shorter ids, which are none of Alibaba's, show less


def open_aliyun(
    settings: AliyunSettings,
    name: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
    limits: Limits = OWN_LIMITS,
) -> Sequence[Provider]:
    """The providers of one account, domestic first; each product only if its credentials are set."""
    providers: list[Provider] = []
    if (credentials := settings.credentials) is not None:
        providers.append(_open_domestic(settings, credentials, name, clock, proxies=proxies, limits=limits))
    if (credentials := settings.intl_credentials) is not None:
        auth = Acs3Auth(credentials, clock=clock)
        clients = AccountClients(settings.intl_endpoint, auth, credentials.key_id, clock, proxies, limits)
        http = clients.open(provider_intl.ACTION, INTL_CALLS_A_SECOND)
        key = AliyunKey(settings.intl_endpoint, credentials, clock, proxies)
        account = name or abbreviate_key_id(credentials.key_id)
        providers.append(provider_intl.AliyunIntlProvider(account, http, clock=clock, key=key))
    return providers


def _open_domestic(
    settings: AliyunSettings,
    credentials: AliyunCredentials,
    name: str | None,
    clock: Clock,
    *,
    proxies: Proxies,
    limits: Limits,
) -> Provider:
    """The domestic product."""
    auth = Acs3Auth(credentials, clock=clock)
    clients = AccountClients(settings.endpoint, auth, credentials.key_id, clock, proxies, limits)
    account = name or abbreviate_key_id(credentials.key_id)
    of_signatures = clients.open(signatures.ACTION.name, signatures.CALLS_PER_SECOND)
    of_templates = clients.open(templates.ACTION.name, templates.CALLS_PER_SECOND)
    counting = clients.open(statistics.STATISTICS.name, STATISTICS_CALLS_A_SECOND)
    return provider_domestic.AliyunProvider(
        account,
        clients.open(),
        key=AliyunKey(settings.endpoint, credentials, clock, proxies),
        row_key=_row_key(credentials),
        clock=clock,
        registers=open_registers(of_signatures, of_templates, clock=clock),
        statistics=statistics.AliyunStatistics(account, counting, OptionalActions(lack_of, clock)),
    )


def abbreviate_key_id(key_id: str) -> str:
    """`LTAI…Id01`: enough to distinguish accounts."""
    return f"{key_id[:4]}…{key_id[-4:]}" if len(key_id) >= _MIN_ABBREVIATED else f"{key_id[:2]}…"


def _row_key(credentials: AliyunCredentials) -> bytes:
    """The key of the row fingerprints: the same in every process of the account, and not the secret itself."""
    return hashlib.sha256(b"smsstatus row ids\n" + credentials.secret.encode()).digest()


VENDOR = Vendor(systems=systems.SYSTEMS, settings=AliyunSettings, open=open_aliyun, callbacks=CALLBACKS)
