"""What the credentials of a Twilio account can do besides reading, as far as Twilio tells.

A main key reads the account itself, others do not (https://www.twilio.com/docs/iam/api-keys/keys-in-console). Of a standard key,
which can send, and a restricted one, which has the permissions that it was given, Twilio tells only a main key
(https://www.twilio.com/docs/iam/api-keys/key-resource-v1).
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.key_rights import SECONDS, KeyRights
from bot.providers.twilio.signing import TwilioAuth

if TYPE_CHECKING:
    from bot.config.proxy import Proxies
    from bot.providers.http import ApiResponse
    from bot.providers.twilio.signing import TwilioCredentials
    from bot.timing.clock import Clock

_OK = 200
_RESTRICT = phrase("Use a restricted API key with no other permissions than those of the docs")
_NOT_KNOWN = phrase("an API key; whether it can send is not known, for Twilio does not tell a restricted key from a standard one")
_BESIDE = phrase("TWILIO_AUTH_TOKEN is set too, for what Twilio pushes, and can send: keep it as you keep the key that sends")


@dataclass(frozen=True, slots=True)
class TwilioKey:
    """What calls are made with, and whether the auth token is set beside it."""

    endpoint: str
    account_sid: str
    credentials: TwilioCredentials
    has_auth_token: bool
    clock: Clock = field(compare=False, repr=False)
    proxies: Proxies = field(compare=False, repr=False)

    async def rights(self) -> KeyRights:
        """See `Key.rights`."""
        if self.credentials.is_auth_token or await self._reads_account():
            return KeyRights(is_root=True, is_known=True, next_step=_RESTRICT)
        return KeyRights(said=_NOT_KNOWN, next_step=_BESIDE if self.has_auth_token else None)

    async def _reads_account(self) -> bool:
        """Whether the account itself is answered with. Raises ProviderError."""
        auth = TwilioAuth(self.credentials)
        path = f"/2010-04-01/Accounts/{self.account_sid}.json"
        async with (
            asyncio.timeout(SECONDS),
            aclosing(ProviderHttpClient(self.endpoint, auth=auth, clock=self.clock, proxies=self.proxies)) as http,
        ):
            return await http.call(_is_answered, ResultCollector(), method="GET", path=path)


def _is_answered(response: ApiResponse) -> bool:
    return response.status == _OK
