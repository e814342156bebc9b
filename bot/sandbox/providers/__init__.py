"""Stand-ins for the provider APIs: real HTTP on loopback, real signatures, real limits, and faults on command."""

from __future__ import annotations

from bot.sandbox.providers.aliyun import AliyunAccount, AliyunStandIn
from bot.sandbox.providers.aliyun_dialect import Dialect
from bot.sandbox.providers.faults import Fault, Faults
from bot.sandbox.providers.messages import MessageSource, Receipt, SandboxMessage, System
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.sandbox.providers.wire import Asked, RecordedCall

__all__ = [
    "AliyunAccount",
    "AliyunStandIn",
    "Asked",
    "Dialect",
    "Fault",
    "Faults",
    "MessageSource",
    "Receipt",
    "RecordedCall",
    "SandboxMessage",
    "System",
    "TencentAccount",
    "TencentStandIn",
]
