"""A time that was typed is read, or kept in the correction, or replaced by the placeholder WHEN: never by another time.

The times are found by a scan that knows nothing of the grammar.
"""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.grammar import Lookup
from tests.grammar.contexts import NOW
from tests.grammar.test_properties import answer

A = "13912345678"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_TIMES = re.compile(
    rf"""\d{{4}}[-/.]\d\d?[-/.]\d\d? | \d\d?/\d\d?/\d{{4}} | \d\d?:\d\d(?::\d\d)? | \d\d?\ ?[ap]m\b | \d\d?\ o'clock
    | (?:{_MONTHS})[a-z]*\ \d\d? | \d\d?[- ](?:{_MONTHS})[a-z]* | \d\d?月\d\d?日 | \d\d?[日号] | \d\d?[点點]半?
    | \b(?:mon|tues|wednes|thurs|fri|satur|sun)day | [周上本]周?[一二三四五六日] | yester\w+ | today | noon | midnight
    | [昨今前]天 | [昨今][早晚] | [上下]午 | 晚上? | last\ (?:night|week|month) | this\ (?:morning|week) | 上周 | 刚才 | 半夜
    | \d+(?:\.\d+)?\ ?(?:h|m|d|hours?|minutes?|min|days?|weeks?|小时|分钟|天)\b | (?:an|two|half\ an)\ hours?(?:\ ago)?
    | [一二两三十半]+个?(?:小时|分钟|分鐘) | \b(?:PST|BST|UTC)\b
    | [+-]\d{{4}}\b | (?:(?<=since\ )|(?<=until\ )|(?<=last\ )|(?<=from\ ))\d{{1,2}}\b(?![\d:/-])""",
    re.IGNORECASE | re.VERBOSE,
)
MOMENTS = [
    "2h", "90m", "3 days", "an hour ago", "two hours ago", "half an hour ago", "2小时前", "三十分鐘", "yesterday", "today",
    "昨天", "周一",
    "Monday", "10:00", "9am", "11 pm", "8 o'clock", "上午 8:04", "晚上8点", "9点半", "noon", "2026-11-19", "2026-11-20 10:00",
    "2026-11-20-08:04", "Nov 19", "20-Nov-26", "11/20", "05/11", "20/11/2026", "11月19日", "20日", "20日晚上8点",
    "last night", "昨晚",
    "this morning", "last week", "上周", "刚才", "半夜", "last month", "10:00-12:00", "9am to 11am", "10点到11点", "10-11am",
    "25:00",
    "2026-02-30", "10:00 PST", "10:00 UTC", "10:00 +0800", "2026-11-19 10:00 BST", "5", "9",
]  # fmt: skip
KEYWORDS = ["since", "until", "from", "to", "between", "and", "last", "on", "at", "从", "到", "最近", ",", "-"]
UNTIL_NOW = Counter({"today": 7, "今天": 7})  # `until today` ends now, as the usual window does
OTHERS = [A, "13987654321", "foo", "not", "limit 5", "via tencent", "via twilio", "only failed", "please", "火星", "share"]
TEXTS = st.lists(st.sampled_from(MOMENTS) | st.sampled_from(KEYWORDS) | st.sampled_from(OTHERS), min_size=1, max_size=7).map(
    " ".join
)


def times(text: str) -> Counter[str]:
    """The times in `text`, numbers left out."""
    bare = re.sub(r"\d{8,}", " ", text.lower())
    return Counter(" ".join(found[0].split()) for found in _TIMES.finditer(bare))


@given(TEXTS)
@example(f"{A} since 2026-11-19 10:00 PST foo")
@example(f"{A} since 11am yesterday foo")
@example(f"{A} since 2h since 3h")
@example(f"{A} since 8 o'clock foo")
@example(f"{A} since 9")
@example(f"{A} an hour ago last week")
def test_a_correction_holds_the_times_that_were_typed_or_a_placeholder(text: str) -> None:
    error = answer(f"{A} {text}")
    if not isinstance(error, UsageError) or error.example is None:
        return
    typed, shown = times(text), times(error.example)
    assert not shown - typed, error.example
    assert set(shown) == set(typed) or "WHEN" in error.example, error.example


@given(TEXTS)
def test_a_lookup_with_a_time_in_it_has_a_window_of_its_own(text: str) -> None:
    found = answer(f"{A} {text}")
    if isinstance(found, Lookup) and times(text) - UNTIL_NOW:
        usual = (NOW.replace(microsecond=0) - found.query.window.since).total_seconds() == 86400
        assert not (usual and found.query.window.open), text
