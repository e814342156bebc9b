"""The window splitter, against providers with every behaviour that the documentation leaves open."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import CrowdedSecond, Note, NoteKind, PartMissing, ProviderFault
from bot.providers.base import ResultCollector
from bot.providers.tencent.window_splitter import MAX_CALLS, ROW_CAP, SecondRange, WindowSplitter
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Callable

Row = tuple[int, int]  # the second it lies in, and which of that second's rows it is

HABITS: dict[str, Callable[[int, SecondRange], bool]] = {
    "both ends": lambda at, span: span.begin <= at <= span.end,
    "without the end": lambda at, span: span.begin <= at < span.end,
    "without the beginning": lambda at, span: span.begin < at <= span.end,
}


class Provider:
    """Returns at most 100 of the rows in a range, in random order."""

    def __init__(self, rows: list[Row], habit: str, fails: Callable[[SecondRange], str | None] = lambda _: None) -> None:
        self._rows = rows
        self._holds = HABITS[habit]
        self._fails = fails
        self.collector = ResultCollector()
        self.seen: set[Row] = set()
        self.spans: list[SecondRange] = []

    def all_in(self, span: SecondRange) -> set[Row]:
        return {row for row in self._rows if self._holds(row[0], span)}

    async def fetch(self, span: SecondRange) -> int:
        self.spans.append(span)
        await asyncio.sleep(0)
        if code := self._fails(span):
            raise ProviderError(ProviderFault(code))
        rows = sorted(self.all_in(span), key=lambda row: (row[1], -row[0]))[:ROW_CAP]
        self.seen.update(rows)
        return len(rows)

    async def ask(self, span: SecondRange) -> None:
        await WindowSplitter(self.fetch, self.collector).query(span)

    def notes(self, kind: NoteKind) -> list[Note]:
        return [note for note in self.collector.notes if note.kind is kind]


def rows_of(clusters: dict[int, int]) -> list[Row]:
    return [(second, which) for second, count in clusters.items() for which in range(count)]


WEEK = 7 * 24 * 3600
clusters = st.dictionaries(st.integers(0, 40) | st.integers(0, WEEK), st.integers(1, 140), max_size=6)


@given(clusters=clusters, habit=st.sampled_from(sorted(HABITS)), picky=st.sampled_from(["picky", "not picky"]))
def test_every_row_is_found_unless_its_second_is_too_crowded_and_then_that_is_said(
    clusters: dict[int, int], habit: str, picky: str
) -> None:
    """A strict provider rejects windows without length. If it includes both ends too, two crowded seconds look alike."""

    def refusal(span: SecondRange) -> str | None:
        return "InvalidParameterValue.EndTimeVerifyFail" if picky == "picky" and span.begin == span.end else None

    span = SecondRange(0, WEEK)
    provider = Provider(rows_of(clusters), habit, refusal)
    asyncio.run(provider.ask(span))
    hidden = {second for second, _ in provider.all_in(span) - provider.seen}
    if provider.notes(NoteKind.PART_MISSING):
        assert len(provider.spans) == MAX_CALLS
        return
    assert not hidden or provider.notes(NoteKind.CROWDED_SECOND)
    if picky == "not picky" or habit != "both ends":
        assert all(clusters[second] > ROW_CAP for second in hidden)
        assert provider.collector.notes == [] or any(count >= ROW_CAP for count in clusters.values())


async def test_a_window_below_the_cap_is_asked_once() -> None:
    provider = Provider(rows_of({10: 99}), "both ends")
    await provider.ask(SecondRange(0, 3600))
    assert provider.spans == [SecondRange(0, 3600)]


async def test_exactly_a_hundred_rows_may_not_be_all_of_them() -> None:
    provider = Provider(rows_of({10: 50, 3000: 50}), "both ends")
    await provider.ask(SecondRange(0, 3600))
    assert provider.spans == [SecondRange(0, 3600), SecondRange(0, 1800), SecondRange(1800, 3600)]
    assert provider.collector.notes == []


async def test_the_halves_are_asked_side_by_side() -> None:
    both = asyncio.Barrier(2)

    async def fetch(span: SecondRange) -> int:
        if span.end - span.begin == 3600:
            return ROW_CAP
        await both.wait()
        return 1

    async with asyncio.timeout(5):
        await WindowSplitter(fetch, ResultCollector()).query(SecondRange(0, 3600))


async def test_an_older_half_is_asked_in_as_many_parts_as_the_newer_one_has_rows_for() -> None:
    """Both halves are capped, and the newer one turns out to have 150 rows: two parts."""
    provider = Provider([(at, 0) for at in range(0, 3600, 12)], "both ends")
    await provider.ask(SecondRange(0, 3600))
    whole, halves = SecondRange(0, 3600), [SecondRange(0, 1800), SecondRange(1800, 3600)]
    quarters = [SecondRange(at, at + 900) for at in (1800, 2700, 0, 900)]
    assert provider.spans == [whole, *halves, *quarters]


@each("ends", [2, 3, 4, 5])
async def test_no_part_is_asked_twice(ends: int) -> None:
    """A second that is capped together with what is newer is not asked again as one part of itself."""
    provider = Provider(rows_of(dict.fromkeys(range(ends + 1), ROW_CAP)), "both ends")
    await provider.ask(SecondRange(0, ends))
    asked_in_pairs = [span for span in provider.spans if span.begin < span.end]
    assert len(asked_in_pairs) == len(set(asked_in_pairs))


def spread_evenly(rows: int) -> list[Row]:
    return [(WEEK * which // rows, 0) for which in range(rows)]


@given(st.integers(101, 6000), st.sampled_from(sorted(HABITS)))
def test_rows_that_are_spread_evenly_take_few_calls_beside_the_fewest(rows: int, habit: str) -> None:
    """The fewest: of whoever knows where the rows are. Each halving of the newest part is one more."""
    provider = Provider(spread_evenly(rows), habit)
    asyncio.run(provider.ask(SecondRange(0, WEEK)))
    fewest = -(-rows // ROW_CAP)
    assert len(provider.spans) <= 1.35 * fewest + 2 * math.log2(fewest) + 3
    assert provider.collector.notes == []


@each("rows", [1_000, 5_000])
def test_a_busy_week_takes_twice_the_fewest_calls_at_most(rows: int) -> None:
    provider = Provider(spread_evenly(rows), "both ends")
    asyncio.run(provider.ask(SecondRange(0, WEEK)))
    assert len(provider.spans) <= 2 * rows / ROW_CAP
    assert len(provider.seen) == rows


@each("hours", [1, 4, 24])
def test_a_burst_takes_hardly_more_calls_than_halving_does(hours: int) -> None:
    """Whose cost is two calls for each halving down to the burst, and then two for each part of it."""
    rows, seconds = 1_000, hours * 3600
    provider = Provider([(WEEK // 3 + seconds * which // rows, 0) for which in range(rows)], "both ends")
    asyncio.run(provider.ask(SecondRange(0, WEEK)))
    assert len(provider.spans) <= 2 * math.log2(WEEK / seconds) + 4 * rows / ROW_CAP
    assert len(provider.seen) == rows


async def test_more_than_a_hundred_in_one_second_is_said_once_with_what_is_shown() -> None:
    provider = Provider(rows_of({1000: 150, 1001: 20}), "both ends")
    await provider.ask(SecondRange(0, 3600))
    at = datetime.fromtimestamp(1000, UTC)
    assert provider.collector.notes == [CrowdedSecond(at=at, shown=100)]
    assert len(provider.seen) >= 120


async def test_a_window_of_one_second_that_is_crowded_is_not_split_for_ever() -> None:
    provider = Provider(rows_of({5: 100}), "both ends")
    await provider.ask(SecondRange(5, 5))
    assert provider.spans == [SecondRange(5, 5)]
    assert len(provider.notes(NoteKind.CROWDED_SECOND)) == 1


async def test_a_part_that_fails_costs_its_own_rows_only_and_is_raised_at_the_end() -> None:
    provider = Provider(
        rows_of({10: 60, 3000: 60}), "both ends", lambda span: "InternalError" if span == SecondRange(0, 1800) else None
    )
    with pytest.raises(ProviderError, match="InternalError"):
        await provider.ask(SecondRange(0, 3600))
    assert {row for row in provider.seen if row[0] == 3000} == set(rows_of({3000: 60}))
    assert provider.collector.notes == [PartMissing(missing=1, parts=2)]


async def test_a_window_that_fails_whole_is_no_missing_part() -> None:
    provider = Provider([], "both ends", lambda _: "AuthFailure.SecretIdNotFound")
    with pytest.raises(ProviderError, match="SecretIdNotFound"):
        await provider.ask(SecondRange(0, 3600))
    assert provider.collector.notes == []


async def test_a_provider_that_always_answers_with_a_full_page_is_asked_so_often_and_no_more() -> None:
    calls: list[SecondRange] = []

    async def fetch(span: SecondRange) -> int:
        calls.append(span)
        return ROW_CAP

    collector = ResultCollector()
    await WindowSplitter(fetch, collector).query(SecondRange(0, WEEK))
    assert len(calls) == MAX_CALLS
    assert [note.kind for note in collector.notes].count(NoteKind.PART_MISSING) == 1
