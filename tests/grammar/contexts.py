"""The people who ask in these tests, with a fixed clock, and short ways to say what they get."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UsageError
from bot.grammar import Lookup, ParseContext, parse
from bot.i18n import get_language

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINESE = get_language("zh")
NOW = datetime(2026, 11, 21, 14, 5, 31, 250_000, tzinfo=SHANGHAI)  # a Saturday
PROVIDERS = {
    "tencent": "tencent",
    "腾讯": "tencent",
    "腾讯云": "tencent",
    "aliyun": "aliyun",
    "alibaba": "aliyun",
    "阿里云": "aliyun",
    "aliyun-intl": "aliyun-intl",
    "receipts": "receipts",
}


def parse_context(now: datetime = NOW, zone: tzinfo = SHANGHAI, region: str = "CN") -> ParseContext:
    return ParseContext(now=now, zone=zone, providers=PROVIDERS, region=region)


PLACEHOLDER = re.compile(r"\b(?:NUMBER|WHEN|CODE|PROVIDER|STATUS|ID)\b")  # what only the user knows
ENGINEER = parse_context()


def lookup(text: str, who: ParseContext = ENGINEER) -> Lookup:
    command = parse(text, who)
    assert isinstance(command, Lookup)
    return command


def targets(text: str, who: ParseContext = ENGINEER) -> list[str]:
    """The targets in full, as "number id" with either part missing."""
    found = lookup(text, who).query.targets
    return [" ".join(part for part in (t.number.e164 if t.number else "", t.message_id or "") if part) for t in found]


def window(text: str, who: ParseContext = ENGINEER) -> tuple[str, str]:
    """The window in the user's own time; its end is "open" if it is."""
    found = lookup(text, who).query.window
    assert found.since.tzinfo is UTC
    assert found.until.tzinfo is UTC
    since, until = (f"{moment.astimezone(who.zone):%Y-%m-%d %H:%M:%S}" for moment in (found.since, found.until))
    return since, "open" if found.open else until


def refusal(text: str, who: ParseContext = ENGINEER) -> UsageError:
    """The error that `text` gets, once its example has been tried and its Chinese looked through."""
    with pytest.raises(UsageError) as caught:
        parse(text, who)
    example = caught.value.example
    if example is not None and not PLACEHOLDER.search(example):
        parse(example, who)
    assert english_in(caught.value.problem.said_in(CHINESE)) == []
    return caught.value


def english_in(chinese: str) -> list[str]:
    """The words in it that a reader of Chinese has to know English for; what is typed stands between back-ticks."""
    return [word for word in re.findall("[A-Za-z]+", re.sub("`[^`]*`", "", chinese)) if word != "ID"]
