"""An alert with its message in the channel, and as it is sealed for the database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from bot.alerts.alert import Alert, Ending, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import Tally


@dataclass(frozen=True, slots=True)
class Mute:
    """Who has muted a cause, until when."""

    user: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PostedAlert:
    """An alert, its message, and what is still to be said of it."""

    alert: Alert
    channel: str
    ts: str = ""  # of its message; empty while it has none
    attempts: int = 0  # at posting, of which Slack did not say whether it took them
    shown_at: datetime | None = None  # when the message was last posted or edited
    is_done: bool = False  # it is over, and all is said
    mute: Mute | None = None

    def is_muted(self, now: datetime) -> bool:
        """Whether nobody wants to be notified of it now."""
        return self.mute is not None and now < self.mute.until

    def of(self, alert: Alert) -> PostedAlert:
        """The same message, of the alert as it is now."""
        return replace(self, alert=alert)


_MOMENTS = ("since", "told_at", "counted_until", "last_at", "ended_at", "closed_at")
_TALLIES = ("tally", "yesterday", "week_ago")


def to_bytes(posted: PostedAlert) -> bytes:
    """What is sealed. Who has muted it is in a column of its own, which whoever presses the button writes."""
    value: dict[str, Any] = asdict(posted.alert)
    value |= {name: _seconds(value[name]) for name in _MOMENTS}
    value["message"] = [posted.channel, posted.ts, posted.attempts, _seconds(posted.shown_at)]
    return json.dumps(value).encode()


def from_bytes(sealed: bytes) -> PostedAlert:
    """Read what `to_bytes` wrote. Raises ValueError, LookupError, TypeError."""
    value: dict[str, Any] = json.loads(sealed)
    channel, ts, attempts, shown_at = value.pop("message")
    value = {name: value[name] for name in (one.name for one in fields(Alert)) if name in value}
    value |= {name: _moment(value[name]) for name in _MOMENTS}
    value |= {name: None if value[name] is None else Tally(**value[name]) for name in _TALLIES}
    value["cause"] = Cause(**value["cause"])
    value["trouble"] = Trouble(value["trouble"])
    value["ending"] = None if value["ending"] is None else Ending(value["ending"])
    return PostedAlert(Alert(**value), channel, ts, attempts, _moment(shown_at))


def mute_to_bytes(mute: Mute) -> bytes:
    """What is sealed of a mute."""
    return json.dumps([mute.user, mute.until.timestamp()]).encode()


def mute_from_bytes(sealed: bytes) -> Mute:
    """Read what `mute_to_bytes` wrote. Raises ValueError, TypeError."""
    user, until = json.loads(sealed)
    return Mute(str(user), datetime.fromtimestamp(until, UTC))


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
