"""How both of Tencent's APIs are asked for the receipts of one number: in as many parts as it takes, each kept as it comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import EmptyReceipts, NeedsNumber, Note, NoteKind
from bot.providers.tencent.window_splitter import SecondRange, WindowSplitter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.model import PhoneNumber, Target, Window
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.providers.tencent.row_collector import RowCollector


def needs_number(target: Target) -> Note | None:
    """Neither API has a lookup by id alone; beside a number, the id picks rows out of that number's."""
    return NeedsNumber() if target.number is None else None


def number_of(question: ProviderQuery) -> PhoneNumber:
    """The number asked about. Raises ValueError for a target that `needs_number` turns down."""
    if question.target.number is None:
        raise ValueError("asked about a target that `refuses` turns down")
    return question.target.number


async def query_windows(
    window: Window,
    now: datetime,
    rows: RowCollector,
    findings: ResultCollector,
    fetch: Callable[[SecondRange], Awaitable[list[object]]],
) -> None:
    """Ask for all of `window`, keeping in `rows` what `fetch` brings for each span. Raises ProviderError like `Provider.ask`."""

    async def fetch_and_keep(span: SecondRange) -> int:
        try:
            received = await fetch(span)
        except ProviderError as error:
            findings.note_clock(error.fault.skew)
            raise
        rows.keep(received)
        return len(received)

    try:
        await WindowSplitter(fetch_and_keep, findings).query(_span(window, now))
    finally:
        rows.tell_passed_over()
    if rows.none and not any(note.kind is NoteKind.COUNTED_MORE for note in findings.notes):
        findings.note(EmptyReceipts())


def _span(window: Window, now: datetime) -> SecondRange:
    """The window in whole seconds, ending no later than now."""
    end = min(math.ceil(window.until.timestamp()), math.floor(now.timestamp()))
    return SecondRange(min(math.floor(window.since.timestamp()), end), end)
