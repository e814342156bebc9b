"""The answer about everybody's messages, and its buttons, whose values are the question itself: no number is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Window
from bot.model.statistics import Affected, StatisticsQuestion
from bot.presentation.evidence import ignored_words_line
from bot.presentation.statistics import figure_lines, gap_lines, headline, small_print
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, plain_text, section
from bot.slack.views.mrkdwn import mention, mrkdwn_format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase
    from bot.model.statistics import StatisticsReport
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext

PREFIX = "stats."
REFRESH = "stats.refresh"
SHARE = "stats.share"

_LABELS: Mapping[str, tuple[Phrase, Phrase]] = {  # what the button says, and what a screen reader says for it
    REFRESH: (phrase("Refresh"), phrase("Count again now")),
    SHARE: (phrase("Share"), phrase("Post these figures in the channel")),
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MOST_VALUE = 2000  # characters of a button's value


def statistics(report: StatisticsReport, context: RenderContext) -> Message:
    """Whether it is everybody, the figures, what could not be counted, and how it was judged."""
    text_format = mrkdwn_format(None, context.titles, zone=context.zone, now=context.now, language=context.language)
    language = context.language
    blocks = [section(map(_unbroken, _verdict_lines(report, text_format)), language)]
    if figures := figure_lines(report, text_format):
        blocks.append(section(map(_unbroken, figures), language))
    small = [*gap_lines(report, text_format), *small_print(report, text_format), *_about(context, text_format)]
    blocks += [context_block(small, language), _buttons(report, context)]
    return Message(_text(report, context), tuple(blocks))


def _verdict_lines(report: StatisticsReport, text_format: TextFormat) -> list[str]:
    said = headline(report, text_format)
    line = text_format.say("*{head}*, {aside}", head=said.line, aside=said.aside) if said.aside else f"*{said.line}*"
    return [f"{said.sign} {line}", said.below]


def _unbroken(line: str) -> str:
    """The line with no break between a number and its per cent sign: a phone's lines are short."""
    return line.replace(" %", f"{_NO_BREAK}%")


def _about(context: RenderContext, text_format: TextFormat) -> Iterator[str]:
    yield ignored_words_line(context.passed_over, text_format)
    asked, shared = mention(context.asked_by), mention(context.shared_by)
    parts = (
        text_format.say("asked by {who}", who=asked) if asked else "",
        text_format.say("shared by {who}", who=shared) if shared else "",
        text_format.say("shared to the channel") if context.shared else "",
    )
    yield " · ".join(part for part in parts if part)


def _text(report: StatisticsReport, context: RenderContext) -> str:
    """All of it as text, with written times."""
    text_format = mrkdwn_format(None, context.titles, zone=context.zone, now=context.now, language=context.language, tokens=False)
    said = headline(report, text_format)
    lines = [f"{said.sign} {said.whole(context.language)}", said.below, *figure_lines(report, text_format)]
    tail = [*gap_lines(report, text_format), *small_print(report, text_format)]
    return fit([line for line in lines if line], [line for line in tail if line], TEXT_BUDGET, context.language)


def _buttons(report: StatisticsReport, context: RenderContext) -> dict[str, Any]:
    value = write_question(report.question, report.as_of)
    actions = [REFRESH] if context.public or context.shared or context.direct else [REFRESH, SHARE]
    elements = [
        {
            "type": "button",
            "action_id": action,
            "text": plain_text(_LABELS[action][0].said_in(context.language)),
            "value": value,
            "accessibility_label": _LABELS[action][1].said_in(context.language),
        }
        for action in actions
    ]
    return {"type": "actions", "elements": elements}


def write_question(question: StatisticsQuestion, as_of: datetime) -> str:
    """A question as a button's value, which is another for other figures.

    Accounts that do not fit are left out: then all of these providers are counted.
    """
    window = question.window
    fields: dict[str, Any] = {
        "since": int(window.since.timestamp()),
        "until": int(window.until.timestamp()),
        "open": window.open,
        "via": question.providers,
        "of": question.accounts,
        "for": question.affected,
        "at": int(as_of.timestamp()),
    }
    value = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return value if len(value) <= _MOST_VALUE else json.dumps({**fields, "of": []}, separators=(",", ":"), ensure_ascii=False)


def read_question(value: str, now: datetime) -> StatisticsQuestion | None:
    """The question of a button, up to now if it was; None for a value that is none of ours."""
    try:
        fields = json.loads(value)
        since, until = (datetime.fromtimestamp(fields[edge], UTC) for edge in ("since", "until"))
        window = Window(since, until, open=bool(fields["open"]))
        accounts = tuple((str(system), str(account)) for system, account in fields["of"])
        providers = tuple(str(name) for name in fields["via"])
        affected = Affected(fields["for"]) if fields.get("for") else None
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
    if window.open:
        now = now.astimezone(UTC).replace(microsecond=0)
        window = Window(now - window.length, now)
    return StatisticsQuestion(window, providers, accounts, affected)
