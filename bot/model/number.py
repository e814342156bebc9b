"""PhoneNumber, which prints itself masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import phonenumbers


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """An E.164 number. `str()` and `repr()` are masked; `.e164` is the number itself."""

    e164: str  # "+8613711112222"
    country_code: int  # 86
    national: str  # "13711112222", digits only

    @classmethod
    def from_mask(cls, masked: str) -> PhoneNumber:
        """A number of which only the mask is known, as in the receipt store: its `e164` holds the asterisks too."""
        country_code, _, national = masked.removeprefix("+").partition(" ")
        return cls(f"+{country_code}{national}", int(country_code), national)

    @classmethod
    def from_parsed(cls, parsed: phonenumbers.PhoneNumber) -> PhoneNumber:
        """From a number parsed by phonenumbers. The library is imported only here, so that explaining a code does without it."""
        import phonenumbers  # noqa: PLC0415

        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return cls(e164, parsed.country_code or 0, phonenumbers.national_significant_number(parsed))

    @property
    def is_whole(self) -> bool:
        """Whether all its digits are known."""
        return "*" not in self.national

    @property
    def masked(self) -> str:
        """`+86 137****2222`: the country code, a little of both ends, and never fewer than four digits hidden."""
        length = len(self.national)
        head = min(3, max(0, (length - 4) // 2))
        tail = min(4, max(0, length - 4 - head))
        hidden = "*" * (length - head - tail)
        return f"+{self.country_code} {self.national[:head]}{hidden}{self.national[length - tail :]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"
