"""A local Slack workspace: the Web API, Socket Mode, signed HTTP delivery, response URLs, Block Kit's limits and a page."""

from __future__ import annotations

from bot.sandbox.slack.blocks import BlockProblem, check_message, mentions
from bot.sandbox.slack.model import Ack, BotInstallation, Conversation, Interaction, Message, Switch
from bot.sandbox.slack.workspace import SlackWorkspace

__all__ = [
    "Ack",
    "BlockProblem",
    "BotInstallation",
    "Conversation",
    "Interaction",
    "Message",
    "SlackWorkspace",
    "Switch",
    "check_message",
    "mentions",
]
