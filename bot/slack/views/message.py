"""`Message`, `RenderContext` and the blocks that views are made of.

Limits that hold for a whole message: 50 blocks, 3,000 characters in a section, and about 13,200 characters in all blocks
together, above which Slack answers `msg_blocks_too_long` (https://github.com/slackapi/bolt-js/issues/2509). The budgets here
stay below 12,000 for blocks and text together, with room for a notice above an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.slack.views.mrkdwn import space_formatting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.codes.page_address import CodePages
    from bot.i18n import Language
    from bot.model import Query

BLOCK_BUDGET = 8_300  # characters of text in an answer's blocks, table cells included
TEXT_BUDGET = 2_900  # characters of the top-level text
SECTION_LIMIT = 3_000
_CUT = phrase("… cut here: the message shows the rest.")


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack. `text` is complete by itself: notifications and screen readers get nothing else."""

    text: str
    blocks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """How an answer is rendered, and for whom."""

    answer_id: str  # opaque; the only thing in a button's value
    now: datetime
    zone: tzinfo  # in which times are written where no date token can stand
    titles: Mapping[str, str]  # provider name -> "Tencent"
    page: int = 0  # of ten deliveries each, the newest first
    public: bool = False  # in a channel: no message text and no Share button
    threaded: bool = False  # in a thread, which may have other lookups
    shared: bool = False  # its Share button has been used
    direct: bool = False  # in a direct message with the bot: there is no channel to share to
    may_reveal: bool = False  # whoever reads it may see whole numbers
    detailed: bool = False  # every message by itself, its codes in full, and how each source answered
    changed: tuple[str, str] | None = None  # what was done last and by whom: ("refreshed", Slack user id)
    previous: Query | None = None  # the lookup that this one builds on
    passed_over: tuple[str, ...] = ()  # words of the question that changed nothing
    notes: tuple[str, ...] = ()  # what is said of the list that it came from
    has_rest: bool = False  # a batch that did not come to all of its targets
    language: Language
    command: str = "/smsstatus"
    shared_by: str | None = None  # Slack user ids
    asked_by: str | None = None
    pages: CodePages | None = None  # the site that has a page for each code


def section(lines: Iterable[str], language: Language) -> dict[str, Any]:
    """A section of mrkdwn lines. `verbatim` keeps Slack from linking what looks like a number, a channel or an address."""
    return {"type": "section", "text": mrkdwn("\n".join(line for line in lines if line), language)}


def context_block(lines: Iterable[str], language: Language) -> dict[str, Any]:
    """A context block: small print."""
    return {"type": "context", "elements": [mrkdwn("\n".join(line for line in lines if line), language)]}


def mrkdwn(text: str, language: Language) -> dict[str, Any]:
    """A mrkdwn text object; too long a text loses whole lines at its end."""
    return {"type": "mrkdwn", "text": fit(text.split("\n"), (), SECTION_LIMIT, language) or "–", "verbatim": True}


def plain_text(text: str) -> dict[str, Any]:
    """A plain_text object, for labels and titles."""
    return {"type": "plain_text", "text": text}


def fit(lines: Sequence[str], tail: Sequence[str], limit: int, language: Language) -> str:
    """The lines and the tail joined. Above `limit`, whole lines are replaced with a mark: the last of `lines` first.

    The tail is kept unless it is longer than half of the limit; then it is cut from its beginning. All text with markup passes
    here, so the spaces that Slack's formatting needs are added here.
    """
    lines, tail = [space_formatting(line) for line in lines], [space_formatting(line) for line in tail]
    whole = "\n".join([*lines, *tail])
    if len(whole) <= limit:
        return whole
    cut = _CUT.said_in(language)
    ending = _that_fit(tail[::-1], limit // 2)[::-1]
    kept = _that_fit(lines, limit - len(cut) - 1 - sum(len(line) + 1 for line in ending))
    return "\n".join([*kept, cut, *ending])


def _that_fit(lines: Sequence[str], room: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def text_length(value: object) -> int:
    """The number of visible characters in `value`, as Slack counts them."""
    if isinstance(value, dict):
        return sum(
            len(content) if name in {"text", "fallback"} and isinstance(content, str) else text_length(content)
            for name, content in value.items()
        )
    return sum(text_length(item) for item in value) if isinstance(value, list | tuple) else 0


def with_notice(notice: Message, answer: Message, *, language: Language) -> Message:
    """The answer with a notice above it."""
    text = fit([notice.text, *answer.text.split("\n")], (), TEXT_BUDGET, language)
    return Message(text, (*notice.blocks, *answer.blocks))


def text_message(language: Language, *lines: str, small: Sequence[str] = ()) -> Message:
    """A message of one section, with small print below it. The lines are mrkdwn without date tokens."""
    blocks = [section(lines, language), *([context_block(small, language)] if small else [])]
    return Message(fit([line for line in (*lines, *small) if line], (), TEXT_BUDGET, language), tuple(blocks))
