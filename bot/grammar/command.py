"""The commands that a text is parsed into, and `ParseContext`, the facts about the request that parsing needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, tzinfo

    from bot.model import Query, Window


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What parsing needs to know besides the text.

    `now` is aware and is truncated to whole seconds; times without a zone are read in `zone`; `region` (ISO 3166, "CN") is the
    region of numbers without a country code. `providers` maps each word that `via` takes, in lower case, to a provider's name
    ("阿里云" -> "aliyun"). `default_window` is the window of a lookup without `since`. `last` is the previous lookup of the
    conversation: what the text leaves out is taken from it.
    """

    now: datetime
    zone: tzinfo
    providers: Mapping[str, str]
    region: str = "CN"
    default_window: timedelta = timedelta(hours=24)
    last: Query | None = None

    @property
    def moment(self) -> datetime:
        """`now` in UTC and whole seconds, the resolution of receipts."""
        return self.now.astimezone(UTC).replace(microsecond=0)

    @property
    def provider_words(self) -> Mapping[str, str]:
        """All words that `via` takes: `providers`, and the names of the providers themselves."""
        return {**{name: name for name in self.providers.values()}, **self.providers}

    @property
    def today(self) -> date:
        """The current date in `zone`."""
        return self.moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Lookup:
    """The command that looks messages up.

    `share`: the answer is posted for the whole channel, not shown to the asking user alone. `follows`: it continues the last
    lookup. `ignored`: words without effect, as typed but shortened and with the digits of numbers hidden, to be named in the
    small print.
    """

    query: Query
    share: bool = False
    follows: bool = False
    ignored: tuple[str, ...] = field(default=(), compare=False)  # two ways of asking the same thing are equal


@dataclass(frozen=True, slots=True)
class Explain:
    """The command that explains a code. `code` is as typed; `bot.codes` normalises its spelling."""

    code: str


@dataclass(frozen=True, slots=True)
class CheckSignature:
    """The command that checks a signature. `name` is without the brackets around it."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckTemplate:
    """The command that checks a template, by its code or id."""

    code: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The command that watches messages until each has its final status, for at most `within`.

    `share`: the card of the watch is posted for the whole channel. `ignored`: as of `Lookup`.
    """

    query: Query
    within: timedelta
    share: bool = False
    ignored: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Watches:
    """The command that lists one's own watches."""


@dataclass(frozen=True, slots=True)
class Providers:
    """The command that lists the providers."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """The command that checks the app and its accounts."""


@dataclass(frozen=True, slots=True)
class Help:
    """The command that shows help."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The command that counts everybody's messages. `providers`: of these alone; empty: of all. `ignored`: as of a lookup."""

    window: Window
    providers: tuple[str, ...] = ()
    share: bool = False
    ignored: tuple[str, ...] = field(default=(), compare=False)


COMMAND_NAMES: Mapping[type, str] = MappingProxyType(
    {
        Lookup: "lookup",
        Stats: "stats",
        Explain: "explain",
        CheckSignature: "signature",
        CheckTemplate: "template",
        Watch: "watch",
        Watches: "watches",
        Providers: "providers",
        Doctor: "doctor",
        Help: "help",
    }
)
"""The name of each command, as the audit writes it."""

Command = Lookup | Stats | Explain | CheckSignature | CheckTemplate | Watch | Watches | Providers | Doctor | Help
