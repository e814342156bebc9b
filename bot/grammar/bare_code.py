"""An error code that somebody typed or pasted without `explain` before it."""

from __future__ import annotations

from bot.grammar.reader import pattern
from bot.grammar.words import PARTS, STATUSES, nearest

_CODE = (
    r"[a-z]{1,8}[:_\-]?\d{2,5}|isv?\.[a-z_]+|isp\.[a-z_]+"  # MK:0008, mk0008; isv.BUSINESS_LIMIT_CONTROL
    r"|[a-z]+(?:_[a-z0-9]+)+|[a-z]{4,}\.[a-z]{4,}[a-z.]*"  # PORT_NOT_REGISTERED; FailedOperation.SignatureIncorrectOrUnapproved
)
_BARE = pattern(
    rf"(?:(?:what(?:'s| is| does| about)|why|code|meaning of|错误码|什么是) *:? *)?"
    rf"(?P<code>{_CODE})(?: *(?:means?|是什么意思|什么意思|是什么))?\Z"
)
_OTHER = pattern(r"(?:(?:biz|message)?id|serialno)\b|aliyun")


def bare_code(plain: str) -> str | None:
    """The code that is all of `plain`, when it looks like one and is no word of a lookup."""
    found = _BARE.match(plain.strip())
    if not found or _OTHER.match(found["code"]):
        return None
    letters = found["code"].rstrip("0123456789:_-")
    if len(letters) > 3 and letters == found["code"][: len(letters)] and nearest(letters, (*PARTS.values(), *STATUSES)):  # noqa: PLR2004 - "since2" is a slip
        return None
    return found["code"]
