"""Query: which messages, over which window, at which providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model.message_ids import issuer_of
from bot.model.personal_numbers import mask_message_id

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.model.delivery import Status
    from bot.model.number import PhoneNumber


@dataclass(frozen=True, slots=True)
class Target:
    """What to look up: a number, a message id, or one message (an id beside its number). At least one is set.

    `message_id` is any vendor's: of a form of `message_ids.py`, or what was typed after `id:`.
    """

    number: PhoneNumber | None = None
    message_id: str | None = None

    def __post_init__(self) -> None:
        if self.number is None and not self.message_id:
            raise ValueError("a target needs a number or a message id")

    @property
    def issuer(self) -> str | None:
        """The system whose message ids have the form of this one; None when the form does not tell."""
        return issuer_of(self.message_id or "")

    @property
    def masked(self) -> str:
        """The target as shown to people: a masked number, and the id with the numbers in it masked."""
        return _joined(str(self.number) if self.number else "", mask_message_id(self.message_id or ""))

    @property
    def whole(self) -> str:
        """The same with all digits, for those permitted to see them."""
        return _joined(self.number.e164 if self.number else "", self.message_id)


def _joined(number: str, message_id: str | None) -> str:
    return " id:".join(part for part in (number, message_id) if part)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, both ends included. `open`: its end is "now", so it moves on when the query is repeated."""

    since: datetime
    until: datetime
    open: bool = True

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError("a window begins before it ends")

    @property
    def length(self) -> timedelta:
        """The duration of the window."""
        return self.until - self.since

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies within."""
        return self.since <= moment <= self.until


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked up: which targets, over which window, at which providers (empty: all that can answer)."""

    targets: tuple[Target, ...]
    window: Window
    providers: tuple[str, ...] = ()
    only: frozenset[Status] = frozenset()  # empty: every status
