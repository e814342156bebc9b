"""The signatures and templates that the provider emulators hold, in the vendors' own numbers and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.providers.messages import SandboxSystem


@dataclass(frozen=True, slots=True)
class SandboxCarrier:
    """A signature at one carrier, as Alibaba tells it: `mobile`, RegisterStatus, ReasonCodes."""

    operator: str
    status: int
    reasons: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SandboxSignature:
    """A signature. `status` is the vendor's: SignStatus at Alibaba, StatusCode at Tencent."""

    system: SandboxSystem
    name: str
    status: int
    reviewed_at: datetime | None = None
    refusal: str = ""
    carriers: tuple[SandboxCarrier, ...] = ()  # Alibaba only
    international: int = 0  # Tencent only


@dataclass(frozen=True, slots=True)
class SandboxTemplate:
    """A template. `status` is the vendor's: TemplateStatus at Alibaba, StatusCode at Tencent."""

    system: SandboxSystem
    code: str  # `SMS_…` at Alibaba, the id's digits at Tencent
    status: int
    name: str = ""
    kind: int = 0  # TemplateType, Alibaba only
    signatures: tuple[str, ...] = ()  # Alibaba only
    refusal: str = ""
    reviewed_at: datetime | None = None
    international: int = 0  # Tencent only; 3: for both kinds of message


@dataclass(frozen=True, slots=True)
class SandboxRegisters:
    """All of both."""

    signatures: tuple[SandboxSignature, ...] = ()
    templates: tuple[SandboxTemplate, ...] = ()
