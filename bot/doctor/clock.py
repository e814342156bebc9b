"""This machine's clock beside another's, in whole seconds: that is what the Date header of an answer tells.

Calls are signed with the time: Tencent refuses one that is five minutes off, its old API ten, Alibaba fifteen, and we refuse
Slack's requests when they seem older than five.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health

if TYPE_CHECKING:
    from bot.i18n import Language

MOST = timedelta(seconds=30)
_TRAVEL = timedelta(seconds=2)  # an answer's way, and the fraction of a second that the header does not tell


def check_clock(whose: str, ahead: timedelta, language: Language) -> list[Check]:
    """The finding. `ahead`: how much later it is here than at `whose`; negative where it is earlier."""
    name, seconds = language.say("Clock"), abs(round(ahead / timedelta(seconds=1)))
    if abs(ahead) <= _TRAVEL:
        return [
            Check(
                name, Health.OK, language.say("as {whose}'s, to {seconds} s", whose=whose, seconds=round(_TRAVEL.total_seconds()))
            )
        ]
    if ahead > timedelta():
        said = language.say("{seconds} s ahead of {whose}'s", seconds=seconds, whose=whose)
    else:
        said = language.say("{seconds} s behind {whose}'s", seconds=seconds, whose=whose)
    if abs(ahead) < MOST:
        return [Check(name, Health.OK, said)]
    step = language.say("Synchronise this machine's clock (NTP): a few minutes off, calls are refused")
    return [Check(name, Health.WARNING, said, step)]
