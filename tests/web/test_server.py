"""The HTTP server: requests without Slack's signature are rejected; health and readiness probes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import sqlite3
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.sandbox.demo_installation import INSTALLATION
from tests.cases import each
from tests.slack.conftest import Offices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.slack.conftest import Office


@pytest.fixture
def offices(template_database: Path) -> Offices:
    return Offices(template_database)


@pytest.fixture
async def office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open() as one:
        yield one


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def signed(body: bytes, *, timestamp: str | None = None, secret: str = INSTALLATION.signing_secret) -> dict[str, str]:
    timestamp = timestamp or str(int(time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


BODY = (
    b"command=%2Fsmsstatus&text=help&user_id=U0LIWEI01&channel_id=C0INCIDENT&team_id=T0SANDBOX"
    b"&response_url=http%3A%2F%2F127.0.0.1%3A1%2F"
)


@each("timestamp", ["", "soon", "1.5", "-1", "１７", "1e9", "9" * 400])
async def test_a_timestamp_that_is_no_number_is_401_and_never_a_server_error(
    office: Office, client: aiohttp.ClientSession, timestamp: str
) -> None:
    headers = {**signed(BODY), "X-Slack-Request-Timestamp": timestamp}

    async with client.post(office.url + "/slack/events", data=BODY, headers=headers) as response:
        assert response.status == 401


async def test_a_wrong_signature_and_an_old_one_are_401(office: Office, client: aiohttp.ClientSession) -> None:
    old = str(int(time.time()) - 301)
    for headers in (signed(BODY, secret="another"), signed(BODY, timestamp=old), {}):
        async with client.post(office.url + "/slack/events", data=BODY, headers=headers) as response:
            assert response.status == 401
    assert office.seen() == []


async def test_what_slack_can_send_is_taken_and_what_is_larger_is_413(office: Office, client: aiohttp.ClientSession) -> None:
    for length, status in ((17_000, 200), (40_000, 200), (500_000, 413)):
        body = form_of(shortcut_on("短" * length))
        async with client.post(office.url + "/slack/events", data=io.BytesIO(body), headers=signed(body)) as response:
            assert response.status == status
        async with client.post(office.url + "/slack/events", data=io.BytesIO(body)) as response:
            assert response.status == 401, "unsigned it is not even read"


async def test_the_rest_of_the_server_takes_no_more_than_before(office: Office, client: aiohttp.ClientSession) -> None:
    async with client.post(office.url + "/callbacks/tencent/x", data=b"a" * (256 * 1024 + 1)) as response:
        assert response.status in {404, 413}


def shortcut_on(text: str) -> dict[str, Any]:
    """A shortcut on a message whose blocks say the same as its text."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    message = {"type": "message", "ts": "1700000000.000100", "text": text, "blocks": [section]}
    who = {"user": {"id": "U0LIWEI01", "team_id": "T0SANDBOX"}, "team": {"id": "T0SANDBOX"}, "channel": {"id": "C0INCIDENT"}}
    return {"type": "message_action", "callback_id": "sms_status_message", "trigger_id": "1.2", "message": message, **who}


def form_of(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


async def test_a_command_about_a_payload_is_not_taken_for_one(office: Office, client: aiohttp.ClientSession) -> None:
    body = BODY.replace(b"text=help", b"text=explain+payload")
    async with client.post(office.url + "/slack/events", data=body, headers=signed(body)) as response:
        assert response.status == 200
    await office.workspace.wait_for(lambda: [one for one in office.seen() if "payload" in one.text], within=15)


async def never() -> AsyncIterator[bytes]:
    """A body of which no more than the beginning comes."""
    yield b"x"
    await asyncio.Event().wait()


async def test_what_is_packed_or_does_not_look_signed_is_refused_before_its_body_is_read(
    office: Office, client: aiohttp.ClientSession
) -> None:
    url = office.url + "/slack/events"
    for coding in ("gzip", "deflate", "br", "gzip, gzip", "nonsense"):
        async with client.post(url, data=never(), headers={**signed(b""), "Content-Encoding": coding}) as response:
            assert response.status == 415
    for headers in ({}, signed(b"", timestamp="1"), {**signed(b""), "X-Slack-Signature": "v0=abc"}):
        async with client.post(url, data=never(), headers=headers) as response:
            assert response.status == 401
    async with client.post(url, data=BODY, headers={**signed(BODY), "Content-Encoding": "identity"}) as response:
        assert response.status == 200


@each("body", [b"text=\xff\xfe", b"{bad", b"[1]", b"payload=%7Bbad", b"payload=[1]", b"[" * 100_000])
async def test_a_body_that_slack_never_sends_is_400_when_signed_and_401_when_not(
    office: Office, client: aiohttp.ClientSession, body: bytes
) -> None:
    async with client.post(office.url + "/slack/events", data=body, headers=signed(body)) as response:
        assert response.status in {400, 401}, "slack_sdk verifies text only"
    unsigned = {**signed(body), "X-Slack-Signature": "v0=é"}
    for headers in (unsigned, {**unsigned, "Content-Type": "text/plain; charset=nope"}):
        async with client.post(office.url + "/slack/events", data=body, headers=headers) as response:
            assert response.status == 401


async def test_a_number_that_python_refuses_and_one_that_is_none_cost_nothing(
    office: Office, client: aiohttp.ClientSession
) -> None:
    action = '"type":"block_actions","user":{"id":"U0LIWEI01","team_id":"T0SANDBOX"},"team":{"id":"T0SANDBOX"}'
    for odd in ("9" * 5000, "NaN", "-Infinity", "1e999"):
        body = urlencode({"payload": f'{{{action},"trigger_id":"{odd[:9]}","x":{odd}}}'}).encode()
        async with client.post(office.url + "/slack/events", data=body, headers=signed(body)) as response:
            assert response.status == 200, odd
    await office.workspace.wait_for(lambda: len(office.seen(channel="dm-li")) == 4, within=15)


async def test_a_command_that_is_not_ours_is_acknowledged_with_the_one_that_is(
    office: Office, client: aiohttp.ClientSession
) -> None:
    body = BODY.replace(b"smsstatus", b"another")
    async with client.post(office.url + "/slack/events", data=body, headers=signed(body)) as response:
        assert response.status == 200
        said = await response.json()
    assert said["response_type"] == "ephemeral"
    assert "/smsstatus" in said["text"]


async def test_the_probes_and_the_metrics_answer(office: Office, client: aiohttp.ClientSession) -> None:
    await office.ask("+8613711112222 since 2h")

    parts = {"start": "ok", "slack": "ok", "database": "ok"}
    for path, said in (("/healthz", {"status": "ok"}), ("/readyz", {"status": "ok", "parts": parts})):
        async with client.get(office.url + path) as response:
            assert (response.status, await response.json()) == (200, said)
    async with client.get(office.url + "/metrics") as response:
        text = await response.text()
    assert 'smsstatus_slack_requests_total{kind="command",outcome="answered"} 1.0' in text
    assert 'smsstatus_provider_answers_total{outcome="ok",provider="aliyun"} 1.0' in text
    assert "13711112222" not in text


async def test_a_database_that_hangs_or_is_deleted_is_not_ready_and_told_for_itself(
    office: Office, client: aiohttp.ClientSession
) -> None:
    path = office.sandbox.data / "smsstatus.db"
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    async with client.get(f"{office.url}/readyz") as hanging, client.get(f"{office.url}/healthz") as alive:
        assert (hanging.status, alive.status) == (503, 200)
        assert (await hanging.json())["parts"] == {"start": "ok", "slack": "ok", "database": "no answer within 0.8 s"}
    other.close()
    path.unlink()
    status = 200
    async with asyncio.timeout(20):
        while status == 200:
            async with client.get(f"{office.url}/readyz") as gone:
                status, said = gone.status, (await gone.json())["parts"]["database"]
    assert "deleted or replaced" in said or "no answer" in said


async def test_readiness_follows_the_socket_mode_connection(offices: Offices, client: aiohttp.ClientSession) -> None:
    async with offices.open("socket", SMSSTATUS_PORT="0") as office:
        url = office.url
        async with client.get(f"{url}/readyz") as response:
            assert response.status == 200
        async with client.post(f"{url}/slack/events") as response:
            assert response.status == 404, "in Socket Mode there is no HTTP entry"
        office.workspace.fail_next("apps.connections.open", status=500, times=50)
        await office.workspace.socket.drop()
        async with client.get(f"{url}/readyz") as response:
            assert response.status == 503


async def test_a_wrong_signing_secret_is_counted_and_told_by_readiness(office: Office, client: aiohttp.ClientSession) -> None:
    for _ in range(3):
        await client.post(f"{office.url}/slack/events", data=b"x", headers=signed(b"x", secret="another"))
    async with client.get(f"{office.url}/readyz") as ready, client.get(f"{office.url}/metrics") as metrics:
        assert ready.status == 503
        assert "SLACK_SIGNING_SECRET" in (await ready.json())["status"]
        assert 'smsstatus_slack_signatures_total{outcome="refused"} 3.0' in await metrics.text()
