"""The errors of Alibaba Cloud's APIs. Both layers that can reject a call report it in the body, whatever the HTTP status.

    gateway    {Code, Message, RequestId, HostId, Recommend}, with HTTP 4xx or 5xx
    business   {Code, Message, RequestId}, mostly with HTTP 200;
               of the international product {ResponseCode, ResponseDescription, RequestId}

The codes: https://help.aliyun.com/document_detail/101346.html and, of the gateway, https://help.aliyun.com/document_detail/48054.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.field_values import optional, text_of
from bot.providers.http import with_clock_skew
from bot.providers.optional_actions import Lack
from bot.sanitize import sanitize_provider_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.providers.base import ResultCollector
    from bot.providers.http import ApiResponse

OK = "OK"
MAX_CODE = 64  # characters; the longest that is published has 45
MAX_WAIT = 5.0  # seconds; an answer is due within eight, so a longer wait is cut to one that leaves time to ask again

_RETRYABLE = frozenset({"SYSTEM_ERROR", "GATEWAY_ERROR", "DAY_LIMIT_CONTROL", "MONTH_LIMIT_CONTROL", "SignatureNonceUsed"})
# The limits of sending (BUSINESS_LIMIT_CONTROL and the like) in the response of a lookup mean that we queried too often.
_RETRYABLE_FAMILIES = ("Throttling", "ServiceUnavailable", "InternalError", "QPS_LIMIT", "BUSINESS_LIMIT")
_CLOCK_FAMILIES = ("invalidtimestamp", "illegaltimestamp")  # InvalidTimeStamp.Expired and its older spellings
_NO_RIGHT = ("NoPermission", "Forbidden.RAM", "RAM_PERMISSION_DENY", "ImplicitDeny")
_NO_ACTION = ("InvalidAction", "InvalidApi", "UnsupportedOperation", "PRODUCT_UN_SUBSCRIPT", "PRODUCT_UNSUBSCRIBE")


def lack_of(code: str) -> Lack | None:
    """What the account lacks when an action of its own right is answered with `code`; None: nothing that lasts."""
    bare = without_code_prefix(code)
    if bare == "Forbidden" or bare.startswith(_NO_RIGHT):
        return Lack.RIGHT
    return Lack.ACTION if bare.startswith(_NO_ACTION) else None


def without_code_prefix(code: str) -> str:
    """`code` without the namespace `isv.` or `isp.`, which the older international pages write and the current ones do not."""
    return code.removeprefix("isv.").removeprefix("isp.")


def raise_for_fault(response: ApiResponse, collector: ResultCollector, *, has_rows: Callable[[], bool] = lambda: False) -> None:
    """Return if the response is OK, or `has_rows()` and no code that is readable; clock skew is noted in `collector`.

    Raises ProviderError with the provider's code; KeyError if there is no code.
    """
    code = next((text for text in _texts(response, "ResponseCode", "Code", "code") if any(map(str.isalpha, text))), None)
    if code == OK or (code is None and has_rows()):
        return
    if code is None:
        raise KeyError("Code")
    is_retryable = without_code_prefix(code) in _RETRYABLE or without_code_prefix(code).startswith(_RETRYABLE_FAMILIES)
    fault = ProviderFault(
        code=truncate(single_line(code), MAX_CODE),
        # `Message` of the international product is the SMS itself: it counts as words only where there is no ResponseCode.
        message=sanitize_provider_text(
            next(_texts(response, "ResponseDescription" if "ResponseCode" in response.body else "Message", "message"), "")
        ),
        request_id=truncate(single_line(next(_texts(response, "RequestId", "requestId"), "")), MAX_CODE) or None,
        retryable=is_retryable,
        retry_after=_wait(response) if is_retryable else None,
    )
    if code.lower().startswith(_CLOCK_FAMILIES):
        fault = with_clock_skew(fault, response)
        collector.note_clock(fault.skew)
    raise ProviderError(fault)


def _texts(response: ApiResponse, *names: str) -> Iterator[str]:
    """The texts of those of these fields that are readable."""
    return (text for name in names if (text := optional(text_of, response.body.get(name))))


def _wait(response: ApiResponse) -> float | None:
    """Seconds to wait. The header is in milliseconds: the official SDK sleeps it as such (tea-openapi, darabonba)."""
    header = response.headers.get("x-acs-retry-after", "")
    return min(int(header) / 1000, MAX_WAIT) if header.isascii() and header.isdigit() else None
