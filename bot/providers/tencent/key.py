"""Whose a key of Tencent Cloud is, and its policies: STS, and CAM where the key may ask it.

The policies of a user and its groups: https://cloud.tencent.com/document/api/598/67728. The other two as in the vendor's SDK:
https://github.com/TencentCloud/tencentcloud-sdk-python (`sts/v20180813`, `cam/v20190116`).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.key_rights import SECONDS, KeyRights, beyond_reading
from bot.providers.tencent.errors import read_response
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials, call_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config.proxy import Proxies
    from bot.timing.clock import Clock

STS, CAM = "sts", "cam"
VERSIONS: Mapping[str, str] = {STS: "2018-08-13", CAM: "2019-01-16"}
_OWN_HOST = "://sms."  # of the vendor; any other is a gateway, which tells the services apart itself
_MOST = 200  # policies of one page
_READ_ONLY = "ReadOnlyAccess"  # how the vendor's own policies that only read are called
_PRESET = 2


@dataclass(frozen=True, slots=True)
class TencentKey:
    """The key of one set of credentials."""

    endpoint: str
    credentials: TencentCredentials
    region: str
    clock: Clock = field(compare=False, repr=False)
    proxies: Proxies = field(compare=False, repr=False)

    async def rights(self) -> KeyRights:
        """See `Key.rights`."""
        async with asyncio.timeout(SECONDS):
            identity = await self._ask(STS, "GetCallerIdentity", {})
            user, account = str(identity["UserId"]), str(identity["AccountId"])
            if user == account:
                return KeyRights(is_root=True, is_known=True)
            return await self._by_policies(user)

    async def _by_policies(self, user: str) -> KeyRights:
        """What the sub-user's policies allow, those of its groups among them. A role has none that could be asked for so."""
        beyond: list[str] = []
        is_known = True
        try:
            listed = await self._ask(
                CAM, "ListAttachedUserAllPolicies", {"TargetUin": int(user), "Rp": _MOST, "Page": 1, "AttachType": 0}
            )
            for policy in listed["PolicyList"]:
                name = str(policy["PolicyName"])
                if name.endswith(_READ_ONLY):
                    continue
                if int(policy["StrategyType"]) == _PRESET:
                    beyond.append(name)
                else:
                    beyond += await self._beyond(int(policy["PolicyId"]))
            is_known = int(listed["TotalNum"]) <= _MOST
        except (ProviderError, KeyError, TypeError, ValueError):
            is_known = False
        return KeyRights(beyond=tuple(dict.fromkeys(beyond)), is_known=is_known)

    async def _beyond(self, policy_id: int) -> tuple[str, ...]:
        return beyond_reading(str((await self._ask(CAM, "GetPolicy", {"PolicyId": policy_id}))["PolicyDocument"]))

    async def _ask(self, service: str, action: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response. Raises ProviderError."""
        address = self.endpoint.replace(_OWN_HOST, f"://{service}.", 1)
        auth = Tc3Auth(self.credentials, self.clock, service=service)
        headers = {**call_headers(action, self.region), "X-TC-Version": VERSIONS[service]}
        async with aclosing(ProviderHttpClient(address, auth=auth, clock=self.clock, proxies=self.proxies)) as http:
            return await http.call(read_response, ResultCollector(), content=json.dumps(params).encode(), headers=headers)
