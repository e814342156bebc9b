"""The Web API over HTTP: parses the call, checks token, scope and rate limit, runs the method, and sends the response.

Source: https://docs.slack.dev/apis/web-api. Errors come with HTTP 200 and `ok: false`; only rate limits and outages show in the
status.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.api import ApiError, need_scope
from bot.sandbox.slack.faults import SILENT
from bot.sandbox.slack.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.faults import MethodRateLimit, SlackFault, SlackFaults
    from bot.sandbox.slack.services import Method, MethodServices

KEPT_CALLS = 1000
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Call:
    """The record of a call. `error` is None for `ok: true`."""

    method: str
    arguments: Mapping[str, Any]
    error: str | None


class WebApi:
    """Serves /api/{method}."""

    def __init__(self, services: MethodServices, faults: SlackFaults, pace: MethodRateLimit) -> None:
        self._services = services
        self._faults = faults
        self._pace = pace
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.revoked: str | None = None  # the error that every call with the bot token gets
        self.closing = asyncio.Event()  # lets the calls go that get no answer

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET or POST /api/{method}."""
        name = request.match_info["method"]
        arguments: dict[str, Any] = {}
        fault = self._faults.take(name)
        try:
            arguments |= await _arguments(request)
            if fault is not None:
                self._faults.tell(name, arguments, fault)
            if fault is not None and not fault.after:
                await self._record(name, arguments, fault.error)
                return await self._fail(request, fault)
            answer = await self._run(name, request, arguments)
        except ApiError as error:
            await self._record(name, arguments, error.error)
            return _refusal(error)
        await self._record(name, arguments, None if fault is None else fault.error)
        if fault is not None:
            return await self._fail(request, fault)
        scopes = ",".join(sorted(self._services.state.bot.scopes))
        return _reply({"ok": True, **answer}, headers={"X-OAuth-Scopes": scopes})

    async def _record(self, name: str, arguments: Mapping[str, Any], error: str | None) -> None:
        self.calls.append(Call(name, arguments, error))
        await self._services.state.notify()  # somebody may wait for this very call

    async def _fail(self, request: web.Request, fault: SlackFault) -> web.Response:
        if fault.unanswered:
            await lose_answer(request, fault, self.closing)
        return _reply({"ok": False, "error": fault.error}, fault.status, fault.headers)

    async def _run(self, name: str, request: web.Request, arguments: dict[str, Any]) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", fields={"req_method": name})
        self._check_token(method, request, arguments.pop("token", None))
        wait = self._pace.retry_after(name, method.tier)
        if wait is not None:
            raise ApiError("ratelimited", retry_after=wait)
        for key in method.json_arguments & arguments.keys():
            if isinstance(arguments[key], str):
                arguments[key] = _decode(key, arguments[key])
        return await method.run(self._services, arguments)

    def _check_token(self, method: Method, request: web.Request, in_body: object) -> None:
        scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
        token = in_header.strip() if scheme.lower() == "bearer" else in_body
        if not isinstance(token, str) or not token:
            raise ApiError("not_authed")
        caller = self._caller(token)
        if caller is None:
            raise ApiError("invalid_auth")
        if caller != method.caller:
            raise ApiError("not_allowed_token_type")
        if caller == "bot" and self.revoked is not None:
            raise ApiError(self.revoked)
        if method.scope is not None:
            need_scope(self._services.state, method.scope)

    def _caller(self, token: str) -> str | None:
        """The kind of token. That of a workflow step in progress is as good as the bot's."""
        bot = self._services.state.bot
        if hmac.compare_digest(bot.app_token.encode(), token.encode()):
            return "app"
        return "bot" if hmac.compare_digest(bot.bot_token.encode(), token.encode()) or self._services.steps.owns(token) else None


async def lose_answer(request: web.Request, fault: SlackFault, closing: asyncio.Event) -> None:
    """Cut the caller's connection; for `SILENT`, keep it open without a response until the caller or the workspace closes it."""
    if fault.error == SILENT:
        await closing.wait()
    if request.transport is not None:
        request.transport.abort()


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of the query, and of a body as JSON or as a form; Slack takes both."""
    arguments: dict[str, Any] = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return arguments
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text())
        except ValueError as error:
            raise ApiError("invalid_json") from error
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        return arguments | body
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return arguments | dict(await request.post())
    raise ApiError("invalid_post_type")


def _decode(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ApiError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from error


def _refusal(error: ApiError) -> web.Response:
    if error.retry_after is not None:
        headers = {"Retry-After": str(error.retry_after)}
        return _reply({"ok": False, "error": error.error}, TOO_MANY_REQUESTS, headers)
    return _reply({"ok": False, "error": error.error, **error.fields})


def _reply(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)
