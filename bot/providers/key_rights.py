"""What a key may do besides reading, by the policies of whoever it belongs to: for `doctor`, which warns of it.

It is only read: whose key it is, which every key may ask, and its policies, which few keys may. No call that could send or change
something is ever made to find out whether it would be allowed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase

SECONDS = 6.0  # for all that is asked about a key


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What was found out about a key."""

    is_root: bool = False  # the account's own key, which may do everything
    beyond: tuple[str, ...] = ()  # actions that its policies allow and that do more than read; or policies that hold such
    is_known: bool = False  # whether all of its policies could be read
    is_sole: bool = False  # the vendor has no key that can do less
    said: Phrase | None = None  # instead, where a vendor's keys are of other kinds than a user's with policies
    next_step: Phrase | None = None  # what to do instead of taking a sub-user's key; with `said` it makes a warning of it


class Key(Protocol):
    """The key of one or more accounts. Equal ones are the same key."""

    async def rights(self) -> KeyRights:
        """Ask the vendor about it. Raises ProviderError when the vendor does not say whose it is."""


@runtime_checkable
class HasKey(Protocol):
    """A provider whose vendor can be asked about its key."""

    @property
    def key(self) -> Key | None:
        """The key; None: nothing can be asked of it."""


_READS = re.compile(
    r"(?:Query|Get|List|Describe)[A-Za-z]*\*?|[A-Za-z]*Statistics|PullSms(?:Send|Reply)StatusByPhoneNumber", re.ASCII
)
"""The actions that only read. `PullSmsSendStatus`, of nearly the same name, takes receipts out of a queue, once for all."""


def beyond_reading(document: str) -> tuple[str, ...]:
    """The actions of a policy's document that do more than read, as it spells them. Raises ValueError for no such document."""
    policy = json.loads(document)
    if not isinstance(policy, dict):
        raise ValueError("no policy")  # noqa: TRY004 - like JSON that cannot be read
    return tuple(dict.fromkeys(action for statement in _statements(policy) for action in _actions(statement)))


def _statements(policy: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Those that allow something, their keys in lower case: the vendors write them differently."""
    found = next((value for name, value in policy.items() if name.lower() == "statement"), None)
    for one in found if isinstance(found, list) else [found]:
        statement = {name.lower(): value for name, value in one.items()} if isinstance(one, dict) else {}
        if str(statement.get("effect", "")).lower() == "allow":
            yield statement


def _actions(statement: Mapping[str, Any]) -> Iterator[str]:
    if "notaction" in statement:  # all but these
        yield "NotAction"
    listed = statement.get("action", [])
    for action in listed if isinstance(listed, list) else [listed]:
        if not _READS.fullmatch(str(action).rpartition(":")[2]):
            yield str(action)
