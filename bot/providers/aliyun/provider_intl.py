"""The provider `aliyun-intl`, by QueryMessage (2018-05-01): one message of the international product by its MessageId.

The response is flat: `ResponseCode` is the code of the call, `ErrorCode` that of the receipt, `Message` the text of the SMS.

https://help.aliyun.com/zh/sms/querymessage-intl
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import (
    Contradiction,
    Delivery,
    MayChange,
    NeedsMessageId,
    NoRecord,
    Note,
    ProviderWords,
    RowsUnreadable,
    Status,
    WindowIgnored,
)
from bot.providers.aliyun import INTL_NAME
from bot.providers.aliyun.errors import MAX_CODE, raise_for_fault, without_code_prefix
from bot.providers.aliyun.fields import awaits_receipt, mail_time, phone_number
from bot.providers.aliyun.signing import call_headers
from bot.providers.field_values import optional, text_of
from bot.providers.number_match import is_about
from bot.sanitize import sanitize_provider_text, sanitize_sms_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from bot.model import Target
    from bot.providers.base import Connection, ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.key_rights import Key
    from bot.timing.clock import Clock

NAME = INTL_NAME
ACTION = "QueryMessage"
HEADERS = call_headers(ACTION, "2018-05-01")
NO_RECORD = "DATA_NOT_EXIST"
MAX_ID = 32  # digits; a MessageId has 18
MAX_PLACE = 60  # characters of a country, a region or a carrier

DELIVERED = frozenset({"DELIVERED", "DELIVRD"})
UNDER_WAY = frozenset({"ENROUTE", "ACCEPTED", "ACCEPTD"})  # "accepted" by a carrier is weaker than delivered
_SAYS_NOTHING = frozenset({"", "SUCCESS", "OK"})  # "success" of what? with a time of receipt it is the delivery
FAILURES = frozenset(
    {"SP_UNKNOW_ERROR", "SP_UNKNOWN_ERROR", "EXPIRED", "DELETED", "UNDELIV", "UNDELIVERABLE", "REJECTD", "REJECTED", "SKIPPED"}
)
"""The codes that mean a failure by themselves. Any other unlisted code does not contradict a clear Status."""
_FAILED = "2"
_SENT_OR_DELIVERED = frozenset({"1", "3"})


class AliyunIntlProvider:
    """One account at Alibaba Cloud's international SMS product."""

    def __init__(self, account: str, http: ProviderHttpClient, *, clock: Clock, key: Key | None = None) -> None:
        self.name = NAME
        self.region = ""
        self.key = key
        self.account = account
        self.retention: timedelta | None = None
        self._http = http
        self._clock = clock

    @property
    def connection(self) -> Connection:
        """See `HasConnection`."""
        return self._http

    def unsupported_reason(self, target: Target) -> Note | None:
        """See `Provider.unsupported_reason`: a MessageId is needed. It is digits only; a BizId has a `^`, a SerialNo a `:`."""
        message_id = target.message_id or ""
        is_message_id = message_id.isascii() and message_id.isdecimal() and len(message_id) <= MAX_ID
        return None if is_message_id else NeedsMessageId()

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """Look the message up, whenever it was sent. Raises ProviderError, and ValueError for a target without a MessageId."""
        target = query.target
        if target.message_id is None or self.unsupported_reason(target):
            raise ValueError("a target without a MessageId is unsupported")

        def read(response: ApiResponse) -> Mapping[str, Any] | None:
            try:
                raise_for_fault(response, collector, has_rows=lambda: any(_code_and_status(response.body)))
            except ProviderError as error:
                if without_code_prefix(error.fault.code) == NO_RECORD:
                    return None
                raise
            return response.body

        params = {"MessageId": target.message_id}
        body = await self._http.call(read, collector, askers=query.askers, params=params, headers=HEADERS)
        if body is None:
            collector.note(NoRecord())
            return
        try:
            delivery = read_message(body, target, self.account)
        except (TypeError, ValueError):
            collector.note(RowsUnreadable(count=1))
            return
        if target.number is not None and delivery.number != target.number:
            collector.note(NoRecord())  # the message exists, but it went to another number
            return
        collector.add([delivery])
        if awaits_receipt(delivery.status, delivery.sent_at, self._clock()):
            collector.note(MayChange())
        if delivery.at is not None and not query.window.holds(delivery.at):
            collector.note(WindowIgnored())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def read_message(body: Mapping[str, Any], target: Target, account: str) -> Delivery:
    """Parse the message of `body`; every field may be missing or unreadable. Without a readable `To` it has the target's number.

    Raises ValueError if there is neither a code nor a status nor a time.
    """
    code, status = _code_and_status(body)
    sent_at, received_at = optional(mail_time, body.get("SendDate")), optional(mail_time, body.get("ReceiveDate"))
    is_known = status == _FAILED or status in _SENT_OR_DELIVERED
    if code is None and not is_known and sent_at is None and received_at is None:
        raise ValueError("OK, but no message")
    verdict = status_of(code, status, received_at)
    country, region, carrier = _places(body.get("NumberDetail"))
    text = optional(text_of, body.get("Message"))
    return Delivery(
        provider=NAME,
        account=account,
        status=verdict,
        number=target.number if target.number and is_about(body.get("To"), target.number) else phone_number(body.get("To")),
        message_id=target.message_id,
        code=truncate(single_line(code), MAX_CODE) if code else None,
        sent_at=sent_at,
        received_at=received_at,
        carrier=carrier,
        country=country,
        region=region,
        text=sanitize_sms_text(text) if text else None,
        notes=tuple(_notes(body, verdict, code, status)),
    )


def _code_and_status(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return optional(text_of, body.get("ErrorCode")), optional(text_of, body.get("Status"))


def status_of(code: str | None, status: str | None, received_at: datetime | None) -> Status:
    """The status of the message: by the receipt's code first, then by whether there is a time of receipt, then by Status.

    Two tables of Status are published:

        current     1 delivered   2 failed   3 on its way
                    https://help.aliyun.com/zh/sms/querymessage-intl
        older SDK   1 submitted   2 failed   3 delivered
                    https://www.alibabacloud.com/help/doc-detail/106592.html

    Only 2 is the same in both. 1 and 3 are ambiguous by themselves, but in each table the one that means "delivered"
    comes with a time of receipt and the one that means "not yet" can't have one: so the time decides. Calling a delivered
    message pending sends the reader to look again; calling a pending one delivered sends them away with a wrong answer.
    """
    word = (code or "").upper()
    if word in DELIVERED:
        return Status.DELIVERED
    if status == _FAILED:
        return Status.FAILED
    if word in UNDER_WAY:
        return Status.PENDING
    if word == "UNKNOWN":
        return Status.UNKNOWN
    if word in FAILURES or (word not in _SAYS_NOTHING and status not in _SENT_OR_DELIVERED):
        # Never "failed" against a Status that does not say so; without one that is known, the code alone decides.
        return Status.UNKNOWN if status in _SENT_OR_DELIVERED or word not in FAILURES else Status.FAILED
    if received_at is not None and (word or status in _SENT_OR_DELIVERED):
        return Status.DELIVERED
    return Status.PENDING if word in {"SUCCESS", "OK"} or status in _SENT_OR_DELIVERED else Status.UNKNOWN


def _notes(body: Mapping[str, Any], verdict: Status, code: str | None, status: str | None) -> Iterator[Note]:
    says_otherwise = status in _SENT_OR_DELIVERED and (code or "").upper() in FAILURES
    if code and (says_otherwise or (status == _FAILED and (verdict is Status.DELIVERED or code.upper() in _SAYS_NOTHING))):
        yield Contradiction(code=truncate(single_line(code), MAX_CODE))
    words = sanitize_provider_text(optional(text_of, body.get("ErrorDescription")) or "")
    if words and verdict is not Status.DELIVERED and words.lower() != (code or "").lower():
        yield ProviderWords(words=words)


def _object(text: object) -> object:
    """Parse JSON text. Raises ValueError."""
    try:
        return json.loads(str(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _places(detail: object) -> tuple[str | None, str | None, str | None]:
    """Country, region and carrier of NumberDetail: an object, or JSON text of one (older page); a bare text is the country."""
    if isinstance(detail, str) and detail.lstrip().startswith("{"):
        detail = optional(_object, detail)
    if not isinstance(detail, dict):
        detail = {"Country": detail}
    country, region, carrier = (
        truncate(single_line(optional(text_of, detail.get(name)) or ""), MAX_PLACE) for name in ("Country", "Region", "Carrier")
    )
    return country or None, region or None, carrier or None
