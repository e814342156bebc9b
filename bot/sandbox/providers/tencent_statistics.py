"""`CallbackStatusStatistics` and `SendStatusStatistics`, 2021-01-11: one app's sums over whole hours of China's time.

https://cloud.tencent.com/document/api/382/55966. What the pages leave open is decided strictly: every parameter is required, an
hour of the future is refused.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.traffic import HOUR, HourOfTraffic, hours_of
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.providers.traffic import Traffic

OUTCOMES, SUBMISSIONS = "CallbackStatusStatistics", "SendStatusStatistics"
ACTIONS = (OUTCOMES, SUBMISSIONS)
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


def read_span(params: Mapping[str, Any], action: str, now: datetime) -> tuple[datetime, datetime]:
    """The first hour, and the end of the last. Raises ApiRefusal."""
    begin, end = _hour(params["BeginTime"], "Begin"), _hour(params["EndTime"], "End")
    if end < begin or end > now or (action == OUTCOMES and end - begin > LONGEST):
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must not be before BeginTime, within 32 days.")
    for name in ("Limit", "Offset"):
        if params[name] != 0:
            raise ApiRefusal(f"InvalidParameterValue.{name}VerifyFail", f"{name} is fixed at 0.")
    return begin, end + HOUR


def answer(action: str, app_id: str, span: tuple[datetime, datetime], traffic: Traffic, now: datetime) -> Mapping[str, int]:
    """The sums of a span."""
    hours = [traffic(SandboxSystem.TENCENT, app_id, hour) for hour in hours_of(*span) if hour <= now]
    total = HourOfTraffic(*(sum(getattr(hour, name) for hour in hours) for name in ("delivered", "failed", "waiting", "refused")))
    if action == SUBMISSIONS:
        accepted = total.accepted
        return {"RequestCount": accepted + total.refused, "RequestSuccessCount": accepted, "FeeCount": accepted}
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


def _hour(text: str, end: str) -> datetime:
    refusal = ApiRefusal(f"InvalidParameterValue.{end}TimeVerifyFail", f"{end}Time must be yyyymmddhh.")
    if not re.fullmatch(r"\d{10}", text):
        raise refusal
    try:
        return datetime.strptime(text, "%Y%m%d%H").replace(tzinfo=CHINA_TIME)
    except ValueError:
        raise refusal from None
