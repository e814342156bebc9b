"""The small print below an answer: the window, as of when, how many sources answered, what is missing, who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import NoteKind, Outcome
from bot.presentation.evidence import MAX_NOTES, accounts_not_asked, filter_line, remarks
from bot.presentation.wording import PLACE, as_of_words, freshness, sources_words, window_words
from bot.slack.views.answer_changes import change_label
from bot.slack.views.mrkdwn import mention, prose
from bot.slack.views.thread_notes import follow_up_summary

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext
    from bot.slack.views.page import Page

OUT_OF_DATE = timedelta(minutes=10)
_MATTERS = frozenset({NoteKind.OUT_OF_MEMORY, NoteKind.NOT_CHOSEN})


def small_print(
    report: Report, context: RenderContext, page: Page, text_format: TextFormat, *, most: int = MAX_NOTES
) -> list[str]:
    """`last 2 h · as of 14:05 · all 4 sources answered`, and what is missing; in the details how each source answered."""
    shown = (filter_line(report, text_format.language), page.words(text_format.language))
    if context.detailed:
        window = text_format.say("{window} your time", window=text_format.times.span(report.query.window))
        skipped = accounts_not_asked(report, text_format) if report.coverage else []
        first = (window, freshness(report, text_format), *shown, *skipped)
    else:
        matters = report.outcome in {Outcome.NO_RECORD, Outcome.UNANSWERED} and report.coverage
        first = (
            window_words(report.query.window, text_format),
            as_of_words(report, text_format),
            sources_words(report, text_format),
            *shown,
            *(accounts_not_asked(report, text_format, only=None if matters else _MATTERS) if report.coverage else ()),
        )
    return [" · ".join(part for part in first if part), *remarks(report, text_format, most=most, brief=not context.detailed)]


def age_notice(report: Report, context: RenderContext, text_format: TextFormat) -> str:
    """The notice on an old answer that a click shows again."""
    if context.now - report.as_of < OUT_OF_DATE:
        return ""
    return text_format.say("This answer is from {when}: press Refresh to ask again now.", when=text_format.moment(report.as_of))


def follow_up_line(report: Report, context: RenderContext, text_format: TextFormat) -> str:
    """What a follow-up builds on and changes."""
    return "" if context.previous is None else follow_up_summary(context.previous, report.query, text_format)


def shortened(context: RenderContext) -> str:
    """The notice that explanations were left out to fit Slack's limits."""
    return context.language.say(
        "Shortened to fit: ask for one number, `only failed` or a shorter window, or `{command} explain CODE`.",
        command=prose(context.command, PLACE),
    )


def attribution(context: RenderContext) -> str:
    """Who asked, who shared it, and what was done to it last."""
    asked, shared, say = mention(context.asked_by), mention(context.shared_by), context.language.say
    what, who = context.changed or ("", None)
    changer = mention(who) if context.public and who != context.asked_by else ""
    parts = (
        say("asked by {who}", who=asked) if asked else "",
        say("shared by {who}", who=shared) if shared else "",
        change_label(what, changer, context.language) if changer else "",
    )
    done = say("shared to the channel") if context.shared and not context.public else ""
    return " · ".join(part for part in (*parts, done) if part)
