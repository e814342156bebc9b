"""The messages and receipts that the provider emulators hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class SandboxSystem(StrEnum):
    """The provider system that sent a message."""

    TENCENT = "tencent"
    ALIYUN = "aliyun"
    ALIYUN_INTL = "aliyun-intl"
    TWILIO = "twilio"


@dataclass(frozen=True, slots=True)
class SandboxReceipt:
    """The carrier's receipt of one message. Before `at` the message is pending.

    `delivered` and `code` may contradict each other, as they sometimes do in reality.
    """

    at: datetime
    code: str
    delivered: bool = False
    words: str = ""  # the provider's own description, where its API has a field for one


@dataclass(frozen=True, slots=True)
class SandboxMessage:
    """One message to one number."""

    system: SandboxSystem
    number: str = field(repr=False)  # E.164, "+8613711112222"
    message_id: str  # Tencent's SerialNo, Alibaba's BizId, Alibaba international's MessageId, Twilio's SID
    sent_at: datetime
    receipt: SandboxReceipt | None = None  # None: it never comes
    account: str | None = None  # the app id (Tencent), access key id (Alibaba) or SID (Twilio) that sent it; None: whoever asks
    text: str = field(default="【示例】您的验证码是 483920，5分钟内有效。", repr=False)
    template: str | None = "SMS_100000001"
    out_id: str | None = None
    state: str = ""  # Twilio's status before a receipt, such as "queued"; empty: it was sent
    country: str = ""  # these three are in QueryMessage only
    region: str = ""
    carrier: str = ""
    refused: str = ""  # the code with which the vendor refused it at submission; it never left, and gets no receipt

    def receipt_by(self, now: datetime) -> SandboxReceipt | None:
        """The receipt, if it has arrived by `now`."""
        return self.receipt if self.receipt is not None and not self.refused and self.receipt.at <= now else None


@dataclass(frozen=True, slots=True)
class SandboxReply:
    """A reply from a phone (MO message), such as TD for no more messages."""

    number: str = field(repr=False)  # E.164
    text: str = field(repr=False)
    at: datetime
    account: str | None = None  # the app id whose queue it is in; None: any


class MessageSource(Protocol):
    """A source of messages that change over time, such as a `Scenario`."""

    @property
    def messages(self) -> Sequence[SandboxMessage]:
        """The messages as of now."""
