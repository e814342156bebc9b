"""Emulator of a Slack workspace: Web API, events, Socket Mode, signed HTTP, response URLs, Block Kit's limits, a web page."""

from __future__ import annotations

from bot.sandbox.slack.blocks import BlockProblem, check_message, mentions
from bot.sandbox.slack.installation import BotInstallation, Shortcut, Step
from bot.sandbox.slack.model import (
    Ack,
    Conversation,
    EventDelivery,
    Interaction,
    Panel,
    PostedMessage,
    StepRun,
    Submission,
    Switch,
)
from bot.sandbox.slack.surfaces import View
from bot.sandbox.slack.view_blocks import check_view
from bot.sandbox.slack.workspace import SlackWorkspace

__all__ = [
    "Ack",
    "BlockProblem",
    "BotInstallation",
    "Conversation",
    "EventDelivery",
    "Interaction",
    "Panel",
    "PostedMessage",
    "Shortcut",
    "SlackWorkspace",
    "Step",
    "StepRun",
    "Submission",
    "Switch",
    "View",
    "check_message",
    "check_view",
    "mentions",
]
