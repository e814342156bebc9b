"""The Web API over HTTP: reads the call as Slack does, checks its token and scope, runs the method, and wraps the answer.

Source: https://docs.slack.dev/apis/web-api. Errors come with HTTP 200 and `ok: false`; only rate limits and outages show in the
status.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.methods import METHODS, ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.faults import Faults
    from bot.sandbox.slack.methods import Desk, Method

KEPT_CALLS = 1000
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was received. `error` is None when it was answered with `ok: true`."""

    method: str
    arguments: Mapping[str, Any]
    error: str | None


class WebApi:
    """Serves /api/{method}."""

    def __init__(self, desk: Desk, faults: Faults) -> None:
        self._desk = desk
        self._faults = faults
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)

    async def serve(self, request: web.Request) -> web.Response:
        """GET or POST /api/{method}."""
        name = request.match_info["method"]
        arguments: dict[str, Any] = {}
        try:
            arguments |= await _arguments(request)
            fault = self._faults.take(name)
            if fault is not None:
                self.calls.append(Call(name, arguments, fault.error))
                return _reply({"ok": False, "error": fault.error}, fault.status, fault.headers)
            answer = await self._run(name, request, arguments)
        except ApiError as error:
            self.calls.append(Call(name, arguments, error.error))
            return _refusal(error)
        self.calls.append(Call(name, arguments, None))
        scopes = ",".join(sorted(self._desk.state.bot.scopes))
        return _reply({"ok": True, **answer}, headers={"X-OAuth-Scopes": scopes})

    async def _run(self, name: str, request: web.Request, arguments: dict[str, Any]) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", fields={"req_method": name})
        self._check_token(method, request, arguments.pop("token", None))
        for key in method.json_arguments & arguments.keys():
            if isinstance(arguments[key], str):
                arguments[key] = _decode(key, arguments[key])
        return await method.run(self._desk, arguments)

    def _check_token(self, method: Method, request: web.Request, in_body: object) -> None:
        scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
        token = in_header.strip() if scheme.lower() == "bearer" else in_body
        if not isinstance(token, str) or not token:
            raise ApiError("not_authed")
        bot = self._desk.state.bot
        tokens = {"bot": bot.bot_token, "app": bot.app_token}
        kinds = [kind for kind, known in tokens.items() if hmac.compare_digest(known.encode(), token.encode())]
        if not kinds:
            raise ApiError("invalid_auth")
        if kinds != [method.caller]:
            raise ApiError("not_allowed_token_type")
        if method.scope is not None and method.scope not in bot.scopes:
            raise ApiError("missing_scope", fields={"needed": method.scope, "provided": ",".join(sorted(bot.scopes))})


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The query, and a body as JSON or as a form; Slack takes both."""
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
