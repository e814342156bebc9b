"""Classifies Slack failures: retryable, rate limited, unconfirmed, blocks rejected, permanent. Pure.

A failure is named by the `reason` of a `SlackDeliveryError`: Slack's own error name where there is one, or one of ours below.
What may be done after it is its `FailureKind`. chat.postMessage has no key that would make it safe to send twice, so all turns
on one question: can Slack have acted on the call? ARCHITECTURE.md, "When Slack misbehaves", lists every case.

Slack's names are explained at https://docs.slack.dev/reference/methods/chat.postMessage#errors.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import SlackDeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

UNREACHABLE = "unreachable"  # no connection came about, so nothing was sent
ANSWER_LOST = "answer_lost"  # sent, and no word on whether it was taken
CHANNEL_BUSY = "channel_busy"  # too much is waiting for this channel already
NO_ADDRESS = "no_address"  # Slack's answer held no address, for a WebSocket or an upload
ADDRESS_REFUSED = "address_refused"  # Slack did not take the WebSocket address that it had given
NO_HELLO = "no_hello"  # the WebSocket was open, and Slack did not greet
CLOSED_EARLY = "closed_early"  # the WebSocket was closed before Slack greeted
STOPPING = "stopping"  # the app is shutting down
NOBODY_NAMED = "nobody_named"  # the payload shows no way to whoever made the request


class RedirectedError(aiohttp.ClientError):
    """An answer sends us elsewhere, which Slack's never do. `to` is the host, or a path at the same one."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


SLACK_EXCEPTIONS = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""Everything that talking to Slack can raise."""

MOST_ATTEMPTS = 3
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class FailureKind(Enum):
    """What may be done after a failure."""

    RATE_LIMITED = auto()  # not taken: Slack says when to come back
    RETRYABLE = auto()  # not taken, but it may be in a moment
    UNCONFIRMED = auto()  # perhaps taken: only what is harmless twice may be sent again
    BLOCKS_REJECTED = auto()  # the blocks were refused: the text alone may pass
    PERMANENT = auto()  # refused, however often it is sent


FAILURE_KINDS: Mapping[str, FailureKind] = {
    "ratelimited": FailureKind.RATE_LIMITED,
    "rate_limited": FailureKind.RATE_LIMITED,
    UNREACHABLE: FailureKind.RETRYABLE,
    ADDRESS_REFUSED: FailureKind.RETRYABLE,
    NO_HELLO: FailureKind.RETRYABLE,
    CLOSED_EARLY: FailureKind.RETRYABLE,
    "service_unavailable": FailureKind.RETRYABLE,
    "request_timeout": FailureKind.RETRYABLE,  # "the POST data was either missing or truncated"
    ANSWER_LOST: FailureKind.UNCONFIRMED,
    "invalid_blocks": FailureKind.BLOCKS_REJECTED,
    "invalid_blocks_format": FailureKind.BLOCKS_REJECTED,
    "invalid_attachments": FailureKind.BLOCKS_REJECTED,
    "msg_blocks_too_long": FailureKind.BLOCKS_REJECTED,
}

# "It's possible some aspect of the operation succeeded before the error was raised."
_HALF_DONE = frozenset({"internal_error", "fatal_error"})

_NAME = re.compile(r"[a-z][a-z_]{2,60}")

TOKEN_REFUSED = frozenset({"token_revoked", "invalid_auth", "account_inactive", "not_authed", "token_expired", "app_uninstalled"})
"""Slack does not take our token any more: nobody but the operator can help."""


def classify(reason: str) -> FailureKind:
    """The kind of a failure by its reason. An unknown reason is permanent: nothing says that a retry would help."""
    return FAILURE_KINDS.get(reason, FailureKind.PERMANENT)


def retry_delay(refusal: SlackDeliveryError, attempt: int, *, idempotent: bool) -> float | None:
    """Seconds until the same call may be sent again after its `attempt`-th failure (from 1), or None: not again."""
    match classify(refusal.reason):
        case FailureKind.RATE_LIMITED:
            return max(1.0, refusal.retry_after or 0.0)
        case FailureKind.RETRYABLE if attempt < MOST_ATTEMPTS:
            return float(attempt)
        case FailureKind.UNCONFIRMED if idempotent and attempt < MOST_ATTEMPTS:
            return float(attempt)
        case _:
            return None


def from_exception(error: BaseException) -> SlackDeliveryError:
    """The SlackDeliveryError of an exception, which is one of SLACK_EXCEPTIONS."""
    if isinstance(error, SlackApiError):
        return _refusal_in(error.response)
    # aiohttp.ClientConnectorError: refused, unknown host, TLS; ConnectionTimeoutError: no connection in time;
    # ClientHttpProxyError: the proxy did not let the connection pass; RedirectedError: whoever said it is not Slack.
    before = aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL | aiohttp.ClientHttpProxyError
    before_sending = isinstance(error, before | RedirectedError)
    return SlackDeliveryError(UNREACHABLE if before_sending else ANSWER_LOST)


def _refusal_in(response: Any) -> SlackDeliveryError:
    """What an answer with `ok: false` says. slack_sdk hands over aiohttp's own response when it could not read the body."""
    data = getattr(response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    if status == _TOO_MANY_REQUESTS:
        return SlackDeliveryError(str(name or "ratelimited"), retry_after=parse_retry_after(response.headers.get("Retry-After")))
    if not isinstance(name, str) or not name:
        unclear = status < 400 or status >= _SERVER_ERROR  # noqa: PLR2004 - a 4xx is a refusal, whoever on the way said it
        return SlackDeliveryError(ANSWER_LOST if unclear else f"HTTP {status}")
    return SlackDeliveryError(ANSWER_LOST if name in _HALF_DONE else name)


def from_response_url(status: int, body: str) -> SlackDeliveryError:
    """What a `response_url` says with any status but 200. Its words for an address that is used up are not published."""
    word = body.strip()
    named = _NAME.fullmatch(word) is not None and word not in _HALF_DONE
    if status == _TOO_MANY_REQUESTS:
        return SlackDeliveryError("ratelimited")
    return SlackDeliveryError(word if named else f"HTTP {status}")


def parse_retry_after(retry_after: object) -> float | None:
    """The header Retry-After, which Slack gives in whole seconds."""
    text = str(retry_after or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None  # noqa: PLR2004 - eleven days
