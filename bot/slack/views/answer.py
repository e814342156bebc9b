"""A report as Slack shows it: the verdict, the evidence, what the answer does not cover, and buttons.

The blocks must fit Slack's limits whatever the report holds. Every value from outside has a limit of its own, and when the
whole is still too long, explanations lose their detail first and then go, which the answer says.
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
from bot.slack.views.message import BLOCK_BUDGET, TEXT_BUDGET, Message, context, fit, section, text_length
from bot.slack.views.mrkdwn import medium, mention, prose
from bot.slack.views.page import Page
from bot.slack.views.reference import full_lines, in_full
from bot.slack.views.thread_notes import follow_up_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Explanation, Report
    from bot.presentation.verdict import Verdict
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

MAX_EXPLAINED = 5  # codes told in full at once
OUT_OF_DATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Told:
    """How much is told of each explanation beside its rows, and how many are told in full below them."""

    detail: Detail
    in_full: int = 0


def answer(report: Report, stage: RenderContext) -> Message:
    """The answer to a lookup."""
    page = Page.of(report, stage.page)
    said = verdict(report, stage.language, titles=stage.titles)
    blocks: list[dict[str, Any]] = []
    for told in _attempts(page, stage):
        blocks = _blocks(report, stage, page, said, told)
        if text_length(blocks) <= BLOCK_BUDGET:
            break
    return Message(_in_words(report, stage, page, said), tuple(blocks))


def _attempts(page: Page, stage: RenderContext) -> Iterator[_Told]:
    """What may be told, from the most to the least."""
    if stage.explained:
        yield from (_Told(Detail.NONE, count) for count in range(min(MAX_EXPLAINED, len(_known(page))), 0, -1))
    yield from map(_Told, (Detail.FULL, Detail.BRIEF, Detail.NONE))


def _blocks(report: Report, stage: RenderContext, page: Page, said: Verdict, told: _Told) -> list[dict[str, Any]]:
    here = medium(report, stage.titles, zone=stage.zone, now=stage.now, language=stage.language)
    detail = told.detail
    brief = detail is not Detail.FULL and not told.in_full
    blocks = [section(_verdict_lines(report, said, here), stage.language)]
    blocks += rows.blocks(page.rows, report, stage, here, detail)
    blocks += [block for explanation in _known(page)[: told.in_full] for block in in_full(explanation, here)]
    missing = [
        *fault_lines(report, here, brief=brief),
        missing_targets_line(report, here),
        _nothing_selected(report, here),
        _why_not_asked(report, here),
    ]
    if any(missing):
        blocks.append(section(missing, stage.language))
    notices = [_shortened(stage)] if brief else []
    most = MAX_NOTES if detail > Detail.NONE else 3
    window = here.say("{window} your time", window=here.times.span(report.query.window))
    small = [_on_top(report, stage, here), _small_print(report, window, page, here), _aged(report, stage, here)]
    small.append(ignored_words_line(stage.passed_over, here))
    small += remarks(report, here, most=most)
    blocks.append(context([*notices, *small, _people(stage)], stage.language))
    return [*blocks, buttons.row(report, stage, page.rows, page=page.index, pages=page.count)]


def _known(page: Page) -> list[Explanation]:
    """What the codes of the page mean, and its messages without a receipt, each once."""
    waiting = (row.explanation for row in page.rows if row.status is Status.PENDING)
    found = (*(reason.explanation for reason in group_by_code(page.rows)), *waiting)
    return list(dict.fromkeys(explanation for explanation in found if explanation is not None))


def _aged(report: Report, stage: RenderContext, here: TextFormat) -> str:
    """Shown by a click on an answer that has stood for a while."""
    if stage.now - report.as_of < OUT_OF_DATE:
        return ""
    return here.say("This answer is from {when}: press Refresh to ask again now.", when=here.moment(report.as_of))


def _verdict_lines(report: Report, said: Verdict, here: TextFormat) -> list[str]:
    """What happened and to whom; whose answer is missing; who must fix it, what to do and who else meets it."""
    lead, aside, detail = here.prose(said.lead, TITLE), here.prose(said.aside, TITLE), here.prose(said.detail, STEP)
    head = here.say("*{lead}* {time}", lead=lead, time=here.moment(said.when)) if said.when else f"*{lead}*"
    head = here.say("{head} ({aside})", head=head, aside=aside) if said.aside else head
    about = here.say("{lead}: {detail}", lead=head, detail=detail) if said.detail else head
    about = here.language.semicolon_list((about, here.prose(said.earlier, STEP) if said.earlier else ""))
    targets = report.query.targets
    if len(targets) == 1:
        about += f" · {here.quote(targets[0].masked, IDENTIFIER)}"
    advice = here.prose(said.advice, STEP) if said.advice else ""
    advice = advice.rstrip(".。") if said.reach else advice
    reach = " · ".join(part for part in (advice, said.reach) if part)
    missing = here.language.with_full_stop(here.prose(said.incomplete, STEP)) if said.missing else ""
    return [about, missing, reach, _hint(report, said, here)]


def _hint(report: Report, said: Verdict, here: TextFormat) -> str:
    """What "no record" can mean, for it is not a failure. Tencent lists a message once its receipt is there."""
    if said.outcome is not Outcome.NO_RECORD:
        return ""
    if any(note.kind is NoteKind.EMPTY_RECEIPTS for part in report.coverage for note in part.notes):
        return here.say(
            "It has no receipt yet, was sent at another time or from another account, or not at all. "
            "Check the number and try a longer window."
        )
    return here.say("It was sent at another time, from another account, or not at all. Check the number and try a longer window.")


def _nothing_selected(report: Report, here: TextFormat) -> str:
    if report.shown or not report.deliveries:
        return ""
    return here.say("Nothing to show with {filter}.", filter=filter_words(report.query.only, here.language))


def _why_not_asked(report: Report, here: TextFormat) -> str:
    """The reasons in full view when nobody at all could be asked; otherwise they are small print."""
    return "" if report.coverage else " · ".join(accounts_not_asked(report, here))


def _shortened(stage: RenderContext) -> str:
    return stage.language.say(
        "Shortened to fit: ask for one number, `only failed` or a shorter window, or `{command} explain CODE`.",
        command=prose(stage.command, PLACE),
    )


def _on_top(report: Report, stage: RenderContext, here: TextFormat) -> str:
    return "" if stage.previous is None else follow_up_summary(stage.previous, report.query, here)


def _small_print(report: Report, window: str, page: Page, here: TextFormat) -> str:
    parts = (
        window,
        freshness(report, here),
        filter_line(report, here.language),
        page.words(report, here.language),
        *(accounts_not_asked(report, here) if report.coverage else ()),
    )
    return " · ".join(part for part in parts if part)


def _people(stage: RenderContext) -> str:
    asked, shared, say = mention(stage.asked_by), mention(stage.shared_by), stage.language.say
    what, who = stage.changed or ("", None)
    changer = mention(who) if stage.public and who != stage.asked_by else ""
    parts = (
        say("asked by {who}", who=asked) if asked else "",
        say("shared by {who}", who=shared) if shared else "",
        change_label(what, changer, stage.language) if changer else "",
    )
    done = say("shared to the channel") if stage.shared and not stage.public else ""
    return " · ".join(part for part in (*parts, done) if part)


def _window_in_words(report: Report, stage: RenderContext, here: TextFormat) -> str:
    """With the zone of all the times in the text. One that a channel reads is in no reader's own."""
    window, zone = here.times.span(report.query.window), zone_name(stage.zone, stage.now)
    return f"{window} {zone}" if stage.public else here.say("{window} your time ({zone})", window=window, zone=zone)


def _in_words(report: Report, stage: RenderContext, page: Page, said: Verdict) -> str:
    """All of it as text, times written out: the verdict, each message, what is missing, as of when."""
    here = medium(report, stage.titles, zone=stage.zone, now=stage.now, language=stage.language, tokens=False)
    targets = report.query.targets
    about = here.say("Looked up: {target}.", target=here.quote(targets[0].masked, IDENTIFIER)) if len(targets) == 1 else ""
    language = stage.language
    lines = [
        language.sentences([here.prose(said.sentence_at(here.moment(said.when) if said.when else ""), 2 * STEP), about]),
        _hint(report, said, here),
    ]
    first_of = {id(reason.rows[0]): reason for reason in group_by_code(page.rows)}
    for row in page.rows:
        reason = first_of.get(id(row))
        why = reason_lines(reason, here, Detail.FULL, advised=is_advised(reason, report)) if reason else []
        lines.append(language.sentences(language.with_full_stop(line) for line in (rows.row_line(row, report, here), *why)))
    lines += [line for one in _known(page)[:MAX_EXPLAINED] for line in full_lines(one, here)] if stage.explained else []
    tail = [
        *fault_lines(report, here),
        missing_targets_line(report, here),
        _nothing_selected(report, here),
        _why_not_asked(report, here),
    ]
    tail += [*remarks(report, here), _on_top(report, stage, here), ignored_words_line(stage.passed_over, here)]
    tail += [_small_print(report, _window_in_words(report, stage, here), page, here), _aged(report, stage, here)]
    return fit([line for line in lines if line], [line for line in tail if line], TEXT_BUDGET, language)
