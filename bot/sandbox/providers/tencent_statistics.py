"""`CallbackStatusStatistics` and `SendStatusStatistics`, 2021-01-11: one app's sums over whole hours of China's time.

https://cloud.tencent.com/document/api/382/55966. What the pages leave open is decided strictly: every parameter is required, an
hour of the future is refused.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.tencent_action import TencentAction
from bot.sandbox.providers.traffic import HOUR, HourOfTraffic, hours_of
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.providers.tencent_action import Params, Response, TencentData

CALLS_PER_SECOND = 10
LONGEST = timedelta(days=32)
CHINA_TIME = timezone(timedelta(hours=8))
PARAMETERS: Mapping[str, tuple[type, bool]] = {
    "BeginTime": (str, True),
    "EndTime": (str, True),
    "SmsSdkAppId": (str, True),
    "Limit": (int, True),
    "Offset": (int, True),
}


def _check(params: Params, now: datetime) -> None:
    begin, end = _hour(params["BeginTime"], "Begin"), _hour(params["EndTime"], "End")
    if end < begin or end > now:
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must not be before BeginTime, nor after now.")
    for name in ("Limit", "Offset"):
        if params[name] != 0:
            raise ApiRefusal(f"InvalidParameterValue.{name}VerifyFail", f"{name} is fixed at 0.")


def _check_outcomes(params: Params, now: datetime) -> None:
    _check(params, now)
    if _hour(params["EndTime"], "End") - _hour(params["BeginTime"], "Begin") > LONGEST:
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must be within 32 days of BeginTime.")


def _submissions(data: TencentData, params: Params, now: datetime) -> Response:
    total = _total(data, params, now)
    return {
        "RequestCount": total.accepted + total.refused,
        "RequestSuccessCount": total.accepted,
        "FeeCount": total.accepted,
    }


def _outcomes(data: TencentData, params: Params, now: datetime) -> Response:
    total = _total(data, params, now)
    return {
        "RequestSuccessCount": total.accepted,
        "CallbackCount": total.delivered + total.failed,
        "CallbackSuccessCount": total.delivered,
        "CallbackFailCount": total.failed,
        "InternalErrorCount": 0,
        "InvalidNumberCount": total.failed // 5,
        "ShutdownErrorCount": total.failed - total.failed // 5,
        "BlackListCount": 0,
        "FrequencyLimitCount": 0,
    }


def _total(data: TencentData, params: Params, now: datetime) -> HourOfTraffic:
    """The sums of the hours that are named, the last one included."""
    span = _hour(params["BeginTime"], "Begin"), _hour(params["EndTime"], "End") + HOUR
    hours = [data.traffic(SandboxSystem.TENCENT, data.app_id, hour) for hour in hours_of(*span) if hour <= now]
    return HourOfTraffic(*(sum(getattr(hour, name) for hour in hours) for name in ("delivered", "failed", "waiting", "refused")))


def _hour(text: str, end: str) -> datetime:
    refusal = ApiRefusal(f"InvalidParameterValue.{end}TimeVerifyFail", f"{end}Time must be yyyymmddhh.")
    if not re.fullmatch(r"\d{10}", text):
        raise refusal
    try:
        return datetime.strptime(text, "%Y%m%d%H").replace(tzinfo=CHINA_TIME)
    except ValueError:
        raise refusal from None


def _action(
    name: str, check: Callable[[Params, datetime], None], answer: Callable[[TencentData, Params, datetime], Response]
) -> TencentAction:
    return TencentAction(
        name,
        calls_per_second=CALLS_PER_SECOND,
        parameters=PARAMETERS,
        check=check,
        answer=lambda data, params, now: {name: answer(data, params, now)},
        garbage={name: ["several"]},
    )


OUTCOMES = _action("CallbackStatusStatistics", _check_outcomes, _outcomes)
SUBMISSIONS = _action("SendStatusStatistics", _check, _submissions)
