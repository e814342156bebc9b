"""What an alert is about: the messages of a provider, an account, a carrier, or a part that they share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages that have these in common. None: whichever; an empty text: it is not known."""

    system: str | None = None
    account: str | None = None  # only with its system
    carrier: str | None = None  # by the number's range

    def covers(self, other: Cause) -> bool:
        """Whether all messages of `other` are of this one, too."""
        pairs = ((self.system, other.system), (self.account, other.account), (self.carrier, other.carrier))
        return all(own is None or own == its for own, its in pairs)

    def overlaps(self, other: Cause) -> bool:
        """Whether a message may be of both."""
        pairs = ((self.system, other.system), (self.account, other.account), (self.carrier, other.carrier))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)

    @property
    def wider(self) -> tuple[Cause, ...]:
        """Itself and all that cover it."""
        places = ((self.system, self.account), (self.system, None), (None, None))
        return tuple(Cause(*place, carrier) for carrier in (self.carrier, None) for place in places)

    @property
    def width(self) -> int:
        """How many parts are left open: the larger, the wider."""
        return (self.system, self.account, self.carrier).count(None)

    @property
    def key(self) -> tuple[tuple[bool, str], ...]:
        """The order of causes, which compares with None."""
        return tuple((part is not None, part or "") for part in (self.system, self.account, self.carrier))
