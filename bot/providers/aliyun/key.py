"""Whose an access key of Alibaba Cloud is, and its policies: STS, and RAM where the key may ask it.

https://help.aliyun.com/document_detail/43767.html: every key may ask whose it is.
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-listpoliciesforuser and the pages beside it.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.aliyun.errors import MAX_CODE
from bot.providers.aliyun.signing import Acs3Auth, AliyunCredentials, call_headers
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.key_rights import SECONDS, KeyRights, beyond_reading
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.config.proxy import Proxies
    from bot.providers.http import ApiResponse
    from bot.timing.clock import Clock

STS, RAM = "sts", "ram"
VERSIONS: Mapping[str, str] = {STS: "2015-04-01", RAM: "2015-05-01"}
_OWN_HOST = re.compile(r"dysmsapi[a-z0-9.-]*\.aliyuncs\.com")  # any other is a gateway, which tells the products apart itself
_USER = re.compile(r"acs:ram::\d+:user/(.+)")
_READ_ONLY = "ReadOnlyAccess"  # how the vendor's own policies that only read are called


@dataclass(frozen=True, slots=True)
class AliyunKey:
    """The access key of one set of credentials."""

    endpoint: str
    credentials: AliyunCredentials
    clock: Clock = field(compare=False, repr=False)
    proxies: Proxies = field(compare=False, repr=False)

    async def rights(self) -> KeyRights:
        """See `Key.rights`."""
        async with asyncio.timeout(SECONDS):
            identity = await self._ask(STS, "GetCallerIdentity", {})
            if identity["IdentityType"] == "Account":
                return KeyRights(is_root=True, is_known=True)
            user = _USER.fullmatch(str(identity["Arn"]))
            return await self._by_policies(user[1]) if user else KeyRights()  # a role's session has policies of its own

    async def _by_policies(self, user: str) -> KeyRights:
        """What the user's own policies allow, and those of its groups."""
        beyond: list[str] = []
        is_known = True
        try:
            listed = [*_policies(await self._ask(RAM, "ListPoliciesForUser", {"UserName": user}))]
            groups = await self._ask(RAM, "ListGroupsForUser", {"UserName": user})
            for group in groups["Groups"]["Group"]:
                name = str(group["GroupName"])
                listed += _policies(await self._ask(RAM, "ListPoliciesForGroup", {"GroupName": name}))
            for name, kind in dict.fromkeys(listed):
                beyond += await self._beyond(name, kind)
        except (ProviderError, KeyError, TypeError, ValueError):
            is_known = False
        return KeyRights(beyond=tuple(dict.fromkeys(beyond)), is_known=is_known)

    async def _beyond(self, name: str, kind: str) -> tuple[str, ...]:
        if kind == "System":
            return () if name.endswith(_READ_ONLY) else (name,)
        policy = await self._ask(RAM, "GetPolicy", {"PolicyName": name, "PolicyType": kind})
        return beyond_reading(str(policy["DefaultPolicyVersion"]["PolicyDocument"]))

    async def _ask(self, product: str, action: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """The answer. Raises ProviderError."""
        host = urlsplit(self.endpoint).hostname or ""
        address = f"https://{product}.aliyuncs.com" if _OWN_HOST.fullmatch(host) else self.endpoint
        auth = Acs3Auth(self.credentials, clock=self.clock)
        async with aclosing(ProviderHttpClient(address, auth=auth, clock=self.clock, proxies=self.proxies)) as http:
            headers = call_headers(action, VERSIONS[product])
            return await http.call(_read, ResultCollector(), params=params, headers=headers)


def _policies(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The name and kind of each."""
    return ((str(one["PolicyName"]), str(one["PolicyType"])) for one in answer["Policies"]["Policy"])


def _read(response: ApiResponse) -> Mapping[str, Any]:
    """The body; an error has a Code, an answer of these products has none. Raises ProviderError."""
    if (code := response.body.get("Code")) is not None:
        raise ProviderError(ProviderFault(truncate(single_line(str(code)), MAX_CODE), str(response.body.get("Message") or "")))
    return response.body
