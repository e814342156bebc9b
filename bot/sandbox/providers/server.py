"""The base of the provider emulators: an HTTP server on loopback that responds, injects faults and records calls.

A vendor's emulator implements the response (`_respond`), the form of its errors (`_error_response`) and its own form of faults
(`_with_fault`). Everything here is about bytes and connections.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bot.sandbox.providers.faults import CLOCK_SHIFT, ProviderFaultKind, ProviderFaults
from bot.sandbox.providers.sending import send
from bot.sandbox.providers.wire import KEPT_PARAMETERS, ApiAnswer, ApiRefusal, ApiRequest, RecordedCall
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from bot.sandbox.providers.faults import PlayedFault
    from bot.sandbox.providers.messages import MessageSource, SandboxMessage

HOST = "127.0.0.1"


class StandIn(ABC):
    """Emulator of a provider's API.

    `url` is its base URL, `faults` the injected faults, `calls` the recorded calls. `die()` and `revive()` stop and start
    listening, on the same port.
    """

    unsupported: frozenset[ProviderFaultKind] = frozenset()

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource,
        *,
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
    ) -> None:
        self._source = messages
        self._clock = clock
        self._port = port
        self._runner: web.ServerRunner | None = None
        self._called = asyncio.Condition()
        self.faults = ProviderFaults(unsupported=self.unsupported)
        self.calls: list[RecordedCall] = []

    async def __aenter__(self) -> Self:
        await self.revive()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.die()

    @property
    def url(self) -> str:
        """The base URL, with the port it listens on."""
        return f"http://{HOST}:{self._port}"

    @property
    def listening(self) -> bool:
        """Whether it accepts connections."""
        return self._runner is not None

    async def revive(self) -> None:
        """Start listening, on the same port as before. No effect while listening. Raises OSError when the port is taken."""
        if self._runner is not None:
            return
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def die(self) -> None:
        """Stop listening and close open connections. No effect while stopped."""
        self.faults.release()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def wait_for_calls(self, count: int) -> None:
        """Wait until `count` calls have been received in all."""
        async with self._called:
            await self._called.wait_for(lambda: len(self.calls) >= count)

    @property
    def messages(self) -> Sequence[SandboxMessage]:
        """Its messages as of now."""
        return self._source.messages if hasattr(self._source, "messages") else self._source

    @property
    def true_now(self) -> datetime:
        """The time that decides what has been sent and received. An injected clock skew does not change it."""
        return self._clock()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = await _read(request)
        played = self.faults.take(asked)
        fault = played.fault if played else None
        now = self._clock() + (CLOCK_SHIFT.get(fault, timedelta()) if fault else timedelta())
        answer = self._answer(asked, played, now)
        request_id = self._request_id(answer)
        kept = {name: str(value) for name, value in asked.params.items() if name in KEPT_PARAMETERS}
        async with self._called:
            self.calls.append(RecordedCall(asked.action, answer.account, now, answer.outcome, request_id, fault, kept))
            self._called.notify_all()
        return await send(request, answer, played, self.faults, now)

    def _answer(self, asked: ApiRequest, played: PlayedFault | None, now: datetime) -> ApiAnswer:
        try:
            answer = self._respond(asked, now)
        except ApiRefusal as refusal:
            answer = self._error_response(refusal, asked)
        if played is None:
            return answer
        try:
            if played.fault is ProviderFaultKind.REFUSED:
                raise ApiRefusal(played.code, "refused on command")  # noqa: TRY301 - one place gives refusals their shape
            return self._with_fault(answer, asked, played.fault)
        except ApiRefusal as refusal:
            return replace(self._error_response(refusal, asked), account=answer.account)

    @abstractmethod
    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        """The API's response; `now` is its own, possibly skewed clock. Raises ApiRefusal."""

    @abstractmethod
    def _error_response(self, refusal: ApiRefusal, asked: ApiRequest) -> ApiAnswer:
        """An error in the vendor's form."""

    @abstractmethod
    def _with_fault(self, answer: ApiAnswer, asked: ApiRequest, fault: ProviderFaultKind) -> ApiAnswer:
        """The response with the vendor's form of `fault`, or unchanged when the fault is not in the body. Raises ApiRefusal."""

    @abstractmethod
    def _request_id(self, answer: ApiAnswer) -> str:
        """The request id in the response."""


async def _read(request: web.BaseRequest) -> ApiRequest:
    path, _, query = request.raw_path.partition("?")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        lower = name.lower()
        headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
    return ApiRequest(request.method, path, query, headers, await request.read())
