"""Validators of JSON values: small checks that are combined into the shapes of Block Kit.

A check takes a value and its JSON pointer, and adds what is wrong to `Problems`. It never raises, so that one pass over a message
finds everything that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

INVALID_BLOCKS = "invalid_blocks"


@dataclass(frozen=True, slots=True)
class BlockProblem:
    """One thing that is wrong with a message.

    `error` is Slack's name for it, `pointer` a JSON pointer into the payload (`/blocks/3/text/text`). `refused`: whether Slack
    rejects the message because of it; what is accepted should not be sent all the same.
    """

    error: str
    pointer: str
    message: str
    refused: bool = True

    def __str__(self) -> str:
        """As in `response_metadata.messages` of Slack's response."""
        return f"[{'ERROR' if self.refused else 'WARN'}] {self.message} [json-pointer:{self.pointer}]"


class Problems:
    """Collects what the checks find. `error` is Slack's name for a problem that has none of its own."""

    def __init__(self, error: str = INVALID_BLOCKS) -> None:
        self._error = error
        self.found: list[BlockProblem] = []

    def add(self, pointer: str, message: str, *, error: str | None = None, refused: bool = True) -> None:
        """Add one problem."""
        self.found.append(BlockProblem(error or self._error, pointer, message, refused))


Check = Callable[[Any, str, Problems], None]


def string(least: int = 1, most: int | None = None, *, starts: tuple[str, ...] = ()) -> Check:
    """A string of `least` to `most` characters that begins with one of `starts` (when given)."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(pointer, "must be a string")
        elif len(value) < least:
            problems.add(pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            problems.add(pointer, f"must be less than {most + 1} characters")
        elif starts and not value.startswith(starts):
            problems.add(pointer, f"must begin with {' or '.join(starts)}")

    return check


def matching(expression: str, what: str) -> Check:
    """A string that fully matches `expression`; `what` describes it in messages."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str) or re.fullmatch(expression, value) is None:
            problems.add(pointer, f"must be {what}")

    return check


def boolean(value: Any, pointer: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.add(pointer, "must be a boolean")


def integer(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(pointer, "must be an integer")
        elif not least <= value <= most:
            problems.add(pointer, f"must be from {least} to {most}")

    return check


def number(value: Any, pointer: str, problems: Problems) -> None:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        problems.add(pointer, "must be a number")


def positive(value: Any, pointer: str, problems: Problems) -> None:
    """Any number above zero."""
    number(value, pointer, problems)
    if isinstance(value, int | float) and value <= 0:
        problems.add(pointer, "must be above 0")


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def nullable(check: Check) -> Check:
    """Null, or a value that passes `check`."""

    def check_unless_null(value: Any, pointer: str, problems: Problems) -> None:
        if value is not None:
            check(value, pointer, problems)

    return check_unless_null


def listing(item: Check, least: int = 1, most: int | None = None) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(pointer, "must be an array")
            return
        if len(value) < least:
            problems.add(pointer, f"must have at least {least} items")
        if most is not None and len(value) > most:
            problems.add(pointer, f"must have no more than {most} items")
        for index, one in enumerate(value):
            item(one, f"{pointer}/{index}", problems)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others. `type` is left to `typed`."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            problems.add(pointer, "must be an object")
            return
        for name in required.keys() - value.keys():
            problems.add(pointer, f"missing required field: {name}")
        for name, content in value.items():
            if name in known:
                known[name](content, f"{pointer}/{name}", problems)
            elif name != "type":
                problems.add(pointer, f"invalid additional property: {name}")

    return check


def typed(what: str, shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` chooses its shape; `what` names the family in the message about an unknown type."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            problems.add(pointer, "must be an object")
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            problems.add(f"{pointer}/type", f"unsupported type of {what}: {kind!s:.40}")
        else:
            shape(value, pointer, problems)

    return check


def all_of(*checks: Check) -> Check:
    """A value that passes all `checks`."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        for one in checks:
            one(value, pointer, problems)

    return check
