"""The SQL of the receipt store that is more than one line, for both databases. Pure: values in, statements out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.receipts.rows import NO_NUMBER
from bot.receipts.tables import QUARANTINE, RECEIPTS, REPLIES, TOTALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Window

KEY = ("message", "number", "system")
"""What one message is: whoever tells of it, by queue or by callback, tells of the same row."""

_OF_THE_HEAVIER = ("status", "code", "source", "received_at", "weight", "sealed")
_LARGEST = ("account", "carrier", "country")  # told or not; if told differently, always the same of the two


def merge_receipt() -> sa.Update:
    """Complete a row that is there with what was told again. Its parameters are a row's values, each named `told_…`.

    The heavier receipt gives the status, the code and the receipt's time; the earliest `sent_at` and any account, carrier and
    country that one of them tells are kept. Each of these picks the larger or the smaller of two, so neither the order nor
    repetitions matter. A row that would not change is left alone: a repeated push costs no write.
    """
    told = {column.name: sa.bindparam(f"told_{column.name}", type_=column.type) for column in RECEIPTS.c}
    heavier = told["weight"] > RECEIPTS.c.weight
    earlier = sa.and_(told["sent_at"].is_not(None), sa.or_(RECEIPTS.c.sent_at.is_(None), told["sent_at"] < RECEIPTS.c.sent_at))
    larger = {name: told[name] > RECEIPTS.c[name] for name in _LARGEST}
    values: dict[str, Any] = {name: _either(heavier, told[name], RECEIPTS.c[name]) for name in _OF_THE_HEAVIER}
    values |= {name: _either(larger[name], told[name], RECEIPTS.c[name]) for name in _LARGEST}
    values["sent_at"] = _either(earlier, told["sent_at"], RECEIPTS.c.sent_at)
    values["at"] = sa.func.coalesce(values["sent_at"], values["received_at"], RECEIPTS.c.taken_at)
    return (
        sa.update(RECEIPTS)
        .where(*(RECEIPTS.c[name] == told[name] for name in KEY), sa.or_(heavier, earlier, *larger.values()))
        .values(values)
    )


def bind_params(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as the parameters of `fill_in`."""
    return {f"told_{name}": value for name, value in row.items()}


def _either(condition: sa.ColumnElement[bool], one: Any, other: Any) -> sa.ColumnElement[Any]:
    return sa.case((condition, one), else_=other)


def newest_odd(limit: int) -> sa.Select[Any]:
    """The newest rows that could not be read. Ids grow with the time of intake."""
    return sa.select(QUARANTINE).order_by(QUARANTINE.c.id.desc()).limit(limit)


def receipts_of(number: bytes | None, message: bytes | None, window: Window, limit: int) -> sa.Select[Any]:
    """The receipts of a number within the window, of a message, or of one message to one number; newest first."""
    wanted = sa.select(RECEIPTS).order_by(RECEIPTS.c.at.desc(), RECEIPTS.c.id.desc()).limit(limit)
    if message is not None:
        wanted = wanted.where(RECEIPTS.c.message == message)
    if number is not None:
        # Vendors tell whole seconds, so a message of the window's first second may seem to lie before it.
        since = window.since.replace(microsecond=0)
        wanted = wanted.where(RECEIPTS.c.number == number, RECEIPTS.c.at >= since, RECEIPTS.c.at <= window.until)
    return wanted


def replies_of(numbers: Iterable[bytes], window: Window, limit: int) -> sa.Select[Any]:
    """The replies of some numbers up to the window's end, newest first."""
    known = sorted(number for number in numbers if number != NO_NUMBER)
    wanted = sa.select(REPLIES).where(REPLIES.c.number.in_(known)).order_by(REPLIES.c.at.desc(), REPLIES.c.id.desc())
    return (wanted if window.open else wanted.where(REPLIES.c.at <= window.until)).limit(limit)


def totals() -> sa.Select[Any]:
    """How many receipts there are, without counting them, and when the oldest was taken in."""
    oldest = sa.select(RECEIPTS.c.taken_at).order_by(RECEIPTS.c.id).limit(1).scalar_subquery()
    return sa.select(TOTALS.c.amount, oldest.label("since")).where(TOTALS.c.name == RECEIPTS.name)


def add_receipts(many: int) -> sa.Update:
    """Correct that amount. The last statement of its transaction: until the commit, others wait for this one row."""
    return sa.update(TOTALS).where(TOTALS.c.name == RECEIPTS.name).values(amount=TOTALS.c.amount + many)
