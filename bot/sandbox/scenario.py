"""The scenario: the emulators' data as of now, example commands, and faults to switch on.

The emulators read `Scenario.messages` at every call. Their times are fixed for an hour, so that asking twice gives the same
answer, and move on after that, so that "since 2h" still finds them when the demo has been left open over night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.sandbox.archive import ARCHIVED_NUMBER
from bot.sandbox.providers import AliyunAccount, ProviderFaultKind, SandboxMessage, SandboxReceipt, SandboxSystem, TencentAccount
from bot.sandbox.register_stories import SIGNATURE, TEMPLATE, UNDER_WAY
from bot.sandbox.stories import (
    BUSY_NUMBER,
    CODE_TEXT,
    CODES_APP,
    CROWDED_NUMBER,
    INTL_DELIVERED,
    LIMITED_NUMBER,
    MARKETING_APP,
    MIXED_BIZ_ID,
    MIXED_NUMBER,
    MOBILE_NUMBERS,
    README_NUMBER,
    STORIES,
    UNICOM_NUMBERS,
    UNKNOWN_NUMBER,
    WATCHED_NUMBER,
)
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.sandbox.providers import AliyunStandIn, TencentStandIn
    from bot.sandbox.providers.server import StandIn
    from bot.sandbox.stories import StoryMessage

MOVES_ON_AFTER = timedelta(hours=1)

TENCENT_ACCOUNT = TencentAccount(app_ids=(CODES_APP, MARKETING_APP))
ALIYUN_ACCOUNT = AliyunAccount()


@dataclass(frozen=True, slots=True)
class TryThis:
    """An example command and what it shows.

    `@…` belongs into a channel; what has neither `/` nor `@` into a conversation with the app.
    """

    command: str
    story: str


COMMANDS: tuple[TryThis, ...] = (
    TryThis(f"/smsstatus {README_NUMBER} since 2h", "One delivered, one failed, one still waiting: the answer on one screen."),
    TryThis(
        f"@smsstatus {README_NUMBER} since 2h",
        "By a mention: answered in its thread, for all, masked. Open the thread to go on there, with short questions.",
    ),
    TryThis(
        "/smsstatus 138-1111-2006 +8613811112007 13811112008 since 2h", "Three customers at once, three causes, typed three ways."
    ),
    TryThis(f"/smsstatus {MIXED_NUMBER}", "Failed through one provider, sent again through the other, delivered."),
    TryThis(f"/smsstatus {README_NUMBER} since 2h share", "The same answer for the whole channel, with the number masked."),
    TryThis("/smsstatus explain MK:0008", "What a receipt code means, whose it is to fix and what to do now."),
    TryThis(
        f"/smsstatus {BUSY_NUMBER} since 1h only failed", "250 messages in a window, where the provider shows 100 at a time."
    ),
    TryThis(
        f"/smsstatus {README_NUMBER} since 3h",
        "Switch on “Tencent is down” first: its rows are missing, and the answer says so.",
    ),
    TryThis("/smsstatus 13811112001", "Nobody gets our messages: the SMS signature is not registered."),
    TryThis(
        f"/smsstatus {' '.join((*MOBILE_NUMBERS, *UNICOM_NUMBERS))} since 2h",
        "Nine customers at once: what the failures have in common, and since when.",
    ),
    TryThis(f"/smsstatus signature {SIGNATURE}", "At which carrier a signature is not registered, why, and what to do."),
    TryThis(f"/smsstatus signature {UNDER_WAY}", "A signature whose registration is under way at one carrier."),
    TryThis(f"/smsstatus template {TEMPLATE}", "Whether a template passed its review."),
    TryThis(f"/smsstatus {LIMITED_NUMBER} since 2h", "Only the sixth code failed: which limit that is, and until when."),
    TryThis("/smsstatus 13811112017 since 1d", "Accepted five hours ago, and no receipt since."),
    TryThis("/smsstatus 13811112020 since 2h", "Refused at submission: it was never sent, and no receipt will tell."),
    TryThis(
        f"/smsstatus watch {WATCHED_NUMBER} for 2m",
        "Send a code to it first, on this page: its receipt comes after half a minute, and you are told.",
    ),
    TryThis("/smsstatus watch 13811112017 for 1m share", "A watch that the whole channel sees, and that runs out of time."),
    TryThis("/smsstatus watches", "Your open watches, each with *Stop*."),
    TryThis("/smsstatus 13811112018 since 6d", "Messages over five days, some within seconds of midnight."),
    TryThis(f"/smsstatus {INTL_DELIVERED}", "An international message, by its message id."),
    TryThis("/smsstatus +85261234567 since 2h", "A number abroad."),
    TryThis(f"/smsstatus {ARCHIVED_NUMBER} since 12d", "Older than the provider keeps: only the receipt store can tell."),
    TryThis(f"/smsstatus {MIXED_NUMBER} id:{MIXED_BIZ_ID}", "One message, by its number and its id."),
    TryThis(
        "/smsstatus 13811112012 13811112013 13811112014 since 2h",
        "A code of two meanings, one that nobody lists, and a contradiction.",
    ),
    TryThis(f"/smsstatus {UNKNOWN_NUMBER} since 7d", "Nobody has any record: that is not the same as failed."),
    TryThis(f"/smsstatus {CROWDED_NUMBER} since 5d", "More messages in one second than the provider can show."),
    TryThis(f"/smsstatus {README_NUMBER} sinse 2h", "A typo, and a button that runs what was meant."),
    TryThis(f"/smsstatus {README_NUMBER} since 9", "Two readings: a button for each."),
    TryThis(f"/smsstatus did {README_NUMBER} get the code?", "As one would say it: what changes nothing is passed over."),
    TryThis("/smsstatus MK:0008", "A bare code is explained."),
    TryThis(f"{README_NUMBER} since 2h", "In a direct message with the app no mention is needed."),
    TryThis("/smsstatus stats since 2h", "Is it one customer or everyone? One of Tencent's two apps has fallen."),
    TryThis(
        "/smsstatus 13811112005 since 2h",
        "Failed at the app that has fallen: press *Only this customer?*. Elsewhere the same button says that nothing is unusual.",
    ),
    TryThis("/smsstatus providers", "Who is asked, and what each of them can answer."),
    TryThis("/smsstatus help", "The whole language in a few examples."),
)


FOLLOW_UPS: tuple[str, ...] = ("since 24h", "only failed", "explain 2", "via aliyun", "refresh", "summary")
"""What may be asked next, in a thread or a direct message that already has an answer."""


class Scenario:
    """The messages as of now. `anchor` is the moment their times are relative to."""

    commands = COMMANDS
    follow_ups = FOLLOW_UPS

    def __init__(self, clock: Callable[[], datetime] = system_clock) -> None:
        self._clock = clock
        self.anchor = clock().replace(microsecond=0)
        self._messages: tuple[SandboxMessage, ...] | None = None
        self._sent: list[SandboxMessage] = []

    def send(self, number: str, *, arrives: timedelta | None = None) -> SandboxMessage:
        """Send one more message now, through Alibaba; its receipt comes when it `arrives`, or with `receive`."""
        now = self._clock().replace(microsecond=0)
        receipt = None if arrives is None else SandboxReceipt(now + arrives, "DELIVERED", delivered=True)
        message = SandboxMessage(SandboxSystem.ALIYUN, number, f"9100000000{len(self._sent):08d}^0", now, receipt, text=CODE_TEXT)
        self._sent.append(message)
        return message

    def receive(self, message: SandboxMessage, code: str = "DELIVERED") -> None:
        """The receipt of a message that was sent has come."""
        receipt = SandboxReceipt(self._clock().replace(microsecond=0), code, delivered=code == "DELIVERED")
        self._sent[self._sent.index(message)] = replace(message, receipt=receipt)

    @property
    def messages(self) -> tuple[SandboxMessage, ...]:
        """All messages, at all providers; but for those that were sent by hand, the same for an hour."""
        now = self._clock()
        if now - self.anchor >= MOVES_ON_AFTER:
            self.anchor, self._messages = now.replace(microsecond=0), None
        if self._messages is None:
            self._messages = _messages(self.anchor)
        return self._messages + tuple(self._sent)


@lru_cache(maxsize=1)  # who opens many sandboxes opens several within a second
def _messages(anchor: datetime) -> tuple[SandboxMessage, ...]:
    everything = [(story.number, sent) for story in STORIES for sent in story.sent]
    return tuple(_message(number, sent, place, anchor) for place, (number, sent) in enumerate(everything, start=1))


def _message(number: str, sent: StoryMessage, place: int, anchor: datetime) -> SandboxMessage:
    at = sent.when(anchor).astimezone(UTC)
    receipt = SandboxReceipt(at + sent.after, sent.code, delivered=sent.delivered, words=sent.words) if sent.code else None
    country, region, carrier = sent.where
    return SandboxMessage(
        sent.through,
        number,
        sent.message_id or _message_id(sent.through, place),
        at,
        receipt,
        account=sent.app if sent.through is SandboxSystem.TENCENT else None,
        text=sent.text,
        template=sent.template,
        country=country,
        region=region,
        carrier=carrier,
        refused=sent.refused,
    )


def _message_id(through: SandboxSystem, place: int) -> str:
    """An id of the vendor's form. It depends on the place in the table, so that it stays when the times move on."""
    match through:
        case SandboxSystem.TENCENT:
            return f"5000:10457106691570536578{place:08d}"
        case SandboxSystem.ALIYUN:
            return f"9000000000{place:08d}^0"
        case SandboxSystem.ALIYUN_INTL:
            return f"1000000001{place:08d}"
        case SandboxSystem.TWILIO:
            return f"SM{place:032x}"


@dataclass(frozen=True, slots=True)
class SandboxProviders:
    """The running provider emulators of a demo."""

    tencent: TencentStandIn
    aliyun: AliyunStandIn


@dataclass(frozen=True, slots=True)
class DemoFault:
    """A fault of a provider that the page can switch on, with its label."""

    label: str
    on: Callable[[SandboxProviders], Awaitable[None]]
    off: Callable[[SandboxProviders], Awaitable[None]]


def _tencent(providers: SandboxProviders) -> StandIn:
    return providers.tencent


def _aliyun(providers: SandboxProviders) -> StandIn:
    return providers.aliyun


def _dead(label: str, which: Callable[[SandboxProviders], StandIn]) -> DemoFault:
    return DemoFault(label, lambda providers: which(providers).die(), lambda providers: which(providers).revive())


def _playing(
    label: str, which: Callable[[SandboxProviders], StandIn], fault: ProviderFaultKind, seconds: float | None = None
) -> DemoFault:
    async def play(providers: SandboxProviders) -> None:
        which(providers).faults.clear(fault)
        which(providers).faults.play(fault, seconds=seconds)

    async def clear(providers: SandboxProviders) -> None:
        which(providers).faults.clear(fault)

    return DemoFault(label, play, clear)


DEMO_FAULTS: Mapping[str, DemoFault] = {
    "tencent-dead": _dead("Tencent is down", _tencent),
    "tencent-slow": _playing("Tencent takes 4 seconds", _tencent, ProviderFaultKind.DELAY, 4),
    "tencent-silent": _playing("Tencent never answers", _tencent, ProviderFaultKind.HANG),
    "tencent-rate-limited": _playing("Tencent: too many requests", _tencent, ProviderFaultKind.RATE_LIMITED),
    "tencent-clock": _playing("Our clock is 12 minutes behind Tencent's", _tencent, ProviderFaultKind.CLOCK_AHEAD),
    "aliyun-dead": _dead("Alibaba is down", _aliyun),
    "aliyun-slow": _playing("Alibaba takes 4 seconds", _aliyun, ProviderFaultKind.DELAY, 4),
    "aliyun-silent": _playing("Alibaba never answers", _aliyun, ProviderFaultKind.HANG),
    "aliyun-gateway": _playing("Alibaba: gateway error page", _aliyun, ProviderFaultKind.HTML_502),
    "aliyun-throttled": _playing("Alibaba: throttled", _aliyun, ProviderFaultKind.RATE_LIMITED),
    "aliyun-empty": _playing("Alibaba counts 2 and returns none", _aliyun, ProviderFaultKind.COUNTED_BUT_EMPTY),
}
"""Name of the switch -> what it does. Several may be on at once; a provider plays the one that was switched on first."""
