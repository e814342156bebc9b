"""The initial users, user groups and conversations of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.model import PARTNER_TEAM_ID, SLACKBOT, Conversation, ConversationKind, User, UserGroup

if TYPE_CHECKING:
    from bot.sandbox.slack.installation import BotInstallation

ANN = User("U0ANN0001", "ann", "Ann Weber", "Europe/Berlin", "de-DE")
LI = User("U0LIWEI01", "li", "Li Wei", "Asia/Shanghai", "zh-CN")
SAM = User("U0SAM0001", "sam", "Sam Rivera", "America/Los_Angeles", "en-US")
GIA = User("U0GUEST01", "gia", "Gia Rossi", "Europe/Rome", "it-IT", is_restricted=True)
OMAR = User("U0PARTNER", "omar", "Omar Haddad", "Asia/Dubai", "en-GB", team_id=PARTNER_TEAM_ID)
NOOR = User("U0NOOR001", "noor", "Noor Bakker", "Europe/Amsterdam", "nl-NL", deleted=True)
DEPLOYS = User("U0DEPLOYS", "deploys", "deploys", is_bot=True)

ON_CALL = UserGroup("S0ONCALL1", "oncall", "On call", (ANN.id, LI.id))


def users(bot: BotInstallation) -> dict[str, User]:
    """By id: staff, a guest, a partner of another workspace, a deactivated user, another bot, the bot itself and Slackbot."""
    machines = [User(bot.bot_user_id, bot.display_name, bot.display_name, is_bot=True), User(SLACKBOT, "slackbot", "Slackbot")]
    return {user.id: user for user in [ANN, LI, SAM, GIA, OMAR, NOOR, DEPLOYS, *machines]}


def user_groups() -> dict[str, UserGroup]:
    """The user groups, by id."""
    return {ON_CALL.id: ON_CALL}


def conversations(bot: BotInstallation) -> dict[str, Conversation]:
    """Conversations of every kind, with the bot and without it; a direct message with it for each of the staff."""
    people = {ANN.id, LI.id, SAM.id}
    app = bot.bot_user_id
    group = f"mpdm-{ANN.name}--{LI.name}--{bot.display_name}-1"
    listed = [
        Conversation(
            "C0INCIDENT",
            "incidents",
            ConversationKind.PUBLIC,
            people | {app, GIA.id, DEPLOYS.id},
            "Something is broken: say it here",
        ),
        Conversation("C0GENERAL0", "general", ConversationKind.PUBLIC, set(people), "Everyone; the app was not invited"),
        Conversation(
            "C0PARTNERS",
            "partners",
            ConversationKind.PUBLIC,
            people | {app, OMAR.id},
            "Shared with a partner",
            is_ext_shared=True,
        ),
        Conversation("C0SECURITY", "security", ConversationKind.PRIVATE, {ANN.id, LI.id, app}, "Private; the app is a member"),
        Conversation("C0WARROOM0", "war-room", ConversationKind.PRIVATE, {ANN.id, LI.id}, "Private; the app was not invited"),
        Conversation("D0ANNBOT01", "dm-ann", ConversationKind.IM, {ANN.id, app}),
        Conversation("D0LIBOT001", "dm-li", ConversationKind.IM, {LI.id, app}),
        Conversation("D0SAMBOT01", "dm-sam", ConversationKind.IM, {SAM.id, app}),
        Conversation("D0ANNLI001", "dm-ann-li", ConversationKind.IM, {ANN.id, LI.id}),
        Conversation("C0GROUPDM1", group, ConversationKind.MPIM, {ANN.id, LI.id, app}),
    ]
    return {conversation.id: conversation for conversation in listed}
