"""Labels of values: `errmsg=`, `"Code":`, `<ErrCode>`, `状态码：`.

The label of a code makes even a number or a word a code. The label of a state (`status`, `stat`) does so for words only: its
numbers are those of HTTP, or a vendor's own count of states. Some labels end in "code" and mean none: `countryCode`,
`templateCode`.
"""

from __future__ import annotations

import re
from enum import StrEnum


class ValueLabel(StrEnum):
    """What the label says of the value."""

    NONE = "none"
    STATE = "state"
    TEXT = "text"  # a sentence may follow, or a code alone
    ENVELOPE = "envelope"  # `code`: a vendor's, or HTTP's repeated in a company's own answer
    CODE = "code"


LONGEST_LABEL = 48  # characters, with what stands between it and the value
_BEFORE = re.compile(
    r"(?P<name>(?:[A-Za-z]+ )?[A-Za-z][A-Za-z0-9_\-]*|[^\W\d_a-zA-Z]{1,8})[\"'`\]\[\s]{0,4}(?:=>|->|:|=|>)[\"'`\[(\s]{0,4}$"
    # without a sign between: "error code 1016", 错误码1016
    r"|(?:^|[^A-Za-z])(?P<english>(?i:(?:err|error|result|return)[ _\-]?code))(?: is)? $"
    r"|(?P<chinese>(?:错误|返回|回执)代?码|返回值?)\s?$"
    # a link to a code's page: https://www.twilio.com/docs/api/errors/30003, which `more_info` of an answer holds
    r"|/(?P<link>docs/(?:api/)?errors)/$"
)
_OTHERS = re.compile(
    r"(?:nation|country|area|region|city|zip|post|template|sign|signature|captcha|verify|verification|validation|login|auth|lang"
    r"|language|currency|product|exit|bar|qr|promo|invite|short|service|access)[_\- ]?code$"
    r"|^(?:cmpp|sgip|smgp|smpp|spms|http)[\d.]*(?:err|resp)$",  # the prefix of a code
    re.IGNORECASE,
)
_STATES = re.compile(r"(?:status|state|stat|(?:http|status|response)\w*code|状态|(?<!回执)状态码)$", re.IGNORECASE)
_TEXTS = re.compile(
    r"(?:err(?:or)?[_\-]?(?:msg|message)|err|error|description|desc|reason|report|错误|返回|原因)$", re.IGNORECASE
)
_ENVELOPE = re.compile(r"code$", re.IGNORECASE)
_CODES = re.compile(r"(?:code|errno|ret|result|rc|(?:错误|返回|回执|状态|失败|响应|结果)代?码|返回值|回执)$", re.IGNORECASE)


def as_data() -> dict[str, str]:
    """The patterns of what stands before a value, and of the names of labels, for a search that follows them elsewhere.

    All but `before` are read in any case.
    """
    patterns = {"before": _BEFORE, "others": _OTHERS, "state": _STATES, "text": _TEXTS, "envelope": _ENVELOPE, "code": _CODES}
    return {name: pattern.pattern for name, pattern in patterns.items()}


def label_of(before: str) -> ValueLabel:
    """The kind of the label at the end of `before`."""
    found = _BEFORE.search(before[-LONGEST_LABEL:])
    if found and found["link"]:
        return ValueLabel.CODE
    name = (found["name"] or found["english"] or found["chinese"]) if found else ""
    if not name or _OTHERS.search(name):
        return ValueLabel.NONE
    for label, names in (
        (ValueLabel.STATE, _STATES),
        (ValueLabel.TEXT, _TEXTS),
        (ValueLabel.ENVELOPE, _ENVELOPE),
        (ValueLabel.CODE, _CODES),
    ):
        if names.fullmatch(name) if label is ValueLabel.ENVELOPE else names.search(name):
            return label
    return ValueLabel.NONE
