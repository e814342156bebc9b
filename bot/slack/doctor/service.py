"""The doctor as people in Slack call it: it examines the app that answers them, from within."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.doctor.examination import examine_app
from bot.doctor.settings import check_settings
from bot.slack.doctor.installation import examine_installation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.state import State


@dataclass(frozen=True, slots=True)
class SlackDoctor:
    """Examines what answers. `check_route` tells how Slack reaches this process, in the reader's language."""

    state: State
    lookups: LookupService
    client: AsyncWebClient
    check_route: Callable[[Language], Sequence[Check]]

    async def examine(self, language: Language) -> list[Check]:
        """All findings. Raises nothing of Slack's, of a provider's or of the database's: those are findings."""
        state, settings = self.state, self.state.settings
        findings = await asyncio.gather(
            check_settings(settings, language),
            examine_installation(settings, self.client, state.clock, language),
            examine_app(settings, self.lookups, state.database, state.receipts.store, clock=state.clock, language=language),
        )
        doubts, installation, app = findings
        return [*doubts, *installation, *self.check_route(language), *app]
