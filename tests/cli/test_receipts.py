"""`smsstatus receipts`, over a store that is really there."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.cli.main import main
from bot.cli.receipts import receipts
from bot.config import load_settings
from bot.providers.registry import VENDORS
from bot.receipts import ReceiptSource, RecordKind
from bot.receipts.opening import open_receipts
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.timing.clock import system_clock
from tests.receipts.samples import receipt, reply, unreadable
from tests.toys import ToyClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The settings of a store that holds an old receipt, one of today, a reply, an odd row and a waiting body."""
    settings = {"SMSSTATUS_DATA_DIR": str(tmp_path)}
    asyncio.run(_fill(settings))
    return settings


async def _fill(settings: dict[str, str]) -> None:
    general = load_settings(settings, ()).general
    database = Database(general.database_url)
    await migrate(database)
    old = open_receipts(database, general.keyring(), ToyClock(system_clock() - timedelta(days=100))).store
    await old.ingest(None, [receipt("old")])
    store = open_receipts(database, general.keyring(), system_clock).store
    await store.ingest(None, [receipt("new")], [reply()], [unreadable(account="1400006666")])
    await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", b"[]")
    await database.aclose()


def run(environ: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(receipts, arguments, env=environ)
    return done.exit_code, done.stdout, done.stderr


def test_stats_say_what_is_stored_and_since_when(environ: dict[str, str]) -> None:
    status, out, err = run(environ, "stats")
    assert (status, err) == (0, "")
    assert out.splitlines()[0].startswith("2 receipts since 20")
    assert out.splitlines()[1:] == [
        "1 reply",
        "1 row that could not be read (smsstatus receipts quarantine)",
        "1 push waiting to be processed",
    ]

    _, out, _ = run(environ, "stats", "--json")
    found = json.loads(out)
    assert (found["receipts"], found["replies"], found["quarantined"], found["waiting"]) == (2, 1, 1, 1)


def test_quarantine_shows_the_rows_without_their_digits_unless_they_are_asked_for(environ: dict[str, str]) -> None:
    status, out, _ = run(environ, "quarantine")
    assert status == 0
    assert "tencent 1400006666 receipts by queue: report_status is missing" in out
    assert '{"mobile": "•••••••••••"}' in out
    assert "13711112222" not in out

    _, out, _ = run(environ, "quarantine", "--json", "--reveal")
    assert json.loads(out)[0]["reason"] == "report_status is missing"
    assert json.loads(out)[0]["body"] == '{"mobile": "13711112222"}'


def test_rows_as_they_came_are_shown_only_when_the_audit_has_it(environ: dict[str, str]) -> None:
    run(environ, "quarantine")
    assert list_reveals(environ) == []
    run(environ, "quarantine", "-n", "1", "--reveal")
    (entry,) = list_reveals(environ)

    assert "terminal receipts quarantine REVEAL" in entry


def list_reveals(environ: dict[str, str]) -> list[str]:
    return CliRunner(env=environ).invoke(main, ["audit", "--reveals"]).stdout.splitlines()


def test_quarantined_chinese_is_shown_and_no_digit_in_any_spelling(environ: dict[str, str]) -> None:
    odd = {"mobile": "13711112222", "description": "用户短信送达失败"}
    asyncio.run(_push(environ, {"tencent": [odd, {"errmsg": "\\u", "sid": "１３７"}]}))
    asyncio.run(_quarantine(environ, rb'{"d": "\u7528\u6237 \u0031\u0033\u0037", "cut": "\u77ed'))

    bodies = [line.strip() for line in run(environ, "quarantine")[1].splitlines() if line.startswith("    ")]
    assert bodies[:3] == [
        '{"d": "用户 •••", "cut": "短',
        r'{"errmsg": "\\u", "sid": "•••"}',
        '{"mobile": "•••••••••••", "description": "用户短信送达失败"}',
    ]
    shown = json.loads(run(environ, "quarantine", "--json", "--reveal")[1])
    assert shown[0]["body"].startswith('{"d": "用户 137"')
    assert json.loads(shown[2]["body"]) == odd


def test_purge_deletes_what_is_older_than_the_retention(environ: dict[str, str]) -> None:
    assert run(environ, "purge") == (0, "1 row deleted\n", "")
    assert run(environ, "purge") == (0, "0 rows deleted\n", "")


def test_everything_is_told_in_chinese(environ: dict[str, str]) -> None:
    chinese = environ | {"SMSSTATUS_LANGUAGE": "zh"}
    _, stats, _ = run(chinese, "stats")
    assert stats.splitlines()[0].startswith("自 20")
    assert stats.splitlines()[1:] == ["1 条回复", "1 条无法解析（smsstatus receipts quarantine）", "1 份推送等待处理"]

    assert "tencent 1400006666 回执（来自队列）：缺少 report_status\n" in run(chinese, "quarantine")[1]
    for command in ("stats", "quarantine"):
        assert run(chinese, command, "--json") == run(environ, command, "--json")
    assert run(chinese, "purge") == (0, "已删除 1 条\n", "")
    wrong_key = run({**chinese, "SMSSTATUS_SECRET_KEY": "another secret, just as long"}, "stats")
    assert wrong_key[2].startswith("回执库出错：")
    assert "is not the key" not in wrong_key[2]


def test_no_reason_is_an_english_sentence_in_chinese(environ: dict[str, str]) -> None:
    pushes = {
        "tencent": [{"sid": "1"}, {"report_status": "FAIL"}, {"report_status": "FAIL", "mobile": "12"}, 5],
        "tencent-replies": {"nationcode": "86", "mobile": "13711112222", "text": "TD"},
        "aliyun": [
            {"success": "perhaps"},
            {"success": True},
            {"success": True, "biz_id": {}},
            {"success": True, "biz_id": "\u202e"},
        ],
        "aliyun-intl": [{"MessageId": "1"}, {"MessageId": "1", "To": "nobody"}],
    }
    asyncio.run(_push(environ, pushes))

    _, chinese, _ = run(environ | {"SMSSTATUS_LANGUAGE": "zh"}, "quarantine")

    assert [re.findall("[A-Za-z]{2,} [A-Za-z]{2,}", said) for said in chinese.splitlines()[::2]] == [[]] * 12
    assert "aliyun 回执（来自回调）：success 既不是 true 也不是 false" in chinese
    assert "tencent 回复（来自回调）：缺少 time，或无法解析" in chinese


async def _push(settings: dict[str, str], pushes: dict[str, Any]) -> None:
    general = load_settings(settings, ()).general
    database = Database(general.database_url)
    store = open_receipts(database, general.keyring(), system_clock).store
    for callback in (one for vendor in VENDORS for one in vendor.callbacks if one.name in pushes):
        parsed = callback.read(json.dumps(pushes[callback.name]).encode())
        await store.ingest(None, parsed.receipts, parsed.replies, parsed.unreadable)
    await database.aclose()


async def _quarantine(settings: dict[str, str], body: bytes) -> None:
    general = load_settings(settings, ()).general
    database = Database(general.database_url)
    await open_receipts(database, general.keyring(), system_clock).store.ingest(None, unreadable=[unreadable(body)])
    await database.aclose()


def test_another_key_is_one_line_on_stderr(environ: dict[str, str]) -> None:
    status, out, err = run({**environ, "SMSSTATUS_SECRET_KEY": "another secret, just as long"}, "stats")

    assert (status, out) == (1, "")
    assert err.startswith("The receipt store failed: SMSSTATUS_SECRET_KEY is not the key")


def test_a_wrong_setting_is_one_line_on_stderr(environ: dict[str, str]) -> None:
    status, out, err = run({**environ, "SMSSTATUS_RECEIPT_DAYS": "0"}, "purge")

    assert (status, out) == (2, "")
    assert err.startswith("SMSSTATUS_RECEIPT_DAYS")


def test_the_commands_are_reached_from_the_terminals_root() -> None:
    assert main.commands["receipts"] is receipts
