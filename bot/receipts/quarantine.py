"""What a quarantined body says: which rows of it are about a target, and its text as an operator reads it. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bot.receipts.ingestion import body_of_row

if TYPE_CHECKING:
    from bot.model import PhoneNumber, Target

_SEPARATORS = re.compile(rb"[ ()./+-]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def rows_about(target: Target, body: bytes) -> int:
    """How many rows of a quarantined body contain the id of `target`, or its number: they may be its receipts."""
    if target.message_id is not None:
        sought = target.message_id.encode(errors="backslashreplace")
        return sum(sought in row for row in _rows(body))
    if target.number is None or not _holds(target.number, body):
        return 0
    return sum(_holds(target.number, row) for row in _rows(body)) or 1


def readable_text(body: bytes) -> str:
    r"""A quarantined body as text, as it came but for characters written as `\uXXXX`, which are decoded; it may be broken off."""
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[0], body.decode("utf-8", "replace"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of pairs are joined


def _holds(number: PhoneNumber, row: bytes) -> bool:
    """True if the row has the number in its national spelling, alone or behind its country code."""
    national = number.national.encode()
    candidates = [text for text in (row, _SEPARATORS.sub(b"", row)) if national in text]  # before the pattern, which is slow
    pattern = rf"(?<![0-9])0{{0,2}}(?:{number.country_code})?{number.national}(?![0-9])".encode()
    return any(re.search(pattern, text) for text in candidates)


def _rows(body: bytes) -> list[bytes]:
    """The rows of a body that is an array of them; else the body itself."""
    try:
        rows = json.loads(body) if body.startswith(b"[") else None
    except (ValueError, RecursionError):
        rows = None
    return [body_of_row(row) for row in rows] if isinstance(rows, list) else [body]
