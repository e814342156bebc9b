"""The templates of an account, by DescribeSmsTemplateList (2021-01-11), which can be asked by id. Their texts are not read.

https://cloud.tencent.com/document/api/382/52067
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Template, TemplateKind
from bot.providers.optional_actions import OptionalAction
from bot.providers.registers import OF_TEMPLATES
from bot.providers.tencent.listing import Listing, entry_name, in_both, review_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.http import ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.timing.fair_queue import Askers

ACTION = OptionalAction("DescribeSmsTemplateList", "sms:DescribeSmsTemplateList", OF_TEMPLATES)
ROWS = "DescribeTemplateStatusSet"
MAX_DIGITS = 12  # an id has seven


class TencentTemplates:
    """The register of one key pair, which all its apps share."""

    probe_name = "1000000"

    def __init__(self, http: ProviderHttpClient, actions: OptionalActions, *, region: str) -> None:
        self._listing = Listing(http, actions, action=ACTION, rows=ROWS, region=region)

    def takes(self, name: str) -> bool:
        """See `Register.takes`: ids are digits."""
        return name.isascii() and name.isdecimal() and len(name) <= MAX_DIGITS

    async def find(self, name: str, askers: Askers) -> tuple[Template, ...]:
        """See `Register.find`. A template for both kinds of message is in both lists, and is one. Raises ProviderError."""

        async def listed(international: int) -> list[Template]:
            rows = await self._listing.by_id(international, "TemplateIdSet", int(name), askers)
            return [read_template(row) for row in rows if str(row.get("TemplateId")) == name.lstrip("0")]

        return tuple(dict.fromkeys(await in_both(listed)))


def read_template(row: Mapping[str, object]) -> Template:
    """Parse a row; every field but its id may be missing or unreadable. Pure."""
    kind = TemplateKind.INTERNATIONAL if row.get("International") == 1 else None
    return Template(code=str(row.get("TemplateId")), name=entry_name(row.get("TemplateName")), kind=kind, **review_fields(row))
