"""The sockets that `serve` listens on, and the limits of their connections, which anybody may open.

A connection has a limit of time for the head of a request and another for its body; there is a limit of connections in all and
of one peer. When one is reached, the connection that has waited longest for its request gives way: an honest request comes whole
within milliseconds, so those who hold connections open push out each other. One that is being answered is never closed.

asyncio's own server is not used: it knows no limit of connections, and when file descriptors run out it tries and logs as many
times a second as its backlog is long, ever more often (`_accept_connection` in `asyncio/selector_events.py`).
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aiohttp.typedefs import Handler, Middleware

BACKLOG = 128
FULL_SECONDS = 0.05  # before the next look, when all connections are in use
EXHAUSTED_SECONDS = 0.1  # before the next try to accept, when file descriptors have run out
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_NO_SUCH_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What connections may take. `per_peer` is below `total`, so that one peer alone cannot shut the others out."""

    total: int = 512
    per_peer: int = 384  # behind a reverse proxy, all connections are that one peer's
    grace_seconds: float = 0.25  # none gives way before: it may have been accepted together with the one that wants its place
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    idle_seconds: float = 75.0  # between two requests; proxies keep connections open for a minute

    def within_file_limit(self) -> ConnectionLimits:
        """Half of the file descriptors that the process may have: the rest is the database's, Slack's and the providers'."""
        half = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
        if half >= self.total or half <= 0:  # not above 0: unlimited
            return self
        return replace(self, total=half, per_peer=min(self.per_peer, max(1, half * 3 // 4)))


@dataclass(slots=True, eq=False)
class Connection:
    """One connection. `request` is the one whose head has come and whose answer has not gone out yet."""

    peer: str
    since: float  # of the latest change between waiting for a head, for a body, and for the next request
    protocol: asyncio.BaseProtocol
    transport: asyncio.Transport | None = None
    request: web.BaseRequest | None = None
    is_used: bool = False

    @property
    def is_closed(self) -> bool:
        """True once its file descriptor is free."""
        return self.transport is not None and self.transport.get_extra_info("socket").fileno() < 0

    @property
    def is_waiting(self) -> bool:
        """True while the peer owes a part of a request, or has not begun one."""
        return self.request is None or not self.request.content.is_eof()

    def is_overdue(self, now: float, limits: ConnectionLimits) -> bool:
        """True if the peer has owed it for too long."""
        if self.request is not None:
            return self.is_waiting and now - self.since > limits.body_seconds
        return now - self.since > (limits.idle_seconds if self.is_used else limits.head_seconds)


class Connections:
    """The open connections, kept within their limits."""

    def __init__(self, limits: ConnectionLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._throttle = Throttle(clock)
        self._open: dict[asyncio.BaseProtocol, Connection] = {}

    def __len__(self) -> int:
        self._forget_closed()
        return len(self._open)

    def has_room(self) -> bool:
        """True if there may be one more connection, after another has given way if need be."""
        return len(self) < self._limits.total or self.drop_longest_waiting()

    def has_room_for(self, peer: str) -> bool:
        """The same for connections of `peer`."""
        of_peer = [one for one in self._open.values() if one.peer == peer]
        return len(of_peer) < self._limits.per_peer or self.drop_longest_waiting(of_peer)

    def drop_longest_waiting(self, among: Iterable[Connection] | None = None) -> bool:
        """Close the connection that has waited longest for its request. False if each has one that is being answered."""
        latest = self._clock() - self._limits.grace_seconds
        waiting = [one for one in among or self._open.values() if one.is_waiting and one.transport and one.since <= latest]
        if not waiting:
            self._report("too many, none to spare")
            return False
        self._drop(min(waiting, key=lambda one: one.since), "too many")
        return True

    def drop_overdue(self) -> None:
        """Close the connections whose peers have owed a request for too long."""
        self._forget_closed()
        now = self._clock()
        for one in list(self._open.values()):
            if one.is_overdue(now, self._limits):
                self._drop(one, "idle" if one.is_used and one.request is None else "too slow")

    async def drop_overdue_now_and_then(self) -> None:
        """Close overdue connections, for ever."""
        while True:
            await asyncio.sleep(min(1.0, self._limits.head_seconds / 2))
            self.drop_overdue()

    async def add(self, accepted: socket.socket, peer: str, protocol: asyncio.BaseProtocol) -> None:
        """Hand an accepted socket to its protocol. Raises OSError."""
        connection = self._open[protocol] = Connection(peer, self._clock(), protocol)
        try:
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, accepted)
        except OSError:
            del self._open[protocol]
            raise
        connection.transport = transport

    @property
    def watch(self) -> Middleware:
        """The middleware that tells which connections have a request."""

        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            connection = self._open.get(request.protocol)
            if connection is None:
                return await handler(request)
            connection.request, connection.since, connection.is_used = request, self._clock(), True
            try:
                return await handler(request)
            finally:
                connection.request, connection.since = None, self._clock()

        return watch

    def _drop(self, connection: Connection, why: str) -> None:
        if connection.transport is not None:
            connection.transport.abort()
            self._open.pop(connection.protocol, None)
        if why != "idle":
            self._report(why)

    def _report(self, why: str) -> None:
        if (suppressed := self._throttle.admit(why)) is not None:
            log.warning("http.connection_closed", reason=why, open=len(self._open), suppressed=suppressed)

    def _forget_closed(self) -> None:
        for protocol in [protocol for protocol, one in self._open.items() if one.is_closed]:
            del self._open[protocol]

    def report_exhausted(self, error: OSError) -> None:
        """Log that no connection can be accepted, at most once a minute."""
        if (suppressed := self._throttle.admit("exhausted")) is not None:
            log.error("http.cannot_accept", reason=error.strerror, open=len(self._open), suppressed=suppressed)


class Listener:
    """Accepts connections on listening sockets until `aclose`, each with a protocol of `make_protocol`."""

    def __init__(
        self, sockets: Sequence[socket.socket], make_protocol: Callable[[], asyncio.BaseProtocol], connections: Connections
    ) -> None:
        self._sockets = sockets
        self._make_protocol = make_protocol
        self._connections = connections
        self._tasks = [asyncio.create_task(self._accept(one), name="accept") for one in sockets]
        self._tasks.append(asyncio.create_task(self._connections.drop_overdue_now_and_then(), name="drop overdue"))

    @property
    def port(self) -> int:
        """The port of the first socket."""
        return int(self._sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        """Accept nothing new. Idempotent; the connections stay open."""
        # asyncio would still accept a connection that has come already, for a task that is cancelled by then, and not close it.
        for one in self._sockets:
            if one.fileno() >= 0:
                asyncio.get_running_loop().remove_reader(one)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in self._sockets:
            one.close()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._connections.has_room():  # noqa: ASYNC110 - a connection that ends tells nobody
                await asyncio.sleep(FULL_SECONDS)  # whoever comes meanwhile waits in the kernel's queue
            try:
                accepted, address = await loop.sock_accept(listening)
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._connections.report_exhausted(error)
                    self._connections.drop_longest_waiting()
                    await asyncio.sleep(EXHAUSTED_SECONDS)
                continue  # the peer has gone already
            try:
                if self._connections.has_room_for(address[0]):
                    await self._connections.add(accepted, address[0], self._make_protocol())
                else:
                    accepted.close()
            except OSError:
                accepted.close()
            except Exception:  # a bug must cost this connection, not all that would come
                log.exception("http.accept_crashed")
                accepted.close()


async def bind(host: str, port: int) -> list[socket.socket]:
    """Listening sockets at all addresses of `host`. Raises OSError, UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    missing: OSError | None = None
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            bound.append(_listening_socket(family, address))
        except OSError as error:
            if error.errno not in _NO_SUCH_FAMILY:
                for one in bound:
                    one.close()
                raise
            missing = error  # a container without IPv6, whose `localhost` is ::1 too
    if not bound:
        raise missing or OSError(errno.EADDRNOTAVAIL, "no address")
    return bound


def _listening_socket(family: int, address: tuple[object, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # IPv4 has a socket of its own
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one
