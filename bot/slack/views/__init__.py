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

from bot.presentation.wording import ProviderStatus
from bot.slack.views.answer import answer
from bot.slack.views.customer import for_the_customer
from bot.slack.views.message import Message, RenderContext, with_notice
from bot.slack.views.notices import (
    access_denied,
    access_denied_modal,
    delivery_failed,
    expired_answer,
    help_message,
    internal_error,
    progress,
    unconfirmed,
    usage_error,
)
from bot.slack.views.reference import explain_result, explanations, providers, term
from bot.slack.views.reveal import revealed
from bot.slack.views.thread_notes import change_notice, no_such_row, nothing_to_explain

__all__ = [
    "Message",
    "ProviderStatus",
    "RenderContext",
    "access_denied",
    "access_denied_modal",
    "answer",
    "change_notice",
    "delivery_failed",
    "expired_answer",
    "explain_result",
    "explanations",
    "for_the_customer",
    "help_message",
    "internal_error",
    "no_such_row",
    "nothing_to_explain",
    "progress",
    "providers",
    "revealed",
    "term",
    "unconfirmed",
    "usage_error",
    "with_notice",
]
