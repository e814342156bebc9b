"""How receipts come in: what the intake (callbacks, drain) needs to know of a vendor, and the reading of rows that they share.

    push   ── Callback.read ─────► Parsed ─► one commit ─► Callback.answer
    queue  ── Queue.pull ── bytes, kept ── Draining.read ─► Pulled ─► one commit

A vendor says in these terms what its pushes and its queue look like; nothing in this room knows a vendor. Reading is pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from bot.i18n import ENGLISH, phrase
from bot.receipts.model import InboundSms, Receipt, RecordKind, Unreadable
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.config.proxy import Proxies
    from bot.i18n import Phrase
    from bot.model import ProviderFault
    from bot.receipts.model import ReceiptSource
    from bot.timing.clock import Clock

S = TypeVar("S")  # a vendor's settings

MAX_ID = 128  # characters of a message id; the longest that is documented has 33
MAX_CODE = 64


class MalformedPayloadError(ValueError):
    """A body or a row has not the documented shape. `problem` says what is wrong and repeats no value; `str` is its English."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ParsedBatch:
    """What was read from one body."""

    receipts: tuple[Receipt, ...] = ()
    replies: tuple[InboundSms, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Callback:
    """One kind of push of a vendor. `name` is its part of the path: `/callbacks/<name>/<token>`."""

    name: str
    read: Callable[[bytes], ParsedBatch]  # raises WrongShapeError when the whole body is something else
    answer: Callable[[int, str], Mapping[str, object]]  # 0 and "OK", or another number and the reason
    seconds: float  # the vendor should have its answer within so long; it calls again when it has none
    is_probed: bool = False  # whether the vendor tries the address with a GET and expects the same answer


@dataclass(frozen=True, slots=True)
class PullResult:
    """What was read from one answer of a queue.

    `rows` is how many it handed out. `fault` says why there are none, or why there may have been more.
    """

    parsed: ParsedBatch = ParsedBatch()
    rows: int = 0
    fault: ProviderFault | None = None


class Queue(Protocol):
    """A vendor's queue of one account, which hands everything out once."""

    @property
    def system(self) -> str:
        """The provider system whose receipts it holds; stored with them."""

    @property
    def account(self) -> str:
        """Whose queue it is, named as the vendor's lookup names it."""

    @property
    def most(self) -> int:
        """How many rows one answer holds at most: with so many, more are waiting."""

    async def pull(self, kind: RecordKind) -> bytes:
        """One answer as it came, or the part of it that came. Never repeated by itself.

        Raises ProviderError when not a byte of an answer came.
        """

    async def aclose(self) -> None:
        """Give the connections back."""


QueueReader = Callable[[RecordKind, str, bytes], PullResult]
"""Kind, account, body as it came -> what it says. Pure; raises nothing for any bytes."""


@dataclass(frozen=True, slots=True)
class QueueSource(Generic[S]):
    """A vendor's queues: how to read what one of them said, and how to open those that settings switch on."""

    system: str
    switch: str  # the setting that switches it on, named where people wonder who takes their receipts
    read: QueueReader
    is_on: Callable[[S], bool]  # whether the settings switch it on
    open: Callable[[S, Clock, Proxies], Sequence[Queue]]


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows one by one; one that has not the documented shape is put aside with the reason, and costs no other."""

    system: str
    source: ReceiptSource
    kind: RecordKind
    read: Callable[[Mapping[str, Any]], Receipt | InboundSms]  # raises WrongShapeError
    account: str = ""

    def parsed(self, rows: Iterable[object]) -> ParsedBatch:
        """Everything that the rows say."""
        receipts: list[Receipt] = []
        replies: list[InboundSms] = []
        unreadable: list[Unreadable] = []
        for row in rows:
            try:
                if not isinstance(row, dict):
                    raise MalformedPayloadError(phrase("the row is not an object"))  # noqa: TRY301 - one place catches every reason
                read = self.read(row)
            except (MalformedPayloadError, TypeError, OverflowError, RecursionError) as error:
                unreadable.append(self.unreadable(_body_of(row), _reason_of(error)))
            else:
                if isinstance(read, Receipt):
                    receipts.append(read)
                else:
                    replies.append(read)
        return ParsedBatch(tuple(receipts), tuple(replies), tuple(unreadable))

    def unreadable(self, body: bytes, reason: Phrase) -> Unreadable:
        """Something of this source that cannot be read."""
        return Unreadable(self.system, self.source, self.kind, body, reason, self.account)


def _reason_of(error: Exception) -> Phrase:
    return error.problem if isinstance(error, MalformedPayloadError) else phrase("{error} in the row", error=type(error).__name__)


def _body_of(row: object) -> bytes:
    try:
        return json.dumps(row).encode()
    except RecursionError:
        return b"(nested too deeply to be written out)"


def with_unreadable(parsed: ParsedBatch, *more: Unreadable) -> ParsedBatch:
    """`parsed`, and what else could not be read."""
    return replace(parsed, unreadable=(*parsed.unreadable, *more))


def json_of(body: bytes) -> Any:
    """What a body of JSON says. Raises WrongShapeError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedPayloadError(phrase("the body is not JSON")) from None


def rows_of(body: bytes, belongs: frozenset[str]) -> list[object]:
    """The rows that are pushed, in whatever clothes. Raises WrongShapeError for no rows, or when none has a field of `belongs`.

    The second is somebody else's push, or a form that nobody knows: it is better refused, so that it shows at the sender, than
    kept row by row as unreadable.
    """
    try:
        rows = rows_in(json_of(body))
    except TypeError:
        raise MalformedPayloadError(phrase("the body is not an array of rows")) from None
    if rows and not any(isinstance(row, dict) and belongs & row.keys() for row in rows):
        raise MalformedPayloadError(phrase("no row has any of the fields {names}", names=", ".join(sorted(belongs))))
    return rows


def rows_in(value: object) -> list[object]:
    """The rows of a list in whatever clothes it comes: one row as an object; no row as null, "" or {}. Raises TypeError.

    What turns a vendor's XML into JSON cannot tell a list of one from a single value, or an empty list from nothing.
    """
    if value is None or value in ("", {}):
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise TypeError("the rows are not a list")
    return value


def field_text(row: Mapping[str, Any], name: str) -> str | None:
    """A field as text: trimmed, a whole number in its digits, None when there is none or it is something else."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def field_id(row: Mapping[str, Any], name: str) -> str | None:
    """A message id: printable, and no longer than `MAX_ID`, for a cut id is another message's. None when it is none."""
    text = field_text(row, name)
    return None if text is not None and (len(text) > MAX_ID or not text.isprintable()) else text


def field_code(row: Mapping[str, Any], name: str) -> str | None:
    """A code, on one line and not longer than any that is published."""
    return truncate(single_line(field_text(row, name) or ""), MAX_CODE) or None


def rest_of(row: Mapping[str, Any], used: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The fields that nothing here uses, with their values as JSON: kept, because the vendor may explain them one day."""
    return tuple(
        sorted((name, json.dumps(value)) for name, value in row.items() if name not in set(used) and value not in (None, ""))
    )
