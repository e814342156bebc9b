"""A day's use of every surface, and what it leaves: the database's files, the log and the metrics name nobody's number."""

from __future__ import annotations

import io
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import sqlalchemy as sa
import structlog

from bot.observability.logging import configure_logging
from bot.sandbox.demo import open_sandbox
from tests.slack.conftest import NUMBER, SECOND, Office, found_button, payload_of, start
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
        url = await start(sandbox, app, "http", SMSSTATUS_REVEAL_USERS=sandbox.workspace.state.user("li").id)
        office = Office(sandbox, app, url)
        async with aiohttp.ClientSession() as client:
            for name, body in PUSHES.items():
                address = f"{url}/callbacks/{name}/{sandbox.environ['SMSSTATUS_CALLBACK_TOKEN']}"
                async with client.post(address, json=body) as taken:
                    assert taken.status == 200, await taken.text()
            answer = await use_every_surface(office)
            await office.workspace.click("li", answer, *found_button(answer, "answer.reveal"))
            for text in SAID:
                await office.say(text, channel="dm-ann", user="ann")
                await office.ask(text)
            await office.workspace.settled()
            async with client.get(f"{url}/metrics") as response:
                metrics = await response.text()
        await office.quiet()
        yield office, metrics


async def test_no_number_text_or_credential_is_left_and_who_asked_is_clear_in_the_audit_alone(
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
            assert len(content) > 1000
            assert [one for one in hidden if one in content] == []
    shown = "".join(map(payload_of, said_by_the_bot(office)))
    assert [one for one in said if one in shown] == []  # DIGITS were revealed, and are what the help's examples ask for

    people = [office.workspace.state.user(name).id for name in ("li", "ann")]
    tables = rows_of(data / "smsstatus.db")
    assert [table for table, held in tables.items() if any(person in held for person in people)] == ["audit"]
    assert {table for table, held in tables.items() if held == "[]"} <= {"receipt_raws", "leases"}  # the rest was really used


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


def rows_of(file: Path) -> dict[str, str]:
    """What each table holds, as text."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = {table: repr(connection.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in tables}  # noqa: S608 - our own
    engine.dispose()
    return rows
