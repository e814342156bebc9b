"""Values into Block Kit. Pure: values, a clock's moment, a time zone and a language in, a `Message` out.

answer       Report -> the answer to a lookup (rows.py: its deliveries, buttons.py: what to press)
reference    what codes mean, which providers there are
notices      help, progress, mistakes, refusals
threads      what a follow-up changed;  changed: what was done to an answer, and by whom
reveal       whole numbers, for one person
modal, home  the windows that open over Slack, the Home tab
message      the pieces and the limits;  mrkdwn: Slack's markup, and text from outside made safe for it
"""

from __future__ import annotations

from bot.presentation.wording import ProviderState
from bot.slack.views.answer import answer
from bot.slack.views.customer import for_the_customer
from bot.slack.views.message import Message, Stage, above
from bot.slack.views.notices import (
    crashed,
    gone,
    help_message,
    progress,
    refused,
    turned_away,
    turned_away_modal,
    unconfirmed,
    usage_error,
)
from bot.slack.views.reference import explanations, providers, term, told
from bot.slack.views.reveal import revealed
from bot.slack.views.thread_notes import moved, no_such_row, nothing_to_explain

__all__ = [
    "Message",
    "ProviderState",
    "Stage",
    "above",
    "answer",
    "crashed",
    "explanations",
    "for_the_customer",
    "gone",
    "help_message",
    "moved",
    "no_such_row",
    "nothing_to_explain",
    "progress",
    "providers",
    "refused",
    "revealed",
    "term",
    "told",
    "turned_away",
    "turned_away_modal",
    "unconfirmed",
    "usage_error",
]
