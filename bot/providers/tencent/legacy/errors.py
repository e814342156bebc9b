"""The responses of the legacy API and their errors: `{"result":0,"errmsg":"ok","count":3,"data":[…]}`.

The table of the English page calls the first field `type`, its JSON and the Chinese page `result`: `result` decides, and `type`
only if there is no `result`. A response of the queue is parsed even if it broke off, for its rows will not be handed out again.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.encoded_text import read_json
from bot.errors import ProviderError
from bot.i18n import ENGLISH, phrase
from bot.model import ProviderFault
from bot.providers.http import with_clock_skew
from bot.providers.tencent import NAME as TENCENT
from bot.providers.tencent.legacy.rows import RECEIPT_FIELDS, REPLY_FIELDS, receipt_of, reply_of
from bot.receipts.ingestion import ParsedBatch, PullResult, RowReader, field_text, rows_in, with_unreadable
from bot.receipts.model import ReceiptSource, RecordKind
from bot.sanitize import sanitize_provider_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.http import ApiResponse
    from bot.receipts.model import InboundSms, Receipt

OK = "0"
_CODE = re.compile(r"-?[0-9]+")
TIME_OUTS = frozenset({"1008", "60008"})  # inside the provider
# Limits of sending by the table (https://cloud.tencent.com/document/product/382/3771): by second, number, text, day. In
# the response of a lookup they mean too many queries.
TOO_MANY = frozenset({"1013", "1022", "1023", "1024", "1025", "1026", "1047", "1049", "1050", "1052"})
TRANSIENT = TIME_OUTS | TOO_MANY
MOST_COUNTED = 10**6  # that is repeated of what an answer says
WRONG_TIME = "1021"  # our clock is more than ten minutes off


def rows_in_answer(response: ApiResponse) -> list[object]:
    """The rows of a lookup's response. Raises ProviderError for an error, KeyError or TypeError for another shape."""
    code = result_of(response.body)
    if code not in {OK, None}:
        fault = fault_of(code, response.body)
        raise ProviderError(with_clock_skew(fault, response) if code == WRONG_TIME else fault)
    rows = rows_in(response.body.get("data"))
    if code is None and not rows:
        raise KeyError("result")
    return rows


def counted_rows(body: Mapping[str, Any]) -> int:
    """The `count` of rows in a response; 0 if there is none."""
    count = body.get("count")
    return int(count) if isinstance(count, int | str) and str(count).strip().isdecimal() else 0


def result_of(body: Mapping[str, Any]) -> str | None:
    """The result code, as its digits; None if there is none that is readable."""
    code = field_text(body, "result" if "result" in body else "type")
    return code if code is not None and _CODE.fullmatch(code) else None


def fault_of(code: str, body: Mapping[str, Any]) -> ProviderFault:
    """The fault of an error response."""
    return ProviderFault(code, sanitize_provider_text(str(body.get("errmsg") or "")), retryable=code in TRANSIENT)


def read_pulled(kind: RecordKind, account: str, body: bytes) -> PullResult:
    """Parse one response of the queue. Nothing that may be a row is dropped, and no bytes make it raise."""
    reader = row_reader(kind, ReceiptSource.QUEUE, account)
    try:
        answer = read_json(body)
    except (ValueError, RecursionError):
        return _broken(body, reader)
    if not isinstance(answer, dict):
        whole = reader.unreadable(body, phrase("the answer is not an object"))
        return PullResult(
            ParsedBatch(unreadable=(whole,)), fault=ProviderFault("Transport.WrongShape", whole.reason.said_in(ENGLISH))
        )
    code, rows = result_of(answer), _rows_in_data(answer.get("data"), reader)
    if rows is None:
        whole = reader.unreadable(body, phrase("data is not an array"))
        return PullResult(
            ParsedBatch(unreadable=(whole,)), fault=ProviderFault("Transport.WrongShape", whole.reason.said_in(ENGLISH))
        )
    if code == OK or (code is None and rows):
        return PullResult(reader.parsed(rows), len(rows), _missing_rows(answer, len(rows)))
    fault = ProviderFault("Transport.WrongShape", "the answer has no result") if code is None else fault_of(code, answer)
    if rows:  # documented as invalid beside an error; but if they are rows, they are not handed out again
        whole = reader.unreadable(body, phrase("rows beside the error {code}", code=fault.code[:16]))
        return PullResult(ParsedBatch(unreadable=(whole,)), fault=fault)
    return PullResult(fault=fault)


def _missing_rows(answer: Mapping[str, Any], returned: int) -> ProviderFault | None:
    """The fault of an answer that counts more rows than it has: they may have left the queue, and nobody sees them again."""
    counted = counted_rows(answer)
    if counted <= returned:
        return None
    return ProviderFault("Transport.WrongShape", f"count is {min(counted, MOST_COUNTED)}, rows: {returned}", retryable=True)


def _rows_in_data(data: object, reader: RowReader) -> list[object] | None:
    """The rows of `data`, which may be one row as an object; None if it is neither rows nor empty."""
    try:
        rows = rows_in(data)
    except TypeError:
        return None
    return rows if isinstance(data, list) or not reader.parsed(rows).unreadable else None


def row_reader(kind: RecordKind, source: ReceiptSource, account: str = "") -> RowReader:
    """The reader of rows of this kind. They are stored as the system `tencent`: codes and ids are those of API 3.0."""
    read, fields = (receipt_of, RECEIPT_FIELDS) if kind is RecordKind.RECEIPTS else (reply_of, REPLY_FIELDS)

    def parse(row: Mapping[str, Any]) -> Receipt | InboundSms:
        return read(row, system=TENCENT, source=source, account=account)

    return RowReader(TENCENT, source, kind, fields, parse, account)


def _broken(body: bytes, reader: RowReader) -> PullResult:
    """Parse a response that is not JSON: a gateway's page, which has no rows, or one that broke off."""
    text = body.decode(errors="replace").strip()
    if not text or text.startswith("<"):
        return PullResult(fault=ProviderFault("Transport.NotJson", "not an answer of the API", retryable=True))
    rows, rest = _whole_rows(text)
    parsed = with_unreadable(reader.parsed(rows), reader.unreadable(rest.encode(), phrase("the answer broke off here")))
    return PullResult(parsed, len(rows), ProviderFault("Transport.CutShort", retryable=True))


def _whole_rows(text: str) -> tuple[list[object], str]:
    """The complete rows of `data`, and the text after the last of them."""
    decoder = json.JSONDecoder()
    rows: list[object] = []
    _, begins, rest = text.partition('"data"')
    rest = rest.lstrip().removeprefix(":").lstrip()
    if not begins or not rest.startswith("["):
        return [], text
    rest = rest[1:].lstrip()
    while rest.startswith("{"):
        try:
            row, end = decoder.raw_decode(rest)
        except (ValueError, RecursionError):
            break
        rows.append(row)
        rest = rest[end:].lstrip().removeprefix(",").lstrip()
    return rows, rest
