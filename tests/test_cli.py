"""The terminal as a process of its own: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.sandbox.demo import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

NUMBER = "+8613711112222"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


async def run(environ: Mapping[str, str], *arguments: str) -> Ran:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        env={"PATH": os.environ["PATH"], "COLUMNS": "100", **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as one:
        yield one


async def test_lookup_json_is_the_object_of_the_contract(sandbox: Sandbox) -> None:
    ran = await run(sandbox.environ, "lookup", "--json", NUMBER, "since", "2h")

    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert list(found)[:6] == ["query", "as_of", "verdict", "summary", "deliveries", "coverage"]
    assert found["query"]["targets"] == ["+86 137****2222"]
    assert found["query"]["providers"] == ["tencent", "aliyun"]
    assert found["summary"] == {"total": 3, "delivered": 1, "failed": 1, "pending": 1, "rejected": 0, "unknown": 0}
    failed = next(one for one in found["deliveries"] if one["status"] == "failed")
    assert (failed["provider"], failed["account"], failed["code"]) == ("tencent", "1400006666", "MK:0008")
    assert set(failed["explanation"]) == {
        *("title", "meaning", "causes", "next_step", "owner", "resend", "confidence", "source"),
    }
    assert {(part["provider"], part["complete"], part["error"]) for part in found["coverage"]} == {
        ("tencent", True, None),
        ("aliyun", True, None),
    }
    assert "13711112222" not in ran.out


async def test_lookup_reads_as_a_table_with_the_verdict_first(sandbox: Sandbox) -> None:
    ran = await run(sandbox.environ, "lookup", NUMBER, "since 2h")

    assert ran.status == 0
    assert "1 of 3 failed" in ran.out.splitlines()[0]
    assert "13711112222" not in ran.out


async def test_reveal_shows_the_whole_number(sandbox: Sandbox) -> None:
    assert NUMBER in (await run(sandbox.environ, "lookup", "--reveal", NUMBER)).out


async def test_the_exit_status_tells_who_answered(sandbox: Sandbox) -> None:
    environ = {**sandbox.environ, "SMSSTATUS_DEADLINE": "2"}
    await sandbox.providers.tencent.die()
    some = await run(environ, "lookup", "--json", NUMBER)
    await sandbox.providers.aliyun.die()
    none = await run(environ, "lookup", "--json", NUMBER)

    assert (some.status, none.status) == (1, 3)
    error = next(part["error"] for part in json.loads(some.out)["coverage"] if part["provider"] == "tencent")
    assert set(error) == {"code", "title", "meaning", "next_step", "retryable", "request_id"}
    assert (error["code"], error["retryable"]) == ("Transport.Connect", True)


@pytest.mark.parametrize(
    "words", [["+86137"], [NUMBER, "sinse", "2h"], [NUMBER, "via", "twilio"], ["explain"], [NUMBER, "since", "tomorrow"]]
)
async def test_wrong_words_are_status_2_with_a_short_message_and_nothing_on_stdout(sandbox: Sandbox, words: list[str]) -> None:
    ran = await run(sandbox.environ, "lookup", "--json", *words)

    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2
    assert ran.err.splitlines()[1].startswith("Try: smsstatus lookup ")


async def test_wrong_settings_are_status_2_with_a_line_that_names_each_key() -> None:
    none = await run({}, "lookup", NUMBER)
    wrong = await run({"TENCENTCLOUD_SECRET_ID": "x", "SMSSTATUS_PORT": "y"}, "serve")

    assert (none.status, none.out, wrong.status, wrong.out) == (2, "", 2, "")
    assert none.err.startswith("No provider is configured: set TENCENTCLOUD_SECRET_ID")
    assert {line.split()[0].rstrip(":") for line in wrong.err.splitlines()} == {
        "SMSSTATUS_PORT",
        "TENCENTCLOUD_SECRET_KEY",
        "TENCENTCLOUD_SMS_SDK_APP_ID",
    }


async def test_explain_works_offline_and_without_settings() -> None:
    words = await run({}, "explain", "MK:0008")
    as_json = await run({}, "explain", "--json", "mk：0008")
    unknown = await run({}, "explain", "--json", "NOSUCH:99")

    assert words.status == 0
    assert "MK:0008" in words.out
    assert json.loads(as_json.out)["listed"] is True
    assert json.loads(unknown.out)["readings"] == []


async def test_doctor_finds_everything_well_and_names_what_is_not(sandbox: Sandbox) -> None:
    well = await run(sandbox.environ, "doctor", "--json")
    wrong = await run({**sandbox.environ, "TENCENTCLOUD_SECRET_KEY": "not-the-key"}, "doctor")

    assert well.status == 0
    assert {check["health"] for check in json.loads(well.out)["checks"]} == {"ok"}
    assert wrong.status == 1
    assert "AuthFailure.SignatureFailure" in wrong.out
    assert "not-the-key" not in wrong.out + wrong.err


async def test_demo_once_prints_the_answer_as_a_person_would_read_it() -> None:
    ran = await run({}, "demo", "--once", f"/smsstatus {NUMBER} since 2h")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("1 of 3 failed")
    assert "[Refresh]" in ran.out


async def test_demo_once_refuses_what_is_no_slash_command() -> None:
    ran = await run({}, "demo", "--once", "hello")

    assert (ran.status, ran.out) == (2, "")
    assert "/smsstatus" in ran.err


async def test_serve_answers_its_probes_and_stops_cleanly_when_told_to(sandbox: Sandbox) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "serve", "--mode", "socket", "--port", "0"),
        env={"PATH": os.environ["PATH"], **sandbox.environ},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    while True:
        line = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))
        if line["event"] == "serving":
            break
    async with aiohttp.ClientSession() as client, client.get(f"{line['url']}/readyz") as response:
        assert response.status == 200
    process.send_signal(signal.SIGTERM)
    rest = (await asyncio.wait_for(process.communicate(), 20))[1].decode()

    assert process.returncode == 0
    assert [json.loads(one)["event"] for one in rest.splitlines()] == ["stopping"]


async def test_serve_with_a_token_that_slack_refuses_is_one_line_that_names_the_setting(sandbox: Sandbox) -> None:
    ran = await run({**sandbox.environ, "SLACK_BOT_TOKEN": "xoxb-wrong"}, "serve", "--port", "0")

    assert ran.status == 2
    assert ran.err.startswith("SLACK_BOT_TOKEN: Slack answers invalid_auth")
    assert "xoxb-wrong" not in ran.err
