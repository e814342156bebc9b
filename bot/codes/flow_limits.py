"""Alibaba's flow control limits, as its error messages name them: `触发分钟级流控Permits:1`, `触发号码天级流控Permits:40`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.codes.text_decoding import decode_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_CODE = "isv.BUSINESS_LIMIT_CONTROL"  # whose message the words are: https://help.aliyun.com/document_detail/44335.htm
_COUNT = r"(?:[\s,;]*permits\s*[:=]?\s*(?P<{}>\d{{1,6}}))"
_LIMIT = re.compile(
    r"(?:[触觸][发發]?[\w\s]{0,8}?(?P<span>分[钟鐘]|小[时時]|天|日)\s*[级級]?|(?P<level>分[钟鐘]|小[时時]|天|日)\s*[级級])\s*流控"
    rf"{_COUNT.format('most')}?|(?P<english>minute|hour|day)[\s\-]+level(?:\s+(?:flow|traffic)\s+control)?{_COUNT.format('permits')}",
    re.IGNORECASE,
)
_PERMITS = re.compile(r"permits\s*[:=]\s*\d", re.IGNORECASE)
_SPANS: Mapping[str, str] = {"分": "minute", "小": "hour", "天": "day", "日": "day", "m": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, slots=True)
class FlowLimit:
    """How many messages a number may get in a "minute", "hour" or "day"; `most` is None when the message names no count."""

    span: str
    most: int | None


def as_data() -> tuple[str, str]:
    """The patterns of a flow control message, both read in any case, and the code that it is about."""
    return f"{_LIMIT.pattern}|{_PERMITS.pattern}", LIMIT_CODE


def limit_in(text: str) -> FlowLimit | None:
    """The limit that `text` names; None when it names none."""
    found = _LIMIT.search(decode_text(text))
    if found is None:
        return None
    span, most = found["span"] or found["level"] or found["english"].lower(), found["most"] or found["permits"]
    return FlowLimit(_SPANS[span[0]], int(most) if most else None)


def names_a_limit(text: str) -> bool:
    """Whether `text` is a flow control message, with or without naming the limit."""
    shown = decode_text(text)
    return bool(_LIMIT.search(shown) or _PERMITS.search(shown))
