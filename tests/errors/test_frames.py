"""What an exception passed is freed when it is handled, not when all is searched for garbage."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, NoReturn

import pytest

from bot.errors.frames import release_frames
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Held:
    """What a frame holds besides its exception."""


def alone(held: Held) -> NoReturn:
    error = ValueError(held)
    raise error


def as_a_cause(held: Held) -> NoReturn:
    try:
        alone(held)
    except ValueError as cause:
        error = KeyError()
        raise error from cause


def as_a_context(held: Held) -> NoReturn:
    try:
        alone(held)
    except ValueError:
        error = KeyError()
        raise error from None


def in_a_group(held: Held) -> NoReturn:
    try:
        as_a_context(held)
    except KeyError as one:
        error = ExceptionGroup("", [one])
        raise error from None


@pytest.fixture(autouse=True)
def no_search() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def freed_after(fail: Callable[[Held], NoReturn], *, released: bool) -> bool:
    held = Held()
    freed = weakref.ref(held)
    try:
        fail(held)
    except Exception as error:  # noqa: BLE001 - whatever it raises
        if released:
            release_frames(error)
    del held
    return freed() is None


@each("fail", [alone, as_a_cause, as_a_context, in_a_group])
def test_an_exception_that_its_own_frames_hold_is_freed_at_once(fail: Callable[[Held], NoReturn]) -> None:
    assert not freed_after(fail, released=False)
    assert freed_after(fail, released=True)
