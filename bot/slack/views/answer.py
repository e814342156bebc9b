"""The answer to a lookup: the verdict, the evidence, what the answer does not cover, and buttons.

The blocks fit Slack's limits whatever the report holds. Every outside value has a limit of its own, and when the whole is still
too long, explanations lose their detail first and are then left out, which the answer says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import NoteKind, Outcome, Status
from bot.presentation.evidence import (
    MAX_NOTES,
    Detail,
    accounts_not_asked,
    fault_lines,
    filter_line,
    group_by_code,
    ignored_words_line,
    is_advised,
    missing_targets_line,
    reason_lines,
    remarks,
)
from bot.presentation.times import zone_name
from bot.presentation.verdict import verdict
from bot.presentation.wording import IDENTIFIER, PLACE, STEP, TITLE, filter_words, freshness
from bot.slack.views import buttons, rows
from bot.slack.views.answer_changes import change_label
from bot.slack.views.message import BLOCK_BUDGET, TEXT_BUDGET, Message, context_block, fit, section, text_length
from bot.slack.views.mrkdwn import mention, mrkdwn_format, prose
from bot.slack.views.page import Page
from bot.slack.views.reference import full_explanation, full_explanation_lines
from bot.slack.views.thread_notes import follow_up_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Explanation, Report
    from bot.presentation.verdict import Verdict
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

MAX_EXPLAINED = 5  # codes explained in full at once
OUT_OF_DATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _DetailLevel:
    """The detail of each explanation beside its rows, and how many explanations follow in full below."""

    detail: Detail
    in_full: int = 0


def answer(report: Report, context: RenderContext) -> Message:
    """The answer to a lookup."""
    page = Page.of(report, context.page)
    result = verdict(report, context.language, titles=context.titles)
    blocks: list[dict[str, Any]] = []
    for level in _detail_levels(page, context):
        blocks = _blocks(report, context, page, result, level)
        if text_length(blocks) <= BLOCK_BUDGET:
            break
    return Message(_fallback_text(report, context, page, result), tuple(blocks))


def _detail_levels(page: Page, context: RenderContext) -> Iterator[_DetailLevel]:
    """The levels to try, the most detailed first."""
    if context.explained:
        yield from (_DetailLevel(Detail.NONE, count) for count in range(min(MAX_EXPLAINED, len(_known(page))), 0, -1))
    yield from map(_DetailLevel, (Detail.FULL, Detail.BRIEF, Detail.NONE))


def _blocks(report: Report, context: RenderContext, page: Page, result: Verdict, level: _DetailLevel) -> list[dict[str, Any]]:
    text_format = mrkdwn_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    detail = level.detail
    brief = detail is not Detail.FULL and not level.in_full
    blocks = [section(_verdict_lines(report, result, text_format), context.language)]
    blocks += rows.blocks(page.rows, report, context, text_format, detail)
    blocks += [block for explanation in _known(page)[: level.in_full] for block in full_explanation(explanation, text_format)]
    missing = [
        *fault_lines(report, text_format, brief=brief),
        missing_targets_line(report, text_format),
        _nothing_selected(report, text_format),
        _why_not_asked(report, text_format),
    ]
    if any(missing):
        blocks.append(section(missing, context.language))
    notices = [_shortened(context)] if brief else []
    most = MAX_NOTES if detail > Detail.NONE else 3
    window = text_format.say("{window} your time", window=text_format.times.span(report.query.window))
    small = [
        _follow_up_line(report, context, text_format),
        _small_print(report, window, page, text_format),
        _age_notice(report, context, text_format),
    ]
    small.append(ignored_words_line(context.passed_over, text_format))
    small += remarks(report, text_format, most=most)
    blocks.append(context_block([*notices, *small, _attribution(context)], context.language))
    return [*blocks, buttons.actions_block(report, context, page.rows, page=page.index, pages=page.count)]


def _known(page: Page) -> list[Explanation]:
    """The explanations of the page's codes and of its pending messages, each once."""
    waiting = (row.explanation for row in page.rows if row.status is Status.PENDING)
    found = (*(group.explanation for group in group_by_code(page.rows)), *waiting)
    return list(dict.fromkeys(explanation for explanation in found if explanation is not None))


def _age_notice(report: Report, context: RenderContext, text_format: TextFormat) -> str:
    """The notice on an old answer that a click shows again."""
    if context.now - report.as_of < OUT_OF_DATE:
        return ""
    return text_format.say("This answer is from {when}: press Refresh to ask again now.", when=text_format.moment(report.as_of))


def _verdict_lines(report: Report, result: Verdict, text_format: TextFormat) -> list[str]:
    """What happened and to whom; what is missing; who must fix it, what to do and who else is affected."""
    lead, aside, detail = (
        text_format.prose(result.lead, TITLE),
        text_format.prose(result.aside, TITLE),
        text_format.prose(result.detail, STEP),
    )
    head = text_format.say("*{lead}* {time}", lead=lead, time=text_format.moment(result.when)) if result.when else f"*{lead}*"
    head = text_format.say("{head} ({aside})", head=head, aside=aside) if result.aside else head
    about = text_format.say("{lead}: {detail}", lead=head, detail=detail) if result.detail else head
    about = text_format.language.semicolon_list((about, text_format.prose(result.earlier, STEP) if result.earlier else ""))
    targets = report.query.targets
    if len(targets) == 1:
        about += f" · {text_format.quote(targets[0].masked, IDENTIFIER)}"
    advice = text_format.prose(result.advice, STEP) if result.advice else ""
    advice = advice.rstrip(".。") if result.reach else advice
    reach = " · ".join(part for part in (advice, result.reach) if part)
    missing = text_format.language.with_full_stop(text_format.prose(result.incomplete, STEP)) if result.missing else ""
    return [about, missing, reach, _hint(report, result, text_format)]


def _hint(report: Report, result: Verdict, text_format: TextFormat) -> str:
    """What "no record" can mean, for it is not a failure. Tencent lists a message once its receipt is there."""
    if result.outcome is not Outcome.NO_RECORD:
        return ""
    if any(note.kind is NoteKind.EMPTY_RECEIPTS for part in report.coverage for note in part.notes):
        return text_format.say(
            "It has no receipt yet, was sent at another time or from another account, or not at all. "
            "Check the number and try a longer window."
        )
    return text_format.say(
        "It was sent at another time, from another account, or not at all. Check the number and try a longer window."
    )


def _nothing_selected(report: Report, text_format: TextFormat) -> str:
    if report.shown or not report.deliveries:
        return ""
    return text_format.say("Nothing to show with {filter}.", filter=filter_words(report.query.only, text_format.language))


def _why_not_asked(report: Report, text_format: TextFormat) -> str:
    """The reasons when no account could be asked; otherwise they are small print."""
    return "" if report.coverage else " · ".join(accounts_not_asked(report, text_format))


def _shortened(context: RenderContext) -> str:
    return context.language.say(
        "Shortened to fit: ask for one number, `only failed` or a shorter window, or `{command} explain CODE`.",
        command=prose(context.command, PLACE),
    )


def _follow_up_line(report: Report, context: RenderContext, text_format: TextFormat) -> str:
    return "" if context.previous is None else follow_up_summary(context.previous, report.query, text_format)


def _small_print(report: Report, window: str, page: Page, text_format: TextFormat) -> str:
    parts = (
        window,
        freshness(report, text_format),
        filter_line(report, text_format.language),
        page.words(report, text_format.language),
        *(accounts_not_asked(report, text_format) if report.coverage else ()),
    )
    return " · ".join(part for part in parts if part)


def _attribution(context: RenderContext) -> str:
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


def _window_text(report: Report, context: RenderContext, text_format: TextFormat) -> str:
    """The window with the zone of the times in the text. In a public answer that is not the reader's own."""
    window, zone = text_format.times.span(report.query.window), zone_name(context.zone, context.now)
    return f"{window} {zone}" if context.public else text_format.say("{window} your time ({zone})", window=window, zone=zone)


def _fallback_text(report: Report, context: RenderContext, page: Page, result: Verdict) -> str:
    """The whole answer as text, times written out: the verdict, each message, what is missing, as of when."""
    text_format = mrkdwn_format(
        report, context.titles, zone=context.zone, now=context.now, language=context.language, tokens=False
    )
    targets = report.query.targets
    about = (
        text_format.say("Looked up: {target}.", target=text_format.quote(targets[0].masked, IDENTIFIER))
        if len(targets) == 1
        else ""
    )
    language = context.language
    lines = [
        language.sentences(
            [text_format.prose(result.sentence_at(text_format.moment(result.when) if result.when else ""), 2 * STEP), about]
        ),
        _hint(report, result, text_format),
    ]
    first_of = {id(group.rows[0]): group for group in group_by_code(page.rows)}
    for row in page.rows:
        group = first_of.get(id(row))
        why = reason_lines(group, text_format, Detail.FULL, advised=is_advised(group, report)) if group else []
        lines.append(
            language.sentences(language.with_full_stop(line) for line in (rows.row_line(row, report, text_format), *why))
        )
    lines += (
        [line for one in _known(page)[:MAX_EXPLAINED] for line in full_explanation_lines(one, text_format)]
        if context.explained
        else []
    )
    tail = [
        *fault_lines(report, text_format),
        missing_targets_line(report, text_format),
        _nothing_selected(report, text_format),
        _why_not_asked(report, text_format),
    ]
    tail += [
        *remarks(report, text_format),
        _follow_up_line(report, context, text_format),
        ignored_words_line(context.passed_over, text_format),
    ]
    tail += [
        _small_print(report, _window_text(report, context, text_format), page, text_format),
        _age_notice(report, context, text_format),
    ]
    return fit([line for line in lines if line], [line for line in tail if line], TEXT_BUDGET, language)
