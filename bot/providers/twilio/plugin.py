"""The vendor plugin of Twilio: its system, settings, callbacks and how its provider is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config.proxy import Proxies
from bot.providers.base import Vendor
from bot.providers.http import AccountClients
from bot.providers.twilio import systems
from bot.providers.twilio.callbacks import CALLBACKS
from bot.providers.twilio.key import TwilioKey
from bot.providers.twilio.provider import TwilioProvider
from bot.providers.twilio.settings import TwilioSettings
from bot.providers.twilio.signing import TwilioAuth
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

# Twilio limits how many calls of an account are under way at once, and does not say to how many
# (https://www.twilio.com/docs/api/errors/20429). At half a second each, these are ten; the sender's own calls count too.
CALLS_PER_SECOND = 20


def open_twilio(
    settings: TwilioSettings,
    name: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
    limits: Limits = OWN_LIMITS,
) -> Sequence[Provider]:
    """The provider of one account."""
    credentials, sid = settings.credentials, settings.account_sid
    clients = AccountClients(settings.endpoint, TwilioAuth(credentials), sid, clock, proxies, limits)
    key = TwilioKey(settings.endpoint, sid, credentials, settings.auth_token is not None, clock, proxies)
    account = name or f"{sid[:4]}…{sid[-4:]}"
    return [TwilioProvider(account, clients.open("Messages", CALLS_PER_SECOND), account_sid=sid, clock=clock, key=key)]


VENDOR = Vendor(systems=systems.SYSTEMS, settings=TwilioSettings, open=open_twilio, callbacks=CALLBACKS)
