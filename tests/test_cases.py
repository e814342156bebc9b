"""Many cases in one test: none is left out, and every offender is named."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def notes_of(run: Callable[[], object]) -> list[str]:
    with pytest.raises(BaseExceptionGroup) as raised:
        run()
    return [note for error in raised.value.exceptions for note in error.__notes__]


def test_every_case_is_tried_and_every_offender_named() -> None:
    tried: list[int] = []

    @each(("number", "double"), [(1, 2), (2, 5), (3, 6), (4, 9)])
    def doubles(number: int, double: int) -> None:
        tried.append(number)
        if number == 4:
            pytest.fail("which is no Exception")
        assert number * 2 == double

    assert notes_of(doubles) == ["case 1: (2, 5)", "case 3: (4, 9)"]
    assert tried == [1, 2, 3, 4]


def test_the_names_of_all_offenders_stand_together() -> None:
    @each("number", range(100))
    def even(number: int) -> None:
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match="50 of 100 cases") as raised:
        even()
    assert raised.value.__notes__ == ["\n".join(f"case {number}: {number}" for number in range(1, 100, 2))]


def test_a_case_has_the_name_that_it_was_given() -> None:
    @each("number", [1, 2], ids=["one", "two"])
    def by_list(number: int) -> None:
        assert number != 2

    @each("number", [1, 2], ids=lambda number: f"the {number}")
    def by_function(number: int) -> None:
        assert number != 1

    assert notes_of(by_list) == ["case 1: two"]
    assert notes_of(by_function) == ["case 0: the 1"]


def test_tables_above_each_other_are_multiplied() -> None:
    met: list[tuple[str, int]] = []

    @each("letter", "ab")
    @each("number", [1, 2])
    def pairs(letter: str, number: int) -> None:
        met.append((letter, number))
        assert (letter, number) != ("b", 2)

    with pytest.raises(ExceptionGroup) as raised:
        pairs()
    assert met == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    (group,) = raised.value.exceptions
    assert isinstance(group, ExceptionGroup)
    assert (group.__notes__, group.exceptions[0].__notes__) == (["case 1: 2", "case 1: 'b'"], ["case 1: 2"])


@each("part", ["one", "two"])
def test_a_fixture_still_arrives(tmp_path: Path, part: str) -> None:
    assert (tmp_path / part).parent.is_dir()


@each("part", ["one", "two"])
async def test_a_fixture_still_arrives_where_a_test_waits(tmp_path: Path, part: str) -> None:
    assert (tmp_path / part).parent.is_dir()


async def test_an_offender_is_named_where_a_test_waits() -> None:
    @each("number", [1, 2])
    async def one(number: int) -> None:
        assert number == 1

    with pytest.raises(ExceptionGroup) as raised:
        await one()
    assert raised.value.exceptions[0].__notes__ == ["case 1: 2"]


def test_a_table_may_be_made_when_the_test_is_run() -> None:
    made: list[str] = []

    def table() -> list[int]:
        made.append("now")
        return [1, 2]

    @each("number", table)
    def numbers(number: int) -> None:
        assert number == 1

    assert made == []
    assert list(inspect.signature(numbers).parameters) == []
    assert notes_of(numbers) == ["case 1: 2"]


def test_a_table_without_a_case_is_an_error() -> None:
    with pytest.raises(ValueError, match="tries nothing"):
        each("number", [])

    @each("number", list)
    def nothing(number: int) -> None: ...

    with pytest.raises(ValueError, match="tries nothing"):
        nothing()


def test_a_case_of_another_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        each(("number", "double"), [(1, 2), (3,)])
