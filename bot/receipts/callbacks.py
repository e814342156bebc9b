"""The addresses that vendors push receipts and replies to: `/callbacks/<name>/<token>`.

    token ─► network ─► rate ─► body (capped) ─► read ─► take_in, one transaction ─► the vendor's own "OK"

A push is acknowledged only when its receipts are committed. Whatever goes wrong before that (a full disk, a database that is
away, too slow) is answered with something else than 200, upon which the vendor pushes again; taking the same push in twice
changes nothing. No vendor signs its pushes: the token in the path is what keeps strangers out, and an allowlist of networks, if
there is one. The address looked at is the peer's; behind a proxy that is the proxy, which then has to filter by itself.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.errors import StoreError
from bot.receipts.ingestion import MalformedPayloadError
from bot.timing.rate_limits import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from bot.receipts.ingestion import Callback, ParsedBatch
    from bot.receipts.model import IngestResult
    from bot.receipts.store import ReceiptStore

MAX_BODY_BYTES = 256 * 1024  # a push of 100 rows is below 64 KiB
BODY_SECONDS = 5.0
PUSHES_PER_SECOND = 200  # over all callbacks; 100 rows each would be more than the store takes in
MAX_UNDER_WAY = 64  # pushes that wait for the store; more would only wait longer than their vendors do

log = structlog.get_logger(__name__)


def make_callback_routes(
    store: ReceiptStore,
    callbacks: Iterable[Callback],
    token: str,
    networks: Sequence[IPv4Network | IPv6Network] = (),
    *,
    timer: Callable[[], float] = time.monotonic,
    pushes_per_second: float = PUSHES_PER_SECOND,
) -> list[web.RouteDef]:
    """A route for each callback, for the application of `serve`. Without a token there must be no routes: do not call this.

    `networks` are those that may push; empty: all.
    """
    door = _Door(token, networks, TokenBucket(pushes_per_second, timer))
    desk = _Desk(store)
    return [web.route("*", f"/callbacks/{one.name}/{{token}}", _handler(one, door, desk)) for one in callbacks]


def _handler(callback: Callback, door: _Door, desk: _Desk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        door.check_token(request)
        try:
            door.check_rest(request)
            if request.method == "GET" and callback.is_probed:
                return web.json_response(callback.answer(0, "OK"))
            taken = await desk.take_in(callback, await _body_of(request))
        except _RefusedError as refused:
            log.warning("callback.refused", callback=callback.name, status=refused.status, reason=refused.reason)
            said = callback.answer(1, refused.reason)
            return web.json_response(said, status=refused.status, headers=refused.headers)
        if taken.unreadable:
            log.warning("callback.unreadable", callback=callback.name, rows=taken.unreadable)
        return web.json_response(callback.answer(0, "OK"))

    return handle


class _RefusedError(Exception):
    """A push is not taken: the HTTP status and a reason that repeats nothing of it."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


class _Door:
    """Who may come in: whoever knows the token, from the networks allowed, not more often than the rate."""

    def __init__(self, token: str, networks: Sequence[IPv4Network | IPv6Network], bucket: TokenBucket) -> None:
        if not token:
            raise ValueError("callbacks need a token")
        self._token = token.encode()
        self._networks = tuple(networks)
        self._bucket = bucket

    def check_token(self, request: web.Request) -> None:
        """Raises HTTPNotFound, which looks like that of any path that does not exist."""
        if not hmac.compare_digest(request.match_info["token"].encode(errors="replace"), self._token):
            raise web.HTTPNotFound

    def check_rest(self, request: web.Request) -> None:
        """Raises _RefusedError. Counts after the token, so that strangers cannot use the vendor's rate up."""
        if self._networks and not self._is_inside(request.remote):
            raise _RefusedError(403, "this address is not in SMSSTATUS_CALLBACK_NETWORKS")
        if not self._bucket.take():
            raise _RefusedError(429, "too many pushes at once", {"Retry-After": "1"})

    def _is_inside(self, remote: str | None) -> bool:
        try:
            address = ip_address((remote or "").partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)


class _Desk:
    """Reads pushes and has them stored within their vendor's time."""

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store
        self._under_way: set[asyncio.Task[IngestResult]] = set()

    async def take_in(self, callback: Callback, body: bytes) -> IngestResult:
        """Returns when it is committed. Raises _RefusedError."""
        try:
            parsed = callback.read(body)
        except MalformedPayloadError as error:
            raise _RefusedError(400, str(error)) from None
        if len(self._under_way) >= MAX_UNDER_WAY:
            raise _RefusedError(503, "too many pushes are waiting for the store")
        task = asyncio.create_task(self._stored(parsed))
        self._under_way.add(task)
        task.add_done_callback(self._settle)
        # A transaction is not cut off half-way when time is up: it may still be committed, and the vendor's second push will
        # then change nothing.
        await asyncio.wait({task}, timeout=callback.seconds)
        if not task.done():
            raise _RefusedError(503, "the store is too slow just now")
        return task.result()

    def _settle(self, task: asyncio.Task[IngestResult]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that one that came too late for its push is not reported as forgotten

    async def _stored(self, parsed: ParsedBatch) -> IngestResult:
        try:
            return await self._store.ingest(None, parsed.receipts, parsed.replies, parsed.unreadable)
        except StoreError as error:
            log.warning("callback.store_away", reason=str(error))
            raise _RefusedError(503, "the store cannot be written just now") from None


async def _body_of(request: web.Request) -> bytes:
    if request.method != "POST":
        raise _RefusedError(405, "POST is expected", {"Allow": "POST"})
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise _RefusedError(413, f"the body is larger than {MAX_BODY_BYTES // 1024} KiB")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise _RefusedError(413, f"the body is larger than {MAX_BODY_BYTES // 1024} KiB")
    except TimeoutError:
        raise _RefusedError(408, f"the body did not come within {BODY_SECONDS:g} seconds") from None
    return bytes(body)
