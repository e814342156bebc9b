"""Vague times, such as "recently": they are an error, since ignoring them would change the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.cursor import WORD_END, Edit, ParseError, one_of, pattern
from bot.grammar.vocabulary import A_TIME
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.cursor import Cursor

VAGUE_TIME = pattern(
    rf"(?:a +)?(?:few|couple(?: of)?|several) +(?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?)(?: ago)?{WORD_END}"
    rf"|(?:(?:last|this|past) +)?(?:month|year|weekend)s?{WORD_END}|\d+ *(?:months?|years?|mo|个月|個月|年)(?![a-z\d])(?: ago)?"
    rf"|[几幾数數]个?(?:分钟|小时|小時|天|周)前?|(?:这|前)[几两三四五六七\d]天|刚(?![才刚]|查到)"
     "|"
    + one_of(
        (
            "just now", "a while ago", "a moment ago", "some time ago", "recently", "earlier today", "earlier", "lately",
            "the other day", "overnight", "tomorrow", "the weekend", "lunchtime", "rush hour",
            "刚才", "剛才", "刚刚", "剛剛", "半夜", "大半夜", "午夜", "近期", "早些时候", "上个月", "上個月", "上月", "本月",
            "这个月",
            "月初", "月底", "年初", "今年", "去年", "明天", "一会儿前", "不久前", "上周末", "周末", "週末", "饭点",
        )
    )
)  # fmt: skip


def reject_vague_time(cursor: Cursor) -> None:
    """Raises ParseError for a vague time at the cursor."""
    start = cursor.at
    if found := cursor.take(VAGUE_TIME):
        problem = phrase("`{word}` is no exact time. Write one such as `2h`, `yesterday` or `09:00`.")
        raise ParseError(problem, word=found[0], edits=[Edit(cursor.since(start), A_TIME)])
