"""A table of cases tried by one test: `each`, in place of `pytest.mark.parametrize` where a case costs little.

A test of its own costs pytest some 9 ms before it does anything, for every worker collects it and one reports it; most cases of
a table take one or two. What has to be made anew for each case (a database, a folder, an app) is better parametrised.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

Test = Callable[..., Any]
Cases = Iterable[Any] | Callable[[], Iterable[Any]]
Ids = Iterable[str] | Callable[[Any], str]


def each(names: str | Sequence[str], cases: Cases, *, ids: Ids | None = None) -> Callable[[Test], Test]:
    """The test tries every case, and tells all that fail, each with a note that names it.

    Args:
        names: the argument that takes the case, or several, that take what is in it.
        cases: a table, or what makes it when the test is run: a long one costs nothing while tests are collected.
        ids: what the cases are called, in their order or by a function of the case; otherwise a case is shown as it is.

    The other arguments are fixtures. They are made once: what a case leaves in them is there for the next one.

    Raises:
        ValueError: no case, or one that has more or fewer values than there are names. For a table in hand it is raised at once,
            for one that is made it is the test's failure.
    """
    arguments = (names,) if isinstance(names, str) else tuple(names)
    in_hand = _read(arguments, cases, ids) if isinstance(cases, Iterable) else None

    def table() -> list[_Case]:
        return _read(arguments, cases() if callable(cases) else cases, ids) if in_hand is None else in_hand

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run(**fixtures: Any) -> None:
            with _offenders() as watched:
                for case in table():
                    with watched(case):
                        test(**case.values, **fixtures)

        @wraps(test)
        async def run_async(**fixtures: Any) -> None:
            with _offenders() as watched:
                for case in table():
                    with watched(case):
                        await test(**case.values, **fixtures)

        folded: Any = run_async if inspect.iscoroutinefunction(test) else run
        asked = inspect.signature(test)
        # pytest takes what is left for fixtures.
        left = [one for name, one in asked.parameters.items() if name not in arguments]
        folded.__signature__ = asked.replace(parameters=left)
        return folded  # type: ignore[no-any-return]

    return decorate


@dataclass(frozen=True)
class _Case:
    place: int
    shown: Any
    called: str | None
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"case {self.place}: {self.shown!r}" if self.called is None else f"case {self.place}: {self.called}"


def _read(arguments: tuple[str, ...], cases: Iterable[Any], ids: Ids | None) -> list[_Case]:
    table = list(cases)
    if not table:
        raise ValueError("a table without a case tries nothing")
    called = [None] * len(table) if ids is None else [ids(case) for case in table] if callable(ids) else list(ids)
    split = [(case,) if len(arguments) == 1 else case for case in table]
    return [
        _Case(place, case, name, dict(zip(arguments, values, strict=True)))
        for place, (case, name, values) in enumerate(zip(table, called, split, strict=True))
    ]


@contextmanager
def _offenders() -> Iterator[Callable[[_Case], AbstractContextManager[None]]]:
    """Cases that fail while they are watched are raised together at the end."""
    failed: list[BaseException] = []
    tried = 0

    @contextmanager
    def watched(case: _Case) -> Iterator[None]:
        nonlocal tried
        tried += 1
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - all are raised below; pytest's own is no Exception
            error.add_note(str(case))
            failed.append(error)

    yield watched
    if failed:
        group = BaseExceptionGroup(f"{len(failed)} of {tried} cases", failed)
        group.add_note("\n".join(error.__notes__[-1] for error in failed))  # Python prints no more than 15 of a group
        raise group
