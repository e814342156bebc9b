"""A database with something of every kind about two numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.grammar import MAX_TARGETS
from bot.model import PhoneNumber, Query, Target, Window
from bot.receipts import ReceiptSource, RecordKind
from bot.receipts.store import ReceiptStore
from bot.slack.requests.inbox_tables import REQUESTS, WAITING
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.answers import AnswerStore
from bot.slack.state.drafts import DraftStore, ModalDraft
from bot.slack.watching.store import WatchStore
from bot.slack.watching.watch import Asker, Place, Watch
from bot.storage.audit_log import AuditEntry, AuditLog
from bot.storage.keyring import Keyring
from bot.timing.clock import system_clock
from tests.receipts.samples import receipt, reply, unreadable
from tests.toys import NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.storage.database import Database

SECRET = "a secret of sixteen characters and more"
KEYRING = Keyring(SECRET)
OTHER = PhoneNumber("+8613899998888", 86, "13899998888")


@dataclass(frozen=True)
class Filled:
    """What must be found, and afterwards not be."""

    sealed_ids: tuple[str, ...]  # of rows about NUMBER


async def fill(database: Database) -> Filled:
    """Keep of both numbers whatever can be kept of one."""
    now = system_clock()
    answers = AnswerStore(database, KEYRING, system_clock, ("tencent",))
    drafts, watches = DraftStore(database, KEYRING, system_clock), WatchStore(database, KEYRING, system_clock, ("tencent",))
    ids: dict[PhoneNumber, list[str]] = {NUMBER: [], OTHER: []}
    for number in (NUMBER, OTHER):
        user = f"U{number.national}"
        for query in _questions(number, now):
            ids[number].append(await answers.add(AnswerRecord(query, "U1", "C1")))
        rest = AnswerRecord(_asked([Target(None, "2028:b1")], now), "U1", "C1", rest=(Target(number),))
        ids[number].append(await answers.add(rest))
        watch = Watch(_asked([Target(number)], now), Asker(user), "C1", Place("C1"), now, now + timedelta(minutes=10))
        ids[number].append((await watches.open(watch, now)).watch.id)
        draft = f"draft{number.national[-4:]}"
        await drafts.put(draft, ModalDraft(words=f"{number.e164} since 2h"))
        ids[number].append(draft)
        await _fill_receipts(database, number)
        await _fill_requests(database, number, now)
        await _fill_audit(database, number)
    await answers.flush(5)
    return Filled(tuple(ids[NUMBER]))


def _questions(number: PhoneNumber, now: datetime) -> list[Query]:
    """A lookup, and a list that is longer than a command may be."""
    listed = [Target(PhoneNumber(f"+86139{i:08}", 86, f"139{i:08}")) for i in range(MAX_TARGETS)]
    return [_asked([Target(number)], now), _asked([*listed, Target(number)], now)]


def _asked(targets: Sequence[Target], now: datetime) -> Query:
    return Query(tuple(targets), Window(now - timedelta(hours=2), now))


async def _fill_receipts(database: Database, number: PhoneNumber) -> None:
    store = ReceiptStore(database, KEYRING, system_clock)
    name = number.national
    odd = unreadable(json.dumps({"mobile": f"86 {name[:3]} {name[3:7]} {name[7:]}"}).encode())
    received = [receipt(f"2028:{name[-4:]}{i}", number=number) for i in range(3)]
    await store.ingest(None, received, [reply(number=number)], [odd])


async def _fill_requests(database: Database, number: PhoneNumber, now: datetime) -> None:
    """One that nobody takes up any more."""
    row = {
        "id": f"request{number.national[-4:]}",
        "state": WAITING,
        "owner": "",
        "attempts": 5,
        "lease_until": now,
        "taken_at": now - timedelta(hours=1),
        "sealed": KEYRING.seal(json.dumps({"text": f"({number.national[:3]}) {number.national[3:]}"}).encode(), "request"),
    }
    await database.write(lambda connection: connection.execute(sa.insert(REQUESTS), row).rowcount)


async def _fill_audit(database: Database, number: PhoneNumber) -> None:
    audit = AuditLog(database, KEYRING, system_clock)
    for target in (Target(number), Target(number, "2028:b1")):
        both = (audit.hash_target(target), audit.hash_target(Target(None, "2028:c1")))
        await audit.write(
            AuditEntry(team="T1", user="U1", channel="C1", surface="command", command="lookup", outcome="answered", targets=both)
        )


async def keep_under_way(database: Database, number: PhoneNumber) -> None:
    """A request that is being answered, and a push that is being read."""
    store = ReceiptStore(database, KEYRING, system_clock)
    await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", f'[{{"mobile":"{number.national}"}}]'.encode())
    now = system_clock()
    sealed = KEYRING.seal(json.dumps({"text": number.e164}).encode(), "request")
    row = {"id": "young", "state": WAITING, "owner": "", "attempts": 1, "lease_until": now, "taken_at": now, "sealed": sealed}
    await database.write(lambda connection: connection.execute(sa.insert(REQUESTS), row).rowcount)
