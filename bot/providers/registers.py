"""The registers of one set of credentials, as an adapter holds them: each asked by a call of its own, with its own limit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.model import Signature, Template
    from bot.providers.base import Register
    from bot.providers.http import ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions

OF_SIGNATURES, OF_TEMPLATES = phrase("checks of signatures"), phrase("checks of templates")
"""What an account goes without that lacks the right, as a noun."""


@dataclass(frozen=True, slots=True)
class Registers:
    """Both registers, what their account was found to lack (`actions`), and the clients by which they ask."""

    signatures: Register[Signature]
    templates: Register[Template]
    actions: OptionalActions
    clients: tuple[ProviderHttpClient, ...]

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        await asyncio.gather(*(client.aclose() for client in self.clients))
