"""What the registers of all accounts say about one signature or template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot.model.signature import Signature
from bot.model.standing import Standing
from bot.model.template import Template

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.report import ProviderFault
    from bot.model.standing import ReviewState


class Entry(Protocol):
    """What a register holds: a signature or a template."""

    @property
    def review(self) -> ReviewState:
        """What the vendor's review came to."""

    @property
    def standing(self) -> Standing:
        """Whether messages with it can go out."""


T = TypeVar("T", bound=Entry)


@dataclass(frozen=True, slots=True)
class RegisterAnswer(Generic[T]):
    """What one register holds under the name; nothing when it has no such entry, or did not answer (`fault`).

    `accounts` are those that share it: the apps of one set of credentials. `lacked_right` is what the key's policy lacks.
    """

    provider: str
    accounts: tuple[str, ...]
    found: tuple[T, ...] = ()
    fault: ProviderFault | None = None
    lacked_right: str = ""


@dataclass(frozen=True, slots=True)
class RegisterReport(Generic[T]):
    """The answers of all registers that were asked about `name`."""

    name: str
    as_of: datetime
    answers: tuple[RegisterAnswer[T], ...] = ()

    @property
    def found(self) -> tuple[tuple[RegisterAnswer[T], T], ...]:
        """Each entry that was found, with the register that has it."""
        return tuple((answer, entry) for answer in self.answers for entry in answer.found)

    @property
    def standing(self) -> Standing:
        """The worst of what was found; without anything, whether that is certain. Nobody asked: it is not."""
        if self.found:
            return min((entry.standing for _, entry in self.found), key=list(Standing).index)
        return Standing.UNANSWERED if self.unanswered or not self.answers else Standing.NOT_FOUND

    @property
    def unanswered(self) -> tuple[RegisterAnswer[T], ...]:
        """The registers that did not answer."""
        return tuple(answer for answer in self.answers if answer.fault is not None)


class SignatureReport(RegisterReport[Signature]):
    """What is known of a signature."""


class TemplateReport(RegisterReport[Template]):
    """What is known of a template."""
