"""Socket Mode client. Keeps N connections open; while Slack is reachable, at most 15 s pass without a live one.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode. Slack sends each request over one of an app's connections, any
of them, and closes every connection every few hours. One keeper sees to it that as many as wanted are open:

    dropped, silent        another one is opened at once, while the other connections go on hearing
    told to refresh        the new one is opened before the old one is let go, so nobody's command falls into a gap
    could not be opened    tried again after a pause, with a new address

slack_sdk's own client is not used: it goes on trying an expired address for ever, sets no limit to opening a connection, and
closes the old one before it opens the new one.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.config.proxy import Proxies
from bot.errors import SettingsError, SlackDeliveryError
from bot.i18n import phrase
from bot.slack.messaging import failures
from bot.slack.transport.connection import SocketConnection, open_connection
from bot.slack.transport.connection_errors import APP_TOKEN, SlackEndpoint, explaining_errors
from bot.slack.transport.handshake import OddFrameLog

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import AppSettings
    from bot.slack.transport.bolt import Receive

log = structlog.get_logger(__name__)

SETTLED_SECONDS = 10.0  # a connection that ends earlier counts as one that could not be opened
PATIENT_EVERY = 4  # attempts

OPERATOR_ERRORS = {
    "link_disabled": "Socket Mode is switched off in the app's settings",
    "too_many_websockets": "the app has more than ten connections: run fewer replicas or set SMSSTATUS_SOCKETS lower",
    **dict.fromkeys(sorted(failures.TOKEN_REFUSED), "Slack refuses SLACK_APP_TOKEN"),
    "not_allowed_token_type": "SLACK_APP_TOKEN is no app-level token",
    "missing_scope": "SLACK_APP_TOKEN lacks the scope connections:write",
}
"""The errors that only the operator can mend, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectTimings:
    """How soon a dead connection is noticed, and how soon there is another. In seconds."""

    heartbeat: float = 3.0  # a ping after so long a silence; dead when half as long again brings no pong
    attempt: float = 3.5  # the longest that opening a connection may take, from asking for the address to Slack's hello
    patient_attempt: float = 9.5  # every fourth, and the very first: on a slow line the short ones would all fail
    first_pause: float = 0.25  # after an attempt that failed; each further pause is twice as long
    longest_pause: float = 1.5
    spare_pause: float = 20.0  # the longest while another connection hears
    hopeless_pause: float = 10.0  # the longest while only the operator can help
    linger: float = 10.0  # an old connection is served so long after the new one is open
    drain: float = 2.0  # what has come is acknowledged within, before a connection is closed

    @property
    def max_downtime(self) -> float:
        """Upper bound in seconds on the time without a live connection while Slack is reachable.

        From the death of the only connection, with one attempt lost on the way; or from Slack's return, while the most patient
        attempt hangs; or from the moment when the operator has mended what was wrong.
        """
        again = self.longest_pause + self.attempt
        return max(self.heartbeat * 1.5 + again + again, self.patient_attempt + again, self.hopeless_pause + self.attempt)


class SocketModeClient:
    """Keeps connections open, and hands on what comes over them."""

    def __init__(
        self,
        client: AsyncWebClient,
        receive: Receive,
        general: AppSettings,
        session: aiohttp.ClientSession,
        pace: ReconnectTimings | None = None,
        *,
        proxies: Proxies | None = None,
    ) -> None:
        if general.app_token is None:
            raise SettingsError([phrase("SLACK_APP_TOKEN is missing")])
        self._client = client
        self._receive = receive
        self._token = general.app_token.get_secret_value()
        self._session = session
        self._proxies = proxies or Proxies()
        self._pace = pace or ReconnectTimings()
        self._wanted = general.sockets
        self._links: set[SocketConnection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._odd = OddFrameLog()
        self._failures = 0
        self._trouble: str | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._closing = False
        self._heard_at = time.time()

    async def connect(self) -> None:
        """Open the first connection, and have the others opened.

        Raises SettingsError when Slack refuses; UnavailableError when it may open one later, for which this may be called again.
        """
        with explaining_errors(SlackEndpoint(APP_TOKEN, self._client.base_url, self._proxies)):
            self._take(await self._open(self._pace.patient_attempt))
        self._keeper = asyncio.create_task(self._keep(), name="socket keeper")

    @property
    def live_connections(self) -> int:
        """How many connections are alive: their last ping was answered, which is seconds ago."""
        return sum(link.is_alive for link in self._links)

    @property
    def heard_at(self) -> float:
        """When Slack last said anything, in seconds since 1970; at first, when this began."""
        return max((self._heard_at, *(link.heard_at for link in self._links)))

    def not_ready(self) -> str | None:
        """Readiness error; None while at least one connection is alive (its last ping was answered)."""
        if self.live_connections:
            return None
        said = OPERATOR_ERRORS.get(self._trouble or "")
        return f"no Socket Mode connection: {said} ({self._trouble})" if said else "no Socket Mode connection"

    @property
    def counted(self) -> int | None:
        """How many the whole app had when Slack greeted the newest; None where it did not say."""
        newest = max(self._links, key=lambda link: link.opened, default=None)
        return newest.connections if newest is not None and isinstance(newest.connections, int) else None

    async def close(self) -> None:
        """Acknowledge what has come, and close all connections."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*(link.close(self._pace.drain) for link in self._links))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, seconds: float) -> SocketConnection:
        heartbeat = self._pace.heartbeat
        return await open_connection(
            self._client, self._receive, self._token, self._session, seconds=seconds, heartbeat=heartbeat, odd=self._odd
        )

    async def _keep(self) -> None:
        """Open connections while there are too few."""
        while True:
            self._changed.clear()
            if sum(link.is_usable for link in self._links) >= self._wanted:
                await self._changed.wait()
                continue
            if self._failures:
                await self._rest()
            patient = self._failures % PATIENT_EVERY == PATIENT_EVERY - 1
            try:
                link = await self._open(self._pace.patient_attempt if patient else self._pace.attempt)
            except SlackDeliveryError as refusal:
                self._failures += 1
                self._tell(refusal.reason)
                if failures.classify(refusal.reason) is failures.FailureKind.RATE_LIMITED:
                    await asyncio.sleep(refusal.retry_after or 0.0)
            except Exception:  # an answer that nobody foresaw must not leave the app deaf
                self._failures += 1
                log.exception("slack.socket_attempt_failed")
            else:
                self._tell(None)
                self._take(link)

    async def _rest(self) -> None:
        """Back off before the next attempt; less while no connection is alive."""
        grown: float = self._pace.first_pause * 2 ** min(self._failures - 1, 20)
        if any(link.is_alive for link in self._links):
            with suppress(TimeoutError):  # woken when that changes
                async with asyncio.timeout(min(grown, self._pace.spare_pause)):
                    await self._changed.wait()
        elif self._trouble in OPERATOR_ERRORS:
            await asyncio.sleep(min(grown, self._pace.hopeless_pause))
        else:
            await asyncio.sleep(min(grown, self._pace.longest_pause))

    def _take(self, link: SocketConnection) -> None:
        """Serve a new connection, and close an old one whose disconnect was requested."""
        for old in self._links:
            if not old.is_usable:
                self._start(self._let_go(old), "socket leaves")
        self._links.add(link)
        self._start(self._serve(link), "socket")

    async def _serve(self, link: SocketConnection) -> None:
        try:
            await link.serve(self._asked_to_go)
        finally:
            self._links.discard(link)
            self._heard_at = max(self._heard_at, link.heard_at)
            lived = asyncio.get_running_loop().time() - link.opened
            self._failures = 0 if lived >= SETTLED_SECONDS else self._failures + 1
            self._changed.set()
            if not self._closing:
                log.info("slack.socket_closed", reason=link.reason, left=len(self._links))

    def _asked_to_go(self, link: SocketConnection) -> None:
        log.info("slack.socket_disconnect_requested", reason=link.reason)
        if link.reason in OPERATOR_ERRORS:
            self._tell(link.reason)
        self._changed.set()

    async def _let_go(self, link: SocketConnection) -> None:
        await asyncio.sleep(self._pace.linger)
        await link.close(self._pace.drain)

    def _tell(self, trouble: str | None) -> None:
        """Log state transitions, each once."""
        if trouble == self._trouble:
            return
        if trouble is not None and self._trouble in OPERATOR_ERRORS and trouble not in OPERATOR_ERRORS:
            return  # what only the operator can mend is not to be hidden by what follows from it
        self._trouble = trouble
        if trouble is None:
            log.info("slack.socket_reopened")
        elif trouble in OPERATOR_ERRORS:
            log.error("slack.socket_refused", reason=trouble, action=OPERATOR_ERRORS[trouble])
        else:
            log.warning("slack.socket_down", reason=trouble)

    def _start(self, job: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(job, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
