"""`QuerySendStatistics`, 2017-05-25: billing segments by the day of China's time.

https://help.aliyun.com/document_detail/419276.html. Mainland China and abroad are two questions. Today's row grows.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.traffic import HourOfTraffic, hours_of
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.providers.traffic import Traffic

REQUIRED = ("IsGlobe", "StartDate", "EndDate", "PageIndex", "PageSize")
CALLS_PER_SECOND = 20
LARGEST_PAGE = 50
MEMORY = timedelta(days=3 * 365)
DOMESTIC = "1"
CHINA_TIME = timezone(timedelta(hours=8))
_KNOWN = {*REQUIRED, "TemplateType", "SignName"}


def query_send_statistics(params: Mapping[str, str], account: str, traffic: Traffic, now: datetime) -> Mapping[str, Any]:
    """The response body for these parameters, without its RequestId. Raises ApiRefusal."""
    if params["IsGlobe"] not in {"1", "2"} or not set(params) <= _KNOWN:
        raise _illegal("IsGlobe")
    first, last = _day(params["StartDate"], "StartDate"), _day(params["EndDate"], "EndDate")
    today = now.astimezone(CHINA_TIME).date()
    if last < first or last > today or first < today - MEMORY:
        raise _illegal("EndDate")
    page, size = _integer(params, "PageIndex"), _integer(params, "PageSize", most=LARGEST_PAGE)
    system = SandboxSystem.ALIYUN if params["IsGlobe"] == DOMESTIC else SandboxSystem.ALIYUN_INTL
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    rows = [row for day in days if (row := _row(day, system, account, traffic, now))["TotalCount"]]
    return {
        "Code": "OK",
        "Message": "OK",
        "Data": {"TotalSize": len(rows), "TargetList": rows[(page - 1) * size : page * size]},
    }


def _row(day: date, system: SandboxSystem, account: str, traffic: Traffic, now: datetime) -> dict[str, Any]:
    begins = datetime.combine(day, time(), CHINA_TIME)
    hours: list[HourOfTraffic] = [
        traffic(system, account, hour) for hour in hours_of(begins, begins + timedelta(days=1)) if hour <= now
    ]
    return {
        "SendDate": f"{day:%Y%m%d}",
        "TotalCount": sum(hour.accepted for hour in hours),
        "RespondedSuccessCount": sum(hour.delivered for hour in hours),
        "RespondedFailCount": sum(hour.failed for hour in hours),
        "NoRespondedCount": sum(hour.waiting for hour in hours),
    }


def _day(text: str, name: str) -> date:
    if not re.fullmatch(r"\d{8}", text):
        raise _illegal(name)
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=CHINA_TIME).date()
    except ValueError:
        raise _illegal(name) from None


def _integer(params: Mapping[str, str], name: str, most: int | None = None) -> int:
    value = params[name]
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < 1 or (most is not None and int(value) > most):
        raise _illegal(name)
    return int(value)


def _illegal(name: str) -> ApiRefusal:
    return ApiRefusal("isv.INVALID_PARAMETERS", f"参数异常: {name}")


GARBAGE: Mapping[str, Any] = {
    "Code": "OK",
    "Message": "OK",
    "Data": {"TotalSize": "many", "TargetList": [{"SendDate": 0, "TotalCount": []}, "a row that is text", None, {}]},
}
"""An answer of the right outline whose rows have the wrong types."""
