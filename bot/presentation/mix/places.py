"""Where the dominating cause fails and nearly nothing else does: the carrier, the account or the template that they share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.presentation.mix.model import Dimension, Place
from bot.presentation.mix.onset import FEW, onset

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.presentation.mix.dimensions import Placed, Value

LEAST_FAILED = 3  # fewer have something in common by chance
LEAST_ELSEWHERE = 2  # messages that arrived: where nothing else was sent, "only there" says nothing


def places_of(failed: Sequence[Placed], arrived: Sequence[Placed]) -> tuple[Place, ...]:
    """The places of `failed` messages beside those that `arrived`.

    An account is the place where its provider is one too, unless the provider has no other.
    """
    found = {dimension: place for dimension in Dimension if (place := _place_in(dimension, failed, arrived)) is not None}
    if Dimension.PROVIDER in found and Dimension.ACCOUNT in found:
        provider = found[Dimension.PROVIDER].value
        accounts = {_text(one, Dimension.ACCOUNT) for one in (*failed, *arrived) if _text(one, Dimension.PROVIDER) == provider}
        del found[Dimension.PROVIDER if len(accounts) > 1 else Dimension.ACCOUNT]
    return tuple(found.values())


def onset_at(place: Place | None, failed: Iterable[Placed], arrived: Iterable[Placed]) -> datetime | None:
    """Since when it fails at `place`, by what was sent there; by all messages when there is none."""
    if place is None:
        return onset(_times(failed), _times(arrived))
    return _onset_of(place.dimension, place.value, failed, arrived)


def _place_in(dimension: Dimension, failed: Sequence[Placed], arrived: Sequence[Placed]) -> Place | None:
    values = Counter(one.values[dimension] for one in failed)
    (value, count), *_ = values.most_common(1)
    if value.text is None or count < LEAST_FAILED or count < (1 - FEW) * len(failed):
        return None
    since = _onset_of(dimension, value.text, failed, arrived)
    meanwhile = [one for one in arrived if since is None or one.row.at is None or one.row.at >= since]
    inside = sum(_may_be(one.values[dimension], value) for one in meanwhile)
    if len(meanwhile) - inside < LEAST_ELSEWHERE or inside > FEW * len(meanwhile):
        return None
    return Place(dimension, value.text, failed=count, out_of=len(failed), arrived=inside, is_guess=value.is_guess)


def _onset_of(dimension: Dimension, value: str, failed: Iterable[Placed], arrived: Iterable[Placed]) -> datetime | None:
    there = [one for one in failed if _text(one, dimension) == value]
    return onset(_times(there), _times(one for one in arrived if _text(one, dimension) in {value, None}))


def _may_be(value: Value, sought: Value) -> bool:
    return value.text is None or value.text == sought.text


def _text(one: Placed, dimension: Dimension) -> str | None:
    return one.values[dimension].text


def _times(messages: Iterable[Placed]) -> list[datetime]:
    return [one.row.at for one in messages if one.row.at is not None]
