"""`GetSmsSign` and `GetSmsTemplate`, 2017-05-25: one signature by its name, one template by its code.

https://help.aliyun.com/document_detail/2807429.html and /2807434.html, with the fields of `alibabacloud-dysmsapi20170525`.
What there is not is an error of the gateway's form with HTTP 404. The fields about qualifications and people are there too, made
up: a client must not show them.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.sandbox.providers.registers import SandboxCarrier, SandboxRegisters

CHINA_TIME = timezone(timedelta(hours=8))
PERSON = "张三丰"
"""A name in fields and texts that nobody asked for."""


def get_sms_sign(params: Mapping[str, str], registers: SandboxRegisters) -> Mapping[str, Any]:
    """The response body for these parameters, without its RequestId. Raises ApiRefusal."""
    of_ours = (one for one in registers.signatures if one.system is SandboxSystem.ALIYUN)
    found = next((one for one in of_ours if one.name == params["SignName"]), None)
    if found is None:
        raise ApiRefusal("SignatureNotFound", "The signature does not exist.", status=404)
    return {
        "Code": "OK",
        "Message": "OK",
        "SignName": found.name,
        "SignStatus": found.status,
        "SignCode": "SIGN_100000077042023_1717466500000_ZM2kG",
        "SignTag": "2",
        "CreateDate": "2026-06-03 10:02:34",
        "OrderId": "20044156924",
        "QualificationId": 2004393000,
        "Remark": f"联系人 {PERSON}",
        "ApplyScene": "http://www.example.com/\n",
        "ThirdParty": False,
        "FileUrlList": ["10098689758000/1234qwe.png\n"],
        "AuditInfo": _audit(found.reviewed_at, found.refusal),
        "SignIspRegisterDetailList": [_carrier(one) for one in found.carriers],
    }


def get_sms_template(params: Mapping[str, str], registers: SandboxRegisters) -> Mapping[str, Any]:
    """The response body for these parameters, without its RequestId. Raises ApiRefusal."""
    of_ours = (one for one in registers.templates if one.system is SandboxSystem.ALIYUN)
    found = next((one for one in of_ours if one.code == params["TemplateCode"]), None)
    if found is None:
        raise ApiRefusal("TemplateNotFound", "The template does not exist.", status=404)
    return {
        "Code": "OK",
        "Message": "OK",
        "TemplateCode": found.code,
        "TemplateName": found.name,
        "TemplateContent": "您的验证码是 ${code}，5分钟内有效。",
        "TemplateStatus": str(found.status),
        "TemplateType": str(found.kind),
        "TemplateTag": 2,
        "CreateDate": "2026-06-03 10:02:34",
        "OrderId": "20044156925",
        "Remark": f"联系人 {PERSON}",
        "RelatedSignName": next(iter(found.signatures), ""),
        "SignList": {"SignList": list(found.signatures)},
        "AuditInfo": _audit(found.reviewed_at, found.refusal),
    }


def _audit(at: datetime | None, refusal: str) -> Mapping[str, str]:
    """With the line's end behind the date that the vendor's sample has."""
    return {"AuditDate": f"{_china_time(at)}\n" if at else "", "RejectInfo": refusal}


def _carrier(one: SandboxCarrier) -> Mapping[str, Any]:
    reasons = [{"ReasonCode": code, "ReasonDescList": [f"资质经办人 {PERSON} 信息有误"]} for code in one.reasons]
    row: dict[str, Any] = {"OperatorCode": one.operator, "RegisterStatus": one.status, "RegisterStatusReasons": reasons}
    return {**row, "OperatorCompleteTime": _china_time(one.at)} if one.at else row


def _china_time(moment: datetime) -> str:
    return moment.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S")
