"""The content of the legacy queue: messages of more than a week ago, which only the receipt store can find.

The providers' lookups no longer return them, or never had them for this app. Once the queue is drained, the store has them.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxReply
from bot.sandbox.providers.tencent_legacy import LegacyAccount
from bot.sandbox.stories import OFFER_TEXT, TENCENT, Story, StoryMessage, days_before, ok
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LEGACY_ACCOUNT = LegacyAccount()
ARCHIVED_NUMBER = "+8613811112019"

ARCHIVE: tuple[Story, ...] = (
    Story(
        ARCHIVED_NUMBER,
        "nine days ago one delivered, one failed; then an opt-out, and blocked since",
        (
            ok(TENCENT, days_before(10, "18:02:40")),
            StoryMessage(TENCENT, days_before(9, "10:15:00"), "MK:0008"),
            StoryMessage(TENCENT, days_before(8, "11:30:10"), "MBBLACK", text=OFFER_TEXT),
        ),
    ),
)
_OPT_OUTS = ((ARCHIVED_NUMBER, "TD", days_before(9, "12:00:30")),)


class Archive:
    """The legacy queue's messages and replies, as of the moment it was made."""

    def __init__(self, clock: Callable[[], datetime] = system_clock) -> None:
        now = clock().replace(microsecond=0)
        everything = [(story.number, sent) for story in ARCHIVE for sent in story.sent]
        self.messages = tuple(_message(number, sent, place, now) for place, (number, sent) in enumerate(everything, start=1))
        self.replies = tuple(
            SandboxReply(number, text, when(now).astimezone(UTC), LEGACY_ACCOUNT.app_id) for number, text, when in _OPT_OUTS
        )


def _message(number: str, sent: StoryMessage, place: int, now: datetime) -> SandboxMessage:
    at = sent.when(now).astimezone(UTC)
    receipt = SandboxReceipt(at + sent.after, sent.code, delivered=sent.delivered, words=sent.words)
    sid = f"4000:10457106691570536578{place:08d}"
    return SandboxMessage(sent.through, number, sid, at, receipt, account=LEGACY_ACCOUNT.app_id, text=sent.text)
