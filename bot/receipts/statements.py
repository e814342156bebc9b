"""The longer SQL statements of the receipt store, for both databases. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from bot.model import Status
from bot.receipts.rows import NO_NUMBER
from bot.receipts.tables import QUARANTINE, RECEIPTS, REPLIES, TOTALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.model import Window
    from bot.model.statistics import Span

Dimension = Literal["system", "account", "range_carrier", "country", "code"]
"""What receipts can be counted by. Vendors' receipts name no template and no signature."""

SLOW_AFTER = timedelta(minutes=5)

KEY = ("message", "number", "system")
"""The unique key of a message: queue and callbacks write to the same row."""

_BY_PRECEDENCE = ("status", "code", "source", "received_at", "weight", "sealed")
_LARGEST = ("account", "carrier", "country")  # may be empty; of two different values, always the same one


NEWEST_LOOKED_AT = 10_000
"""Of so many receipts it is told when the last of each system came: whose last is older than these has fallen silent."""


def merge_receipt() -> sa.Update:
    """The UPDATE that merges a new receipt into the stored row of its message. Its parameters are `bind_params` of a row.

    The receipt of higher precedence (`weight`) gives the status, the code and the receipt's time; the earliest `sent_at` and any
    account, carrier and country are kept. Each is a minimum or a maximum, so neither the order nor repetitions matter. A row
    that would not change is not updated: a repeated push costs no write.
    """
    new = {column.name: sa.bindparam(f"new_{column.name}", type_=column.type) for column in RECEIPTS.c}
    is_heavier = new["weight"] > RECEIPTS.c.weight
    is_earlier = sa.and_(new["sent_at"].is_not(None), sa.or_(RECEIPTS.c.sent_at.is_(None), new["sent_at"] < RECEIPTS.c.sent_at))
    is_larger = {name: new[name] > RECEIPTS.c[name] for name in _LARGEST}
    values: dict[str, Any] = {name: _if(is_heavier, new[name], RECEIPTS.c[name]) for name in _BY_PRECEDENCE}
    values |= {name: _if(is_larger[name], new[name], RECEIPTS.c[name]) for name in _LARGEST}
    values["sent_at"] = _if(is_earlier, new["sent_at"], RECEIPTS.c.sent_at)
    values["at"] = sa.func.coalesce(values["sent_at"], values["received_at"], RECEIPTS.c.taken_at)
    return (
        sa.update(RECEIPTS)
        .where(*(RECEIPTS.c[name] == new[name] for name in KEY), sa.or_(is_heavier, is_earlier, *is_larger.values()))
        .values(values)
    )


def bind_params(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the parameters of `merge_receipt`."""
    return {f"new_{name}": value for name, value in row.items()}


def _if(condition: sa.ColumnElement[bool], value: Any, otherwise: Any) -> sa.ColumnElement[Any]:
    return sa.case((condition, value), else_=otherwise)


def counted(span: Span, by: Iterable[Dimension], step: timedelta | None) -> sa.Select[Any]:
    """How many receipts of each kind the span has, grouped by these columns and, with `step`, by steps of that length.

    `at` is the number of the step since 1970. The index of `at` serves it.
    """
    micros = sa.type_coerce(RECEIPTS.c.at, sa.BigInteger)
    sent, received = (sa.type_coerce(RECEIPTS.c[name], sa.BigInteger) for name in ("sent_at", "received_at"))
    groups = [RECEIPTS.c[name] for name in by]
    # Written out, for PostgreSQL takes two parameters of one value for two groupings. Both databases divide integers to integers.
    steps = [micros.op("/", precedence=8)(sa.literal_column(str(_micros(step)))).label("at")] if step else []
    took = received - sent
    return (
        sa.select(
            *groups,
            *steps,
            _amount(RECEIPTS.c.status == Status.DELIVERED.value, "delivered"),
            _amount(RECEIPTS.c.status.in_((Status.FAILED.value, Status.REJECTED.value)), "failed"),
            _amount(took > _micros(SLOW_AFTER), "slow"),
            _amount(took >= 0, "timed"),
        )
        .where(RECEIPTS.c.at >= span.since, RECEIPTS.c.at < span.until)
        .group_by(*groups, *steps)
    )


def newest_failures(of: Mapping[Dimension, str], span: Span, limit: int) -> sa.Select[Any]:
    """The newest receipts of these dimensions that failed within the span. The index of `at` serves it."""
    failed = RECEIPTS.c.status.in_((Status.FAILED.value, Status.REJECTED.value))
    within = (RECEIPTS.c.at >= span.since, RECEIPTS.c.at < span.until)
    wanted = sa.select(RECEIPTS).where(*within, failed, *(RECEIPTS.c[name] == value for name, value in of.items()))
    return wanted.order_by(RECEIPTS.c.at.desc(), RECEIPTS.c.id.desc()).limit(limit)


def _amount(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0)).label(name)


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def newest_unreadable(limit: int) -> sa.Select[Any]:
    """The newest quarantined rows. Ids grow with the time of ingestion."""
    return sa.select(QUARANTINE).order_by(QUARANTINE.c.id.desc()).limit(limit)


def receipts_of(number: bytes | None, message: bytes | None, window: Window, limit: int) -> sa.Select[Any]:
    """The receipts of a number within the window, of a message, or of one message to one number; newest first."""
    wanted = sa.select(RECEIPTS).order_by(RECEIPTS.c.at.desc(), RECEIPTS.c.id.desc()).limit(limit)
    if message is not None:
        wanted = wanted.where(RECEIPTS.c.message == message)
    if number is not None:
        # Vendors give whole seconds, so a message of the window's first second may seem to be before it.
        since = window.since.replace(microsecond=0)
        # A receipt whose number could not be read is found by its id.
        numbers = [number] if message is None else [number, NO_NUMBER]
        wanted = wanted.where(RECEIPTS.c.number.in_(numbers), RECEIPTS.c.at >= since, RECEIPTS.c.at <= window.until)
    return wanted


def replies_of(numbers: Iterable[bytes], window: Window, limit: int) -> sa.Select[Any]:
    """The replies of these numbers up to the window's end, newest first."""
    known = sorted(number for number in numbers if number != NO_NUMBER)
    wanted = sa.select(REPLIES).where(REPLIES.c.number.in_(known)).order_by(REPLIES.c.at.desc(), REPLIES.c.id.desc())
    return (wanted if window.open else wanted.where(REPLIES.c.at <= window.until)).limit(limit)


def totals() -> sa.Select[Any]:
    """The number of receipts, without counting them, and the ingestion time of the oldest."""
    oldest = sa.select(RECEIPTS.c.taken_at).order_by(RECEIPTS.c.id).limit(1).scalar_subquery()
    return sa.select(TOTALS.c.amount, oldest.label("since")).where(TOTALS.c.name == RECEIPTS.name)


def newest_by_system() -> sa.Select[tuple[str, datetime]]:
    """When the newest receipt of each system was taken, among those that came last: their ids grow, so none but these is read."""
    last = sa.select(RECEIPTS.c.system, RECEIPTS.c.taken_at).order_by(RECEIPTS.c.id.desc()).limit(NEWEST_LOOKED_AT).subquery()
    return sa.select(last.c.system, sa.func.max(last.c.taken_at).label("newest")).group_by(last.c.system)


def add_receipts(count: int) -> sa.Update:
    """Add to the number of receipts. The last statement of its transaction: until the commit, others wait for this row."""
    return sa.update(TOTALS).where(TOTALS.c.name == RECEIPTS.name).values(amount=TOTALS.c.amount + count)
