"""The carrier of a number, guessed by its range."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model.number import PhoneNumber


def carrier_by_range(number: PhoneNumber) -> str:
    """`China Mobile`: whom the number's range was given to; empty where that is not known.

    A guess: a number that was ported keeps its range.
    """
    import phonenumbers  # noqa: PLC0415 - ten megabytes of ranges, which only counting needs
    from phonenumbers import carrier  # noqa: PLC0415

    if not number.national.isdecimal():
        return ""
    parsed = phonenumbers.PhoneNumber(country_code=number.country_code, national_number=int(number.national))
    return carrier.name_for_number(parsed, "en")
