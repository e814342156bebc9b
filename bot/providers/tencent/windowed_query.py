"""The windowed query of both of Tencent's APIs: the receipts of one number, in as many parts as it takes."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import EmptyReceipts, NeedsNumber, Note, NoteKind
from bot.providers.tencent.window_splitter import SecondRange, WindowSplitter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from bot.model import PhoneNumber, Target, Window
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.providers.tencent.row_collector import RowCollector


def needs_number(target: Target) -> Note | None:
    """The `unsupported_reason` of both: neither API has a lookup by id alone; beside a number, the id filters its rows."""
    return NeedsNumber() if target.number is None else None


def number_of(query: ProviderQuery) -> PhoneNumber:
    """The number of the query's target. Raises ValueError if it has none."""
    if query.target.number is None:
        raise ValueError("a target without a number is unsupported")
    return query.target.number


async def query_windows(
    window: Window,
    now: datetime,
    rows: RowCollector,
    collector: ResultCollector,
    fetch: Callable[[SecondRange], Awaitable[list[object]]],
) -> None:
    """Query all of `window` and add to `rows` what `fetch` returns for each part. Raises ProviderError like `Provider.query`."""

    async def fetch_and_add(span: SecondRange) -> int:
        with noting_clock(collector):
            received = await fetch(span)
        rows.add(received)
        return len(received)

    await WindowSplitter(fetch_and_add, collector).query(span_of(window, now))


def note_empty(collector: ResultCollector, *rows: RowCollector) -> None:
    """Note that no receipt was found, if that is so. It does not mean that nothing was sent."""
    counts_more = any(note.kind is NoteKind.COUNTED_MORE for note in collector.notes)
    if all(one.is_empty for one in rows) and not counts_more:
        collector.note(EmptyReceipts())


@contextmanager
def noting_clock(collector: ResultCollector) -> Iterator[None]:
    """Note the clock skew of a fault that blames the time."""
    try:
        yield
    except ProviderError as error:
        collector.note_clock(error.fault.skew)
        raise


def span_of(window: Window, now: datetime) -> SecondRange:
    """The window in whole seconds, ending no later than now."""
    end = min(math.ceil(window.until.timestamp()), math.floor(now.timestamp()))
    return SecondRange(min(math.floor(window.since.timestamp()), end), end)
