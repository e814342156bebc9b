"""Slack's text markup, and how text from outside is kept from becoming part of it.

Everything from outside passes through `code` or `prose`. Both escape `&`, `<` and `>`, the only characters that Slack asks to
escape (https://docs.slack.dev/messaging/formatting-message-text), so that no mention and no link can be smuggled in. A masked
number is always in a code span: in running text Slack would take the `*` of `+86 137****2222` for bold, and clients turn
number-like strings into links.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.moments import is_today, written
from bot.outside import mask_known, tidy
from bot.wording import Medium, known_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from bot.model import Report

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Slack has no escape for its formatting marks, so look-alikes stand in for them.
_LOOK_ALIKES = {"*": "∗", "~": "∼", "`": "ˋ"}
_OUTER_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")  # `_word_` is italic; the one in snake_case is not
_ADDRESS = re.compile(r"https://(?P<host>[A-Za-z0-9.-]{1,100})(?:/[A-Za-z0-9%/:._~#?&=+,;@!$'()*-]{0,800})?")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


def escape(text: str, limit: int) -> str:
    """`text` escaped and at most `limit` characters long afterwards: no entity is ever cut in two."""
    pieces = [_ESCAPES.get(char, char) for char in text]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    kept = ""
    for piece in pieces:
        if len(kept) + len(piece) >= limit:
            break
        kept += piece
    return f"{kept.rstrip()}…"


def code(text: str, limit: int) -> str:
    """A value from outside as a code span of at most `limit` characters: nothing within is formatted, linked or alerted."""
    return f"`{escape(tidy(text, limit).replace('`', 'ˋ'), limit - 2) or '–'}`"


def prose(text: str, limit: int) -> str:
    """Running text: escaped, on one line, and with look-alikes for the characters that would format it."""
    plain = _OUTER_UNDERSCORE.sub("＿", tidy(text, limit))
    return escape("".join(_LOOK_ALIKES.get(char, char) for char in plain), limit) or "–"


def date_format(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """Slack's tokens for a moment: the time, and the day too unless it is the asker's today."""
    return "{time_secs}" if is_today(moment, zone, now) else "{date_short_pretty} {time_secs}"


def date(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """`<!date^1795241002^{time_secs}|14:03:22>`: each reader sees it in a zone of their own."""
    return f"<!date^{int(moment.timestamp())}^{date_format(moment, zone, now)}|{written(moment, zone, now)}>"


def mention(user: str | None) -> str:
    """`<@U0123>`; empty when it is not a user id."""
    return f"<@{user}>" if user and _USER.fullmatch(user) else ""


def link(address: str) -> str:
    """An https address as a link that shows its host; empty when it is none, or has a character that could end the link."""
    found = _ADDRESS.fullmatch(address)
    return f"<{address.replace('&', '&amp;')}|{found['host']}>" if found else ""


def medium(
    report: Report | None,
    titles: Mapping[str, str],
    *,
    zone: tzinfo,
    now: datetime,
    language: str = "en",
    tokens: bool = True,
) -> Medium:
    """How sentences are set in Slack. `tokens` false: times are written out, for the text that screen readers get."""
    numbers = known_numbers(report) if report is not None else ()
    return Medium(
        zone=zone,
        now=now,
        titles=titles,
        quote=lambda text, limit: code(mask_known(tidy(text, limit), numbers), limit),
        prose=lambda text, limit: prose(mask_known(tidy(text, limit), numbers), limit),
        moment=(lambda moment: date(moment, zone, now)) if tokens else (lambda moment: written(moment, zone, now)),
        language=language,
    )
