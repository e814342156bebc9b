"""The templates of an account, by GetSmsTemplate (2017-05-25). The template's text, its proofs and remarks are not read.

https://help.aliyun.com/document_detail/2807434.html. Its numbers for the kind of message are not those of the older calls
(QuerySmsTemplateList: 0 notice, 1 marketing, 2 code).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.model import ReviewState, Template, TemplateKind
from bot.providers.aliyun.errors import MAX_CODE
from bot.providers.aliyun.signatures import REVIEWS, is_there, review_fields
from bot.providers.aliyun.signing import call_headers
from bot.providers.base import ResultCollector
from bot.providers.field_values import optional, text_of
from bot.providers.optional_actions import OptionalAction
from bot.providers.registers import OF_TEMPLATES
from bot.receipts.ingestion import rows_in
from bot.sanitize import mask_digits, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.timing.fair_queue import Askers

ACTION = OptionalAction("GetSmsTemplate", "dysms:GetSmsTemplate", OF_TEMPLATES)
HEADERS = call_headers(ACTION.name, "2017-05-25")
CALLS_PER_SECOND = 1000  # https://help.aliyun.com/document_detail/438433.html
NOT_THERE = frozenset({"TemplateNotFound", "SMS_TEMPLATE_ILLEGAL"})  # the second: its older spelling, as SendSms writes it

_CODE = re.compile(r"SMS_[0-9]{1,20}")
_KINDS = {
    "0": TemplateKind.CODE,
    "1": TemplateKind.NOTICE,
    "2": TemplateKind.MARKETING,
    "3": TemplateKind.INTERNATIONAL,
}
_MAX_SIGNATURES = 5


class AliyunTemplates:
    """The register of one access key. What the key lacks is noted in `actions`."""

    probe_name = "SMS_100000000"

    def __init__(self, http: ProviderHttpClient, actions: OptionalActions) -> None:
        self._http = http
        self._actions = actions

    def takes(self, name: str) -> bool:
        """See `Register.takes`: the codes are `SMS_` and digits."""
        return _CODE.fullmatch(name.upper()) is not None

    async def find(self, name: str, askers: Askers) -> tuple[Template, ...]:
        """See `Register.find`. Raises ProviderError."""
        collector, code = ResultCollector(), name.upper()

        def read(response: ApiResponse) -> tuple[Template, ...]:
            if not is_there(response, collector, NOT_THERE):
                return ()
            return (read_template(response.body, code),)

        params = {"TemplateCode": code}
        return await self._actions.ask(
            ACTION, lambda: self._http.call(read, collector, askers=askers, params=params, headers=HEADERS)
        )


def read_template(body: Mapping[str, Any], code: str) -> Template:
    """Parse the template of `body`; every field may be missing or unreadable. Raises ValueError without a review."""
    status = optional(text_of, body.get("TemplateStatus"))
    if status is None:
        raise ValueError("OK, but no template")
    review = REVIEWS.get(status, ReviewState.UNKNOWN)
    return Template(
        code=code,
        review=review,
        name=_name(body.get("TemplateName")),
        kind=_KINDS.get(optional(text_of, body.get("TemplateType")) or ""),
        **review_fields(body.get("AuditInfo"), review),
        signatures=tuple(dict.fromkeys(_signatures(body)))[:_MAX_SIGNATURES],
    )


def _signatures(body: Mapping[str, Any]) -> Iterator[str]:
    """The signatures that it may be sent with: the one it was applied for with, and a list, as a wrapper or by itself."""
    outer = body.get("SignList")
    listed = outer.get("SignList") if isinstance(outer, dict) else outer
    for raw in (body.get("RelatedSignName"), *(optional(rows_in, listed) or [])):
        if name := _name(raw):
            yield name


def _name(raw: object) -> str:
    return mask_digits(truncate(single_line(optional(text_of, raw) or ""), MAX_CODE))
