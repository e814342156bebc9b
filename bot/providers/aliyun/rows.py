"""Parses the rows of QuerySendDetails (SmsSendDetailDTO), deduplicates them and makes deliveries of them. Pure.

    JSON row ── read_row ─► SendDetail ── DayRows.add_page ─► (message id, SendDetail) ── SendDetail.delivery ─► Delivery

https://help.aliyun.com/document_detail/419277.html; the receipt codes: https://help.aliyun.com/document_detail/101347.html
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import Contradiction, Delivery, Note, Status
from bot.providers.aliyun.errors import MAX_CODE
from bot.providers.aliyun.fields import china_time
from bot.providers.china_time import CHINA
from bot.providers.field_values import optional, text_of
from bot.sanitize import sanitize_sms_text, signature_of, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from bot.model import PhoneNumber

_STATUS = {"1": Status.PENDING, "2": Status.FAILED, "3": Status.DELIVERED}
_SUCCESS = frozenset({"DELIVERED", "DELIVRD"})
_REFUSED = "isv."  # a code of the submission in the place of a receipt's: the message never left
_ROW_ID = re.compile(r"row-\d{8}-[0-9a-f]{16}(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class SendDetail:
    """One row. `fingerprint` is the same for rows of one message, before and after its receipt."""

    status: Status
    fingerprint: str
    code: str | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    template: str | None = None
    text: str | None = field(default=None, repr=False)
    signature: str | None = None
    notes: tuple[Note, ...] = ()

    def of_day(self, asked: date) -> SendDetail:
        """The row as one of the day that was asked for; a time that lies on quite another day is none that can be meant."""
        is_near = self.sent_at is None or abs(self.sent_at.astimezone(CHINA).date() - asked) <= timedelta(days=1)
        return self if is_near else replace(self, sent_at=None)

    def delivery(self, provider: str, account: str, number: PhoneNumber, message_id: str) -> Delivery:
        """The row as a Delivery."""
        return Delivery(
            provider=provider,
            account=account,
            status=self.status,
            number=number,
            message_id=message_id,
            code=self.code,
            sent_at=self.sent_at,
            received_at=self.received_at,
            template=self.template,
            text=self.text,
            signature=self.signature,
            notes=self.notes,
            is_row_id=is_row_id(message_id),
        )


def read_row(raw: Any, key: bytes) -> SendDetail:
    """Parse a row; every field may be missing (a pending one has no code and no receipt time) or unreadable.

    `key` keys the fingerprint. Raises TypeError if it is no object, ValueError if it has neither a status nor a time.
    """
    if not isinstance(raw, dict):
        raise TypeError("a row is an object")
    code, send_status = optional(text_of, raw.get("ErrCode")), optional(text_of, raw.get("SendStatus"))
    sent_at = optional(china_time, raw.get("SendDate"))
    if code is None and send_status not in _STATUS and sent_at is None:
        raise ValueError("neither a status nor a time")
    status = _STATUS.get(send_status or "", Status.UNKNOWN)
    is_refused = code is not None and code.lower().startswith(_REFUSED)
    if status is Status.FAILED and is_refused:
        status = Status.REJECTED
    contradicts = (status is Status.FAILED and code is not None and code.upper() in _SUCCESS) or (
        status is Status.DELIVERED and is_refused
    )
    code = truncate(single_line(code), MAX_CODE) if code else None
    text = optional(text_of, raw.get("Content"))
    return SendDetail(
        status=status,
        fingerprint=_fingerprint(raw, key),
        code=code,
        sent_at=sent_at,
        received_at=optional(china_time, raw.get("ReceiveDate")),
        template=truncate(single_line(optional(text_of, raw.get("TemplateCode")) or ""), MAX_CODE) or None,
        text=sanitize_sms_text(text) if text else None,
        signature=signature_of(text) if text else None,
        notes=(Contradiction(code=code),) if contradicts and code else (),
    )


def _fingerprint(raw: Mapping[str, Any], key: bytes) -> str:
    """A hash of the fields that a receipt does not change. Keyed, because it is shown: a plain hash of a text can be guessed."""
    fixed = [optional(text_of, raw.get(name)) for name in ("SendDate", "TemplateCode", "OutId", "Content")]
    return hashlib.blake2b(json.dumps(fixed).encode(), key=key, digest_size=8).hexdigest()


def is_row_id(message_id: str) -> bool:
    """True if `DayRows` made the id, rather than the provider."""
    return _ROW_ID.fullmatch(message_id) is not None


@dataclass(slots=True)
class DayRows:
    """Deduplicates the rows of one day and gives them ids, as its pages come in, in any order.

    A row has no id: the provider finds by BizId but does not return it. Yet deliveries are unique by message id, so in a query
    without a BizId each row gets an id of its own, `row-20261120-5f0c…`: the day and the fingerprint of its time, template,
    OutId and text. It stays the same from one query to the next, also when the receipt comes in between.

    Two equal rows (same second, same text) are two messages if one page lists both; the second's id ends in `-2`. If two *pages*
    each list one, it may be one message: a message sent between two page requests moves all older ones down, and the last row
    of a page comes again as the first of the next. Then TotalCount has changed, or is less than the rows that came; only if
    neither is so are the repeated rows messages of their own, which `finish` returns once all pages have come.
    """

    day: date
    biz_id: str | None = None
    counted: int = 0  # the highest TotalCount of any page
    returned: int = 0  # rows that came, unreadable ones included
    unreadable: int = 0
    _known: Counter[str] = field(default_factory=Counter)
    _repeats: list[SendDetail] = field(default_factory=list)
    _totals: set[int] = field(default_factory=set)

    def add_page(self, rows: Iterable[SendDetail], *, total: int, unreadable: int) -> list[tuple[str, SendDetail]]:
        """Add a page and return its new rows, with their ids."""
        self._totals.add(total)
        self.counted = max(self.counted, total)
        self.unreadable += unreadable
        self.returned += unreadable
        on_page: Counter[str] = Counter()
        fresh = []
        for row in rows:
            self.returned += 1
            on_page[row.fingerprint] += 1
            if on_page[row.fingerprint] > self._known[row.fingerprint]:
                fresh.append(self._keep(row))
            else:
                self._repeats.append(row)
        return fresh

    def finish(self) -> list[tuple[str, SendDetail]]:
        """The repeated rows that are messages of their own, with their ids. Call once, after the last page."""
        if len(self._totals) > 1 or self.returned > self.counted:
            return []
        return [self._keep(row) for row in self._repeats]

    @property
    def distinct(self) -> int:
        """How many messages came; each unreadable row counts as one."""
        return self._known.total() + self.unreadable

    def _keep(self, row: SendDetail) -> tuple[str, SendDetail]:
        self._known[row.fingerprint] += 1
        if self.biz_id is not None:  # with the number it names one message; more, if one batch had the number twice
            count = self._known.total()
            return (f"{self.biz_id}#{count}" if count > 1 else self.biz_id), row
        day = row.sent_at.astimezone(CHINA) if row.sent_at else self.day
        ordinal = self._known[row.fingerprint]
        return f"row-{day:%Y%m%d}-{row.fingerprint}" + (f"-{ordinal}" if ordinal > 1 else ""), row
