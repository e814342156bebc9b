"""The signatures and templates of the sandbox's accounts: each shows one state, most of them one carrier's."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.registers import SandboxCarrier, SandboxRegisters, SandboxSignature, SandboxTemplate
from bot.sandbox.stories import CHINA_TIME

SIGNATURE, REGISTERED, REFUSED, UNDER_WAY, LAPSED = "示例", "示例商城", "示例客服", "示例物流", "示例旧名"
"""The signature of the stories' messages, and others."""
TEMPLATE, TENCENT_TEMPLATE = "SMS_100000001", "1234567"

ALIYUN, TENCENT = SandboxSystem.ALIYUN, SandboxSystem.TENCENT
_REVIEWED = datetime(2026, 10, 12, 15, 4, 0, tzinfo=CHINA_TIME)
_ANSWERED = _REVIEWED + timedelta(days=7)
_AT_ALL = tuple(SandboxCarrier(operator, 3, ("DETECT_SUCCESS",), _ANSWERED) for operator in ("mobile", "unicom", "telecom"))

REGISTERS = SandboxRegisters(
    signatures=(
        SandboxSignature(
            ALIYUN,
            SIGNATURE,
            1,
            _REVIEWED,
            carriers=(SandboxCarrier("mobile", -2, ("UNBINDING_QUA",)), *_AT_ALL[1:]),
        ),
        SandboxSignature(ALIYUN, REGISTERED, 1, _REVIEWED, carriers=_AT_ALL),
        SandboxSignature(ALIYUN, REFUSED, 2, _REVIEWED, refusal="签名与资质主体不一致，请联系 13811112000"),
        SandboxSignature(
            ALIYUN,
            UNDER_WAY,
            1,
            _REVIEWED,
            carriers=(
                SandboxCarrier("mobile", 1, ("DETECTING",), _ANSWERED),
                SandboxCarrier("unicom", 3, ("DETECT_SUCCESS",), _ANSWERED),
                SandboxCarrier("telecom", -1, ("REGISTERING",)),
            ),
        ),
        SandboxSignature(
            ALIYUN,
            LAPSED,
            1,
            _REVIEWED,
            carriers=tuple(SandboxCarrier(operator, 2, ("NO_SEND_RECORD",)) for operator in ("mobile", "unicom", "telecom")),
        ),
        SandboxSignature(TENCENT, SIGNATURE, 0, _REVIEWED),
        SandboxSignature(TENCENT, REFUSED, -1, _REVIEWED),
        SandboxSignature(TENCENT, "Example", 0, _REVIEWED, international=1),
    ),
    templates=(
        SandboxTemplate(ALIYUN, TEMPLATE, 1, "登录验证码", 0, (SIGNATURE,), reviewed_at=_REVIEWED),
        SandboxTemplate(
            ALIYUN, "SMS_100000002", 2, "会员日", 2, (SIGNATURE,), refusal="营销内容缺少退订方式", reviewed_at=_REVIEWED
        ),
        SandboxTemplate(TENCENT, TENCENT_TEMPLATE, 0, "登录验证码", reviewed_at=_REVIEWED),
        SandboxTemplate(TENCENT, "1234568", 1, "会员日", international=3),
    ),
)
"""All of them."""
