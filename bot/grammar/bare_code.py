"""An error code typed or pasted without `explain` before it.

A code is recognised by its form: two letters and a number, a protocol's name and a number, capitals. Names of fields, tickets and
customers do not have it.
"""

from __future__ import annotations

from bot.grammar.cursor import SEPARATORS, WORD_END, one_of, pattern
from bot.grammar.filler_words import FILLER_WORDS, SYMBOLS
from bot.grammar.message_ids import ID_NAME
from bot.grammar.vocabulary import COMMANDS, KEYWORDS, LEADING_WORDS, STATUSES, closest_word

_NUMBERED = (
    r"[a-z]{1,2}[:_\-]?-?\d{2,5}|(?!at|in|to|on|by)[a-z]{2} 0\d{3}|(?-i:[A-Z]{2} \d{3,4})"  # MK:0008, mk0008, MK 0008
    r"|(?:cmpp|sgip|smgp|spms|http|sme)\d{0,2}(?:err|resp)?[:_\-]?-?\d{1,5}|(?-i:[A-Z]{2,12}[:_]-?\d{1,5})"  # CMPPERR:8
    r"|(?:undeliv|expired|rejectd|deleted|unknown)[_s]?\d{1,4}s?"
)
_NAMED = (
    r"is[vp]\.[a-z_]+|[a-z]+_not_[a-z_]+|[a-z]+(?:_[a-z0-9]+){3,}|(?-i:[A-Z]+(?:_[A-Z0-9]+)+)"  # isv.BUSINESS_LIMIT_CONTROL
    r"|(?-i:[A-Z][A-Za-z]{3,}(?:\.[A-Z][A-Za-z]{2,})+)"  # FailedOperation.SignatureIncorrectOrUnapproved
    r"|(?:failedoperation|invalidparameter\w*|limitexceeded|unauthorizedoperation|unsupportedoperation)\.[a-z]+"
    r"|触发\S*流控\S*(?: *permits *[:=] *\d+)?"  # in place of isv.BUSINESS_LIMIT_CONTROL
)
# The states of SMPP, which carriers pass on; other words in capitals are codes of gateways.
_WORDS = r"delivrd|undeliv|rejectd|acceptd|noroute|enroute|expired|deleted|(?-i:[A-Z]{6,12})"
_ASKING = (
    rf"(?:(?:what(?:'s| is| does| about)|why|{'|'.join(LEADING_WORDS)}|(?:error |status |err)?code|meaning of|error|err|status"
    r"|错误码|错误|报错|状态码|什么是) *[:=]? *)*"
)
_BARE = pattern(
    rf"{_ASKING}(?P<code>{_NUMBERED}|{_NAMED}|(?P<word>{_WORDS}))"
    r"(?: *(?:means?|why|是什么意思|是啥意思|什么意思|啥意思|是什么|是啥|什么原因|原因|怎么回事))?\Z"
)
CODE_WORD = pattern(rf"(?:{_NUMBERED}|{_NAMED})\Z")
"""A word that has the form of a code, beside other words."""
_LEAD = pattern(rf"(?:(?:{FILLER_WORDS.pattern})[\s{SEPARATORS}]*)+")
_TAIL = pattern(rf"(?:[\s{SEPARATORS}]+(?:{FILLER_WORDS.pattern}|{SYMBOLS.pattern}|means?|meaning|mean))+[\s{SEPARATORS}]*\Z")
_OTHER = pattern(rf"{ID_NAME}\b|aliyun")
_TAKEN = pattern(one_of((*COMMANDS, *KEYWORDS, *STATUSES)) + WORD_END)


def bare_code(plain: str) -> str | None:
    """The code, when `plain` is nothing else: it has the form of one and is no word of a lookup. None otherwise."""
    found = _BARE.match(plain.strip()) or _BARE.match(_without_filler(plain.strip()))
    if not found or _OTHER.match(found["code"]):
        return None
    if found["word"]:
        return None if _TAKEN.fullmatch(found["word"]) or FILLER_WORDS.fullmatch(found["word"]) else found["code"]
    letters = found["code"].rstrip("0123456789:_-")
    if len(letters) > 3 and letters == found["code"][: len(letters)] and closest_word(letters, (*KEYWORDS.values(), *STATUSES)):  # noqa: PLR2004 - "since2" is a slip
        return None
    return found["code"]


def _without_filler(plain: str) -> str:
    """The text without the words around it that change nothing: `hi, what is MK:0008 please`."""
    begin = _LEAD.match(plain)
    rest = plain[begin.end() if begin else 0 :]
    return _TAIL.sub("", rest)
