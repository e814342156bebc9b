"""The limit that Alibaba's own words name: `触发分钟级流控Permits:1`, `触发号码天级流控Permits:40`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.codes.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_CODE = "isv.BUSINESS_LIMIT_CONTROL"  # whose message the words are: https://help.aliyun.com/document_detail/44335.htm
_LIMIT = re.compile(r"触发?\w{0,6}?(?P<span>分钟|小时|天|日)级?流控(?:\s*[Pp]ermits\s*[:=]?\s*(?P<most>\d{1,6}))?")
_PERMITS = re.compile(r"permits\s*[:=]\s*\d", re.IGNORECASE)
_SPANS: Mapping[str, str] = {"分钟": "minute", "小时": "hour", "天": "day", "日": "day"}


@dataclass(frozen=True, slots=True)
class FlowLimit:
    """How many messages a number may get in a "minute", "hour" or "day"; `most` None: the words name no count."""

    span: str
    most: int | None


def limit_in(text: str) -> FlowLimit | None:
    """The limit that `text` names; None when it names none."""
    found = _LIMIT.search(plain_text(text))
    if found is None:
        return None
    return FlowLimit(_SPANS[found["span"]], int(found["most"]) if found["most"] else None)


def names_a_limit(text: str) -> bool:
    """Whether `text` has the vendor's words for a limit, with or without saying which."""
    shown = plain_text(text)
    return bool(_LIMIT.search(shown) or _PERMITS.search(shown))
