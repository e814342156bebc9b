"""What a short follow-up means on top of the last lookup of a conversation. Pure: words in, one value out.

    refresh · more · newer · all · explain 2          act on the answer that is shown
    summary                                           tells of all answers of the conversation
    since 24h · only failed · via aliyun · a number   a lookup that takes from the last one what is not said (the grammar's part)

Everything else is a command like any other, read by the one grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.grammar import A_NUMBER, EXAMPLES, EXPLAINS, Explain, begins_like_a_command, extract_targets, parse, simplify
from bot.i18n import phrase
from bot.model.personal_numbers import mask_numbers
from bot.slack.views.page import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.grammar import Command, ParseContext

_SPOILT = re.compile(r"\d\*{2,}\d|\d[eE]\+\d")  # 139****5678, 1.39E+10


class FollowUpAction(StrEnum):
    """What a word does to the answer shown last."""

    REFRESH = "refresh"
    MORE = "more"
    NEWER = "newer"
    SUMMARY = "summary"  # of all lookups of the thread
    ALL = "all"  # takes `only` away


@dataclass(frozen=True, slots=True)
class ExplainRow:
    """`explain 2`: the second row on the page that is shown. Counted from one."""

    row: int


FollowUp = FollowUpAction | ExplainRow

_ACTS: Mapping[str, FollowUpAction] = {
    **{act.value: act for act in FollowUpAction},
    "show all": FollowUpAction.ALL,  # as the button says
    "刷新": FollowUpAction.REFRESH,
    "更多": FollowUpAction.MORE,
    "下一页": FollowUpAction.MORE,
    "上一页": FollowUpAction.NEWER,
    "总结": FollowUpAction.SUMMARY,
    "汇总": FollowUpAction.SUMMARY,
    "全部": FollowUpAction.ALL,
    "显示全部": FollowUpAction.ALL,
}
_ROWS = "|".join(str(row) for row in range(1, PAGE + 1))  # of a page; other numbers are codes
_ROW = re.compile(rf"(?:{'|'.join(EXPLAINS)})\s*#?({_ROWS})", re.IGNORECASE)
_THANKS = re.compile(
    r"(?:(?:many |ok |great |great, |perfect |ok, )?(?:thanks?(?: you)?(?: (?:so much|a lot))?|thx|ty|cheers)"
    r"|ok(?:ay)?|great|perfect|nice|:?\+1:?|👍|🙏|:?pray:?|谢谢(?:你|您|了|啦)?|多谢|感谢|辛苦了?|好的?|收到)"
)
_ENDING = " .!?。！？"
_NEAR = 0.75  # "refesh" is, "more" and "model" are not


def parse_follow_up(text: str, context: ParseContext) -> FollowUp | Command:
    """What `text` asks for, where `context.last` is the lookup before it. Raises UsageError."""
    word = simplify(" ".join(text.split())).strip(_ENDING).lower()
    row = _ROW.fullmatch(word)
    act = _ACTS.get(word)
    if act is None and (row is None or context.last is None):
        return _parse(text, word, context)
    if context.last is None and act is FollowUpAction.SUMMARY:
        raise UsageError(phrase("Nothing to summarise: no lookup here yet."), word=word, example=A_NUMBER)
    if context.last is None:
        problem = phrase("Nothing to `{word}`: no lookup here yet.", word=word)
        raise UsageError(problem, word=word, example=A_NUMBER)
    return act or ExplainRow(int(row[1]) if row else 0)


def follow_up_word(text: str) -> str | None:
    """The word, where `text` is one that acts on what is shown in a conversation: a slash command knows of none."""
    word = simplify(" ".join(text.split())).strip(_ENDING).lower()
    return word if word in _ACTS else None


def is_thanks(text: str) -> bool:
    """Whether somebody only says thanks, or that all is well."""
    return bool(_THANKS.fullmatch(simplify(" ".join(text.split())).strip(_ENDING).lower()))


def is_addressed(text: str, region: str) -> bool:
    """Whether text that is not understood was meant as a command: it begins like one, or names a target.

    A number that cannot be read, or that a spreadsheet has spoilt, is one too: who sent it waits for an answer.
    """
    names_a_number = bool(extract_targets([text], region)) or mask_numbers(text) != text or bool(_SPOILT.search(text))
    return names_a_number or begins_like_a_command(text)


def _parse(text: str, word: str, context: ParseContext) -> Command:
    try:
        command = parse(text, context)
    except UsageError:
        near = get_close_matches(word, _ACTS, 1, _NEAR) if context.last else []
        if near and len(word) < 2 * len(near[0]):
            problem = phrase("Unknown word `{word}`. Did you mean `{near}`?", word=word, near=near[0])
            raise UsageError(problem, word=word, example=near[0], readings=near) from None
        raise
    if isinstance(command, Explain) and context.last is None and _ROW.fullmatch(word):
        problem = phrase("No lookup here yet whose row {row} could be explained.", row=command.code)
        raise UsageError(problem, word=command.code, example=EXAMPLES[-1])
    return command
