"""Values into Block Kit. Pure: values, a clock's moment and a time zone in, a `Message` out.

answer       Report -> the answer to a lookup (rows.py: its deliveries, buttons.py: what to press)
reference    what codes mean, which providers there are
notices      help, progress, mistakes, refusals
message      the pieces and the limits;  mrkdwn: Slack's markup, and text from outside made safe for it
"""

from __future__ import annotations

from bot.slack.views.answer import answer
from bot.slack.views.message import Message, Stage, above
from bot.slack.views.notices import crashed, gone, help_message, progress, refused, usage_error
from bot.slack.views.reference import explanations, providers
from bot.wording import ProviderState

__all__ = [
    "Message",
    "ProviderState",
    "Stage",
    "above",
    "answer",
    "crashed",
    "explanations",
    "gone",
    "help_message",
    "progress",
    "providers",
    "refused",
    "usage_error",
]
