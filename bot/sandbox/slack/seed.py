"""Who and what is in the workspace when it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.model import SLACKBOT, Conversation, Kind, User

if TYPE_CHECKING:
    from bot.sandbox.slack.model import BotInstallation

ANN = User("U0ANN0001", "ann", "Ann Weber", "Europe/Berlin", "de-DE")
LI = User("U0LIWEI01", "li", "Li Wei", "Asia/Shanghai", "zh-CN")
SAM = User("U0SAM0001", "sam", "Sam Rivera", "America/Los_Angeles", "en-US")


def users(bot: BotInstallation) -> dict[str, User]:
    """The people, the bot and Slackbot, by id."""
    machines = [User(bot.bot_user_id, bot.display_name, bot.display_name, is_bot=True), User(SLACKBOT, "slackbot", "Slackbot")]
    return {user.id: user for user in [ANN, LI, SAM, *machines]}


def conversations(bot: BotInstallation) -> dict[str, Conversation]:
    """Channels with and without the bot, one direct message with it for each person, and one between two people."""
    people = {ANN.id, LI.id, SAM.id}
    app = bot.bot_user_id
    listed = [
        Conversation("C0INCIDENT", "incidents", Kind.PUBLIC, people | {app}, "Something is broken: say it here"),
        Conversation("C0GENERAL0", "general", Kind.PUBLIC, set(people), "Everyone; the app was not invited"),
        Conversation("C0WARROOM0", "war-room", Kind.PRIVATE, {ANN.id, LI.id}, "Private; the app was not invited"),
        Conversation("D0ANNBOT01", "dm-ann", Kind.IM, {ANN.id, app}),
        Conversation("D0LIBOT001", "dm-li", Kind.IM, {LI.id, app}),
        Conversation("D0SAMBOT01", "dm-sam", Kind.IM, {SAM.id, app}),
        Conversation("D0ANNLI001", "dm-ann-li", Kind.IM, {ANN.id, LI.id}),
    ]
    return {conversation.id: conversation for conversation in listed}
