"""Emulators of the provider APIs: real HTTP on loopback, real signatures, real limits, and fault injection."""

from __future__ import annotations

from bot.sandbox.providers.aliyun import AliyunAccount, AliyunStandIn
from bot.sandbox.providers.aliyun_dialect import Dialect
from bot.sandbox.providers.faults import ProviderFaultKind, ProviderFaults
from bot.sandbox.providers.messages import MessageSource, SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.sandbox.providers.twilio import TwilioAccount, TwilioStandIn
from bot.sandbox.providers.wire import ApiRequest, RecordedCall

__all__ = [
    "AliyunAccount",
    "AliyunStandIn",
    "ApiRequest",
    "Dialect",
    "MessageSource",
    "ProviderFaultKind",
    "ProviderFaults",
    "RecordedCall",
    "SandboxMessage",
    "SandboxReceipt",
    "SandboxSystem",
    "TencentAccount",
    "TencentStandIn",
    "TwilioAccount",
    "TwilioStandIn",
]
