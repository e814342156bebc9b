"""A poster at the local workspace, without the rest of the app, in time that a test does not have to wait for."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import AppSettings
from bot.errors import SlackDeliveryError
from bot.i18n import ENGLISH
from bot.sandbox.slack import SlackWorkspace
from bot.slack import views
from bot.slack.messaging.claims import Claim
from bot.slack.messaging.outbox import Outbox
from bot.slack.messaging.poster import Poster
from bot.slack.messaging.responder import ResponseUrlResponder
from bot.slack.messaging.token_monitor import TokenMonitor
from bot.slack.transport.web_client import open_session, open_web_client
from tests.sandbox.slack_apps import INSTALLATION
from tests.slack.times import HurriedTime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox.slack import PostedMessage as Said

HERE, USER = "C0INCIDENT", "U0LIWEI01"
ANSWER = views.Message("1 of 3 failed", ({"type": "section", "text": {"type": "mrkdwn", "text": "*1 of 3 failed*"}},))
NEWER = views.Message("2 of 3 failed", ({"type": "section", "text": {"type": "mrkdwn", "text": "*2 of 3 failed*"}},))
BUTTON = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "again", "text": {"type": "plain_text", "text": "Again"}}],
}


@dataclass
class Counter:
    """A poster and a person at the local workspace. Pauses take no time, and move the workspace's clock too."""

    workspace: SlackWorkspace
    time: HurriedTime
    session: aiohttp.ClientSession
    standing: TokenMonitor
    client: AsyncWebClient
    poster: Poster

    def said(self, channel: str = HERE) -> list[Said]:
        """What the bot has said there."""
        return [each for each in self.workspace.channel(channel).messages if each.user == INSTALLATION.bot_user_id]

    def texts(self, channel: str = HERE) -> list[str]:
        return [each.text for each in self.said(channel)]

    def methods(self) -> list[str]:
        return [call.method for call in self.workspace.calls if call.method.startswith("chat.")]

    async def reply(self) -> ResponseUrlResponder:
        """To one who typed a command; nobody takes it here, but its response_url is good."""
        return self._reply((await self.workspace.slash("li", "incidents", "/smsstatus")).response_url)

    async def click_reply(self) -> tuple[ResponseUrlResponder, str]:
        """To one who pressed a button of a message, and the ts of that message."""
        ts = await self.poster.post(HERE, views.Message(ANSWER.text, (*ANSWER.blocks, BUTTON)), claim=None)
        return self._reply((await self.workspace.click("li", self.said()[-1], "again")).response_url), ts

    def _reply(self, url: str) -> ResponseUrlResponder:
        return ResponseUrlResponder(
            url, self.session, self.poster, claim=Claim(), channel=HERE, user=USER, language=lambda: ENGLISH
        )


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    time = HurriedTime()
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(SlackWorkspace(bot=INSTALLATION, clock=time.moment))
        session = await stack.enter_async_context(open_session())
        standing = TokenMonitor(time.clock)
        settings = AppSettings.model_validate({"SLACK_BOT_TOKEN": INSTALLATION.bot_token, "SLACK_API_URL": workspace.api_url})
        client = open_web_client(settings, session, token_monitor=standing)
        poster = Poster(client, Outbox(clock=time.clock, sleep=time.sleep), time.clock)
        yield Counter(workspace, time, session, standing, client, poster)
        await poster.aclose(1)


async def refused(job: Any) -> SlackDeliveryError:
    with pytest.raises(SlackDeliveryError) as caught:
        await job
    return caught.value
