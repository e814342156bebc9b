"""The HTTP routes of the vendors' callbacks: `POST /callbacks/<name>/<token>`, for receipts and replies.

    token ─► network ─► rate limit ─► body (capped, unpacked within the cap) ─► signature, if the vendor signs ─► parse
          ─► ingest, one transaction ─► the vendor's own "OK"

A push is acknowledged only when its receipts are committed. On any failure before that (a full disk, a database that is
unavailable or too slow) the response is not 200, upon which the vendor retries; ingestion is idempotent. The token in the path
authenticates a push, an allowlist of networks, if there is one, and the signature of a vendor that signs: what cannot be checked
is refused. The address checked is the peer's; behind a proxy that is the proxy, which then has to filter by itself.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.errors import StoreError
from bot.receipts.ingestion import MalformedPayloadError
from bot.timing.rate_limits import Throttle, TokenBucket
from bot.web.request_body import BodyReader, RefusedRequestError, content_coding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from bot.receipts.ingestion import Callback, ParsedBatch
    from bot.receipts.model import IngestResult
    from bot.receipts.store import ReceiptStore

MAX_BODY_BYTES = 256 * 1024  # a push of 100 rows is below 64 KiB
PUSHES_PER_SECOND = 200  # over all callbacks; 100 rows each would be more than the store can write
MAX_PENDING = 64  # pushes that wait for the store; more would only wait longer than their vendors do

NO_KEY = "{setting} is not set: without it no push can be checked"
NO_ADDRESS = "SMSSTATUS_PUBLIC_URL is not set: the signature covers the address that was pushed to"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What the signatures of pushes are checked with: the app's public address, and the accounts' keys by the callback's name."""

    public_url: str = ""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)


def make_callback_routes(
    store: ReceiptStore,
    callbacks: Iterable[Callback],
    token: str,
    networks: Sequence[IPv4Network | IPv6Network] = (),
    *,
    signing: SigningKeys = SigningKeys(),
    timer: Callable[[], float] = time.monotonic,
    pushes_per_second: float = PUSHES_PER_SECOND,
) -> list[web.RouteDef]:
    """A route for each callback. `networks` are those that may push; empty: all. Raises ValueError for an empty token."""
    guard = _PushGuard(token, networks, TokenBucket(pushes_per_second, timer), signing)
    throttle = Throttle(timer)
    writer, bodies = _PushWriter(store, throttle), BodyReader(MAX_BODY_BYTES)
    return [
        web.route("*", f"/callbacks/{callback.name}/{{token}}", _handler(callback, guard, bodies, writer, throttle))
        for callback in callbacks
    ]


def _handler(
    callback: Callback, guard: _PushGuard, bodies: BodyReader, writer: _PushWriter, throttle: Throttle
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        guard.check_token(request)
        try:
            guard.check_limits(request)
            if request.method == "GET" and callback.is_probed:
                return web.json_response(callback.answer(0, "OK"))
            body = await _body_of(request, bodies)
            guard.check_signature(callback, request, body)
            await writer.ingest(callback, body)
        except RefusedRequestError as rejected:
            if (suppressed := throttle.admit(f"{callback.name} {rejected.status}")) is not None:
                why = {"status": rejected.status, "reason": rejected.reason, "suppressed": suppressed}
                log.warning("callback.rejected", callback=callback.name, **why)
            said = callback.answer(1, rejected.reason)
            return web.json_response(said, status=rejected.status, headers=rejected.headers)
        return web.json_response(callback.answer(0, "OK"))

    return handle


class _PushGuard:
    """Checks the token, the network, the rate limit and the signature of a push."""

    def __init__(
        self, token: str, networks: Sequence[IPv4Network | IPv6Network], bucket: TokenBucket, signing: SigningKeys
    ) -> None:
        if not token:
            raise ValueError("callbacks need a token")
        self._token = token.encode()
        self._networks = tuple(networks)
        self._bucket = bucket
        self._signing = signing

    def check_token(self, request: web.Request) -> None:
        """Raises HTTPNotFound for a wrong token, as for any path that does not exist."""
        if not hmac.compare_digest(request.match_info["token"].encode(errors="replace"), self._token):
            raise web.HTTPNotFound

    def check_limits(self, request: web.Request) -> None:
        """Raises RefusedRequestError. The rate is counted after the token, so that strangers cannot use the vendor's up."""
        if self._networks and not self._is_allowed(request.remote):
            raise RefusedRequestError(403, "this address is not in SMSSTATUS_CALLBACK_NETWORKS")
        if not self._bucket.take():
            raise RefusedRequestError(429, "too many pushes at once", {"Retry-After": "1"})

    def check_signature(self, callback: Callback, request: web.Request, body: bytes) -> None:
        """Raises RefusedRequestError unless the vendor signs nothing, or with the key of an account of ours."""
        signature = callback.signature
        if signature is None:
            return
        keys = self._signing.keys.get(callback.name, ())
        if not keys:
            raise RefusedRequestError(403, NO_KEY.format(setting=signature.setting))
        if not self._signing.public_url:
            raise RefusedRequestError(403, NO_ADDRESS)
        address = self._signing.public_url.rstrip("/") + request.rel_url.raw_path_qs
        given = request.headers.get(signature.header, "")
        if not any(signature.is_right(key, address, body, given) for key in keys):
            raise RefusedRequestError(403, f"{signature.header} is not the signature of this push to {_shown(address, request)}")

    def _is_allowed(self, remote: str | None) -> bool:
        try:
            address = ip_address((remote or "").partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)


class _PushWriter:
    """Parses pushes and stores them within their vendor's time limit."""

    def __init__(self, store: ReceiptStore, throttle: Throttle) -> None:
        self._store = store
        self._throttle = throttle
        self._pending: set[asyncio.Task[IngestResult]] = set()

    async def ingest(self, callback: Callback, body: bytes) -> None:
        """Parse and store a push; returns once it is committed. Raises RefusedRequestError."""
        due = asyncio.get_running_loop().time() + callback.seconds
        try:
            parsed = callback.read(body)
        except MalformedPayloadError as error:
            raise RefusedRequestError(400, str(error)) from None
        if len(self._pending) >= MAX_PENDING:
            raise RefusedRequestError(503, "too many pushes are waiting for the store")
        task = asyncio.create_task(self._store_batch(parsed))
        self._pending.add(task)
        task.add_done_callback(self._forget)
        # A transaction is not cancelled when time is up: it may still be committed, and the vendor's retry then changes nothing.
        await asyncio.wait({task}, timeout=max(0.0, due - asyncio.get_running_loop().time()))
        if not task.done():
            raise RefusedRequestError(503, "the store is too slow just now")
        if task.result().unreadable:
            log.warning("callback.unreadable", callback=callback.name, rows=parsed.unreadable_rows)

    def _forget(self, task: asyncio.Task[IngestResult]) -> None:
        self._pending.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not report one that came too late for its push

    async def _store_batch(self, parsed: ParsedBatch) -> IngestResult:
        try:
            return await self._store.ingest(None, parsed.receipts, parsed.replies, parsed.unreadable)
        except StoreError as error:
            if (suppressed := self._throttle.admit("store")) is not None:
                log.warning("callback.store_unavailable", reason=str(error), suppressed=suppressed)
            raise RefusedRequestError(503, "the store cannot be written just now") from None


def _shown(address: str, request: web.Request) -> str:
    """The address without the token, for the log: most often it is the public address that is wrong."""
    return address.partition("/callbacks/")[0] + f"/callbacks/…{'?…' if request.query_string else ''}"


async def _body_of(request: web.Request, bodies: BodyReader) -> bytes:
    if request.method != "POST":
        raise RefusedRequestError(405, "POST is expected", {"Allow": "POST"})
    return bodies.unpack(await bodies.read(request), content_coding(request))
