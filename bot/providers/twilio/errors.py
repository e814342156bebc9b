"""The errors of Twilio's API: {code, message, more_info, status}, with the HTTP status that the body repeats.

https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions, and the codes: https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.field_values import optional, text_of
from bot.providers.transport_faults import FIRST_SERVER_ERROR
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from bot.providers.http import ApiResponse

MAX_CODE = 64  # characters
MAX_WAIT = 5.0  # seconds; an answer is due within eight, so a longer wait is cut to one that leaves time to ask again
NOT_FOUND = "20404"
REQUEST_ID = "twilio-request-id"

_FIRST_ERROR, _TOO_MANY_REQUESTS, _NO_SUCH = 400, 429, 404
# Too many calls at once (https://www.twilio.com/docs/api/errors/20429): not processed, and safe to repeat.
_RETRYABLE = frozenset({"20429", "20500", "20503", "20504"})
_LIMITS_OF_SENDING = frozenset({"14107", "21611", "63017", "63038"})  # of a lookup they can mean only that we asked too often


def raise_for_fault(response: ApiResponse) -> None:
    """Return if the response is none of an error. Raises ProviderError with the provider's code.

    An error without a code is told by its HTTP status, as Twilio's own codes of such are: 404 as 20404.
    """
    if response.status < _FIRST_ERROR:
        return
    code = optional(text_of, response.body.get("code")) or f"20{response.status}"
    is_transient = response.status == _TOO_MANY_REQUESTS or response.status >= FIRST_SERVER_ERROR
    is_retryable = is_transient or code in _RETRYABLE | _LIMITS_OF_SENDING
    raise ProviderError(
        ProviderFault(
            code=truncate(single_line(code), MAX_CODE),
            message=optional(text_of, response.body.get("message")) or "",
            request_id=truncate(single_line(response.headers.get(REQUEST_ID, "")), MAX_CODE) or None,
            retryable=is_retryable,
            retry_after=_wait(response) if is_retryable else None,
        )
    )


def is_not_found(response: ApiResponse) -> bool:
    """Whether it says that there is no such message."""
    return response.status == _NO_SUCH and optional(text_of, response.body.get("code")) in {None, NOT_FOUND}


def _wait(response: ApiResponse) -> float | None:
    """The seconds to wait that the response names, if it does."""
    header = response.headers.get("retry-after", "")
    return min(float(header), MAX_WAIT) if header.isascii() and header.isdigit() else None
