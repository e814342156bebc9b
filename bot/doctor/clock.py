"""This machine's clock beside another's, in whole seconds: that is what the Date header of an answer tells.

Calls are signed with the time: Tencent refuses one that is five minutes off, its old API ten, Alibaba fifteen, and we refuse
requests of Slack's that seem older than five.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health

if TYPE_CHECKING:
    from bot.i18n import Language

MOST = timedelta(seconds=30)
"""Above it something is wrong: a synchronised clock is right to a fraction of a second, and an answer travels for a few."""


_HALF = timedelta(seconds=0.5)  # the header's fraction of a second is dropped: half of one, on average


def clock_words(ahead: timedelta | None, language: Language) -> str:
    """`clock +1 s`: how much later it is here than there; empty when that is not known."""
    return "" if ahead is None else language.say("clock {seconds:+d} s", seconds=round((ahead - _HALF) / timedelta(seconds=1)))


def check_clock(name: str, whose: str, ahead: timedelta | None, language: Language) -> list[Check]:
    """The warning that this machine's clock is wrong, if it is. `name` is the check's."""
    if ahead is None or abs(ahead) < MOST:
        return []
    seconds = round(abs(ahead) / timedelta(seconds=1))
    if ahead > timedelta():
        said = language.say("this machine's clock is {seconds} s ahead of {whose}'s", seconds=seconds, whose=whose)
    else:
        said = language.say("this machine's clock is {seconds} s behind {whose}'s", seconds=seconds, whose=whose)
    step = language.say("Synchronise it with a time server: a few minutes off, calls are refused")
    return [Check(name, Health.WARNING, said, step)]
