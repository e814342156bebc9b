"""The errors of API 3.0, and which of them are transient. The body decides: errors come with HTTP 200 and any content type.

Codes: https://cloud.tencent.com/document/api/382/40518 (this call) and https://cloud.tencent.com/document/api/382/38780 (common).
They are matched whole first, then by the part before the dot, for the vendor adds new ones under known families.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.http import with_clock_skew

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.http import ApiResponse

TRANSIENT_FAMILIES = frozenset(
    {
        "RequestLimitExceeded",  # too many calls in this second
        "LimitExceeded",  # a limit of sending by its name; in the response of a lookup it means too many queries
        "InternalError",
        "ServiceUnavailable",
        "ResourceUnavailable",
        "ResourceInUse",
        "ResourceInsufficient",
    }
)
NOT_TRANSIENT = frozenset(
    {
        "LimitExceeded.AppCountryOrRegionInBlacklist",  # the two that limit no rate
        "LimitExceeded.PhoneNumberCountLimit",
        "InternalError.JsonParseFail",  # our body was not understood
        "InternalError.RequestTimeException",  # our clock is more than ten minutes off
        "InternalError.RestApiInterfaceNotExist",
        "InternalError.SigFieldMissing",
        "InternalError.SigVerificationFail",
    }
)
BLAME_THE_CLOCK = frozenset(
    {
        "AuthFailure.SignatureExpire",  # more than five minutes off
        "InternalError.RequestTimeException",
        "InvalidParameterValue.BeginTimeVerifyFail",  # "at most seven days back" by the provider's clock
        "InvalidParameterValue.EndTimeVerifyFail",
        "InvalidParameterValue.InvalidStartTime",
    }
)


def is_transient(code: str) -> bool:
    """True if an immediate retry may succeed."""
    return code not in NOT_TRANSIENT and code.partition(".")[0] in TRANSIENT_FAMILIES


def read_response(response: ApiResponse) -> Mapping[str, Any]:
    """The `Response` object. Raises ProviderError for an error; KeyError, TypeError or AttributeError for another shape."""
    answer: Mapping[str, Any] = response.body["Response"]
    error = answer.get("Error")
    if error is None:
        return answer
    code = str(error["Code"])
    request_id = answer.get("RequestId")
    fault = ProviderFault(
        code,
        str(error.get("Message") or ""),
        request_id=request_id if isinstance(request_id, str) else None,
        retryable=is_transient(code),
    )
    raise ProviderError(with_clock_skew(fault, response) if code in BLAME_THE_CLOCK else fault)
