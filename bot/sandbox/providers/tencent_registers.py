"""`DescribeSmsSignList` and `DescribeSmsTemplateList`, 2021-01-11: pages of an account's signatures and templates.

https://cloud.tencent.com/document/api/382/55969 and /52067, with the fields of `tencentcloud-sdk-python-sms`. Neither counts
its rows. The fields about qualifications are there too, made up: a client must not show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.providers.registers import SandboxRegisters, SandboxSignature, SandboxTemplate

SIGNATURES, TEMPLATES = "DescribeSmsSignList", "DescribeSmsTemplateList"
IDS = {SIGNATURES: "SignIdSet", TEMPLATES: "TemplateIdSet"}
ROWS = {SIGNATURES: "DescribeSignListStatusSet", TEMPLATES: "DescribeTemplateStatusSet"}
DEFAULT_LIMITS = {SIGNATURES: 10, TEMPLATES: 0}  # the second as the page has it
MOST = 100  # ids, and rows of a page
CALLS_PER_SECOND = 20
FOR_BOTH = 3
COMPANY = "示例科技有限公司"
"""The name of a qualification."""


def parameters(action: str) -> Mapping[str, tuple[type, bool]]:
    """The parameters of the action: name -> type, required."""
    return {"International": (int, True), IDS[action]: (list, False), "Limit": (int, False), "Offset": (int, False)}


def check_values(action: str, params: Mapping[str, Any]) -> None:
    """Check what the types do not say. Raises ApiRefusal."""
    if params["International"] not in {0, 1}:
        raise ApiRefusal("InvalidParameter", "International must be 0 or 1.")
    if not 0 <= params.get("Limit", 0) <= MOST:
        raise ApiRefusal("InvalidParameterValue.LimitVerifyFail", f"Limit must be at most {MOST}.")
    if params.get("Offset", 0) < 0:
        raise ApiRefusal("InvalidParameterValue.OffsetVerifyFail", "Offset must not be negative.")
    ids = params.get(IDS[action], [])
    if len(ids) > MOST or not all(type(one) is int for one in ids):
        raise ApiRefusal("InvalidParameter", f"{IDS[action]} takes at most {MOST} integers.")


def rows(action: str, params: Mapping[str, Any], registers: SandboxRegisters) -> list[Mapping[str, Any]]:
    """The rows for these parameters: those of the ids, or a page of all."""
    held: Sequence[SandboxSignature | SandboxTemplate] = registers.signatures if action == SIGNATURES else registers.templates
    asked = params["International"]
    own = [(index, one) for index, one in enumerate(held) if one.system is SandboxSystem.TENCENT]
    found = [_row(one, 4_000_000 + index) for index, one in own if one.international in {asked, FOR_BOTH}]
    if ids := params.get(IDS[action]):
        return [row for row in found if row.get("SignId", row.get("TemplateId")) in ids]
    offset = params.get("Offset", 0)
    return found[offset : offset + params.get("Limit", DEFAULT_LIMITS[action])]


def _row(one: SandboxSignature | SandboxTemplate, number: int) -> Mapping[str, Any]:
    row = {
        "International": one.international,
        "StatusCode": one.status,
        "ReviewReply": one.refusal,
        "CreateTime": int(one.reviewed_at.timestamp()) if one.reviewed_at else 0,
    }
    if hasattr(one, "code"):
        return {**row, "TemplateId": int(one.code), "TemplateName": one.name, "TemplateContent": "您的验证码是{1}，5分钟内有效。"}
    of_company = {"QualificationId": 7001, "QualificationName": COMPANY, "QualificationStatusCode": 1}
    return {**row, "SignId": number, "SignName": one.name, **of_company}
