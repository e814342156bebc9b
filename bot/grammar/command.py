"""What a command is once it is understood, and what is known of the person who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, tzinfo

    from bot.model import Query


@dataclass(frozen=True, slots=True)
class ParseContext:
    """Everything the grammar needs to know besides the text.

    `now` is aware and is truncated to whole seconds; times without a zone are read in `zone`; `region` (ISO 3166, "CN") is
    where a number without a country code belongs. `providers` maps each word that `via` takes, in lower case, to the name
    of a provider ("阿里云" -> "aliyun"). `default_window` is how far back a lookup without `since` reaches. `last` is the
    lookup that the words may build on: what they do not say is taken from it.
    """

    now: datetime
    zone: tzinfo
    providers: Mapping[str, str]
    region: str = "CN"
    default_window: timedelta = timedelta(hours=24)
    last: Query | None = None

    @property
    def moment(self) -> datetime:
        """`now` in UTC and whole seconds, which is as exact as receipts are."""
        return self.now.astimezone(UTC).replace(microsecond=0)

    @property
    def provider_words(self) -> Mapping[str, str]:
        """All words that `via` takes: `providers`, and the names of the providers themselves."""
        return {**{name: name for name in self.providers.values()}, **self.providers}

    @property
    def today(self) -> date:
        """The day it is where the asker is."""
        return self.moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Was it delivered? `share`: the answer goes to the channel and not to the asker alone. `follows`: on top of the last one.

    `ignored`: words that changed nothing, as typed but short and without the digits of a number, to be named in the small print.
    """

    query: Query
    share: bool = False
    follows: bool = False
    ignored: tuple[str, ...] = field(default=(), compare=False)  # two ways of asking the same thing are equal


@dataclass(frozen=True, slots=True)
class Explain:
    """What does this code mean? `code` is as typed; `bot.codes` knows how to read its spellings."""

    code: str


@dataclass(frozen=True, slots=True)
class Providers:
    """Which providers can be asked?"""


@dataclass(frozen=True, slots=True)
class Help:
    """What can I type?"""


Command = Lookup | Explain | Providers | Help
