"""Receipt ingestion: the protocols by which a vendor describes its callbacks and its queue, and the row parsing they share.

    push   ── Callback.read ─────────────────────────────────► ParsedBatch ─► one commit ─► Callback.answer
    queue  ── Queue.pull ── raw body stored ── QueueSource.read ─► PullResult ─► one commit

Nothing in this package knows a vendor. Parsing is pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from bot.encoded_text import read_json
from bot.i18n import ENGLISH, phrase
from bot.receipts.model import InboundSms, Receipt, RecordKind, Unreadable
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.config import Account, Settings
    from bot.config.proxy import Proxies
    from bot.i18n import Phrase
    from bot.model import ProviderFault
    from bot.receipts.model import ReceiptSource
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

S = TypeVar("S")  # a vendor's settings

MAX_ID = 128  # characters of a message id; the longest that is documented has 33
MAX_CODE = 64
MAX_UNREADABLE = 100  # rows of one body that are quarantined one by one: as many as a documented push has


class MalformedPayloadError(ValueError):
    """A body or a row does not have the documented shape. `problem` repeats no value of it; `str` is its English."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ParsedBatch:
    """The parsed rows of one body."""

    receipts: tuple[Receipt, ...] = ()
    replies: tuple[InboundSms, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def unreadable_rows(self) -> int:
        """How many rows could not be read."""
        return sum(one.rows for one in self.unreadable)


@dataclass(frozen=True, slots=True)
class PushSignature(Generic[S]):
    """How a vendor signs a push: over the address that it pushes to and the body, with a key that the account's settings have."""

    header: str
    setting: str  # which holds the key
    key: Callable[[S], str | None]  # None: the account has none, so that no push of it can be checked
    is_right: Callable[[str, str, bytes, str], bool]  # key, address, body, the header's value; in constant time


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback of a vendor. `name` is its part of the path: `/callbacks/<name>/<token>`."""

    name: str
    read: Callable[[bytes], ParsedBatch]  # raises MalformedPayloadError if the whole body is something else
    answer: Callable[[int, str], Mapping[str, object]]  # the response body, of 0 and "OK" or of another number and the reason
    seconds: float  # time limit of the response; without one the vendor retries
    is_probed: bool = False  # whether the vendor probes the address with a GET and expects the same response
    signature: PushSignature[Any] | None = None  # None: the vendor signs no pushes


@dataclass(frozen=True, slots=True)
class PullResult:
    """One parsed response of a queue.

    `rows` is how many it handed out. `fault` is why there are none, or why there may have been more.
    """

    parsed: ParsedBatch = ParsedBatch()
    rows: int = 0
    fault: ProviderFault | None = None


class Queue(Protocol):
    """A vendor's queue of one account, which hands every row out once."""

    @property
    def system(self) -> str:
        """The provider system of its receipts; stored with them."""

    @property
    def account(self) -> str:
        """The account, named as the vendor's `Provider.account`."""

    @property
    def most(self) -> int:
        """The most rows of one response: with so many, more are waiting."""

    async def pull(self, kind: RecordKind) -> bytes:
        """One raw response, or the part of it that came. Never retried by itself.

        Raises ProviderError if not a byte came.
        """

    async def aclose(self) -> None:
        """Close the connections."""


QueueReader = Callable[[RecordKind, str, bytes], PullResult]
"""Kind, account, raw body -> the parsed response. Pure; raises nothing for any bytes."""


@dataclass(frozen=True, slots=True)
class QueueSource(Generic[S]):
    """A vendor's queues: how to parse their responses, and how to open those that the settings switch on."""

    system: str
    switch: str  # the setting that switches it on, named in the startup warning
    read: QueueReader
    is_on: Callable[[S], bool]  # whether the settings switch it on
    open: Callable[[S, Clock, Proxies, Limits], Sequence[Queue]]


@dataclass(frozen=True, slots=True)
class RowReader:
    """Parses rows one by one; a malformed one becomes `Unreadable`, with the reason, and costs no other.

    Beyond `MAX_UNREADABLE` of them the others are kept together, and of those the empty ones are only counted: a vendor waits for
    less than a second, in which 100,000 empty rows could not be stored one by one.
    """

    system: str
    source: ReceiptSource
    kind: RecordKind
    fields: frozenset[str]  # of which a row has one at least
    read: Callable[[Mapping[str, Any]], Receipt | InboundSms]  # raises MalformedPayloadError
    account: str = ""

    def parsed(self, rows: Iterable[object]) -> ParsedBatch:
        """Parse the rows."""
        receipts: list[Receipt] = []
        replies: list[InboundSms] = []
        unreadable: list[Unreadable] = []
        others: list[object] = []  # further ones that hold something
        count = 0
        for row in rows:
            read = self._receipt_or_reason(row)
            if isinstance(read, Receipt):
                receipts.append(read)
            elif isinstance(read, InboundSms):
                replies.append(read)
            elif len(unreadable) < MAX_UNREADABLE:
                unreadable.append(self.unreadable(body_of_row(row), read))
            else:
                count += 1
                others += [row] if row else []
        if count:
            reason = phrase("{count} more that could not be read", count=str(count))
            unreadable.append(replace(self.unreadable(body_of_row(others), reason), rows=count))
        return ParsedBatch(tuple(receipts), tuple(replies), tuple(unreadable))

    def _receipt_or_reason(self, row: object) -> Receipt | InboundSms | Phrase:
        """The row, parsed, or what is wrong with it."""
        if not isinstance(row, dict):
            return _NO_OBJECT
        if self.fields.isdisjoint(row):
            return _NO_FIELD
        try:
            return self.read(row)
        except MalformedPayloadError as error:
            return error.problem
        except (TypeError, OverflowError, RecursionError) as error:
            return phrase("{error} in the row", error=type(error).__name__)

    def unreadable(self, body: bytes, reason: Phrase) -> Unreadable:
        """An unreadable row or body of this source."""
        return Unreadable(self.system, self.source, self.kind, body, reason, self.account)


_NO_OBJECT, _NO_FIELD = phrase("the row is not an object"), phrase("the row has no field that is known")


def body_of_row(row: object) -> bytes:
    """The row as JSON: readable, so that Chinese stays Chinese; half of a surrogate pair, which UTF-8 has not, is escaped."""
    try:
        return json.dumps(row, ensure_ascii=False).encode(errors="backslashreplace")
    except RecursionError:
        return b"(nested too deeply to be written out)"


def with_unreadable(parsed: ParsedBatch, *unreadable: Unreadable) -> ParsedBatch:
    """`parsed` with further unreadable rows."""
    return replace(parsed, unreadable=(*parsed.unreadable, *unreadable))


def json_of(body: bytes) -> Any:
    """Parse a body as JSON. Raises MalformedPayloadError."""
    try:
        return read_json(body)
    except (ValueError, RecursionError):
        raise MalformedPayloadError(phrase("the body is not JSON")) from None


def rows_of(body: bytes, expected: frozenset[str]) -> list[object]:
    """The rows of a push. Raises MalformedPayloadError if it has no list of rows, or if no row has a field of `expected`.

    The second is another sender's push, or an unknown form: it is better rejected, so that the sender sees it, than quarantined
    row by row.
    """
    try:
        rows = rows_in(json_of(body))
    except TypeError:
        raise MalformedPayloadError(phrase("the body is not an array of rows")) from None
    if rows and not any(isinstance(row, dict) and expected & row.keys() for row in rows):
        raise MalformedPayloadError(phrase("no row has any of the fields {names}", names=", ".join(sorted(expected))))
    return rows


def rows_in(value: object) -> list[object]:
    """Normalise a list of rows: one row may come as an object, no row as null, "" or {}. Raises TypeError for anything else.

    A converter from a vendor's XML to JSON cannot distinguish a list of one from a single value, or an empty list from nothing.
    """
    if value is None or value in ("", {}):
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise TypeError("the rows are not a list")
    return value


def field_text(row: Mapping[str, Any], name: str) -> str | None:
    """A field as text: trimmed, a whole number as its digits; None if it is missing, of another type or a mere dash."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return unless_dash(str(value).strip())


def unless_dash(text: str) -> str | None:
    """`text`; None if there is none, or but dashes: with them databases and people write that there is none."""
    return text if text.strip("-") else None


def field_id(row: Mapping[str, Any], name: str) -> str | None:
    """A message id; None if it is the number 0, not printable, or longer than `MAX_ID`: truncated, it is another message's."""
    text = field_text(row, name)
    is_id = text is not None and row.get(name) != 0 and len(text) <= MAX_ID and text.isprintable()
    return text if is_id else None


def field_code(row: Mapping[str, Any], name: str) -> str | None:
    """A code on one line, truncated to `MAX_CODE`; None if there is none."""
    return truncate(single_line(field_text(row, name) or ""), MAX_CODE) or None


def rest_of(row: Mapping[str, Any], used: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The fields that are not in `used`, with their values as JSON: kept, because the vendor may document them one day."""
    return tuple(
        sorted(
            (name, json.dumps(value, ensure_ascii=False))
            for name, value in row.items()
            if name not in set(used) and value not in (None, "")
        )
    )


def ingests_receipts(settings: Settings) -> bool:
    """True if callbacks or a drain fill the store. A store that nothing fills is not queried."""
    return settings.general.callback_token is not None or any(map(is_drained, settings.accounts))


def is_drained(account: Account[Any]) -> bool:
    """True if the account has a queue, and its settings have it drained."""
    return account.vendor.queue_source is not None and account.vendor.queue_source.is_on(account.settings)
