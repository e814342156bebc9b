"""Messages without a receipt: how long that is normal, and what to do.

A receipt can come up to 72 hours after sending (https://help.aliyun.com/document_detail/102364.html).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.moments import duration
from bot.wording import SEVERAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.language import Language
    from bot.model import Delivery

NORMAL = timedelta(minutes=10)
FINAL = timedelta(hours=72)


def age_of(rows: Sequence[Delivery], now: datetime) -> timedelta | None:
    """How long the oldest of `rows` has waited; None when none tells when it was sent."""
    oldest = min((row.sent_at for row in rows if row.sent_at), default=None)
    return now - oldest if oldest else None


def silence(age: timedelta | None, language: Language) -> tuple[str, str]:
    """What is said of one number's silence, and what to do about it."""
    if age is None:
        return language.say("No receipt yet"), language.say(
            "Ask whether it arrived before you resend; a receipt can take up to 72 h"
        )
    waited = duration(age, language)
    if age <= NORMAL:
        return (
            language.say("No receipt yet, {age}", age=waited),
            language.say("That is normal: look again in 10 min before you resend"),
        )
    if age <= FINAL:
        return (
            language.say("No receipt after {age}", age=waited),
            language.say("Likely off or out of reach: ask whether it arrived; for a code, send a new one now"),
        )
    return (
        language.say("No receipt after {age}, and none will come", age=waited),
        language.say("Count it as not delivered: check the number, then send a new message"),
    )


def silence_of_several(numbers: int, age: timedelta | None, language: Language) -> str:
    """What to do when several numbers wait at once."""
    if age is not None and age <= NORMAL:
        return language.say("That is normal: look again in 10 min before you resend")
    if numbers < SEVERAL:
        return silence(age, language)[1]
    return language.say(
        "Several silent at once look like an outage or an unregistered signature, not like their phones: "
        "check the signature's registration and the provider's status before you resend"
    )
