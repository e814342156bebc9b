"""Nested codes: gateways put a prefix of their own before the reason number of a carrier's protocol.

`SGIPERR:5` and `2:05` are both reason 5 of SGIP (China Unicom), `UNDELIVS612S` and `SMGP612` both reason 612 of SMGP (China
Telecom), and the numbers from 9400 on mean the same behind any prefix. A number without its prefix is no code by itself: up to
255 each protocol has its own meaning for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNICOM, _TELECOM = "China Unicom", "China Telecom"


class InnerCode(NamedTuple):
    """A spelling under which the number inside may be listed. `carrier`: only that carrier's rows count; empty: any."""

    code: str
    carrier: str = ""


# What the whole folded code looks like, and the spellings of the number inside, likeliest first.
_WRAPPERS: tuple[tuple[re.Pattern[str], tuple[InnerCode, ...]], ...] = tuple(
    (re.compile(pattern), inner)
    for pattern, inner in (
        # The result of CMPP_SUBMIT_RESP: one list for CMPP 2.0 and 3.0.
        (r"CMPP(?:2\.?0|3\.?0)?(?:ERR)?[:_]0*(\d+)", (InnerCode("CMPPERR:{}"),)),
        # SGIP's Report: state 2 is "failed", and the number after it the reason.
        (
            r"(?:SGIP(?:ERR)?|2|U|U2)[:_]+0*(\d{1,3})",
            (InnerCode("SGIP:{}"), InnerCode("2:{:0>2}"), InnerCode("U:{}"), InnerCode("{}", _UNICOM)),
        ),
        (
            r"(?:SMGP(?:ERR)?:?|SPMSERR:)0*(\d{1,3})",
            (InnerCode("SMGPERR:{}"), InnerCode("SMGP{}"), InnerCode("UNDELIVS{}S"), InnerCode("{}", _TELECOM)),
        ),
        # The next gateway's answer, China Telecom's more often than not: for what SMGP has not, the other protocols' reason.
        (
            r"SME:?0*(\d{1,3})",
            (
                InnerCode("SMGPERR:{}"),
                InnerCode("SMGP{}"),
                InnerCode("{}", _TELECOM),
                InnerCode("CMPPERR:{}"),
                InnerCode("{}", _UNICOM),
            ),
        ),
        (r"SME:?(-\d{1,2})", (InnerCode("ME:{}"), InnerCode("SME{}"))),
        (
            r"(?:(?:UNDELIV|EXPIRED|REJECTD|DELETED|UNKNOWN)[_S]|R:00)0*([6-8]\d\d)S?",
            (InnerCode("UNDELIVS{}S"), InnerCode("SMGP{}"), InnerCode("{}", _TELECOM)),
        ),
        (
            r"(?:[A-Z]{2}:|-)?(9[04]\d\d)",
            tuple(map(InnerCode, ("YX:{}", "DI:{}", "WZ:{}", "ZZ:{}", "GB:{}", "MT:{}", "LK:{}", "CA:{}", "DB:{}", "-{}"))),
        ),
    )
)
_LARGEST_OF_A_PROTOCOL = 255
_OWN_NUMBER = re.compile(r"[1-9]\d{4}")


def inner_code(normalized: str) -> Iterator[InnerCode]:
    """The spellings of the number inside a normalised code, likeliest first; none when it has no known prefix."""
    for pattern, spellings in _WRAPPERS:
        if found := pattern.fullmatch(normalized):
            for spelling in spellings:
                code = spelling.code.format(found[1])
                if code != normalized:
                    yield spelling._replace(code=code)


def as_data() -> list[tuple[str, list[InnerCode]]]:
    """What a whole code looks like, as a pattern, with the spellings of the number inside, likeliest first."""
    return [(pattern.pattern, list(spellings)) for pattern, spellings in _WRAPPERS]


def is_bare_number(normalized: str) -> bool:
    """Whether a normalised code is a number whose meaning depends on the protocol."""
    return len(normalized) <= 3 and normalized.isdecimal() and int(normalized) <= _LARGEST_OF_A_PROTOCOL  # noqa: PLR2004 - digits of 255


def is_vendors_own(normalized: str) -> bool:
    """Whether a normalised code is a number of five digits: one of a vendor's own list, such as Twilio's 30003.

    The carriers' protocols and gateways number their reasons with fewer digits, or with zeros in front. What such a number means
    to its vendor says nothing about another's: https://www.twilio.com/docs/api/errors
    """
    return bool(_OWN_NUMBER.fullmatch(normalized))
