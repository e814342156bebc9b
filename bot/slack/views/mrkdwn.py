"""Slack's markup (mrkdwn), and the escaping of outside text.

All outside text passes through `code` or `prose`. Both escape `&`, `<` and `>`, the only characters that Slack asks to escape
(https://docs.slack.dev/messaging/formatting-message-text), so that no mention and no link can be injected. A masked number is
always in a code span: in running text Slack would take the `*` of `+86 137****2222` for bold, and clients turn number-like
strings into links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from bot.presentation.times import FormattedTimes, offset
from bot.presentation.wording import TextFormat, known_numbers
from bot.sanitize import mask_known, single_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from bot.i18n import Language
    from bot.model import Report, Window

NEAR = timedelta(hours=12)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPED = str.maketrans(_ESCAPES)
# Slack has no escape for its formatting marks, so look-alikes stand in for them.
_LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_OUTER_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")  # `_word_` is italic; the one in snake_case is not
_ADDRESS = re.compile(r"https://(?P<host>[A-Za-z0-9.-]{1,100})(?::\d{1,5})?(?:/[A-Za-z0-9%/:._~#?&=+,;@!$'()*-]{0,800})?")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_SPAN = re.compile("(`[^`]+`)")
_CODE_OR_BOLD = r"`[^`\n]+`|\*[^*\n]+\*(?P<pause>[：，。；、]?)"
_LINK = r"<[^<>\n|]+\|(?P<label>[^<>\n]+)>"
_SET_APART = re.compile(rf"(?P<formatted>{_CODE_OR_BOLD})|{_LINK}|<[^<>\n]+>|[A-Za-z]+")
_MAY_BE_WIDE = re.compile("[\u1100-\u115f\u231a-\U0010ffff]")  # no other character takes the room of two


def escape(text: str, limit: int) -> str:
    """`text` escaped and at most `limit` characters long afterwards: no entity is cut in two."""
    whole = text.translate(_ESCAPED)
    if len(whole) <= limit:
        return whole
    kept = ""
    for piece in (_ESCAPES.get(char, char) for char in text):
        if len(kept) + len(piece) >= limit:
            break
        kept += piece
    return f"{kept.rstrip()}…"


def code(text: str, limit: int) -> str:
    """Outside text as a code span of at most `limit` characters: nothing within is formatted, linked or notified."""
    return f"`{escape(single_line(text, limit).replace('`', 'ˋ'), limit - 2) or '–'}`"


def prose(text: str, limit: int) -> str:
    """Outside text as running text: escaped, on one line, with look-alikes in place of formatting characters."""
    plain = _OUTER_UNDERSCORE.sub("＿", single_line(text, limit))
    return escape(plain.translate(_LOOK_ALIKES), limit) or "–"


def with_code_spans(text: str, limit: int) -> str:
    """A sentence that quotes words in back-ticks, as those of the grammar do: each part escaped by itself."""
    parts = _SPAN.split(text)
    return "".join(code(part.strip("`"), limit) if _SPAN.fullmatch(part) else _with_outer_blanks(part, limit) for part in parts)


def _with_outer_blanks(text: str, limit: int) -> str:
    """Running text with the spaces at its ends, which join it to its neighbours."""
    if not text.strip():
        return text
    return f"{' ' * text.startswith(' ')}{prose(text, limit)}{' ' * text.endswith(' ')}"


def date_format(moment: datetime, now: datetime, clock: str = "{time_secs}") -> str:
    """The date token's format for a moment: the time, with the date unless the moment is near.

    A time of the last twelve hours is unambiguous to every reader, whatever day it is in their zone.
    """
    return clock if abs(now - moment) < NEAR else f"{{date_short_pretty}} {clock}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Times as Slack's date tokens, which each reader sees in their own zone.

    `written` formats the fallback for clients without tokens, which has the zone beside it.
    """

    written: FormattedTimes

    def moment(self, moment: datetime) -> str:
        """`<!date^1795241002^{time_secs}|14:03:22 UTC+8>`."""
        return self._token(moment, date_format(moment, self.written.now), self.written.moment(moment))

    def minute(self, moment: datetime) -> str:
        """`<!date^1795241002^{time}|14:03 UTC+8>`."""
        return self._token(moment, date_format(moment, self.written.now, "{time}"), self.written.minute(moment))

    def day(self, moment: datetime) -> str:
        """`<!date^1795241002^{date_short}|Nov 20 UTC+8>`."""
        return self._token(moment, "{date_short}", self.written.day(moment))

    def span(self, window: Window) -> str:
        """Two tokens; both have their date unless both are near."""
        ends = [(end, date_format(end, self.written.now, "{time}")) for end in (window.since, window.until)]
        near = all(form == "{time}" for _, form in ends)
        if not near:
            ends = [(end, "{date_short_pretty} {time}") for end, _ in ends]
        dash = "–" if near else " – "
        return dash.join(self._token(end, form, self._minute(end, form)) for end, form in ends)

    def _minute(self, end: datetime, form: str) -> str:
        clock = f"{end.astimezone(self.written.zone):%H:%M}"
        return clock if form == "{time}" else f"{self.written.day(end)} {clock}"

    def _token(self, moment: datetime, form: str, written: str) -> str:
        return f"<!date^{int(moment.timestamp())}^{form}|{written} {offset(moment, self.written.zone)}>"


def mention(user: str | None) -> str:
    """`<@U0123>`; empty when it is not a user id."""
    return f"<@{user}>" if user and _USER.fullmatch(user) else ""


def link(address: str, words: str = "") -> str:
    """An https address as a link with the text `words`, by default its host; empty when it is none or would break the link."""
    found = _ADDRESS.fullmatch(address)
    return f"<{address.replace('&', '&amp;')}|{prose(words, 80) if words else found['host']}>" if found else ""


def space_formatting(text: str) -> str:
    """`text` with a space between formatted text and the Chinese beside it, and between Chinese and Latin letters.

    Slack takes back-ticks and asterisks as formatting only beside a space or half-width punctuation. Next to a Chinese character,
    a full-width comma or bracket they are shown literally, and the asterisks of a masked number could become bold
    (https://github.com/seratch/ChatGPT-in-Slack/pull/121). A colon or comma after bold text is made bold itself: the blank behind
    it is not seen. The space beside Latin letters is Chinese typography.
    """
    return _SET_APART.sub(_with_blanks, text) if _MAY_BE_WIDE.search(text) else text


def _with_blanks(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    label = found["label"] or "x"  # of a link; all else is Latin at both ends
    formatted = found["formatted"] is not None
    left = _is_wide(before) if formatted else _is_chinese(before) and label[0].isascii()
    right = _is_wide(after) if formatted else _is_chinese(after) and label[-1].isascii()
    pause = found["pause"] or ""
    piece = f"{found[0][:-2]}{pause}*" if pause else found[0]
    return f"{' ' * left}{piece}{' ' * right}"


def _is_wide(char: str) -> bool:
    return bool(char) and east_asian_width(char) in {"W", "F"}


def _is_chinese(char: str) -> bool:
    return _is_wide(char) and char.isalpha()


def mrkdwn_format(
    report: Report | None,
    titles: Mapping[str, str],
    *,
    zone: tzinfo,
    now: datetime,
    language: Language,
    tokens: bool = True,
) -> TextFormat:
    """The TextFormat of Slack. `tokens` false: times are written out, for the text that screen readers get."""
    numbers = known_numbers(report) if report is not None else ()
    written = FormattedTimes(zone, now, language)
    return TextFormat(
        zone=zone,
        now=now,
        titles=titles,
        # An answer names the same few sources and codes again and again.
        quote=cache(lambda text, limit: code(mask_known(single_line(text, limit), numbers), limit)),
        prose=cache(lambda text, limit: prose(mask_known(single_line(text, limit), numbers), limit)),
        times=Tokens(written) if tokens else written,
        language=language,
    )
