"""Access to the web page: only from this machine's browser, and actions only from the page itself.

A page of another site must not be able to press buttons here, so every request has to name a loopback host, and one that acts has
to come from this very page, as JSON, which a form of another site cannot send.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.model import User
    from bot.sandbox.slack.state import WorkspaceState

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

PLAIN_HEADERS = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
# The page may load its own script and style and talk to this server; nothing else.
PAGE_HEADERS: Mapping[str, str] = {
    **PLAIN_HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def reject_foreign_requests(request: web.Request) -> None:
    """Raises HTTPForbidden for a host that is not loopback (DNS rebinding) and for another site's origin."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="this page is for this machine's browser")


async def read_action(request: web.Request) -> dict[str, Any]:
    """The JSON object of an action. Raises HTTPForbidden, HTTPUnsupportedMediaType or HTTPBadRequest."""
    reject_foreign_requests(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send JSON")
    try:
        fields = json.loads(await request.text())
    except ValueError as error:
        raise web.HTTPBadRequest(text="not JSON") from error
    if not isinstance(fields, dict):
        raise web.HTTPBadRequest(text="not an object")
    return fields


def person(state: WorkspaceState, name: str) -> User:
    """The user at the page. Raises HTTPNotFound for bots, for deactivated users and for unknown names."""
    try:
        user = state.user(name)
    except KeyError as error:
        raise web.HTTPNotFound(text="no such user") from error
    if user.is_bot or user.deleted:
        raise web.HTTPNotFound(text="no such user")
    return user
