"""The provider protocol and the plugin description of a vendor.

A provider gets a `ProviderQuery` and fills a `ResultCollector`.

A further vendor is one new folder that ends in a `Vendor`, its code tables in `bot/codes/tables/`, and its name in
`bot/providers/vendors.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

from bot.model import ClockSkew, Note, NoteKind
from bot.model.one_message import merge_rows
from bot.timing.fair_queue import Askers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.config.proxy import Proxies
    from bot.i18n import Phrase
    from bot.model import Delivery, ProviderFault, Signature, Target, Template, Window
    from bot.providers.optional_actions import MissingAction
    from bot.providers.system import System
    from bot.receipts.ingestion import Callback, QueueSource
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

S = TypeVar("S")  # a vendor's settings, which are a pydantic model
E_co = TypeVar("E_co", covariant=True)  # what a register holds

MIN_NOTED_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProviderQuery:
    """One target over one window, which is already cut to the provider's retention, and on whose behalf."""

    target: Target
    window: Window
    askers: Askers = field(default_factory=Askers, compare=False)


@dataclass(slots=True)
class ResultCollector:
    """The results of a query so far: deliveries, notes, number of requests.

    The only mutable value of the lookup: the provider fills it part by part, and the lookup may read it at any moment, so that
    an answer at the deadline has the parts that did come. `last_fault` is the fault of a call that is being retried; if time
    runs out, it becomes the reason.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    requests: int = 0
    last_fault: ProviderFault | None = None
    _places: dict[tuple[str, str, str, str], int] = field(default_factory=dict, repr=False)  # of those with an id, by key

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Add the rows of one part. A row of a message that is there already completes it (`merge_rows`)."""
        for row in deliveries:
            place = self._places.setdefault(row.key, len(self.deliveries)) if row.message_id else len(self.deliveries)
            if place == len(self.deliveries):
                self.deliveries.append(row)
            else:
                self.deliveries[place] = merge_rows(self.deliveries[place], row)

    def note(self, note: Note) -> None:
        """Add a note, unless an equal one is there."""
        if note not in self.notes:
            self.notes.append(note)

    def note_clock(self, skew: timedelta | None) -> None:
        """Note a clock skew of a minute or more; once, though parts may differ by a second."""
        is_noted = any(note.kind is NoteKind.CLOCK_OFF for note in self.notes)
        if skew is not None and abs(skew) >= MIN_NOTED_SKEW and not is_noted:
            self.note(ClockSkew(minutes=round(skew / timedelta(minutes=1))))


class Provider(Protocol):
    """One account at one provider system."""

    @property
    def name(self) -> str:
        """`tencent`, `aliyun`, `aliyun-intl` …: the system's name in `via` and in the JSON."""

    @property
    def account(self) -> str:
        """The account, named without a secret: an app id, an abbreviated access key id."""

    @property
    def retention(self) -> timedelta | None:
        """How far back it can be queried, with a margin for clock skew. None: no known limit."""

    def unsupported_reason(self, target: Target) -> Note | None:
        """Why `target` cannot be queried here (say, it needs a message id). None: it can."""

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        """Query the provider and fill `collector` on the way. May be cancelled at any moment.

        Returns when all of it was answered. Raises ProviderError if some or all of it was not; the results by then stay in
        `collector`. Raises ValueError for a target with an `unsupported_reason`.
        """

    async def aclose(self) -> None:
        """Close the connections."""


def is_time_limited(provider: Provider, target: Target) -> bool:
    """True if a query about `target` has a time limit. A message id alone is looked up in all that a provider keeps."""
    return provider.retention is not None and target.number is not None


class Connection(Protocol):
    """What a provider is asked by."""

    @property
    def address(self) -> str:
        """The address that is asked."""

    @property
    def skew(self) -> timedelta | None:
        """Our clock minus the provider's, by its latest answer; None: it has not told its time."""


@runtime_checkable
class HasConnection(Protocol):
    """A provider that is asked over the network."""

    @property
    def connection(self) -> Connection:
        """What its lookups are asked by."""

    @property
    def region(self) -> str:
        """The region that its calls name; empty: they name none."""


@runtime_checkable
class HasOperatorNotice(Protocol):
    """A provider with a notice for the operator."""

    @property
    def operator_notice(self) -> Phrase | None:
        """One sentence for `providers` and `doctor`; None: no notice."""


@runtime_checkable
class HasOptionalActions(Protocol):
    """A provider that asks more than the least it needs, where its account can: see `optional_actions.py`."""

    @property
    def missing_actions(self) -> Sequence[MissingAction]:
        """What its account was found to lack, for coverage, `providers` and `doctor`."""


class Register(Protocol[E_co]):
    """Where one set of credentials has its signatures, or its templates. The accounts of these credentials share it."""

    @property
    def probe_name(self) -> str:
        """A name of the right form, by which `doctor` asks. There need be no such entry."""

    def takes(self, name: str) -> bool:
        """Whether an entry of this name could be in it, by the name's form."""

    async def find(self, name: str, askers: Askers) -> Sequence[E_co]:
        """The entries of exactly this name; none when there is no such entry. Raises ProviderError."""


@runtime_checkable
class HasSignatures(Protocol):
    """A provider whose vendor can be asked about signatures."""

    @property
    def signatures(self) -> Register[Signature]:
        """The register of its signatures, by their name without 【】."""


@runtime_checkable
class HasTemplates(Protocol):
    """A provider whose vendor can be asked about templates."""

    @property
    def templates(self) -> Register[Template]:
        """The register of its templates, by their code."""


@dataclass(frozen=True, slots=True)
class Vendor(Generic[S]):
    """The plugin description of a vendor: its systems, its settings and how to open its providers.

    The fields of `settings` have the environment's keys as their aliases; a vendor is switched on when one of its systems'
    `keys` is set. `open` gets an instance of `settings`, the account's name in the TOML file (None for the environment's
    account), a clock, the proxies and where limits are kept, and returns one provider for each account and system.

    `callbacks` are the pushes that the vendor can send, `queue_source` its queues that hand everything out once.
    """

    systems: tuple[System, ...]
    settings: type[S]
    open: Callable[[S, str | None, Clock, Proxies, Limits], Sequence[Provider]]
    callbacks: tuple[Callback, ...] = ()
    queue_source: QueueSource[S] | None = None
