"""What each tool takes: a schema that agents read, checked here, and put into the words of the command language.

The grammar reads them then, so that an agent is understood, and refused, exactly as a person is.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from bot.grammar import CheckSignature, Explain, Lookup, Stats
from bot.providers.systems import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_TARGETS = 50

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Since = Annotated[
    Words | None, Field(description="From when on: 2h, 3 days, yesterday 09:00, 2026-11-20. Default: 24 hours ago.")
]
Until = Annotated[Words | None, Field(description="Up to when, written in the same way. Default: now.")]
NAMES = tuple(system.name for system in SYSTEMS)


def _provider(name: str) -> str:
    if name not in NAMES:
        raise PydanticCustomError("provider", "Input should be one of {names}", {"names": ", ".join(NAMES)})
    return name


def _with_names(schema: dict[str, Any]) -> None:
    schema["enum"] = list(NAMES)


Provider = Annotated[str, AfterValidator(_provider), Field(json_schema_extra=_with_names)]
Providers = Annotated[list[Provider], Field(description="Only these providers. Default: all that are configured.")]


class Arguments(BaseModel):
    """The arguments of a tool. What is not listed is refused. `reads_as`: what the grammar makes of the words."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title_of_tool: ClassVar[str]
    about: ClassVar[str]
    reads_as: ClassVar[type]

    @abstractmethod
    def words(self) -> str:
        """The command that a person would type."""


class LookupArguments(Arguments):
    """Of `lookup`."""

    title_of_tool: ClassVar[str] = "Look up SMS"
    reads_as: ClassVar[type] = Lookup
    about: ClassVar[str] = (
        "What became of the SMS to one or more phone numbers, or with one or more message ids: delivered, failed and why, whose "
        "it is to fix, whether to send again, and what the answer does not cover."
    )

    targets: Annotated[
        list[Words],
        Field(
            min_length=1, max_length=MOST_TARGETS, description="Phone numbers such as +8613711112222, or message ids of a vendor."
        ),
    ]
    since: Since = None
    until: Until = None
    providers: Providers = []
    status: Annotated[
        Literal["delivered", "failed", "rejected", "pending", "unknown"] | None,
        Field(description="Only messages with this status."),
    ] = None

    def words(self) -> str:
        """The command that a person would type."""
        only = f"only {self.status}" if self.status else ""
        return " ".join(filter(None, [*self.targets, *_period(self.since, self.until), _via(self.providers), only]))


class StatsArguments(Arguments):
    """Of `stats`."""

    title_of_tool: ClassVar[str] = "Count everybody's SMS"
    reads_as: ClassVar[type] = Stats
    about: ClassVar[str] = (
        "Is it one customer or everyone? How many of all messages arrive now, beside the same hours yesterday and a week ago."
    )

    since: Since = None
    until: Until = None
    providers: Providers = []

    def words(self) -> str:
        """The command that a person would type."""
        return " ".join(filter(None, ["stats", *_period(self.since, self.until), _via(self.providers)]))


class ExplainArguments(Arguments):
    """Of `explain`."""

    title_of_tool: ClassVar[str] = "Explain a status code"
    reads_as: ClassVar[type] = Explain
    about: ClassVar[str] = (
        "What a status or error code of an SMS vendor or carrier means, whose it is to fix, and what to do. Works offline."
    )

    code: Annotated[Words, Field(description="A code such as MK:0008, or words to search for: blacklist.")]

    def words(self) -> str:
        """The command that a person would type."""
        return f"explain {self.code}"


class SignatureArguments(Arguments):
    """Of `signature`."""

    title_of_tool: ClassVar[str] = "Check an SMS signature"
    reads_as: ClassVar[type] = CheckSignature
    about: ClassVar[str] = "At which carriers an SMS signature is registered, and if not, why not."

    name: Annotated[Words, Field(description="The signature, without the brackets around it.")]

    def words(self) -> str:
        """The command that a person would type."""
        return f"signature {self.name}"


TOOLS: dict[str, type[Arguments]] = {
    "lookup": LookupArguments,
    "stats": StatsArguments,
    "explain": ExplainArguments,
    "signature": SignatureArguments,
}


def _period(since: str | None, until: str | None) -> list[str]:
    return [f"{word} {when}" for word, when in (("since", since), ("until", until)) if when]


def _via(providers: Sequence[str]) -> str:
    return f"via {','.join(providers)}" if providers else ""
