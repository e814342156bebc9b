"""The person on whose behalf an agent asks, whom Slack names in the signed message: let in, counted and audited as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.grammar import ParseContext
from bot.i18n import ENGLISH
from bot.mcp.http import object_at
from bot.mcp.tools import TOO_MANY, Refusal
from bot.providers.systems import via_words
from bot.slack.access.policy import Denial, DenialReason
from bot.slack.requests.slack_request import SLACKBOT, SlackRequest, Surface

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Target
    from bot.slack.access import Authorizer, Denials
    from bot.slack.locales import LocaleResolver
    from bot.slack.requests.audit import AuditRecorder
    from bot.timing.clock import Clock

_ID = re.compile(r"[A-Z0-9]{2,40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentGate:
    """What decides whether an agent is answered, and knows what the grammar needs of the person behind it."""

    authorizer: Authorizer
    denials: Denials
    recorder: AuditRecorder
    locales: LocaleResolver
    clock: Clock
    region: str
    systems: frozenset[str]

    def caller(self, message: Mapping[str, Any]) -> SlackCaller:
        """Who asks by `message`."""
        return SlackCaller(self, agent_request(message))


def agent_request(message: Mapping[str, Any]) -> SlackRequest:
    """The request of whom `_meta.slack` of a message names; without one it is nobody's, which the policy denies.

    It has no keys: whoever sends a signed message again is answered again, and counted again towards the limit.
    """
    named = object_at(message, "params", "_meta", "slack")
    user, team = (_id_of(named.get(key)) for key in ("user_id", "team_id"))
    return SlackRequest(surface=Surface.AGENT, user=user, teams=(team,) if team else (), is_bot=user == SLACKBOT)


def _id_of(value: object) -> str:
    """One of Slack's ids; empty for anything else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


class SlackCaller:
    """One person, for one message."""

    def __init__(self, gate: AgentGate, request: SlackRequest) -> None:
        self._gate = gate
        self._request = request

    @property
    def name(self) -> str:
        """Who takes turns at an account."""
        return self._request.user

    async def refusal(self) -> Refusal | None:
        """Why this person is turned away, as they would read it; None when they are let in."""
        gate = self._gate
        denial = gate.authorizer.check_rate(self._request) or await gate.authorizer.authorize(self._request)
        if denial is None:
            return None
        said = TOO_MANY.said if denial.reason is DenialReason.TOO_MANY else self._said(denial)
        return Refusal(denial.reason.value, said)

    async def parse_context(self) -> ParseContext:
        """What the grammar must know: "since 09:00" is meant in the person's zone."""
        gate = self._gate
        reader = await gate.locales.resolve(self._request.user)
        return ParseContext(now=gate.clock(), zone=reader.zone, region=gate.region, providers=via_words(gate.systems))

    async def write(self, command: str, outcome: str, targets: Iterable[Target] = (), providers: Iterable[str] = ()) -> None:
        """Write one call into the audit; what cannot be written is logged."""
        recorder = self._gate.recorder
        await recorder.write(recorder.entry(self._request, command, outcome, targets=targets, providers=providers))

    def _said(self, denial: Denial) -> str:
        return " ".join(self._gate.denials.message(denial, ENGLISH).text.split())
