"""`DescribeSmsSignList` and `DescribeSmsTemplateList`, 2021-01-11: pages of an account's signatures and templates.

https://cloud.tencent.com/document/api/382/55969 and /52067, with the fields of `tencentcloud-sdk-python-sms`. Neither counts
its rows. The fields about qualifications are there too, made up: a client must not show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.tencent_action import TencentAction
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.sandbox.providers.registers import SandboxSignature, SandboxTemplate
    from bot.sandbox.providers.tencent_action import Params, Response, TencentData

IDS = {"DescribeSmsSignList": "SignIdSet", "DescribeSmsTemplateList": "TemplateIdSet"}
MOST = 100  # ids, and rows of a page
CALLS_PER_SECOND = 20
FOR_BOTH = 3
COMPANY = "示例科技有限公司"
"""The name of a qualification."""


def _check(params: Params, _now: datetime) -> None:
    if params["International"] not in {0, 1}:
        raise ApiRefusal("InvalidParameter", "International must be 0 or 1.")
    if not 0 <= params.get("Limit", 0) <= MOST:
        raise ApiRefusal("InvalidParameterValue.LimitVerifyFail", f"Limit must be at most {MOST}.")
    if params.get("Offset", 0) < 0:
        raise ApiRefusal("InvalidParameterValue.OffsetVerifyFail", "Offset must not be negative.")
    for name in IDS.values():
        ids = params.get(name, [])
        if len(ids) > MOST or not all(type(one) is int for one in ids):
            raise ApiRefusal("InvalidParameter", f"{name} takes at most {MOST} integers.")


def _signatures(data: TencentData, params: Params, _now: datetime) -> Response:
    own = [(index, one) for index, one in enumerate(data.registers.signatures) if one.system is SandboxSystem.TENCENT]
    rows = [
        {
            **_reviewed(one),
            "SignId": 4_000_000 + index,
            "SignName": one.name,
            "QualificationId": 7001,
            "QualificationName": COMPANY,
            "QualificationStatusCode": 1,
        }
        for index, one in own
    ]
    return {"DescribeSignListStatusSet": _page(rows, params, "SignId", default_limit=10)}


def _templates(data: TencentData, params: Params, _now: datetime) -> Response:
    text = "您的验证码是{1}，5分钟内有效。"
    rows = [
        {**_reviewed(one), "TemplateId": int(one.code), "TemplateName": one.name, "TemplateContent": text}
        for one in data.registers.templates
        if one.system is SandboxSystem.TENCENT
    ]
    return {"DescribeTemplateStatusSet": _page(rows, params, "TemplateId", default_limit=0)}  # the default as the page has it


def _reviewed(one: SandboxSignature | SandboxTemplate) -> dict[str, Any]:
    return {
        "International": one.international,
        "StatusCode": one.status,
        "ReviewReply": one.refusal,
        "CreateTime": int(one.reviewed_at.timestamp()) if one.reviewed_at else 0,
    }


def _page(rows: Sequence[dict[str, Any]], params: Params, key: str, *, default_limit: int) -> list[dict[str, Any]]:
    """The rows of the ids that are asked for, or else a page of all."""
    found = [row for row in rows if row["International"] in {params["International"], FOR_BOTH}]
    if ids := params.get(f"{key}Set"):
        return [row for row in found if row[key] in ids]
    offset = params.get("Offset", 0)
    return found[offset : offset + params.get("Limit", default_limit)]


def _action(name: str, rows: str, answer: Callable[[TencentData, Params, datetime], Response]) -> TencentAction:
    return TencentAction(
        name,
        calls_per_second=CALLS_PER_SECOND,
        parameters={"International": (int, True), IDS[name]: (list, False), "Limit": (int, False), "Offset": (int, False)},
        check=_check,
        answer=answer,
        garbage={rows: [{"SignName": 7, "StatusCode": "x"}, "a row that is text", None, {}]},
    )


SIGNATURES = _action("DescribeSmsSignList", "DescribeSignListStatusSet", _signatures)
TEMPLATES = _action("DescribeSmsTemplateList", "DescribeTemplateStatusSet", _templates)
