"""The callback routes over real HTTP: an acknowledged push is stored, an unauthenticated one is rejected."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.i18n import ENGLISH
from bot.model import PhoneNumber, Status, Target, Window
from bot.providers.registry import VENDORS
from bot.receipts.callbacks import MAX_BODY_BYTES, make_callback_routes
from bot.receipts.model import StoreStats
from bot.sandbox.providers.callbacks import ALIYUN as PATIENCE
from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxReply, SandboxSystem
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.web import listening
from tests.receipts.samples import on_sqlite, open_store
from tests.receipts.test_faults import room_for
from tests.toys import NOW, NUMBER, ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.receipts.store import ReceiptStore
    from tests.conftest import Postgres

TOKEN = "a-token-that-nobody-guesses-0001"
CALLBACKS = [one for vendor in VENDORS for one in vendor.callbacks]
DAY = Window(NOW - timedelta(days=1), NOW)


def message(which: int, system: SandboxSystem = SandboxSystem.TENCENT, code: str = "DELIVRD", **changes: Any) -> SandboxMessage:
    sent_at = NOW - timedelta(minutes=10)
    receipt = SandboxReceipt(sent_at + timedelta(seconds=4), code, delivered=code == "DELIVRD")
    return SandboxMessage(
        system, changes.pop("number", NUMBER.e164), changes.pop("message_id", f"m{which}"), sent_at, receipt, **changes
    )


async def no_wait(_seconds: float) -> None:
    """A waiting time before a retry, in place of the vendors' minutes."""


@asynccontextmanager
async def serving(store: ReceiptStore, **options: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(make_callback_routes(store, CALLBACKS, TOKEN, **options))
    async with listening(app, "127.0.0.1", 0) as server:
        yield server.url


@asynccontextmanager
async def pushing(store: ReceiptStore, token: str = TOKEN, **options: Any) -> AsyncIterator[CallbackPusher]:
    async with serving(store, **options) as url, CallbackPusher(url, token, sleep=no_wait) as pusher:
        yield pusher


async def post(
    url: str, body: bytes | str, name: str = "tencent", token: str = TOKEN, method: str = "POST", **options: Any
) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{url}/callbacks/{name}/{token}", data=body, **options) as response,
    ):
        text = await response.text()
        return response.status, json.loads(text) if text.startswith("{") else text


async def test_what_each_vendor_pushes_is_acknowledged_and_found(store: ReceiptStore) -> None:
    hong_kong = "+85261234567"
    async with pushing(store) as pusher:
        pushes = [
            *await pusher.tencent([message(1), message(2, code="MK:0008")]),
            await pusher.tencent_reply(SandboxReply(NUMBER.e164, "TD", NOW - timedelta(minutes=1))),
            await pusher.aliyun([message(3, SandboxSystem.ALIYUN, "MOBILE_NOT_ON_SERVICE", message_id="900000000000000001^0")]),
            await pusher.aliyun_replies([SandboxReply(NUMBER.e164, "T", NOW - timedelta(minutes=2))]),
            await pusher.aliyun_intl([message(4, SandboxSystem.ALIYUN_INTL, number=hong_kong, message_id="100000000000000001")]),
            await pusher.globe(
                message(5, SandboxSystem.ALIYUN_INTL, "SP_UNKNOW_ERROR", number=hong_kong, message_id="100000000000000002")
            ),
        ]

    assert [(push.name, push.is_taken, push.ends) for push in pushes] == [
        ("tencent", True, [200]),
        ("tencent-replies", True, [200]),
        ("aliyun", True, [200]),
        ("aliyun-replies", True, [200]),
        ("aliyun-intl", True, [200]),
        ("aliyun-intl", True, [200]),
    ]
    found = await store.find(Target(NUMBER), DAY)
    assert {(one.system, one.message_id, one.status) for one in found.deliveries} == {
        ("tencent", "m1", Status.DELIVERED),
        ("tencent", "m2", Status.FAILED),
        ("aliyun", "900000000000000001^0", Status.FAILED),
    }
    assert [reply.text for reply in found.replies] == ["TD", "T"]
    abroad = await store.find(Target(PhoneNumber(hong_kong, 852, "61234567")), DAY)
    assert {(one.message_id, one.status) for one in abroad.deliveries} == {
        ("100000000000000001", Status.DELIVERED),
        ("100000000000000002", Status.FAILED),
    }


async def test_a_push_of_many_comes_in_hundreds_and_is_stored_whole(store: ReceiptStore) -> None:
    async with pushing(store) as pusher:
        pushes = await pusher.tencent([message(which) for which in range(250)])
    assert ([push.ends for push in pushes], (await store.counts()).receipts) == ([[200], [200], [200]], 250)


async def test_the_same_push_again_and_out_of_order_changes_nothing(store: ReceiptStore) -> None:
    async with pushing(store) as pusher:
        await pusher.tencent([message(1), message(2)])
        await pusher.tencent([message(2), message(1), message(1)])
    assert (await store.counts()).receipts == 2


@on_sqlite
async def test_alibabas_probe_is_answered_like_a_push(store: ReceiptStore) -> None:
    async with pushing(store) as pusher:
        assert [await pusher.probe(name) for name in ("aliyun", "aliyun-replies", "aliyun-intl")] == [True] * 3
        assert not await pusher.probe("tencent")
    assert await store.counts() == StoreStats()


async def test_rows_that_cannot_be_read_are_kept_beside_those_that_can(store: ReceiptStore) -> None:
    body = [{"mobile": "13711112222", "nationcode": "86", "errmsg": "X"}, {"sid": "m1", "report_status": "FAIL", "new": [1]}]
    async with serving(store) as url:
        assert await post(url, json.dumps(body)) == (200, {"result": 0, "errmsg": "OK"})

    stored = await store.counts()
    assert (stored.receipts, stored.quarantined) == (1, 1)
    assert [one.row.reason.said_in(ENGLISH) for one in await store.quarantined()] == ["report_status is missing"]


@on_sqlite
@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        (
            "tencent",
            '{"mobile": "13711112222"}',
            {"result": 1, "errmsg": "no row has any of the fields errmsg, report_status, sid"},
        ),
        ("tencent", "not JSON +8613711112222", {"result": 1, "errmsg": "the body is not JSON"}),
        ("aliyun", "[5]", {"code": 1, "msg": "no row has any of the fields biz_id, err_code, report_time, success"}),
        ("aliyun-replies", "", {"code": 1, "msg": "the body is not JSON"}),
    ],
)
async def test_a_wrong_shape_is_refused_with_a_reason_and_nothing_is_stored(
    store: ReceiptStore, name: str, body: str, said: dict[str, Any]
) -> None:
    async with serving(store) as url:
        assert await post(url, body, name) == (400, said)
    assert await store.counts() == StoreStats()


@on_sqlite
async def test_an_unknown_token_sees_what_any_unknown_path_shows(store: ReceiptStore) -> None:
    async with serving(store) as url:
        elsewhere = await post(url, "[]", "nowhere")
        for name in ("tencent", "aliyun"):
            for token in ("wrong", TOKEN + "x", TOKEN[:-1], "%F0%9F%98%80", "%ff"):
                for method in ("POST", "GET", "PUT"):
                    assert await post(url, "[]", name, token, method) == elsewhere == (404, "404: Not Found")


@on_sqlite
async def test_other_methods_are_refused_to_who_knows_the_token(store: ReceiptStore) -> None:
    async with serving(store) as url:
        assert (await post(url, "", "tencent", method="GET"))[0] == 405
        assert (await post(url, "", "aliyun", method="PUT"))[0] == 405


@on_sqlite
async def test_only_the_networks_on_the_list_may_push(store: ReceiptStore) -> None:
    async with serving(store, networks=[ip_network("203.0.113.0/24")]) as url:
        status, said = await post(url, "[]")
        assert (status, said) == (403, {"result": 1, "errmsg": "this address is not in SMSSTATUS_CALLBACK_NETWORKS"})
    async with serving(store, networks=[ip_network("203.0.113.0/24"), ip_network("127.0.0.0/8")]) as url:
        assert (await post(url, "[]"))[0] == 200


@on_sqlite
async def test_a_body_larger_than_the_limit_is_refused_unread(store: ReceiptStore) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 8192 + 1):
            yield b" " * 8192

    async with serving(store) as url, aiohttp.ClientSession() as session:
        assert (await post(url, b" " * (MAX_BODY_BYTES + 1)))[0] == 413
        async with session.post(f"{url}/callbacks/tencent/{TOKEN}", data=drip()) as response:
            assert response.status == 413  # also without a Content-Length
    assert await store.counts() == StoreStats()


@on_sqlite
async def test_a_packed_push_is_unpacked_within_the_limit_and_for_the_token_alone(store: ReceiptStore) -> None:
    rows = gzip.compress(
        json.dumps([{"mobile": NUMBER.national, "nationcode": "86", "sid": "m1", "report_status": "FAIL"}]).encode()
    )
    bomb = gzip.compress(b" " * 100 * MAX_BODY_BYTES)
    gzipped = {"Content-Encoding": "gzip"}
    async with serving(store) as url:
        assert (await post(url, bomb, token="wrong", headers=gzipped))[0] == 404
        assert (await post(url, bomb, headers=gzipped))[0] == 413
        assert (await post(url, b"x", headers=gzipped))[0] == 400
        assert (await post(url, rows, headers={"Content-Encoding": "br"}))[0] == 415
        assert (await store.counts()).receipts == 0
        assert (await post(url, rows, headers=gzipped))[0] == 200
    assert (await store.counts()).receipts == 1


@on_sqlite
async def test_more_pushes_than_the_rate_are_refused_until_time_has_passed(store: ReceiptStore) -> None:
    now = 0.0
    async with serving(store, pushes_per_second=2, timer=lambda: now) as url:
        assert [(await post(url, "[]"))[0] for _ in range(3)] == [200, 200, 429]
        assert (await post(url, "[]", token="wrong"))[0] == 404
        now = 0.5
        assert [(await post(url, "[]"))[0] for _ in range(2)] == [200, 429]


class SlowStore:
    """A store whose commits wait until released."""

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store
        self.gate = asyncio.Event()
        self.done = asyncio.Event()

    async def ingest(self, *values: Any) -> Any:
        await self.gate.wait()
        taken = await self._store.ingest(*values)
        self.done.set()
        return taken


async def test_a_store_that_is_too_slow_is_answered_in_time_and_taken_in_once_all_the_same(store: ReceiptStore) -> None:
    slow = SlowStore(store)
    async with serving(slow) as url:  # type: ignore[arg-type]  # only `ingest` is asked of it
        began = asyncio.get_running_loop().time()
        status, said = await post(url, json.dumps([{"phone_number": "13711112222", "success": True, "biz_id": "1^0"}]), "aliyun")
        assert (status, said) == (503, {"code": 1, "msg": "the store is too slow just now"})
        assert asyncio.get_running_loop().time() - began < 0.7

        slow.gate.set()
        await slow.done.wait()
        async with CallbackPusher(url, TOKEN, sleep=no_wait) as pusher:
            again = await pusher.push("aliyun", [{"phone_number": "13711112222", "success": True, "biz_id": "1^0"}], PATIENCE)
    assert again.is_taken
    assert (await store.counts()).receipts == 1


async def test_a_full_disk_is_answered_so_that_the_vendor_comes_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    await migrate(database)
    store = open_store(database, ToyClock())
    many = [message(which, message_id=f"m{which:040}") for which in range(100)]

    async with serving(store) as url:
        await room_for(database, 3)

        async def more_room(_seconds: float) -> None:
            await room_for(database, 10_000)

        async with CallbackPusher(url, TOKEN, sleep=more_room) as pusher:
            (push,) = await pusher.tencent(many)

    assert (push.ends, push.is_taken, (await store.counts()).receipts) == ([503, 200], True, 100)
    await database.aclose()


async def test_a_push_into_files_that_have_been_deleted_is_not_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    database = Database(f"sqlite:///{path}")
    await migrate(database)
    async with serving(open_store(database, ToyClock())) as url, CallbackPusher(url, TOKEN, sleep=no_wait) as pusher:
        assert (await pusher.tencent([message(1)]))[0].is_taken
        for suffix in ("", "-wal", "-shm"):
            await asyncio.to_thread(os.unlink, f"{path}{suffix}")
        pushes = [(await pusher.tencent([message(which)]))[0] for which in (2, 3)]
    await database.aclose()

    assert [set(push.ends) for push in pushes] == [{503}, {503}]


async def test_a_database_that_is_away_is_answered_so_that_the_vendor_comes_again(postgres: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)
    store = open_store(database, ToyClock())

    async def back(_seconds: float) -> None:
        postgres.start()

    async with serving(store) as url, CallbackPusher(url, TOKEN, sleep=back) as pusher:
        assert (await pusher.tencent([message(1)]))[0].ends == [200]
        postgres.stop()
        (push,) = await pusher.tencent([message(2)])

    assert (push.ends, push.is_taken, (await store.counts()).receipts) == ([503, 200], True, 2)
    await database.aclose()
