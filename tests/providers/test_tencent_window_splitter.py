"""The window splitter, against providers with every behaviour that the documentation leaves open."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import CrowdedSecond, Note, NoteKind, PartMissing, ProviderFault
from bot.providers.base import ResultCollector
from bot.providers.tencent.window_splitter import MAX_CALLS, ROW_CAP, SecondRange, WindowSplitter

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
    (note,) = collector.notes
    assert note.kind is NoteKind.PART_MISSING
