"""What `doctor` says of alerts: whether they are on, and whether the bot is in their channel.

Only `conversations.info` tells whether it is a member, and most installations lack its scope (`channels:read`; of a private
channel `groups:read`). Without it a permalink is asked for, which needs none: Slack says `channel_not_found` of a channel that
the bot cannot see, and `message_not_found` of any other (https://docs.slack.dev/reference/methods/chat.getPermalink).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health
from bot.errors import SlackDeliveryError
from bot.receipts.ingestion import ingests_receipts
from bot.slack.messaging.poster import slack_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import Settings
    from bot.i18n import Language

_NO_SUCH_MESSAGE, _NOT_FOUND, _NO_SCOPE = "1.000000", "message_not_found", "missing_scope"


async def check_alerts(settings: Settings, client: AsyncWebClient, language: Language) -> list[Check]:
    """The checks of alerts; none where they are off and nothing fills the receipt store."""
    name, channel = language.say("Alerts"), settings.general.alert_channel
    if not channel:
        said = language.say("off: SMSSTATUS_ALERT_CHANNEL is empty")
        return [Check(name, Health.OK, said)] if ingests_receipts(settings) else []
    if not ingests_receipts(settings):
        said = language.say("off: nothing fills the receipt store")
        return [Check(name, Health.WARNING, said, language.say("Set {setting}", setting="SMSSTATUS_CALLBACK_TOKEN"))]
    checks = [await _check_channel(channel, client, language)]
    allowed = settings.general.allowed_channels
    if allowed and channel not in allowed:
        said = language.say("their buttons are refused in {channel}", channel=channel)
        step = language.say("Add it to {setting}", setting="SMSSTATUS_ALLOWED_CHANNELS")
        checks.append(Check(name, Health.WARNING, said, step))
    return checks


async def _check_channel(channel: str, client: AsyncWebClient, language: Language) -> Check:
    name = language.say("Alerts")
    is_member, reason = await _membership(channel, client)
    if is_member:
        return Check(name, Health.OK, language.say("on, in {channel}, where the bot is a member", channel=channel))
    if reason == _NOT_FOUND:
        said = language.say("on, in {channel}, which the bot can see; whether it is a member is not known", channel=channel)
        return Check(name, Health.OK, said)
    said = language.say("on, but the bot is not in {channel}", channel=channel)
    if reason:
        said = language.say("{said} ({reason})", said=said, reason=reason)
    return Check(name, Health.WARNING, said, language.say("In that channel: /invite @smsstatus"))


async def _membership(channel: str, client: AsyncWebClient) -> tuple[bool, str]:
    """Whether the bot is in the channel, and else what Slack says of the channel."""
    try:
        with slack_errors():
            told = await client.conversations_info(channel=channel)
        found: Mapping[str, object] = told["channel"]
        return bool(found.get("is_member")), ""
    except SlackDeliveryError as error:
        if error.reason != _NO_SCOPE:
            return False, error.reason
    try:
        with slack_errors():
            await client.chat_getPermalink(channel=channel, message_ts=_NO_SUCH_MESSAGE)
    except SlackDeliveryError as error:
        return False, error.reason
    return False, _NOT_FOUND
