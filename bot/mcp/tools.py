"""The four tools: what each asks, and what an agent is given: the sentence that a person reads, and the report as JSON.

The way is a person's: the one grammar, the limit of requests a minute, the masks, and a line in the audit for each call. Nothing
else is written, and nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from pydantic import ValidationError

from bot.codes import resolve
from bot.errors import SmsStatusError, UsageError
from bot.grammar import CheckSignature, Explain, Lookup, Stats, parse
from bot.i18n import ENGLISH, phrase
from bot.mcp.arguments import TOOLS
from bot.mcp.outside import quoted_report, quoted_signature, quoted_statistics
from bot.mcp.protocol import ToolAnswer
from bot.model.statistics import StatisticsQuestion
from bot.presentation.as_json.check import check_to_json
from bot.presentation.as_json.codes import resolution_to_json
from bot.presentation.as_json.report import report_to_json
from bot.presentation.as_json.statistics import statistics_to_json
from bot.presentation.explanation import introduction
from bot.presentation.wording import NO_DAY, plain_text_format
from bot.providers.systems import titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from bot.grammar import Command, ParseContext
    from bot.lookup import LookupService
    from bot.model import Target
    from bot.statistics import StatisticsService

log = structlog.get_logger(__name__)

_MOST_MEANINGS = 3  # in the sentence; the JSON has all


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is not let through: a word for the audit, and a sentence for whoever reads it."""

    reason: str
    said: str


TOO_MANY = Refusal("too many", "Too many calls in a minute. Wait a minute, and look up several targets in one call.")


class Caller(Protocol):
    """On whose behalf an agent asks."""

    @property
    def name(self) -> str:
        """Who takes turns at an account with those who ask too."""

    async def refusal(self) -> Refusal | None:
        """Why this call is not let through; None when it is. Called once for each call."""

    async def parse_context(self) -> ParseContext:
        """What the grammar must know of the moment and of the one who asks."""

    async def write(self, command: str, outcome: str, targets: Iterable[Target] = (), providers: Iterable[str] = ()) -> None:
        """Write one call into the audit; what cannot be written is logged."""


class ReadOnlyTools:
    """The tools over the configured accounts, for one caller."""

    def __init__(self, lookups: LookupService, statistics: StatisticsService, caller: Caller) -> None:
        self._lookups = lookups
        self._statistics = statistics
        self._caller = caller

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """Their definitions, as `tools/list` gives them."""
        hints = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True}
        return [
            {
                "name": name,
                "title": arguments.title_of_tool,
                "description": arguments.about,
                "inputSchema": arguments.model_json_schema(),
                "annotations": {"title": arguments.title_of_tool, **hints, "openWorldHint": name != "explain"},
            }
            for name, arguments in TOOLS.items()
        ]

    def has(self, name: str) -> bool:
        """Whether there is a tool of this name."""
        return name in TOOLS

    async def call(self, name: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Run a tool. Whatever goes wrong is in the answer, in words that an agent can act upon."""
        refusal = await self._caller.refusal()
        if refusal is not None:
            await self._caller.write(name, f"refused: {refusal.reason}")
            return _failed(refusal.said)
        try:
            command = self._read(name, arguments, await self._caller.parse_context())
            return await self._answer(name, command)
        except ValidationError as error:
            problem = _problem(error)
        except UsageError as error:
            problem = error.masked_problem.said_in(ENGLISH)
        except SmsStatusError as error:
            log.warning("mcp.failed", tool=name, error=type(error).__name__)
            problem = str(error)
        await self._caller.write(name, "refused: words")
        return _failed(problem)

    def _read(self, name: str, arguments: Mapping[str, Any], context: ParseContext) -> Command:
        """The command. Raises ValidationError, and UsageError."""
        words = TOOLS[name].model_validate(dict(arguments)).words()
        command = parse(words, context)
        if not isinstance(command, TOOLS[name].reads_as):
            raise UsageError(phrase("These arguments are not read as a {name}", name=name), word="", example=None)
        if isinstance(command, Lookup | Stats) and command.ignored:
            raise UsageError(phrase("Not understood: {words}", words=", ".join(command.ignored)), word="", example=None)
        return command

    async def _answer(self, name: str, command: Command) -> ToolAnswer:
        asker, write = self._caller.name, self._caller.write
        match command:
            case Lookup():
                report = await self._lookups.lookup(command.query, asker=asker)
                data = report_to_json(quoted_report(report), titles=titles(ENGLISH))
                await write(name, "answered", report.query.targets, (part.provider for part in report.coverage))
            case Stats(window, providers):
                counted = await self._statistics.ask(StatisticsQuestion(window, providers), asker=asker)
                data = statistics_to_json(quoted_statistics(counted), titles(ENGLISH))
                await write(name, "answered", (), data["query"]["providers"])
            case CheckSignature(signature):
                checked = await self._lookups.registers.signature(signature, asker=asker)
                data = check_to_json(quoted_signature(checked), titles(ENGLISH))
                await write(name, "answered", (), (one["provider"] for one in data["registers"]))
            case Explain(code):
                resolution = resolve(self._lookups.catalogue, code)
                data = resolution_to_json(resolution)
                lines = introduction(resolution, plain_text_format(None, titles(ENGLISH), now=NO_DAY, language=ENGLISH))
                await write(name, "answered")
                return ToolAnswer(" ".join([*lines, *_meanings(data)]), data)
            case _:
                raise TypeError(f"{name} is read as another command")
        return ToolAnswer(str(data["verdict"]), data)


def _meanings(data: Mapping[str, Any]) -> list[str]:
    """What the first readings or findings of an explanation mean, in sentences."""
    readings = [f"{one['vendor']} {one['code']}: {one['title']}. {one['next_step']}" for one in data["readings"]]
    found = [f"{one['title']['en']}: {one['next_step']['en']}" for one in data["found"]]
    return (readings or found or ["Nothing is known of this code."])[:_MOST_MEANINGS]


def _failed(problem: str) -> ToolAnswer:
    return ToolAnswer(problem, failed=True)


def _problem(error: ValidationError) -> str:
    """What is wrong with the arguments, a clause each; no value is repeated."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(dict.fromkeys(f"{_place(one)}: {one['msg']}" for one in found))


def _place(one: ErrorDetails) -> str:
    """Where the fault is. The name of an argument that is not listed is a text of the caller's, which may hold a number."""
    return "an argument that is not listed" if one["type"] == "extra_forbidden" else ".".join(map(str, one["loc"])) or "arguments"
