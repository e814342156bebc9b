"""A note of every kind, for tests that must hold for all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from bot.model import Note

if TYPE_CHECKING:
    from collections.abc import Mapping


def notes_of_every_kind(values: Mapping[str, Any]) -> tuple[Note, ...]:
    """One of each kind, with those of `values` that it has fields for."""
    return tuple(kind(**{field.name: values[field.name] for field in fields(kind)}) for kind in get_args(Note))
