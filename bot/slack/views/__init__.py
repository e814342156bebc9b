"""Renders values as Block Kit. Pure: values, the time, a time zone and a language in, a `Message` or a view out.

answer          Report -> the answer to a lookup (rows.py: its messages, table.py: each of many, small_print.py, buttons.py)
reference       the answers to `explain` and `providers`
watches         the cards of watches, and what they come to
checks          the answers to `signature` and `template`
notices         help, progress, usage errors, access denials, delivery failures
timeline        the lookups of a thread as Markdown
thread_notes    what a follow-up changed
answer_changes  labels for changes to a posted answer
statistics      everybody's messages, counted
reveal          unmasked numbers, for one person
chart           the failure mix as Slack's own chart
csv_file        what is said beside the CSV of an answer
customer        the wording for the customer
doctor          what the doctor found
readings        the buttons of a message that asks back
modal, home     the modals and the Home tab; about: its settings
message         blocks, limits, RenderContext
simpler         a message without its chart, its table, its blocks
mrkdwn          Slack's markup, escaping of outside text, date tokens
"""

from __future__ import annotations

from bot.presentation.wording import ProviderStatus
from bot.slack.views.answer import answer
from bot.slack.views.checks import checks
from bot.slack.views.csv_file import csv_comment, csv_needs_scope, csv_sent
from bot.slack.views.customer import for_the_customer
from bot.slack.views.doctor import examined
from bot.slack.views.message import Message, RenderContext, with_notice
from bot.slack.views.notices import (
    access_denied,
    access_denied_modal,
    answered_below,
    asked_ago,
    dated,
    delivery_failed,
    examining,
    expired_answer,
    help_message,
    internal_error,
    not_a_question,
    other_command,
    progress,
    shared,
    thanks,
    unconfirmed,
    unreadable,
    usage_error,
    works_in_a_thread,
)
from bot.slack.views.reference import explain_result, explanations, providers, term
from bot.slack.views.reveal import revealed
from bot.slack.views.statistics import statistics
from bot.slack.views.thread_notes import change_notice, first_page, last_page, no_such_row, nothing_to_explain
from bot.slack.views.timeline import no_summary, shared_summary, thread_summary

__all__ = [
    "Message",
    "ProviderStatus",
    "RenderContext",
    "access_denied",
    "access_denied_modal",
    "answer",
    "answered_below",
    "asked_ago",
    "change_notice",
    "checks",
    "csv_comment",
    "csv_needs_scope",
    "csv_sent",
    "dated",
    "delivery_failed",
    "examined",
    "examining",
    "expired_answer",
    "explain_result",
    "explanations",
    "first_page",
    "for_the_customer",
    "help_message",
    "internal_error",
    "last_page",
    "no_such_row",
    "no_summary",
    "not_a_question",
    "nothing_to_explain",
    "other_command",
    "progress",
    "providers",
    "revealed",
    "shared",
    "shared_summary",
    "statistics",
    "term",
    "thanks",
    "thread_summary",
    "unconfirmed",
    "unreadable",
    "usage_error",
    "with_notice",
    "works_in_a_thread",
]
