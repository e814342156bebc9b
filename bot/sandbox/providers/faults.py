"""Fault injection for the provider emulators.

stand_in.faults.play(ProviderFaultKind.RESET, times=2)
stand_in.faults.play(ProviderFaultKind.HANG, on="QueryMessage")
stand_in.faults.refuse("isv.BUSINESS_LIMIT_CONTROL", times=1)
stand_in.faults.play(ProviderFaultKind.RATE_LIMITED, on=lambda asked: asked.params["SendDate"] == "20261120")
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.providers.wire import ApiRequest


class ProviderFaultKind(StrEnum):
    """One way in which a response is late, broken or wrong."""

    # On the wire.
    CUT_JSON = "cut_json"  # half of the body, under a Content-Length that fits the half
    WRONG_LENGTH = "wrong_length"  # a Content-Length larger than what is sent, then the connection closes
    HTML_502 = "html_502"  # a gateway's error page
    RESET = "reset"  # the connection is reset before a byte of the answer
    SLOW_DRIP = "slow_drip"  # the body in 40 pieces, spread over `seconds` (20 by default)
    DELAY = "delay"  # nothing for `seconds` (5 by default), then the right answer
    HANG = "hang"  # nothing until `release()`, then the right answer
    HUGE_BODY = "huge_body"  # the right answer, with 3 MiB of padding inside its JSON
    WRONG_CONTENT_TYPE = "wrong_content_type"  # the right answer as text/html
    REDIRECT = "redirect"  # HTTP 302 to another path of the same server
    # In the vendor's own words.
    HTTP_429 = "http_429"  # a rate-limit error as JSON under HTTP 429
    HTTP_500 = "http_500"  # an internal error as JSON under HTTP 500
    RATE_LIMITED = "rate_limited"  # RequestLimitExceeded; Throttling.User with x-acs-retry-after; QPS_LIMIT_CONTROL
    INTERNAL_ERROR = "internal_error"  # the vendor's internal error as its API tells it
    COUNTED_BUT_EMPTY = "counted_but_empty"  # Alibaba: TotalCount 2 and no rows
    REFUSED = "refused"  # any code of the vendor's, in the shape in which it refuses a call; by `Faults.refuse`
    GARBAGE_ROWS = "garbage_rows"  # rows whose fields have the wrong types, and rows that are no objects
    # In time: the provider's clock differs from ours, in the Date header and in what it takes for expired.
    CLOCK_AHEAD = "clock_ahead"  # by 12 minutes
    CLOCK_BEHIND = "clock_behind"  # by 12 minutes


CLOCK_SHIFT = {ProviderFaultKind.CLOCK_AHEAD: timedelta(minutes=12), ProviderFaultKind.CLOCK_BEHIND: timedelta(minutes=-12)}
_SECONDS = {ProviderFaultKind.SLOW_DRIP: 20.0, ProviderFaultKind.DELAY: 5.0}


@dataclass(slots=True)
class PlayedFault:
    """An injected fault, and how many responses it still affects (None: all, until cleared)."""

    fault: ProviderFaultKind
    left: int | None
    on: Callable[[ApiRequest], bool]
    seconds: float
    code: str = ""  # of REFUSED


class ProviderFaults:
    """The injected faults of an emulator. A call is affected by one fault only: the first that applies."""

    def __init__(
        self,
        *,
        unsupported: frozenset[ProviderFaultKind] = frozenset(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._unsupported = unsupported
        self._played: list[PlayedFault] = []
        self._released = asyncio.Event()
        self.sleep = sleep

    def play(
        self,
        fault: ProviderFaultKind,
        *,
        times: int | None = None,
        on: str | Callable[[ApiRequest], bool] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Inject `fault` into the next `times` responses, or into all until cleared; `on` is an action or a predicate of calls.

        Raises ValueError for a fault that this vendor's API cannot have.
        """
        if fault in self._unsupported or fault is ProviderFaultKind.REFUSED:
            raise ValueError(f"{fault} has no meaning for this vendor")
        chosen = seconds if seconds is not None else _SECONDS.get(fault, 0.0)
        self._played.append(PlayedFault(fault, times, _chooser(on), chosen))

    def refuse(self, code: str, *, times: int | None = None, on: str | Callable[[ApiRequest], bool] | None = None) -> None:
        """Respond to the next `times` calls, or to all until cleared, with the vendor's error `code`; `on` as for `play`."""
        self._played.append(PlayedFault(ProviderFaultKind.REFUSED, times, _chooser(on), 0.0, code))

    def clear(self, fault: ProviderFaultKind | None = None) -> None:
        """Remove `fault`, or all faults, and release hanging responses."""
        self._played = [played for played in self._played if fault not in {None, played.fault}]
        self.release()

    @property
    def playing(self) -> tuple[ProviderFaultKind, ...]:
        """The faults that may still affect calls, in order of injection."""
        return tuple(played.fault for played in self._played if played.left != 0)

    def release(self) -> None:
        """Release the responses that hang now. Later ones hang again while the fault is active."""
        self._released.set()
        self._released = asyncio.Event()

    async def released(self) -> None:
        """Wait for the next `release()`."""
        await self._released.wait()

    def take(self, asked: ApiRequest) -> PlayedFault | None:
        """The fault that affects this call, counted off; None when none does."""
        for played in self._played:
            if played.left != 0 and played.on(asked):
                if played.left is not None:
                    played.left -= 1
                return played
        return None


def _chooser(on: str | Callable[[ApiRequest], bool] | None) -> Callable[[ApiRequest], bool]:
    if on is None:
        return lambda _: True
    if isinstance(on, str):
        return lambda asked: asked.action == on
    return on
