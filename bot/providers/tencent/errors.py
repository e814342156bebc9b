"""The errors of API 3.0, and which of them are transient. The body decides: errors come with HTTP 200 and any content type.

Codes: https://cloud.tencent.com/document/api/382/40518 (this call) and https://cloud.tencent.com/document/api/382/38780 (common).
They are matched whole first, then by the part before the dot, for the vendor adds new ones under known families.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.http import with_clock_skew
from bot.providers.optional_actions import Lack

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

OF_THE_WHOLE_ACCOUNT = frozenset(  # what no action is answered with: not the right to one of them
    {
        "UnauthorizedOperation.RequestIpNotInWhitelist",
        "UnauthorizedOperation.SdkAppIdIsDisabled",
        "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
        "UnauthorizedOperation.ServiceSuspendDueToArrears",
        "UnauthorizedOperation.SerivceSuspendDueToArrears",  # the vendor's older spelling
    }
)


def lack_of(code: str) -> Lack | None:
    """What the account lacks when an action of its own right is answered with `code`; None: nothing that lasts."""
    if code in OF_THE_WHOLE_ACCOUNT:
        return None
    if code == "AuthFailure.UnauthorizedOperation" or _family(code) == "UnauthorizedOperation":
        return Lack.RIGHT
    return Lack.ACTION if _family(code) in {"InvalidAction", "UnsupportedOperation"} else None


def _family(code: str) -> str:
    return code.partition(".")[0]


def is_transient(code: str) -> bool:
    """True if an immediate retry may succeed."""
    return code not in NOT_TRANSIENT and _family(code) in TRANSIENT_FAMILIES


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
