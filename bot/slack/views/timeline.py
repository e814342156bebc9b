"""The lookups of a thread as a dated timeline, in Markdown to copy into an incident's report.

Times are written out with their zone, for they are read elsewhere. Numbers are masked, and no text of a message is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Status
from bot.presentation.times import duration, is_said_as_length, offset, zone_name
from bot.presentation.wording import STATUS_WORDS, filter_words
from bot.slack.views.buttons import SHARE_SUMMARY
from bot.slack.views.home import OUTCOMES
from bot.slack.views.message import Message, plain_text, section
from bot.slack.views.mrkdwn import escape, space_formatting
from bot.slack.views.thread_notes import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.i18n import Language
    from bot.model import Query
    from bot.slack.state.findings import Finding

MOST_LOOKUPS = 20
_MOST_TARGETS = 3
_MOST_TEXT = 2_900  # characters of the code block, and of the text beside it
_TITLE = phrase("SMS lookups in this thread")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One lookup: what was asked, what was found then and when it was refreshed last, and where its answer is."""

    query: Query
    length: timedelta | None  # of a window that went with the time
    first: Finding
    last: Finding
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    """How the timeline is written."""

    zone: tzinfo
    language: Language

    def moment(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def found(self, finding: Finding) -> str:
        """`Failed (2 failed, 1 delivered)`."""
        known = OUTCOMES.get(finding.outcome)
        words = known[1].said_in(self.language) if known else finding.outcome
        counts = self.language.clauses(
            self.language.say("{count} {status}", count=count, status=STATUS_WORDS[Status(status)].said_in(self.language))
            for status, count in finding.counts
        )
        return self.language.say("{outcome} ({counts})", outcome=words, counts=counts) if counts else words

    def asked(self, entry: TimelineEntry) -> str:
        """``+86 137****2222`, last 2 h`: as code, for Markdown would take the asterisks for bold."""
        named = [f"`{target.masked}`" for target in entry.query.targets[:_MOST_TARGETS]]
        rest = len(entry.query.targets) - len(named)
        parts = [self.language.listed([*named, self.language.say("{count} more", count=rest)] if rest > 0 else named)]
        if entry.length is not None and is_said_as_length(entry.length):
            parts.append(self.language.say("last {length}", length=duration(entry.length, self.language)))
        else:
            window = entry.query.window
            parts.append(f"{self.moment(window.since)} – {self.moment(window.until)}")
        parts += [filter_words(entry.query.only, self.language)] if entry.query.only else []
        return self.language.clauses(parts)


def timeline(entries: Sequence[TimelineEntry], *, zone: tzinfo, language: Language) -> str:
    """The Markdown, the oldest lookup first. Raises ValueError without any entry."""
    if not entries:
        raise ValueError("there is no lookup to tell of")
    words = _Words(zone, language)
    now = entries[-1].last.as_of
    zoned = language.say("Times in {zone} ({offset}).", zone=zone_name(zone, now), offset=offset(now, zone))
    lines = [_line(entry, words) for entry in entries]
    changed = _change(entries, words)
    return "\n".join([f"## {_TITLE.said_in(language)}", "", zoned, "", *lines, *(["", changed] if changed else [])])


def _line(entry: TimelineEntry, words: _Words) -> str:
    """`- 2026-11-21 14:05: [`+86 137****2222`, last 2 h](https://…): Failed (2 failed)`, and what it was when refreshed."""
    asked = words.asked(entry)
    linked = f"[{asked}]({entry.permalink})" if ADDRESS.fullmatch(entry.permalink) else asked
    line = f"- {words.moment(entry.first.as_of)}: {linked}: {words.found(entry.first)}"
    if entry.last.as_of == entry.first.as_of:
        return line
    return f"{line} → {words.moment(entry.last.as_of)}: {words.found(entry.last)}"


def _change(entries: Sequence[TimelineEntry], words: _Words) -> str:
    """What changed between the first look and the last; nothing after one look. Lookups of other targets are not compared."""
    newest = max(entries, key=lambda entry: entry.last.as_of)
    alike = [entry for entry in entries if entry.query.targets == newest.query.targets]
    first, last = min((entry.first for entry in alike), key=lambda finding: finding.as_of), newest.last
    targets = words.language.listed([f"`{target.masked}`" for target in newest.query.targets[:_MOST_TARGETS]])
    was, now = words.found(first), words.found(last)
    if first.as_of == last.as_of:
        return ""  # it was asked once
    if was == now:
        return words.language.say("No change for {targets}: {now}.", targets=targets, now=now)
    return words.language.say("Changed for {targets}: {was} → {now}.", targets=targets, was=was, now=now)


def thread_summary(
    entries: Sequence[TimelineEntry], answer_id: str, *, zone: tzinfo, language: Language, shareable: bool
) -> Message:
    """The timeline in a code block, to be copied; with a button that posts it in the thread where `shareable`.

    Where it is too long for Slack, the oldest lookups but the first are left out, which it says. Raises ValueError as `timeline`.
    """
    markdown = timeline(entries, zone=zone, language=language)
    kept = list(entries)
    while len(markdown) > _MOST_TEXT and len(kept) > 2:  # noqa: PLR2004 - the first and the last are what changed
        del kept[1]
        left_out = language.say("{count} lookups in between are left out.", count=len(entries) - len(kept))
        markdown = f"{timeline(kept, zone=zone, language=language)}\n\n{left_out}"
    markdown, title = space_formatting(markdown), language.say("Markdown to copy:")
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": markdown}]}
    blocks = (section([title], language), {"type": "rich_text", "elements": [code]})
    text = f"{title}\n```{escape(markdown, _MOST_TEXT)}```"
    return Message(text, (*blocks, _share_button(answer_id, language)) if shareable else blocks)


def _share_button(answer_id: str, language: Language) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": SHARE_SUMMARY,
        "text": plain_text(language.say("Share")),
        "value": answer_id,
        "accessibility_label": language.say("Post this summary in the thread"),
    }
    return {"type": "actions", "elements": [button]}


def shared_summary(*, language: Language) -> Message:
    """In the place of the summary that one person alone saw, when it is posted for everybody."""
    title = language.say("Posted in the thread.")
    return Message(title, (section([title], language),))


def no_summary(*, language: Language) -> Message:
    """Where no lookup of the thread is kept."""
    title = language.say("No lookup of this thread is kept, so there is nothing to summarise.")
    return Message(title, (section([title], language),))
