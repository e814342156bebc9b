"""Checks to render: one for each thing that a check of a signature or a template can come to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.lookup.report_merge import explained
from bot.model import (
    CarrierRegistration,
    ProviderFault,
    RegisterAnswer,
    RegistrationReason,
    RegistrationState,
    ReviewState,
    Signature,
    SignatureReport,
    Template,
    TemplateKind,
    TemplateReport,
)
from tests.packaged import CATALOGUE
from tests.reports import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME, CODE = "示例", "1234567"
CARRIERS = ("China Mobile", "China Unicom", "China Telecom")
REVIEWED = NOW - timedelta(days=40)
REGISTERED = RegistrationState.REGISTERED
APPS = ("1400006666", "1400007777")
DENIED = explained(ProviderFault("isp.RAM_PERMISSION_DENY", "RAM权限DENY", request_id="1-2-3"), "aliyun", CATALOGUE)
TIMEOUT = explained(ProviderFault("Transport.Timeout", retryable=True), "tencent", CATALOGUE)


def carrier(name: str, state: RegistrationState, *reasons: RegistrationReason) -> CarrierRegistration:
    return CarrierRegistration(name, state, reasons, NOW - timedelta(days=30))


def signature(
    *carriers: CarrierRegistration, review: ReviewState = ReviewState.APPROVED, refusal: str = "", abroad: bool = False
) -> Signature:
    """A signature; without `carriers` its vendor tells none."""
    return Signature(NAME, review, REVIEWED, refusal, carriers, abroad)


def at_carriers(*states: RegistrationState, reason: RegistrationReason | None = None) -> Signature:
    """A signature in these states at the three carriers, for `reason` where it is not registered."""
    reasons = [(reason,) if reason and state is not REGISTERED else () for state in states]
    return signature(*(carrier(name, state, *why) for name, state, why in zip(CARRIERS, states, reasons, strict=True)))


def at_alibaba(*found: Signature, fault: ProviderFault | None = None, lacks: str = "") -> RegisterAnswer[Signature]:
    return RegisterAnswer("aliyun", ("LTAI…9xQ",), found, fault, lacks)


def at_tencent(*found: Signature, fault: ProviderFault | None = None) -> RegisterAnswer[Signature]:
    return RegisterAnswer("tencent", APPS, found, fault)


def checked(*answers: RegisterAnswer[Signature]) -> SignatureReport:
    return SignatureReport(NAME, NOW, answers)


def template(review: ReviewState, *, kind: TemplateKind = TemplateKind.CODE, refusal: str = "") -> TemplateReport:
    found = Template(CODE, review, "登录验证码", kind, REVIEWED, refusal, (NAME,))
    return TemplateReport(CODE, NOW, (RegisterAnswer("aliyun", ("LTAI…9xQ",), (found,)),))


SIGNATURES: Mapping[str, SignatureReport] = {
    "not-registered": checked(
        at_tencent(signature()),
        at_alibaba(
            at_carriers(RegistrationState.NOT_REGISTERED, REGISTERED, REGISTERED, reason=RegistrationReason.NO_QUALIFICATION)
        ),
    ),
    "failed": checked(
        at_alibaba(
            at_carriers(
                RegistrationState.FAILED,
                REGISTERED,
                RegistrationState.FAILED,
                reason=RegistrationReason.NAME_NOT_OF_QUALIFICATION,
            )
        )
    ),
    "failed-for-many-reasons": checked(
        at_alibaba(
            signature(
                carrier(CARRIERS[0], RegistrationState.FAILED, RegistrationReason.OTHER),
                carrier(CARRIERS[1], RegistrationState.NOT_REGISTERED, RegistrationReason.INCOMPLETE_QUALIFICATION),
                carrier(CARRIERS[2], RegistrationState.LAPSED, RegistrationReason.PORT_WITHDRAWN),
            )
        )
    ),
    "lapsed": checked(at_alibaba(at_carriers(*[RegistrationState.LAPSED] * 3, reason=RegistrationReason.UNUSED))),
    "under-way": checked(at_alibaba(at_carriers(REGISTERED, RegistrationState.UNPROVEN, RegistrationState.UNDER_WAY))),
    "unproven": checked(at_alibaba(at_carriers(REGISTERED, RegistrationState.UNPROVEN, REGISTERED))),
    "registered": checked(at_tencent(), at_alibaba(at_carriers(REGISTERED, REGISTERED, REGISTERED))),
    "of-an-unknown-state": checked(at_alibaba(at_carriers(REGISTERED, RegistrationState.UNKNOWN, REGISTERED))),
    "approved": checked(at_tencent(signature())),
    "international": checked(at_tencent(signature(abroad=True))),
    "refused": checked(
        at_tencent(signature(review=ReviewState.UNUSABLE)),
        at_alibaba(signature(review=ReviewState.REFUSED, refusal="签名与资质主体不一致")),
    ),
    "under-review": checked(at_alibaba(signature(review=ReviewState.UNDER_REVIEW))),
    "not-in-force": checked(at_tencent(signature(review=ReviewState.NOT_IN_FORCE))),
    "cancelled": checked(at_alibaba(signature(review=ReviewState.CANCELLED))),
    "unusable": checked(at_tencent(signature(review=ReviewState.UNUSABLE))),
    "not-found": checked(at_tencent(), at_alibaba()),
    "unanswered": checked(at_tencent(fault=TIMEOUT), at_alibaba()),
    "not-permitted": checked(at_alibaba(fault=DENIED, lacks="dysms:GetSmsSign")),
    "incomplete": checked(at_tencent(signature()), at_alibaba(fault=DENIED, lacks="dysms:GetSmsSign")),
    "of-nobody": checked(),
}
TEMPLATES: Mapping[str, TemplateReport] = {
    "approved": template(ReviewState.APPROVED),
    "refused": template(ReviewState.REFUSED, kind=TemplateKind.MARKETING, refusal="营销内容缺少退订方式"),
    "under-review": template(ReviewState.UNDER_REVIEW, kind=TemplateKind.NOTICE),
    "unknown": template(ReviewState.UNKNOWN, kind=TemplateKind.INTERNATIONAL),
    "not-found": TemplateReport(CODE, NOW, (RegisterAnswer("aliyun", ("LTAI…9xQ",)),)),
    "unanswered": TemplateReport(
        CODE, NOW, (RegisterAnswer("aliyun", ("LTAI…9xQ",), fault=DENIED, lacked_right="dysms:GetSmsTemplate"),)
    ),
    "of-nobody": TemplateReport("x", NOW),
}
