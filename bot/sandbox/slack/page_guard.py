"""Who may use the page: this machine's browser, and of its sites only the page itself.

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
    from bot.sandbox.slack.state import State

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


def refuse_strangers(request: web.Request) -> None:
    """A host that is not loopback is a rebound name; an origin that is not ours is another site's page. Raises HTTPForbidden."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="this page is for this machine's browser")


async def read_order(request: web.Request) -> dict[str, Any]:
    """What the page asks to be done. Raises an HTTP error."""
    refuse_strangers(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send JSON")
    try:
        order = json.loads(await request.text())
    except ValueError as error:
        raise web.HTTPBadRequest(text="not JSON") from error
    if not isinstance(order, dict):
        raise web.HTTPBadRequest(text="not an object")
    return order


def person(state: State, name: str) -> User:
    """Who sits at the page. Raises HTTPNotFound for bots, for people who left, and for names that nobody has."""
    try:
        user = state.user(name)
    except KeyError as error:
        raise web.HTTPNotFound(text="no such user") from error
    if user.is_bot or user.deleted:
        raise web.HTTPNotFound(text="no such user")
    return user
