"""The endpoint of agents in HTTP mode: `/mcp`, where nothing is read that Slack has not signed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.mcp.http import answer_post
from bot.mcp.protocol import INTERNAL_ERROR
from bot.mcp.tools import ReadOnlyTools
from bot.slack.requests.context import RequestOutcome
from bot.slack.requests.slack_request import Surface
from bot.web.request_body import RefusedRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.lookup import LookupService
    from bot.mcp.http import HttpAnswer
    from bot.observability.metrics import Metrics
    from bot.slack.agents.caller import AgentGate
    from bot.slack.transport.signed_body import SignedBodies
    from bot.statistics import StatisticsService


class AgentEndpoint:
    """Answers MCP messages that Slack has signed. Answers 503 until `open`."""

    def __init__(self, bodies: SignedBodies, metrics: Metrics) -> None:
        self._bodies = bodies
        self._metrics = metrics
        self._tools: AgentTools | None = None

    def open(self, tools: AgentTools) -> None:
        """Answer messages from now on."""
        self._tools = tools

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one message. 503 before `open`, 403 to a browser; others as `SignedBodies` refuses them and MCP says."""
        if "Origin" in request.headers:  # Slack's servers send none
            return web.json_response({"error": "browsers are not answered here"}, status=403)
        try:
            body = await self._bodies.read(request)
        except RefusedRequestError as refused:
            return web.json_response({"error": refused.reason}, status=refused.status, headers=refused.headers)
        if self._tools is None:
            return web.json_response({"error": "starting"}, status=503)
        begun, kind, outcome = time.monotonic(), Surface.AGENT.value, RequestOutcome.CRASHED
        self._metrics.observe_begun(kind)
        try:
            told = await answer_post(body, request.headers, self._tools.for_message)
            outcome = _outcome(told)
        finally:
            self._metrics.observe_slack_request(kind, outcome, time.monotonic() - begun)
        return web.Response(status=told.status) if told.body is None else web.json_response(told.body, status=told.status)


def _outcome(told: HttpAnswer) -> RequestOutcome:
    """How a message ended, as for what a person does."""
    body = told.body or {}
    if body.get("error", {}).get("code") == INTERNAL_ERROR:
        return RequestOutcome.CRASHED
    is_refused = "error" in body or body.get("result", {}).get("isError")
    return RequestOutcome.REFUSED if is_refused else RequestOutcome.ANSWERED


class AgentTools:
    """The tools for whoever asks by a message."""

    def __init__(self, lookups: LookupService, statistics: StatisticsService, gate: AgentGate) -> None:
        self._lookups = lookups
        self._statistics = statistics
        self._gate = gate

    def for_message(self, message: Mapping[str, Any]) -> ReadOnlyTools:
        """The tools of the person that `message` names."""
        return ReadOnlyTools(self._lookups, self._statistics, self._gate.caller(message))
