"""Opens the registers of an access key, over one client for each of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.providers.aliyun.errors import lack_of
from bot.providers.aliyun.signatures import AliyunSignatures
from bot.providers.aliyun.templates import AliyunTemplates
from bot.providers.optional_actions import OptionalActions
from bot.providers.registers import Registers

if TYPE_CHECKING:
    from bot.providers.http import ProviderHttpClient
    from bot.timing.clock import Clock


def open_registers(of_signatures: ProviderHttpClient, of_templates: ProviderHttpClient, *, clock: Clock) -> Registers:
    """The registers; closing them closes both clients."""
    actions = OptionalActions(lack_of, clock)
    return Registers(
        AliyunSignatures(of_signatures, actions), AliyunTemplates(of_templates, actions), actions, (of_signatures, of_templates)
    )
