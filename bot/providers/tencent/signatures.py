"""The signatures of an account, by DescribeSmsSignList (2021-01-11). It tells no state at single carriers.

https://cloud.tencent.com/document/api/382/55969. Ids and names of qualifications are not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Signature, bare_signature
from bot.providers.optional_actions import OptionalAction
from bot.providers.registers import OF_SIGNATURES
from bot.providers.tencent.listing import Listing, entry_name, in_both, review_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.http import ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.timing.fair_queue import Askers

ACTION = OptionalAction("DescribeSmsSignList", "sms:DescribeSmsSignList", OF_SIGNATURES)
ROWS = "DescribeSignListStatusSet"


class TencentSignatures:
    """The register of one key pair, which all its apps share."""

    probe_name = "smsstatus"

    def __init__(self, http: ProviderHttpClient, actions: OptionalActions, *, region: str) -> None:
        self._listing = Listing(http, actions, action=ACTION, rows=ROWS, region=region)

    def takes(self, name: str) -> bool:
        """See `Register.takes`: every name has the form of a signature."""
        return bool(name)

    async def find(self, name: str, askers: Askers) -> tuple[Signature, ...]:
        """See `Register.find`: all pages, for the list cannot be asked by name. Raises ProviderError."""

        async def named(international: int) -> list[Signature]:
            rows = await self._listing.pages(international, askers)
            return [read_signature(row, international) for row in rows if _is_named(row, name)]

        return await in_both(named)


def _is_named(row: Mapping[str, object], name: str) -> bool:
    listed = row.get("SignName")
    return isinstance(listed, str) and bare_signature(listed) == name


def read_signature(row: Mapping[str, object], international: int) -> Signature:
    """Parse a row; every field but its name may be missing or unreadable. Pure."""
    name = bare_signature(entry_name(row.get("SignName")))
    return Signature(name=name, **review_fields(row), is_international=bool(international))
