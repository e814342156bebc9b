"""How much memory the parts of an answer hold, estimated: what bounds the caches that keep them.

The figures are what `sys.getsizeof` adds up to over all that a value alone refers to, on CPython 3.11, rounded up. Texts are
counted as they are, since they are what differs: an SMS may have a thousand characters of four bytes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model.delivery import Delivery
    from bot.model.note import Note
    from bot.model.report import Report

TARGET_BYTES = 300
_ENTRY = 1_000  # of the cache itself, with the key and the times
_ROW = 1_600  # a delivery with its number, times and explanation
_INDEX, _INDEXED_ROW = 1_200, 700  # of a report: its rows by number, by id and by target
_COVERAGE = 400
_NOTE = 200


def answer_bytes(deliveries: Sequence[Delivery], notes: Sequence[Note] = ()) -> int:
    """The memory of one account's answer about one target."""
    texts = sum(sys.getsizeof(row.text) for row in deliveries if row.text)
    return _ENTRY + _ROW * len(deliveries) + texts + _NOTE * (len(notes) + sum(len(row.notes) for row in deliveries))


def report_bytes(report: Report) -> int:
    """The memory of a report."""
    notes = [note for part in report.coverage for note in part.notes]
    parts = _COVERAGE * (len(report.coverage) + len(report.not_asked)) + TARGET_BYTES * len(report.query.targets)
    return answer_bytes(report.deliveries, notes) + parts + _INDEX + _INDEXED_ROW * len(report.deliveries)
