"""The answer to a lookup: the verdict, the evidence, what the answer does not cover, and buttons.

The blocks fit Slack's limits whatever the report holds. Every outside value has a limit of its own, and when the whole is still
too long, explanations lose their detail first and are then left out, which the answer says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.model import NoteKind, Outcome, Status
from bot.presentation.evidence import (
    MAX_NOTES,
    Detail,
    accounts_not_asked,
    fault_lines,
    group_by_code,
    ignored_words_line,
    is_mixed,
    limit_lines,
    missing_targets_line,
    wait_words,
)
from bot.presentation.mix import failure_mix, mix_lines, mix_place
from bot.presentation.times import zone_name
from bot.presentation.verdict import verdict
from bot.presentation.verdict.causes import causes_of
from bot.presentation.wording import (
    IDENTIFIER,
    STEP,
    TITLE,
    capitalised,
    nothing_shown,
)
from bot.slack.views import buttons
from bot.slack.views.batch import go_on_block, note_lines, notes_block
from bot.slack.views.chart import mix_chart
from bot.slack.views.message import BLOCK_BUDGET, TEXT_BUDGET, Message, context_block, fit, section, text_length
from bot.slack.views.mrkdwn import mrkdwn_format
from bot.slack.views.page import Page
from bot.slack.views.reference import background, full_explanation, full_explanation_lines
from bot.slack.views.rows import Evidence, tells_one_cause
from bot.slack.views.small_print import age_notice, attribution, follow_up_line, shortened, small_print

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Explanation, Report
    from bot.presentation.mix import FailureMix
    from bot.presentation.verdict import Verdict
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

MAX_EXPLAINED = 5  # codes explained in full at once
NOTIFICATION = 160  # characters of the text that a notification shows


@dataclass(frozen=True, slots=True)
class _DetailLevel:
    """What is said of a cause below its messages, and how many explanations follow in full below."""

    detail: Detail
    in_full: int = 0


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the report amounts to, found once for all forms of the answer."""

    page: Page
    verdict: Verdict
    mix: FailureMix | None


def answer(report: Report, context: RenderContext) -> Message:
    """The answer to a lookup."""
    page = Page.of(report, context.page, each=context.detailed)
    found = _Findings(page, verdict(report, context.language, titles=context.titles), failure_mix(report))
    blocks: list[dict[str, Any]] = []
    for level in _detail_levels(page, context):
        blocks = _blocks(report, context, found, level)
        if text_length(blocks) <= BLOCK_BUDGET:
            break
    return Message(_fallback_text(report, context, found), tuple(blocks))


def _detail_levels(page: Page, context: RenderContext) -> Iterator[_DetailLevel]:
    """The levels to try, the most detailed first."""
    if context.detailed:
        yield from (_DetailLevel(Detail.NONE, count) for count in range(min(MAX_EXPLAINED, len(_known(page))), 0, -1))
    yield from map(_DetailLevel, (Detail.FULL, Detail.BRIEF, Detail.NONE))


def _blocks(report: Report, context: RenderContext, found: _Findings, level: _DetailLevel) -> list[dict[str, Any]]:
    page, result, mix = found.page, found.verdict, found.mix
    text_format = mrkdwn_format(report, context.titles, zone=context.zone, now=context.now, language=context.language)
    left_out = level.in_full < len(_known(page)) if context.detailed else level.detail is not Detail.FULL
    place = "" if context.detailed else mix_place(mix, text_format)  # the details say it in the table's first line
    brief = is_mixed(report) and not context.detailed
    blocks = [section([*verdict_lines(report, result, text_format, brief=brief), place], context.language)]
    blocks += notes_block(context.notes, context.language)
    if mix and context.detailed:
        blocks += [section(mix_lines(mix, report, text_format), context.language), *mix_chart(mix, report, context)]
    blocks += Evidence(page, report, result, context, text_format).blocks(level.detail, explained=level.in_full > 0)
    blocks += [
        block
        for explanation in _known(page)[: level.in_full]
        for block in full_explanation(explanation, text_format, pages=context.pages)
    ]
    missing = [
        *([] if brief else limit_lines(report, text_format)),
        *fault_lines(report, text_format, brief=left_out),
        missing_targets_line(report, text_format),
        _nothing_selected(report, text_format),
        _why_not_asked(report, text_format),
    ]
    if any(missing):
        blocks.append(section(missing, context.language))
    most = MAX_NOTES if level.detail > Detail.NONE else 3
    small = [
        shortened(context) if left_out else "",
        follow_up_line(report, context, text_format),
        *small_print(report, context, page, text_format, most=most),
        age_notice(report, context, text_format),
        ignored_words_line(context.passed_over, text_format),
        attribution(context),
    ]
    blocks.append(context_block(small, context.language))
    rest = [go_on_block(context.answer_id, context.language)] if context.has_rest else []
    return [*blocks, *rest, buttons.actions_block(report, context, page)]


def _known(page: Page) -> list[Explanation]:
    """The explanations of the page's codes and of its pending messages, each once."""
    waiting = (row.explanation for row in page.rows if row.status is Status.PENDING)
    found = (*(group.explanation for group in group_by_code(page.rows)), *waiting)
    return list(dict.fromkeys(explanation for explanation in found if explanation is not None))


def verdict_lines(
    report: Report, result: Verdict, text_format: TextFormat, *, bold: bool = True, brief: bool = False
) -> list[str]:
    """What happened, why and to whom; what is missing; who must fix it and who else is affected; what to do.

    `brief`: of a mixed list, whose causes stand below, each with who must fix it.
    """
    if brief:
        result = _of_a_mixed_list(report, result, text_format)
    lead, aside, detail, earlier, advice, step = (
        text_format.prose(words, limit) if words else ""
        for words, limit in (
            (result.lead, TITLE),
            (result.aside, TITLE),
            (result.detail, STEP),
            (result.earlier, STEP),
            (result.advice, STEP),
            (result.step, STEP),
        )
    )
    language, say = text_format.language, text_format.say
    if wait := "" if brief else wait_words(report, text_format):
        advice, step = wait, ""
    head = replace(result, lead=lead).lead_at(text_format.times.minute(result.when) if result.when else "")
    if bold:
        head = say("*{head}* ({aside})", head=head, aside=aside) if aside else f"*{head}*"
    elif aside:
        head = say("{head} ({aside})", head=head, aside=aside)
    head = f"{result.sign} {head}"
    about = say("{lead}: {detail}", lead=head, detail=detail) if detail else head
    shown = set(map(id, report.shown))
    if any(row.status.is_failure and id(row) not in shown for row in report.deliveries):  # else the lines below say it
        about = language.semicolon_list((about, earlier))
    targets = report.query.targets
    if len(targets) == 1:
        about += f" · {text_format.quote(targets[0].masked, IDENTIFIER)}"
    reach = " · ".join(part for part in (advice.rstrip(".。") if result.reach else advice, result.reach) if part)
    missing = language.with_full_stop(text_format.prose(result.incomplete, STEP)) if result.missing else ""
    return [about, missing, reach, step if tells_one_cause(report) else "", _hint(report, result, text_format)]


def _of_a_mixed_list(report: Report, result: Verdict, text_format: TextFormat) -> Verdict:
    """`19 of 27 numbers failed (5 delivered): 12 causes`, in two lines of a phone."""
    count = len(causes_of([row for row in report.newest_of_targets if row.status.is_failure]))
    causes = text_format.plural(count, "{count} cause", "{count} causes")
    return replace(result, aside=next(iter(result.asides), ""), detail=causes, advice="", reach="", step="")


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
    return nothing_shown(report.query.only, text_format.language)


def _why_not_asked(report: Report, text_format: TextFormat) -> str:
    """The reasons when no account could be asked; otherwise they are small print."""
    return "" if report.coverage else " · ".join(accounts_not_asked(report, text_format))


def _fallback_text(report: Report, context: RenderContext, found: _Findings) -> str:
    """The whole answer as text, times written out: the verdict, each message, what is missing, as of when.

    A notification shows its beginning alone: what happened, who must fix it and what to do.
    """
    text_format = mrkdwn_format(
        report, context.titles, zone=context.zone, now=context.now, language=context.language, tokens=False
    )
    page, result, mix = found.page, found.verdict, found.mix
    if wait := wait_words(report, text_format):
        result = replace(result, advice=wait, step="")
    language, targets = context.language, report.query.targets
    moment = text_format.times.minute(result.when) if result.when else ""
    summary = result.summary_at(moment, NOTIFICATION - 2)
    first = f"{result.sign} {text_format.prose(summary, NOTIFICATION)}"
    rest = (result.incomplete, "" if result.aside in summary else result.aside, result.earlier)
    about = text_format.quote(targets[0].masked, IDENTIFIER) if len(targets) == 1 else ""
    more = [
        text_format.say("Looked up: {target}.", target=about) if about else "",
        *(language.with_full_stop(text_format.prose(capitalised(words), STEP)) for words in rest if words),
    ]
    lines = [first, language.sentences(more), _hint(report, result, text_format)]
    lines += mix_lines(mix, report, text_format) if mix and context.detailed else [mix_place(mix, text_format)]
    for line, *below in Evidence(page, report, result, context, text_format).lines(Detail.FULL):
        lines.append(language.sentences(language.with_full_stop(part.strip()) for part in (line, *below)))
    if context.detailed:
        lines += [
            line
            for one in _known(page)[:MAX_EXPLAINED]
            for line in (*full_explanation_lines(one, text_format), *background(one, text_format))
        ]
    small = small_print(report, context, page, text_format)
    zone = text_format.say("times in {zone}", zone=zone_name(context.zone, context.now))
    tail = [
        *note_lines(context.notes),
        *fault_lines(report, text_format),
        missing_targets_line(report, text_format),
        _nothing_selected(report, text_format),
        _why_not_asked(report, text_format),
        follow_up_line(report, context, text_format),
        ignored_words_line(context.passed_over, text_format),
        f"{small[0]} · {zone}",
        *small[1:],
        age_notice(report, context, text_format),
    ]
    return fit([line for line in lines if line], [line for line in tail if line], TEXT_BUDGET, language)
