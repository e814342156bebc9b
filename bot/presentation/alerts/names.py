"""Whose messages an alert is about: `China Mobile · Tencent`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.presentation.wording import ACCOUNT, PLACE, carrier_words

if TYPE_CHECKING:
    from bot.alerts.cause import Cause
    from bot.presentation.wording import TextFormat


def subject(cause: Cause, text_format: TextFormat) -> str:
    """What is named first: `China Mobile`, `Tencent`, `all providers`."""
    if cause.carrier is not None:
        return carrier_name(cause.carrier, text_format)
    return text_format.title(cause.system) if cause.system is not None else text_format.say("All providers")


def place(cause: Cause, text_format: TextFormat) -> str:
    """What narrows it down: `Tencent`, ``1400007777``; empty where the first name says it."""
    system = text_format.title(cause.system) if cause.system is not None and cause.carrier is not None else ""
    account = text_format.quote(cause.account, ACCOUNT) if cause.account else ""
    return " ".join(part for part in (system, account) if part)


def cause_words(cause: Cause, text_format: TextFormat) -> str:
    """Both."""
    return " · ".join(part for part in (subject(cause, text_format), place(cause, text_format)) if part)


def carrier_name(carrier: str, text_format: TextFormat) -> str:
    """`China Mobile`; numbers whose range says nothing have none."""
    if not carrier:
        return text_format.say("Unknown carrier")
    return text_format.prose(carrier_words(carrier, text_format.language), PLACE)
