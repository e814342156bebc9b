"""The evidence as blocks: a line for each message, equal ones folded, and below it why it failed, once for each code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.presentation.evidence import (
    MAX_CODES,
    MOST_UNFOLDED,
    Detail,
    asks_several,
    cause_lines,
    codes_label,
    entry_words,
    group_by_code,
    group_by_meaning,
    is_advised,
    reason_lines,
    remark_lines,
    row_text,
)
from bot.presentation.wording import SIGNS, capitalised
from bot.slack.views.message import section
from bot.slack.views.table import data_table

if TYPE_CHECKING:
    from bot.model import Report
    from bot.presentation.evidence import CodeGroup, Entry
    from bot.presentation.verdict import Verdict
    from bot.presentation.wording import TextFormat
    from bot.slack.views.message import RenderContext
    from bot.slack.views.page import Page

_INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The lines of one page, in one format. What the verdict says is not repeated."""

    page: Page
    report: Report
    verdict: Verdict
    context: RenderContext
    text_format: TextFormat

    def blocks(self, detail: Detail, *, explained: bool = False) -> list[dict[str, Any]]:
        """All lines, in one section; where each of many messages is told, a table. `explained`: their codes follow in full."""
        language = self.context.language
        if self.context.detailed and len(self.page.entries) > MOST_UNFOLDED:
            groups = group_by_code(self.page.rows)[:MAX_CODES] if explained or detail > Detail.NONE else ()
            said = [line for group in groups for line in self._said_of(group)]
            return [data_table(self.page, self.report, self.context), *([section(said, language)] if said else [])]
        lines = [line for group in self.lines(detail, explained=explained) for line in group]
        return [section(lines, language)] if lines else []

    def lines(self, detail: Detail, *, explained: bool = False) -> list[list[str]]:
        """For each entry its line, and what stands below it."""
        first_of = {id(group.rows[0]): group for group in group_by_code(self.page.rows)}  # explained where a code is met first
        found = []
        for before, entry in zip((None, *self.page.entries), self.page.entries, strict=False):
            groups = [group for row in entry.rows if (group := first_of.get(id(row)))]
            below = [line for group in groups for line in self._below(group, detail, explained=explained)]
            if entry.cause or entry.further:
                below = self._of_a_cause(entry, is_worst=before is None) if detail > Detail.NONE else []
            if self.context.detailed and entry.newest.text and not self.context.public:
                below.append(row_text(entry.newest, self.text_format))
            line = f"{SIGNS[entry.newest.status]} {entry_words(entry, self.report, self.text_format, after=before)}"
            found.append([line, *(f"{_INDENT}{more}" for more in below)])
        return found

    def _of_a_cause(self, entry: Entry, *, is_worst: bool) -> list[str]:
        """What a cause of a mixed list is, who must fix it, and of the worst whom else it affects."""
        if entry.cause is None:
            return []
        language = self.context.language
        title = capitalised(entry.cause.words(self.report, language))
        advice = entry.cause.advice(language).rstrip(".。")
        reach = self.verdict.reach if is_worst else ""
        return [language.sentences([language.with_full_stop(title), " · ".join(part for part in (advice, reach) if part)])]

    def _said_of(self, group: CodeGroup) -> list[str]:
        """What the provider says of a code's messages, below their table."""
        code = codes_label(group, self.text_format)
        return [
            self.text_format.say("{codes}: {meaning}", codes=code, meaning=line) for line in remark_lines(group, self.text_format)
        ]

    def _below(self, group: CodeGroup, detail: Detail, *, explained: bool) -> list[str]:
        if explained:
            return remark_lines(group, self.text_format)
        advised = is_advised(group, self.report)
        if self.context.detailed:
            return reason_lines(group, self.text_format, detail, advised=advised)
        detail = min(detail, Detail.BRIEF) if asks_several(self.report) else detail
        told, said = tells_one_cause(self.report), self.verdict.advice
        return cause_lines(group, self.text_format, detail, told=told, advised=advised, said=said)


def tells_one_cause(report: Report) -> bool:
    """Whether all messages that are shown and failed have one cause, and the verdict says which."""
    return report.outcome.is_failure and len(group_by_meaning(row for row in report.shown if row.status.is_failure)) == 1
