"""The provider `twilio`, by the Messages resource (2010-04-01): the messages to one number over days, or one by its SID.

    by number   GET Messages.json?To=…&DateSent>=…&DateSent<=…   the days of the window, page by page
                GET Messages.json?To=…                           beside it, once: those that have no time of sending
    by SID      GET Messages/{Sid}.json

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources. `DateSent` takes days in GMT; "on or
before" a day is documented both with that day and up to its midnight, so the day after is asked for, and the rows are cut to the
window here. What the filters make of a message that is queued or scheduled, which has no `date_sent`, is not documented: hence
the second list, which Twilio does not cut by time. It comes with the newest first, and its first page is read: of it what is
still to be sent is shown whenever it was made, and the rest by the window, so that what is sent between the two calls is not
lost.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from bot.errors import ProviderError
from bot.model import (
    MayChange,
    NeedsMessageId,
    NewestOnly,
    NoRecord,
    PartMissing,
    ProviderFault,
    RowsUnreadable,
    SendsCovered,
    WindowIgnored,
)
from bot.model.message_ids import issuer_of
from bot.providers.field_values import optional
from bot.providers.side_by_side import side_by_side
from bot.providers.twilio import NAME
from bot.providers.twilio.errors import is_not_found, raise_for_fault
from bot.providers.twilio.row_collector import RowCollector
from bot.providers.twilio.rows import awaits_receipt, read_message, read_time
from bot.receipts.ingestion import rows_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.model import Note, PhoneNumber, Target, Window
    from bot.providers.base import Connection, ProviderQuery, ResultCollector
    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.key_rights import Key
    from bot.timing.clock import Clock

# 400 days, unless the account's own setting is shorter: https://www.twilio.com/blog/new-data-controls-twilio-messaging
RETENTION = timedelta(days=400) - timedelta(minutes=5)
PAGE_SIZE = 200  # of at most 1,000; with their texts so many are within the limit of a body
MAX_PAGES = 25  # no number gets 5,000 messages in a window

_HOUR = timedelta(hours=1)


class TwilioProvider:
    """One account at Twilio."""

    name = NAME
    region = ""
    retention: timedelta | None = RETENTION

    def __init__(self, account: str, http: ProviderHttpClient, *, account_sid: str, clock: Clock, key: Key | None = None) -> None:
        self.account = account
        self.key = key
        self._http = http
        self._clock = clock
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages"

    @property
    def connection(self) -> Connection:
        """See `HasConnection`."""
        return self._http

    def unsupported_reason(self, target: Target) -> Note | None:
        """See `Provider.unsupported_reason`: without a number, a SID is needed."""
        return None if target.number is not None or _is_sid(target.message_id) else NeedsMessageId()

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """See `Provider.query`. Raises ProviderError, and ValueError for a target with neither a number nor a SID."""
        number, message_id = query.target.number, query.target.message_id
        if message_id is not None and _is_sid(message_id):
            await self._query_message(message_id, query, collector)
        elif number is None:
            raise ValueError("a target with neither a number nor a SID is unsupported")
        elif message_id is not None:
            collector.note(NoRecord())  # another vendor's id
        else:
            await self._query_number(number, query, collector)

    async def _query_message(self, sid: str, query: ProviderQuery, collector: ResultCollector) -> None:
        """Look one message up, whenever it was sent."""
        number = query.target.number

        def read(response: ApiResponse) -> Mapping[str, Any] | None:
            if is_not_found(response):
                return None
            raise_for_fault(response)
            return response.body

        path = f"{self._path}/{sid[:2].upper()}{sid[2:]}.json"
        body = await self._http.call(read, collector, askers=query.askers, method="GET", path=path)
        try:
            found = None if body is None else read_message(body, self.account, number)
        except (TypeError, ValueError):
            collector.note(RowsUnreadable(count=1))
            return
        if found is not None and _is_sid(found.message_id) and str(found.message_id).lower() != sid.lower():
            collector.note(RowsUnreadable(count=1))
            return
        if found is None or (number is not None and found.number != number):
            collector.note(NoRecord())  # none, or one from a phone, or one to another number
            return
        collector.add([found])
        if awaits_receipt(found, self._clock()):
            collector.note(MayChange())
        if found.at is not None and not query.window.holds(found.at):
            collector.note(WindowIgnored())

    async def _query_number(self, number: PhoneNumber, query: ProviderQuery, collector: ResultCollector) -> None:
        rows = RowCollector(self.account, number, query.window, collector, self._clock())
        parts = [self._query_days(number, query, rows, collector), self._query_unsent(number, query, rows, collector)]
        try:
            outcomes = await side_by_side(parts)
        finally:  # also when the deadline cancels us
            rows.add_notes()
        faults = [outcome for outcome in outcomes if isinstance(outcome, ProviderError)]
        if faults:
            if len(faults) < len(outcomes):
                collector.note(PartMissing(missing=len(faults), parts=len(outcomes)))
            raise faults[0]
        if not collector.deliveries and not rows.unreadable:
            collector.note(NoRecord())

    async def _query_days(
        self, number: PhoneNumber, query: ProviderQuery, rows: RowCollector, collector: ResultCollector
    ) -> None:
        """Add the messages that were sent on the days of the window, page by page."""
        params = {"To": number.e164, **days_of(query.window), "PageSize": str(PAGE_SIZE)}
        following: Mapping[str, str] | None = params
        read, known = 0, [following]
        for _ in range(MAX_PAGES):
            page, link = await self._page(following or params, query, collector)
            rows.add(page)
            read += len(page)
            following = next_params(link, f"{self._path}.json", params)
            if following is None:
                return
            if following in known:
                raise ProviderError(ProviderFault("Transport.WrongShape", "the next page is one that came before"))
            known.append(following)
        collector.note(NewestOnly(shown=read))

    async def _query_unsent(
        self, number: PhoneNumber, query: ProviderQuery, rows: RowCollector, collector: ResultCollector
    ) -> None:
        """Add the messages that have no time of sending, and note how far back they are known, if that is not far enough."""
        params = {"To": number.e164, "PageSize": str(PAGE_SIZE)}
        page, link = await self._page(params, query, collector)
        rows.add(page, is_by_day=False)
        since = _oldest(page)
        if next_params(link, f"{self._path}.json", params) is not None and since is not None and since > query.window.since:
            collector.note(SendsCovered(hours=max(1, (self._clock() - since) // _HOUR)))

    async def _page(
        self, params: Mapping[str, str], query: ProviderQuery, collector: ResultCollector
    ) -> tuple[Sequence[object], object]:
        """The rows of a page, and its link to the next one. Raises ProviderError."""

        def read(response: ApiResponse) -> tuple[Sequence[object], object]:
            if is_not_found(response):  # a list is never missing, only its account
                raise ProviderError(ProviderFault("Transport.NoAccount"))
            raise_for_fault(response)
            if not response.body.keys() & {"messages", "uri", "page_size"}:
                raise KeyError("messages")
            return rows_in(response.body.get("messages")), response.body.get("next_page_uri")

        path = f"{self._path}.json"
        return await self._http.call(read, collector, askers=query.askers, method="GET", path=path, params=params)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def days_of(window: Window) -> Mapping[str, str]:
    """The filters by days in GMT that hold all of the window; see the top of this module."""
    first, last = (moment.astimezone(UTC).date() for moment in (window.since, window.until))
    return {"DateSent<": f"{last + timedelta(days=1)}", "DateSent>": f"{first}"}


def next_params(link: object, path: str, asked: Mapping[str, str]) -> Mapping[str, str] | None:
    """The parameters of the next page; None if there is none.

    The link is followed only to this very list: elsewhere the credentials would go to whoever is there, and other rows come back.
    Raises ProviderError.
    """
    if not link:
        return None
    try:
        parts = urlsplit(link) if isinstance(link, str) else None
    except ValueError:
        parts = None
    params = dict(parse_qsl(parts.query, keep_blank_values=True)) if parts else {}
    is_ours = parts is not None and (parts.scheme, parts.netloc, parts.path) == ("", "", path)
    if not is_ours or any(params.get(name) != value for name, value in asked.items()) or params == asked:
        raise ProviderError(ProviderFault("Transport.WrongShape", "the next page is not of this list"))
    return params


def _is_sid(message_id: str | None) -> bool:
    return issuer_of(message_id or "") == NAME


def _oldest(page: Sequence[object]) -> datetime | None:
    times = [optional(read_time, row.get("date_created")) for row in page if isinstance(row, dict)]
    return min((time for time in times if time is not None), default=None)
