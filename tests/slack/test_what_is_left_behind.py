"""A day's use of every surface, and what it leaves: the database's files, the log and the metrics name nobody's number."""

from __future__ import annotations

import io
import logging
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import sqlalchemy as sa
import structlog

from bot.config import load_settings
from bot.lookup.opening import open_lookups
from bot.observability.logging import configure_logging
from bot.observability.metrics import Metrics
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.slack.app import open_slack
from bot.state import open_state
from bot.storage.retention import purge_once
from bot.timing.clock import system_clock
from tests.slack.conftest import NUMBER, QUICK, SECOND, Office, found_button, payload_of, start
from tests.slack.test_every_listener import use_every_surface

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.sandbox.slack import PostedMessage

DIGITS = NUMBER.removeprefix("+86")
OTHER, IDENTITY, CARD = "13922223333", "110101199003072316", "6222021234567890128"
PUSHES: dict[str, Any] = {
    "tencent": [
        {"user_receive_time": OTHER, "nationcode": "86", "mobile": OTHER, "report_status": "FAIL", "errmsg": f"MK:{OTHER}",
         "description": f"{OTHER} is off", "sid": f"5000:{OTHER}"},
        {"user_receive_time": "never", "nationcode": OTHER, "mobile": [OTHER], "report_status": OTHER},
    ],
    "aliyun": [
        {"phone_number": OTHER, "success": False, "err_code": OTHER, "err_msg": OTHER, "send_time": OTHER,
         "report_time": "2026-11-29 16:00:00", "biz_id": f"{OTHER}^0", "sms_size": OTHER, "out_id": OTHER},
        {"phone_number": OTHER, "success": OTHER, "err_code": {OTHER: OTHER}},
    ],
    "aliyun-intl": [{"To": f"86{OTHER}", "Status": "2", "ErrorCode": f"err {OTHER}", "ErrorDescription": OTHER,
                     "MessageId": OTHER, "Carrier": OTHER, "Country": OTHER, "SendDate": OTHER}],
    "aliyun-replies": [{"phone_number": OTHER, "send_time": "2026-11-29 16:00:00", "content": f"stop, {CARD} is not mine",
                        "sign_name": OTHER, "dest_code": OTHER, "sequence_id": OTHER}],
    "tencent-replies": {"extend": OTHER, "mobile": OTHER, "nationcode": "86", "sign": OTHER, "text": "stop", "time": 1764432000},
}  # fmt: skip
SAID = (
    f"{OTHER} since 2h via receipts",
    f"the customer {OTHER}, identity card {IDENTITY}, paid with {CARD} and never got the code",
    f"explain MK:{OTHER}",
    f"{IDENTITY} since 2h",
    f"foo {CARD} since 2h",
    f"身份证 {IDENTITY} 手机 {OTHER} 没收到验证码",
)

DELETED_AFTER = {
    0.9: set[str](),
    1.1: {"drafts", "introductions", "requests", "watches"},
    30.1: {"answers", "request_keys"},
    90.1: {"receipts", "receipt_replies", "receipt_quarantine"},
    180.1: {"unknown_codes"},
    365.1: {"audit"},
}
"""The days of SECURITY.md, and what is empty by then though the app was used."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process logs, with all that an operator can switch on."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("DEBUG")
    written = io.StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
    yield written
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
async def used(log: io.StringIO) -> AsyncIterator[tuple[Office, str]]:
    """An office after its day, stopped; and what its metrics said last."""
    async with open_sandbox(with_archive=True, second=SECOND) as sandbox, AsyncExitStack() as app:
        may_reveal = sandbox.workspace.state.user("li").id
        url = await start(sandbox, app, "http", SMSSTATUS_REVEAL_USERS=may_reveal, SMSSTATUS_USER_RATE="200")  # a day in a minute
        office = Office(sandbox, app, url)
        async with aiohttp.ClientSession() as client:
            for name, body in PUSHES.items():
                address = f"{url}/callbacks/{name}/{sandbox.environ['SMSSTATUS_CALLBACK_TOKEN']}"
                async with client.post(address, json=body) as taken:
                    assert taken.status == 200, await taken.text()
            answer = await use_every_surface(office)
            for button in ("answer.reveal", "answer.share"):
                await office.workspace.click("li", answer, *found_button(answer, button))
            await office.say("hello", channel="dm-ann", user="ann")
            for text in SAID:
                await office.say(text, channel="dm-ann", user="ann")
                await office.ask(text)
            await office.workspace.settled()
            async with client.get(f"{url}/metrics") as response:
                metrics = await response.text()
        await office.quiet()
        yield office, metrics


async def test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time(
    used: tuple[Office, str], log: io.StringIO, subtests: pytest.Subtests
) -> None:
    office, metrics = used
    data, environ = office.sandbox.data, office.sandbox.environ
    credentials = [value for key, value in environ.items() if key.endswith(("TOKEN", "SECRET", "SECRET_KEY", "APPKEY"))]
    assert len(credentials) >= 5
    said = [OTHER, IDENTITY, CARD, "is not mine", *credentials]
    hidden = [*said, DIGITS, "/commands/", "/actions/", "response_url"]  # the last three are of a response_url
    left = {
        "database": b"".join(path.read_bytes() for path in data.glob("smsstatus.db*")).decode(errors="replace"),
        "log": log.getvalue(),
        "metrics": metrics,
    }
    for place, content in left.items():
        with subtests.test(place):
            assert len(content) > 300
            assert [one for one in hidden if one in content] == []
    shown = "".join(map(payload_of, said_by_the_bot(office)))
    assert [one for one in said if one in shown] == []  # DIGITS were revealed, and are what the help's examples ask for

    people = [office.workspace.state.user(name).id for name in ("li", "ann")]
    tables = rows_of(data / "smsstatus.db")
    assert [table for table, held in tables.items() if any(person in held for person in people)] == ["audit"]
    of_replicas = {"limit_shares", "person_requests"}  # of several alone, on PostgreSQL
    not_always = {"alerts", "receipt_raws", "leases", "unknown_codes"}  # all was well; codes are written now and then
    assert empty(tables) <= not_always | of_replicas
    assert {path.name for path in data.iterdir()} - {"smsstatus.db-wal", "smsstatus.db-shm"} == {"smsstatus.db", "secret.key"}

    gone = empty(tables)
    for days, deleted in DELETED_AFTER.items():
        gone |= deleted
        assert (days, empty(await purged(office, timedelta(days=days)))) == (days, gone)


def said_by_the_bot(office: Office) -> list[PostedMessage]:
    """All that anybody was shown in a conversation."""
    state, bot = office.workspace.state, office.workspace.bot.bot_user_id
    every = [
        message
        for one in state.conversations.values()
        for viewer in state.users.values()
        for message in one.visible_to(viewer.id)
    ]
    return [message for message in every if message.user == bot]


def empty(tables: dict[str, str]) -> set[str]:
    return {table for table, held in tables.items() if held == "[]"}


async def purged(office: Office, later: timedelta) -> dict[str, str]:
    """What each table holds after the daily deletion of that day."""
    settings = load_settings(office.sandbox.environ, VENDORS)
    clock = lambda: system_clock() + later  # noqa: E731
    async with (
        open_state(settings, clock) as state,
        open_lookups(settings, Metrics(), clock) as lookups,
        open_slack(settings, "http", Metrics(), QUICK) as slack,
    ):
        await slack.authenticate()
        async with slack.answering(state, lookups):
            await purge_once({**state.purges, **slack.purges})
    return rows_of(office.sandbox.data / "smsstatus.db")


def rows_of(file: Path) -> dict[str, str]:
    """What each table holds, as text."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = {table: repr(connection.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in tables}  # noqa: S608 - our own
    engine.dispose()
    return rows
