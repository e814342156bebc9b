"""What the emulated accounts' own policies are: who a key belongs to, and what it is allowed to ask about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Whose a key is. `policies`: name -> document, in the vendor's form; a preset one of the vendor's has None."""

    is_root: bool = False
    reads_policies: bool = False  # whether the key may read them
    policies: tuple[tuple[str, str | None], ...] = ()
    of_group: tuple[tuple[str, str | None], ...] = ()  # those that come by a group
