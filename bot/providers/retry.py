"""When a call to a provider is tried again: how often, after how long, and for which faults."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import ProviderError

MAX_RETRY_AFTER_SECONDS = 10.0  # a longer Retry-After ends the call: no lookup waits that long


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The retries of a call: exponential waits in seconds from `first`, with up to `jitter` added, each at most `most`."""

    attempts: int = 5
    transport_attempts: int = 3  # when no answer can be read: a provider that is down must not hold up the others' answers
    first: float = 0.25
    most: float = 2.0
    jitter: float = 0.25


class RetryHook:
    """Stamina's backoff hook for one call: whether to retry, or after how many seconds if the provider said so."""

    def __init__(self, transport_attempts: int) -> None:
        self._transport_attempts = transport_attempts
        self._failed = 0

    def __call__(self, error: Exception) -> bool | float:
        """Whether to try again after `error`; seconds where the provider said how long to wait."""
        self._failed += 1
        if not isinstance(error, ProviderError) or not error.fault.retryable:
            return False
        if error.fault.code.startswith("Transport.") and self._failed >= self._transport_attempts:
            return False
        wait = error.fault.retry_after
        if wait is None or wait < 0:
            return True
        return wait if wait <= MAX_RETRY_AFTER_SECONDS else False
