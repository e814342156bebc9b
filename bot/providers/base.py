"""The provider protocol and the plugin description of a vendor.

A provider is given a `ProviderQuery` and puts what it finds into a `ResultCollector`.

A third vendor is one new folder that ends in a `Vendor`, its code tables in `bot/codes/tables/`, and one line each in
`bot/providers/registry.py` and `systems.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

from bot.model import ClockOff, Note, NoteKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.config.proxy import Proxies
    from bot.i18n import Phrase
    from bot.model import Delivery, ProviderFault, Target, Window
    from bot.providers.system import System
    from bot.receipts.ingestion import Callback, QueueSource
    from bot.timing.clock import Clock

S = TypeVar("S")  # a vendor's settings, which are a pydantic model

SKEW_WORTH_SAYING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProviderQuery:
    """One target over one window. The window is already cut to what the provider keeps."""

    target: Target
    window: Window


@dataclass(slots=True)
class ResultCollector:
    """What an ask has found so far.

    The only mutable value of the lookup: the adapter fills it part by part, and the lookup may read it at any moment, which
    is how an answer at the deadline shows the parts that did come. `setback` is the last thing that went wrong and is being
    tried again; it becomes the reason when time runs out.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    requests: int = 0
    last_fault: ProviderFault | None = None

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Keep rows that a part of the ask brought."""
        self.deliveries.extend(deliveries)

    def note(self, note: Note) -> None:
        """Keep something the answer must say, once."""
        if note not in self.notes:
            self.notes.append(note)

    def note_clock(self, skew: timedelta | None) -> None:
        """Keep that our clock is off by `skew`, when that is worth saying: once, though parts may differ by a second."""
        is_noted = any(note.kind is NoteKind.CLOCK_OFF for note in self.notes)
        if skew is not None and abs(skew) >= SKEW_WORTH_SAYING and not is_noted:
            self.note(ClockOff(minutes=round(skew / timedelta(minutes=1))))


class Provider(Protocol):
    """One account at one provider system."""

    @property
    def name(self) -> str:
        """`tencent`, `aliyun`, `aliyun-intl`, …: what `via` takes and the JSON shows."""

    @property
    def account(self) -> str:
        """Which account, in words that give no secret away (an app id, a shortened access key id)."""

    @property
    def retention(self) -> timedelta | None:
        """How far back it can be asked, with a margin for clocks that differ. None: no limit that is known."""

    def unsupported_reason(self, target: Target) -> Note | None:
        """Why this provider cannot be asked about `target` (say, it needs a message id). None: it can."""

    async def query(self, question: ProviderQuery, findings: ResultCollector) -> None:
        """Ask, filling `findings` on the way.

        Returns when all of it was answered. Raises `ProviderError` when some or all of it was not; what had been found by
        then stays in `findings`. May be cancelled at any moment.
        """

    async def aclose(self) -> None:
        """Give its connections back."""


def is_time_limited(provider: Provider, target: Target) -> bool:
    """Whether a lookup of `target` is limited in time. An id alone is looked up in all that a provider keeps."""
    return provider.retention is not None and target.number is not None


@runtime_checkable
class HasOperatorNotice(Protocol):
    """A provider that has something to say to the operator, beside what it answers."""

    @property
    def operator_notice(self) -> Phrase | None:
        """One sentence for `providers` and `doctor`; None: nothing just now."""


@dataclass(frozen=True, slots=True)
class Vendor(Generic[S]):
    """All that the house knows of a vendor: its systems, its settings and how to open its providers.

    The fields of `settings` have the environment's keys as their aliases; a vendor is switched on when one of its systems'
    `keys` is set. `open` gets an instance of `settings`, the account's name in the TOML file (None for the environment's
    account), a clock and the way to the internet, and returns one provider for each account and system.

    `callbacks` are the pushes that the vendor can send us, `draining` its queues that hand everything out once.
    """

    systems: tuple[System, ...]
    settings: type[S]
    open: Callable[[S, str | None, Clock, Proxies], Sequence[Provider]]
    callbacks: tuple[Callback, ...] = ()
    draining: QueueSource[S] | None = None
