"""Opens the registers of a key pair, over one client for each of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.providers.optional_actions import OptionalActions
from bot.providers.registers import Registers
from bot.providers.tencent.errors import lack_of
from bot.providers.tencent.signatures import TencentSignatures
from bot.providers.tencent.templates import TencentTemplates

if TYPE_CHECKING:
    from bot.providers.http import ProviderHttpClient
    from bot.timing.clock import Clock


def open_registers(
    of_signatures: ProviderHttpClient, of_templates: ProviderHttpClient, *, region: str, clock: Clock
) -> Registers:
    """The registers; closing them closes both clients."""
    actions = OptionalActions(lack_of, clock)
    return Registers(
        TencentSignatures(of_signatures, actions, region=region),
        TencentTemplates(of_templates, actions, region=region),
        actions,
        (of_signatures, of_templates),
    )
