"""The keywords in English and Chinese, and the closest valid word to one that is not among them."""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.grammar.cursor import one_of, pattern
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.i18n import Language

EXAMPLE_NUMBER = "+8613711112222"
EXAMPLE_CODE = "MK:0008"
EXAMPLE_WHEN = "2h"
EXAMPLE = f"{EXAMPLE_NUMBER} since {EXAMPLE_WHEN}"

# What a correction shows for what only the asker knows. A number, a time or a code of ours could be taken for theirs.
A_NUMBER, A_TIME, A_CODE, A_PROVIDER, A_STATUS, AN_ID = "NUMBER", "WHEN", "CODE", "PROVIDER", "STATUS", "ID"
A_NAME = "NAME"  # of a signature

COMMON_WINDOWS = ("2h", "24h", "7d")  # what is offered where a time is not understood

# They read the same whichever region, zone and providers are set, hence E.164 numbers and no `via`.
EXAMPLES: tuple[str, ...] = (
    EXAMPLE,
    f"{EXAMPLE_NUMBER} +8613711113333 since yesterday 09:00 only failed",
    f"{EXAMPLE_NUMBER} id:5000:1045710669157053657849499619 last 7d share",
    f"{EXAMPLE_NUMBER} 最近2小时 只看失败",
    f"explain {EXAMPLE_CODE}",
)

_IN_CHINESE: tuple[str, ...] = (
    f"{EXAMPLE_NUMBER} 最近2小时",
    f"{EXAMPLE_NUMBER} +8613711113333 从昨天9点 只看失败",
    f"{EXAMPLE_NUMBER} id:5000:1045710669157053657849499619 最近7天 分享",
    f"{EXAMPLE} only failed",
    f"解释 {EXAMPLE_CODE}",
)


def examples(language: Language) -> tuple[str, ...]:
    """Example commands in the words of `language`, one of them in the other language."""
    return _IN_CHINESE if language.code == "zh" else EXAMPLES


COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "help": "help", "帮助": "help", "说明": "help", "?": "help",
        "explain": "explain", "解释": "explain",
        "stats": "stats", "statistics": "stats", "统计": "stats", "发送统计": "stats",
        "signature": "signature", "签名": "signature",
        "template": "template", "模板": "template", "模版": "template",
        "watch": "watch", "监视": "watch", "盯着": "watch", "盯": "watch", "关注": "watch", "等结果": "watch", "等回执": "watch",
        "watches": "watches", "监视列表": "watches", "关注列表": "watches", "我的监视": "watches", "我的关注": "watches",
        "providers": "providers", "服务商": "providers", "供应商": "providers",
        "doctor": "doctor", "诊断": "doctor", "体检": "doctor",
    },
)  # fmt: skip

KEYWORDS: Mapping[str, str] = MappingProxyType(
    {
        "since": "since", "from": "since", "after": "since", "starting": "since", "between": "since",
        "从": "since", "自": "since",
        "last": "last", "past": "last", "in the last": "last", "in the past": "last", "over the last": "last",
        "within": "last", "recent": "last", "previous": "last",
        "over the past": "last", "for the last": "last", "for the past": "last", "within the last": "last", "the last": "last",
        "最近": "last", "过去": "last", "近": "last",
        "until": "until", "till": "until", "before": "until", "到": "until", "至": "until", "截至": "until",
        "via": "via", "通过": "via", "经": "via", "走": "via",
        "only": "only", "只看": "only", "仅看": "only", "只": "only", "仅": "only",
        "share": "share", "分享": "share",
    },
)  # fmt: skip

STATUSES: Mapping[str, Status] = MappingProxyType(
    {word: status for status, words in (
        (Status.FAILED, ("failed", "fail", "fails", "failing", "failure", "failures", "errors", "undelivered", "失败",
        "发送失败", "送达失败",
        "未送达")),
        (Status.DELIVERED, ("delivered", "success", "successful", "succeeded", "ok", "送达", "已送达", "成功", "发送成功")),
        (Status.PENDING, ("pending", "waiting", "no receipt", "no receipts", "without receipt", "等待", "等待中", "发送中",
        "无回执", "没有回执")),
        (Status.REJECTED, ("rejected", "reject", "refused", "拒绝", "被拒", "被拒绝")),
        (Status.UNKNOWN, ("unknown", "未知")),
    ) for word in words},
)  # fmt: skip

# Not accepted, since one word per thing is easier to remember and to complete; but what is meant is plain.
_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "to": "until", "public": "share", "publicly": "share",
        "commands": "help", "usage": "help", "code": "explain", "why": "explain",
        "monitor": "watch", "watching": "watches", "sign": "signature", "signatures": "signature", "templates": "template",
    },
)  # fmt: skip

CHECKS = tuple(word for word, command in COMMANDS.items() if command in {"signature", "template"})
WATCHES = tuple(word for word, command in COMMANDS.items() if command == "watch")
LISTS = tuple(word for word, command in COMMANDS.items() if command == "watches")
# The others have patterns of their own, in `checks.py` and `watching.py`.
COMMAND = pattern(one_of(word for word in COMMANDS if word not in {*CHECKS, *WATCHES}))
KEYWORD = pattern(one_of(KEYWORDS))
# What only the terminal does. `forget` behind or before a number must not look it up, and so keep it.
IN_TERMINAL_ONLY = ("audit", "codes", "config", "data", "database", "demo", "forget", "manifest", "mcp", "serve")
TERMINAL_COMMAND = pattern(one_of(IN_TERMINAL_ONLY))
FORGET_BEHIND = pattern(r"(?<![\w/\-])(?P<word>forget)(?: +(?:it|this|them|please|pls))?[\s.!?]*\Z")
POLITELY = pattern(r"(?:(?:please|pls|kindly|can you|could you|请|帮我|帮忙|麻烦)\s*)+")
LEADING_WORDS = ("lookup", "look up", "check", "查一下", "查询", "查")  # "lookup +86…" is what people say; it adds nothing
LEADING_WORD = pattern(one_of(LEADING_WORDS))
EXPLAINS = tuple(word for word, command in COMMANDS.items() if command == "explain")

# Without it the rest would ask the opposite.
NEGATION = pattern(
    r"(?:not|no|never|non|without|except|excluding|exclude|but|besides|unless|ignore|ignoring|hide|skip|drop|minus|-?not)\b"
    r"|(?:is|was|do|does|did)n't\b|之前|以前|前|不|非|别|別|除|没|沒|无|無|勿|未"
)


def closest_word(word: str, valid: Iterable[str], cutoff: float = 0.65) -> str | None:
    """The one of `valid` that `word` is most likely a misspelling of. None when none is close enough."""
    typed = word.lower()[:40]  # comparing takes time with the square of the length
    choices = sorted(set(valid))
    meant = _MEANT.get(typed)
    if meant in choices:
        return meant
    return next(iter(get_close_matches(typed, choices, n=1, cutoff=cutoff)), None)
