"""What an account's key may not call, or its provider does not offer: remembered for a day, so that lookups go on without it.

An answer gets more than its receipts from further actions of a vendor's API, each with a right of its own. An account that lacks
one is asked for the rest all the same. Rights are granted by hand and actions are enabled by a ticket: once a day is often enough
to notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from bot.errors import ProviderError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.i18n import Phrase
    from bot.model import ProviderFault
    from bot.timing.clock import Clock

T = TypeVar("T")

TRIED_AGAIN_AFTER = timedelta(days=1)


class Lack(Enum):
    """What an account lacks. Each vendor's `errors.py` reads it from a code (`lack_of`)."""

    RIGHT = "right"  # the key's policy does not allow the action
    ACTION = "action"  # the provider does not offer it, to this account or at this address


@dataclass(frozen=True, slots=True)
class OptionalAction:
    """An action of a vendor's API that answers can do without."""

    name: str  # `DescribeSendRecordList`
    right: str  # as the vendor's policies spell it: `sms:DescribeSendRecordList`
    purpose: Phrase  # what is missing without it, as a noun: "refused and in-flight sends"


@dataclass(frozen=True, slots=True)
class MissingAction:
    """An action that an account lacks, and how its provider said so at `at`."""

    action: OptionalAction
    lack: Lack
    fault: ProviderFault
    at: datetime

    @property
    def notice(self) -> Phrase:
        """One sentence for the operator."""
        purpose, code = self.action.purpose, self.fault.code
        if self.lack is Lack.RIGHT:
            return phrase(
                "Not asked for: {purpose}. The key's policy lacks {right} ({code}).",
                purpose=purpose,
                right=self.action.right,
                code=code,
            )
        return phrase(
            "Not asked for: {purpose}. This account does not have the action {name} ({code}).",
            purpose=purpose,
            name=self.action.name,
            code=code,
        )

    @property
    def next_step(self) -> Phrase | None:
        """What the operator can do about it; None: nothing in the key's policy."""
        return phrase("Allow {right} in the key's policy", right=self.action.right) if self.lack is Lack.RIGHT else None


class ActionMissingError(ProviderError):
    """The account lacks the action, as was said now or within the last day."""

    def __init__(self, missing: MissingAction) -> None:
        super().__init__(missing.fault)
        self.missing = missing


class OptionalActions:
    """The actions that one account lacks. `lack_of` is the vendor's: what a code says is missing, or None."""

    def __init__(self, lack_of: Callable[[str], Lack | None], clock: Clock) -> None:
        self._lack_of = lack_of
        self._clock = clock
        self._missing: dict[str, MissingAction] = {}  # by the action's name

    @property
    def missing(self) -> tuple[MissingAction, ...]:
        """What the account was found to lack within the last day. A later success takes it back."""
        return tuple(one for one in self._missing.values() if self._clock() - one.at < TRIED_AGAIN_AFTER)

    async def ask(self, action: OptionalAction, call: Callable[[], Awaitable[T]]) -> T:
        """Return what `call` does, which calls `action`; it is not called while the account is known to lack it.

        Raises ActionMissingError if the account lacks it, and otherwise what `call` raises.
        """
        known = next((one for one in self.missing if one.action.name == action.name), None)
        if known is not None:
            raise ActionMissingError(known)
        try:
            answer = await call()
        except ProviderError as error:
            lack = self._lack_of(error.fault.code)
            if lack is None:
                raise
            self._missing[action.name] = missing = MissingAction(action, lack, error.fault, self._clock())
            raise ActionMissingError(missing) from None
        self._missing.pop(action.name, None)
        return answer
