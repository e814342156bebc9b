"""The terminal: what goes to stdout, what to stderr, and the exit status. Some of it as a process of its own."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import signal
import sys
import weakref
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.app import serving
from bot.cli.finding_lines import format_check
from bot.cli.runner import run as run_to_its_end
from bot.cli.runner import settings_errors, until_stopped
from bot.config import load_settings
from bot.doctor.check import Check, Health
from bot.i18n import ENGLISH, get_language
from bot.providers.registry import VENDORS
from bot.sandbox.providers.faults import ProviderFaultKind
from tests.cli.commands import CHINESE, NUMBER, run
from tests.golden_files import as_json, kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.demo import Sandbox

NO_SLACK = {
    "SLACK_API_URL": "http://127.0.0.1:9/",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "TENCENTCLOUD_SECRET_ID": "AKIDexample",
    "TENCENTCLOUD_SECRET_KEY": "secret",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
}


async def test_lookup_json_is_the_object_of_the_contract(sandbox: Sandbox) -> None:
    ran = await run(sandbox.environ, "lookup", "--json", NUMBER, "since", "2h")

    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert list(found)[:8] == ["query", "as_of", "verdict", "outcome", "summary", "mix", "deliveries", "coverage"]
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
    assert "Delivered" in ran.out.splitlines()[0]
    assert "13711112222" not in ran.out


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


async def test_rows_that_cannot_be_read_are_told_in_the_verdict_and_the_exit_status(sandbox: Sandbox) -> None:
    nobody = "+8613900000000"
    tencent, aliyun = sandbox.providers.tencent.faults, sandbox.providers.aliyun.faults
    for faults, fault in [
        (tencent, ProviderFaultKind.GARBAGE_ROWS),
        (aliyun, ProviderFaultKind.GARBAGE_ROWS),
        (aliyun, ProviderFaultKind.COUNTED_BUT_EMPTY),
    ]:
        faults.play(fault, on=lambda call: call.action in {"PullSmsSendStatusByPhoneNumber", "QuerySendDetails"})
        ran = await run(sandbox.environ, "lookup", "--json", nobody, "since", "2h")
        faults.clear()

        found = json.loads(ran.out)
        assert (ran.status, found["outcome"]) == (1, "unanswered"), fault
        assert "could not be read" in found["verdict"]
        assert "No record" not in found["verdict"]
    aliyun.play(ProviderFaultKind.GARBAGE_ROWS)
    assert "无法读取" in (await run({**sandbox.environ, **CHINESE}, "lookup", nobody)).out.splitlines()[0]
    aliyun.clear()
    assert (await run(sandbox.environ, "lookup", nobody)).status == 0


@pytest.mark.parametrize(
    "words", [["+86137"], [NUMBER, "sinse", "2h"], [NUMBER, "via", "twilio"], ["explain"], [NUMBER, "since", "tomorrow"]]
)
async def test_wrong_words_are_status_2_with_a_short_message_and_nothing_on_stdout(sandbox: Sandbox, words: list[str]) -> None:
    ran = await run(sandbox.environ, "lookup", "--json", *words)

    assert (ran.status, ran.out) == (2, "")
    said, *tries = ran.err.splitlines()
    assert said
    assert all(line.startswith("Try: smsstatus ") for line in tries)
    assert len(tries) == (0 if words == ["+86137"] else 1)  # nobody can say which digits are missing


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


def steady(told: str) -> str:
    """What doctor tells, without what differs from one machine and moment to the next."""
    told = re.sub(r"clock [+-]\d+ s", "clock +0 s", re.sub(r"相差 [+-]\d+ 秒", "相差 +0 秒", told))
    return re.sub(r"\d{4}-\d\d-\d\d", "2026-11-29", re.sub(r"[\d,.]+ GiB", "70.0 GiB", told))


async def test_doctor_finds_everything_well_and_names_what_is_not(sandbox: Sandbox) -> None:
    bot = sandbox.workspace.bot
    sandbox.workspace.state.bot = replace(bot, scopes=bot.scopes | {"chat:write.public"})
    well = await run(sandbox.environ, "doctor", "--json")
    wrong = await run({**sandbox.environ, "TENCENTCLOUD_SECRET_KEY": "not-the-key"}, "doctor")

    assert well.status == 0
    checks = [check for check in json.loads(steady(well.out))["checks"] if check["name"] != "Catalogue"]  # it grows old
    assert {check["health"] for check in checks} == {"ok"}
    assert as_json(checks) == kept("json/doctor.json", as_json(checks))
    assert wrong.status == 1
    assert "AuthFailure.SignatureFailure" in wrong.out
    assert "not-the-key" not in wrong.out + wrong.err


async def test_demo_once_prints_the_answer_as_a_person_would_read_it() -> None:
    ran = await run({}, "demo", "--once", f"/smsstatus {NUMBER} since 2h")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("✅ Delivered")
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
        line = json.loads(await asyncio.wait_for(process.stderr.readline(), 60))
        if line["event"] == "serving":
            break
    async with aiohttp.ClientSession() as client, client.get(f"{line['url']}/readyz") as response:
        assert response.status == 200
    process.send_signal(signal.SIGTERM)
    rest = (await asyncio.wait_for(process.communicate(), 60))[1].decode()

    assert process.returncode == 0
    assert [json.loads(one)["event"] for one in rest.splitlines()] == ["stopping"]


async def test_serve_with_a_token_that_slack_refuses_is_one_line_that_names_the_setting(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings({**sandbox.environ, "SLACK_BOT_TOKEN": "xoxb-wrong"}, VENDORS)
    with pytest.raises(SystemExit) as ended, settings_errors(ENGLISH):
        await until_stopped(serving(settings, port=0))
    (line,) = capsys.readouterr().err.splitlines()

    assert ended.value.code == 2
    assert line.startswith("Slack rejected SLACK_BOT_TOKEN (invalid_auth)")
    assert "xoxb-wrong" not in line


async def test_what_is_under_way_is_not_all_searched_for_garbage_again_and_again() -> None:
    """Searching all of it takes long enough to be felt at every ack. With Python's own thresholds this has three of them."""
    thresholds, searches = gc.get_threshold(), Counter[int]()

    def count(phase: str, info: dict[str, int]) -> None:
        searches[info["generation"]] += phase == "start"

    async def keep_much() -> None:
        much = [[which] for which in range(300_000)]
        gc.callbacks.remove(count)
        signal.raise_signal(signal.SIGTERM)
        much.clear()

    @asynccontextmanager
    async def app() -> AsyncIterator[None]:
        gc.callbacks.append(count)
        working = asyncio.create_task(keep_much())
        yield
        await working

    gc.set_threshold(700, 10, 10)  # Python's own
    try:
        await until_stopped(app())
    finally:
        gc.set_threshold(*thresholds)

    assert searches[2] == 0
    assert searches[0] > 100  # what is young is searched as ever: most garbage is young


class Circle:
    """It holds itself."""

    def __init__(self) -> None:
        self.itself = self


async def test_what_only_a_search_of_all_finds_is_freed_now_and_then() -> None:
    thresholds, freed = gc.get_threshold(), asyncio.Event()

    async def leave_garbage() -> None:
        weakref.finalize(Circle(), asyncio.get_running_loop().call_soon, freed.set)
        await asyncio.wait_for(freed.wait(), 20)
        signal.raise_signal(signal.SIGTERM)

    @asynccontextmanager
    async def app() -> AsyncIterator[None]:
        working = asyncio.create_task(leave_garbage())
        yield
        await working

    try:
        await until_stopped(app(), collect_seconds=0.01)
    finally:
        gc.set_threshold(*thresholds)


async def test_a_lookup_is_answered_in_the_terminals_language(sandbox: Sandbox) -> None:
    chinese = await run({**sandbox.environ, **CHINESE}, "lookup", NUMBER, "since 2h")
    english = await run({**sandbox.environ, **CHINESE}, "--language", "en", "lookup", NUMBER, "since 2h")
    by_programs = await run({**sandbox.environ, **CHINESE}, "lookup", "--json", NUMBER, "since 2h")

    assert chinese.out.startswith("已送达 ")
    assert "腾讯云" in chinese.out
    assert english.out.startswith("Delivered ")
    assert json.loads(by_programs.out)["verdict"].startswith("Delivered")


async def test_wrong_words_and_wrong_settings_are_told_in_chinese(sandbox: Sandbox) -> None:
    words = await run({**sandbox.environ, **CHINESE}, "lookup", NUMBER, "sinse", "2h")
    none = await run(CHINESE, "lookup", NUMBER)
    wrong = await run({**CHINESE, "SMSSTATUS_PORT": "y"}, "serve")

    assert (words.status, words.out, none.status, wrong.status) == (2, "", 2, 2)
    assert words.err.splitlines()[1] == f"试试：smsstatus {NUMBER} since 2h"
    assert "`since`" in words.err.splitlines()[0]
    assert none.err.startswith("没有配置任何服务商")
    assert wrong.err.startswith("SMSSTATUS_PORT")
    assert "must" not in wrong.err


async def test_doctor_in_chinese_is_the_one_that_was_found_good(sandbox: Sandbox) -> None:
    environ = {**sandbox.environ, **CHINESE, "SLACK_APP_TOKEN": "xapp-wrong", "TENCENTCLOUD_SECRET_KEY": "not-the-key"}
    told = await run(environ, "doctor")
    by_programs = await run(environ, "doctor", "--json")

    assert told.status == 1
    assert steady(told.out) == kept("terminal/zh/doctor.txt", steady(told.out))
    checks = json.loads(by_programs.out)["checks"]
    assert {check["name"] for check in checks} >= {"Slack", "Socket Mode", "Database", "Tencent 1400006666"}


def test_a_checks_words_stand_in_one_column() -> None:
    chinese = get_language("zh")
    checks = [Check("Slack", Health.OK, "a"), Check("Slack", Health.WARNING, "b", "c"), Check("Slack", Health.FAILED, "d", "e")]

    assert [format_check(check, ENGLISH) for check in checks] == [
        ["ok       Slack: a"],
        ["warning  Slack: b", "         c"],
        ["failed   Slack: d", "         e"],
    ]
    assert [format_check(check, chinese) for check in checks] == [
        ["正常     Slack：a"],
        ["注意     Slack：b", "         c"],
        ["失败     Slack：d", "         e"],
    ]


async def test_providers_and_help_are_in_chinese(sandbox: Sandbox) -> None:
    providers = await run({**sandbox.environ, **CHINESE}, "lookup", "providers")
    shown = await run({**sandbox.environ, **CHINESE}, "lookup", "help")

    assert providers.out.split()[:5] == ["服务商", "账号", "能查什么", "保留", "状态"]
    assert "尚未检查" in providers.out
    assert shown.out == (await run(CHINESE, "help")).out


async def test_demo_once_answers_whoever_reads_the_terminal() -> None:
    ran = await run(CHINESE, "demo", "--once", f"/smsstatus {NUMBER} since 2h")
    refused = await run(CHINESE, "demo", "--once", "hello")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("✅ 已送达")
    assert "[刷新]" in ran.out
    assert refused.err.startswith("--once 只接受斜杠命令")


def test_a_start_that_waits_for_slack_is_ended_at_once_by_a_signal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In this process, as `smsstatus serve` runs it: nothing is raised, so the exit status is 0."""
    settings = load_settings({**NO_SLACK, "SMSSTATUS_DATA_DIR": str(tmp_path)}, VENDORS)

    async def signal_once_it_waits() -> None:
        async with asyncio.timeout(20):
            while not any(line["event"] == "startup.waiting" for line in logs):  # noqa: ASYNC110 - it tells nobody else
                await asyncio.sleep(0)
        signal.raise_signal(signal.SIGTERM)

    @asynccontextmanager
    async def signalled() -> AsyncIterator[None]:
        signalling = asyncio.create_task(signal_once_it_waits())
        async with serving(settings, mode="socket", port=0):
            yield
        await signalling

    with capture_logs() as logs:
        run_to_its_end(until_stopped(signalled()), ENGLISH)

    (line,) = (line for line in logs if line["log_level"] != "debug")
    assert line["event"] == "startup.waiting"
    assert "Connection refused" in line["reason"]
    assert capsys.readouterr() == ("", "")
