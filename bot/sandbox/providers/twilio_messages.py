"""The Message resources of the Twilio emulator: the list with its filters and pages, and one of them.

https://www.twilio.com/docs/messaging/api/message-resource. The filters are strict where Twilio's own pages leave it open: a
message without a time of sending passes none, `DateSent<` ends with the midnight at which its day begins, a date is a day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.providers.messages import SandboxMessage

FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
PARAMETERS = frozenset({*FILTERS, "PageSize", "Page", "PageToken"})
USUAL_PAGE, LARGEST_PAGE = 50, 1000
SENDER = "+12025550100"

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T00:00:00Z)?")  # the SDK writes a date so


def page(
    params: Mapping[str, str], messages: Sequence[SandboxMessage], path: str, account: str, now: datetime
) -> Mapping[str, Any]:
    """A page of the list, newest first. Raises ApiRefusal."""
    if (to := params.get("To")) is not None and not _NUMBER.fullmatch(to):
        raise ApiRefusal("21211", "Invalid 'To' Phone Number", status=400)
    size = _integer(params, "PageSize", USUAL_PAGE, least=1, most=LARGEST_PAGE)
    at = _integer(params, "Page", 0, least=0, most=10**6)
    found = [message for message in _newest_first(messages, now) if _passes(message, params)]
    begin = _place(params.get("PageToken"), found) if at else 0
    rows = found[begin : begin + size]
    kept = {name: value for name, value in params.items() if name in FILTERS}

    def link(number: int, token: str = "") -> str:
        return f"{path}?" + urlencode({**kept, "PageSize": size, "Page": number, **({"PageToken": token} if token else {})})

    is_more = begin + size < len(found)
    return {
        "first_page_uri": link(0),
        "next_page_uri": link(at + 1, f"PA{rows[-1].message_id}") if is_more else None,
        "previous_page_uri": link(at - 1, f"PB{rows[0].message_id}") if at and rows else None,
        "uri": link(at, params.get("PageToken", "")),
        "page": at,
        "page_size": size,
        "start": begin,
        "end": begin + max(0, len(rows) - 1),
        "messages": [resource(message, account, now) for message in rows],
    }


def one(sid: str, messages: Sequence[SandboxMessage], account: str, now: datetime) -> Mapping[str, Any]:
    """One message. Raises ApiRefusal when there is none."""
    for message in _newest_first(messages, now):
        if message.message_id == sid:
            return resource(message, account, now)
    path = f"/2010-04-01/Accounts/{account}/Messages/{sid}.json"
    raise ApiRefusal("20404", f"The requested resource {path} was not found", status=404)


def resource(message: SandboxMessage, account: str, now: datetime) -> dict[str, Any]:
    """The resource of a message."""
    receipt = message.receipt_by(now)
    status = "sent" if receipt is None else "delivered" if receipt.delivered else "undelivered"
    status = "failed" if message.refused else message.state or status
    code = message.refused or ("" if receipt is None or receipt.delivered else receipt.code)
    uri = f"/2010-04-01/Accounts/{account}/Messages/{message.message_id}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.text,
        "date_created": _rfc_2822(message.sent_at),
        "date_sent": None if _is_unsent(message) else _rfc_2822(message.sent_at),
        "date_updated": _rfc_2822(receipt.at if receipt else message.sent_at),
        "direction": "outbound-api",
        "error_code": int(code) if code else None,
        "error_message": (receipt.words if receipt else "") or None,
        "from": SENDER,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.message_id,
        "status": status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.number,
        "uri": f"{uri}.json",
    }


def status_fields(message: SandboxMessage, account: str, now: datetime) -> dict[str, str]:
    """The fields of the status callback for the message's status as of now."""
    row = resource(message, account, now)
    fields = {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "From": SENDER,
        "MessageSid": row["sid"],
        "MessageStatus": row["status"],
        "SmsSid": row["sid"],
        "SmsStatus": row["status"],
        "To": row["to"],
    }
    return fields | ({"ErrorCode": str(row["error_code"])} if row["error_code"] else {})


def _newest_first(messages: Sequence[SandboxMessage], now: datetime) -> list[SandboxMessage]:
    own = [one for one in messages if one.system is SandboxSystem.TWILIO and one.sent_at <= now]
    return sorted(own, key=lambda message: message.sent_at, reverse=True)


def _is_unsent(message: SandboxMessage) -> bool:
    return bool(message.refused) or message.state in {"accepted", "scheduled", "queued", "sending", "canceled"}


def _passes(message: SandboxMessage, params: Mapping[str, str]) -> bool:
    if params.get("To", message.number) != message.number or params.get("From", SENDER) != SENDER:
        return False
    on, before, after = (_day(params, name) for name in ("DateSent", "DateSent<", "DateSent>"))
    if on is None and before is None and after is None:
        return True
    sent = message.sent_at.astimezone(UTC)
    begins = before and datetime(before.year, before.month, before.day, tzinfo=UTC)
    return (
        not _is_unsent(message)
        and on in {None, sent.date()}
        and (begins is None or sent <= begins)
        and (after is None or sent.date() >= after)
    )


def _day(params: Mapping[str, str], name: str) -> date | None:
    value = params.get(name)
    if value is None:
        return None
    try:
        written = _DAY.fullmatch(value)
        return date.fromisoformat(written[1] if written else "")
    except ValueError:
        raise ApiRefusal("20001", f"Invalid date value: {name}", status=400) from None


def _integer(params: Mapping[str, str], name: str, usual: int, *, least: int, most: int) -> int:
    text = params.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ApiRefusal("20001", f"Invalid {name} value", status=400)
    return int(text)


def _place(token: str | None, found: Sequence[SandboxMessage]) -> int:
    """Where the page of a token begins: behind the message that it names. Raises ApiRefusal."""
    for place, message in enumerate(found, start=1):
        if token == f"PA{message.message_id}":
            return place
    raise ApiRefusal("21481", "Invalid PageToken", status=400)


def _rfc_2822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))


GARBAGE: Mapping[str, Any] = {
    "sid": 7,
    "to": ["+85261234567"],
    "body": {"a": 1},
    "status": {"is": "one"},
    "error_code": [30003],
    "date_sent": "Someday, 99 Foo 2018",
    "date_created": False,
}
"""A message whose fields have the wrong types."""
GARBAGE_PAGE: Mapping[str, Any] = {"messages": [GARBAGE, {}, "text", None]}
