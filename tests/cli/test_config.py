"""`smsstatus config check`, the file `.env`, and what `serve` says to somebody who has set nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import SMSSTATUS, run
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.commands import Ran

HERE = {"SMSSTATUS_ENV_FILE": ".env"}
VENDOR = "TENCENTCLOUD_SECRET_ID=AKIDexample\nTENCENTCLOUD_SECRET_KEY=very-secret\nTENCENTCLOUD_SMS_SDK_APP_ID=1400006666\n"
SLACK = "SLACK_BOT_TOKEN=xoxb-1-2-abcdefgh\nSLACK_APP_TOKEN=xapp-1-A1-2-abcdefgh\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str | bytes, name: str = ".env", mode: int = 0o600) -> None:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    Path(name).chmod(mode)


async def found(environ: Mapping[str, str], *more: str) -> dict[str, dict[str, object]]:
    ran = await run({**HERE, **environ}, "config", "check", "--json", *more)
    assert ran.status == 0, ran.err
    return {one["key"]: one for one in json.loads(ran.out)["settings"]}


async def test_each_setting_is_told_with_where_it_is_written_and_no_secret_is_shown() -> None:
    write(VENDOR + "SMSSTATUS_USER_RATE=50\nSMSSTATUS_CONTACT='#ops'\nexport SMSSTATUS_CONFIG=more.toml\n")
    write("slack-secret", "token")
    write(
        'SMSSTATUS_TIMEZONE = "Europe/Berlin"\nSMSSTATUS_USER_RATE = 60\n[accounts.eu]\n'
        'ALIBABA_CLOUD_ACCESS_KEY_ID = "LTAIexample"\nALIBABA_CLOUD_ACCESS_KEY_SECRET_FILE = "token"\n',
        "more.toml",
    )
    environ = {
        "SMSSTATUS_CONTACT": "#sms",
        "SLACK_SIGNING_SECRET_FILE": "token",
        "https_proxy": "http://me:pw@proxy.example:3128",
    }

    told = await found(environ)
    shown = await run({**HERE, **environ}, "config")

    assert (told["SMSSTATUS_CONTACT"]["value"], told["SMSSTATUS_CONTACT"]["source"]) == ("#sms", "environment")
    assert (told["SMSSTATUS_USER_RATE"]["value"], told["SMSSTATUS_USER_RATE"]["source"]) == ("50", "env_file")
    assert (told["SMSSTATUS_TIMEZONE"]["value"], told["SMSSTATUS_TIMEZONE"]["source"]) == ("Europe/Berlin", "config_file")
    assert (told["SMSSTATUS_PORT"]["value"], told["SMSSTATUS_PORT"]["source"]) == ("3000", "default")
    assert told["SLACK_SIGNING_SECRET"]["secret_file"] == "token"
    assert told["SLACK_SIGNING_SECRET"]["source"] == "environment"
    assert (told["https_proxy"]["value"], told["https_proxy"]["source"]) == ("proxy.example:3128", "environment")
    eu = told["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    assert (eu["account"], eu["source"], eu["secret_file"], eu["value"]) == ("eu", "config_file", "token", None)
    assert "[accounts.eu] ALIBABA_CLOUD_ACCESS_KEY_ID" in shown.out
    for said in (json.dumps(told), shown.out, shown.err):
        assert not any(secret in said for secret in ("very-secret", "slack-secret", "me:pw"))


def test_checking_writes_nothing(folder: Path) -> None:
    write(VENDOR + SLACK)

    ran = in_a_process({"HOME": str(folder)}, "config", "check", "--all")

    assert ran.returncode == 0
    assert "The settings are right. Next: smsstatus doctor" in ran.stdout
    assert [path.name for path in folder.rglob("*")] == [".env"]


async def test_what_serve_lacks_is_a_doubt_as_a_lookup_needs_no_slack() -> None:
    write(VENDOR + SLACK.splitlines()[0])

    ran = await run(HERE, "config")

    assert ran.status == 0
    assert "serve does not start yet: SLACK_APP_TOKEN is missing" in ran.err
    assert "are right" not in ran.out


WRONG = {
    "SLACK_BOT_TOKN=xoxb-1-2-abcdefgh": "SLACK_BOT_TOKN is not a setting; did you mean SLACK_BOT_TOKEN?",
    "slack_bot_token=xoxb-1-2-abcdefgh": "slack_bot_token is not a setting; did you mean SLACK_BOT_TOKEN?",
    "TENCENTCLOUD_SECRETKEY=x": "TENCENTCLOUD_SECRETKEY is not a setting; did you mean TENCENTCLOUD_SECRET_KEY?",
    "SMSSTATUS_PROT=1": "SMSSTATUS_PROT is not a setting; did you mean SMSSTATUS_PORT?",
    "SMSSTATUS_PORT=much": "SMSSTATUS_PORT must be a whole number from 0 to 65535, such as 3000",
    "SLACK_BOT_TOKEN=“xoxb-1-2-abcdefgh”": "SLACK_BOT_TOKEN is written in quotes",
    "\n\nSLACK_BOT_TOKEN": ".env, line 6: write KEY=value, such as SLACK_BOT_TOKEN=xoxb-…",
    "=very-secret": ".env, line 4: write KEY=value",
    "SLACK_BOT_TOKEN='very-secret": ".env, line 4: write KEY=value",
    "SMSSTATUS_DATABASE_URL=postgresql://me:pw@db.example/sms": "SMSSTATUS_SECRET_KEY is missing",
}


@pytest.mark.parametrize(("line", "said"), WRONG.items())
async def test_a_wrong_line_is_refused_in_words_that_name_it_and_no_secret(line: str, said: str) -> None:
    write(VENDOR + line + "\n")

    ran = await run({**HERE, "COLUMNS": "300"}, "config")

    assert ran.status == 2
    assert said in ran.err
    assert ran.out == f"Read: the environment, and {Path.cwd() / '.env'}\n"
    assert "very-secret" not in ran.err


async def test_a_file_that_is_no_text_is_told_with_why() -> None:
    write(b"\xff\xfe=1")

    ran = await run(HERE, "serve")

    assert (ran.status, ran.err) == (2, ".env cannot be read: it is not text\n")


async def test_a_folder_in_the_place_of_the_file_is_told(folder: Path) -> None:
    ran = await run({"SMSSTATUS_ENV_FILE": str(folder)}, "config")

    assert ran.status == 2
    assert ran.err.endswith("cannot be read: Is a directory\n")


async def test_a_file_that_is_named_must_be_there_and_a_blank_name_is_none() -> None:
    write("SMSSTATUS_PORT=much")

    assert (await run({"SMSSTATUS_ENV_FILE": "other"}, "config")).err == "other cannot be read: No such file or directory\n"
    assert "SMSSTATUS_PORT" not in (await run({"SMSSTATUS_ENV_FILE": " "}, "config")).err


async def test_secrets_in_a_file_that_others_can_read_are_a_doubt() -> None:
    told = ".env holds secrets, and others on this machine can read it: chmod 600 .env"
    modes = ((VENDOR, 0o644, True), (VENDOR, 0o640, False), (VENDOR, 0o600, False), ("SMSSTATUS_CONTACT=ops\n", 0o644, False))
    for text, mode, is_told in modes:
        write(text, mode=mode)
        environ = {} if text == VENDOR else dict(line.split("=", 1) for line in VENDOR.splitlines())

        ran = await run({**HERE, **environ}, "config", "check")

        assert (told in ran.err) is is_told, (text, mode)


async def test_values_are_taken_as_they_stand() -> None:
    write("\ufeff" + VENDOR + 'SMSSTATUS_CONTACT=${HOME} costs $5 # a comment\r\nSMSSTATUS_HOST="::1"\r\n')

    told = await found({})

    assert told["SMSSTATUS_CONTACT"]["value"] == "${HOME} costs $5"
    assert told["SMSSTATUS_HOST"]["value"] == "::1"


async def test_a_variable_that_is_blank_switches_off_what_the_file_says() -> None:
    write(VENDOR + "SMSSTATUS_CONTACT=ops")

    assert (await found({"SMSSTATUS_CONTACT": ""}))["SMSSTATUS_CONTACT"]["source"] == "default"


def in_a_process(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environ}
    return subprocess.run([*SMSSTATUS, *arguments], env=given, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def test_the_file_counts_for_the_language_and_the_overlay_too() -> None:
    write("SMSSTATUS_LANGUAGE=zh\nSMSSTATUS_CODES_OVERLAY=own.toml\n")

    ran = in_a_process({}, "explain", "MK:0008")

    assert ran.returncode == 2
    assert ran.stderr.startswith("SMSSTATUS_CODES_OVERLAY")
    assert "无法读取" in ran.stderr


async def serve(*arguments: str, **environ: str) -> Ran:
    return await run({"COLUMNS": "200", **environ}, "serve", *arguments)


async def test_serve_without_settings_says_the_next_three_steps() -> None:
    ran = await serve()

    assert ran.status == 2
    assert ran.err.splitlines()[0] == "Slack's tokens are not set yet. The next three steps:"
    for step in (
        "1. At https://api.slack.com/apps",
        "2. Write into the file .env",
        "3. Run: smsstatus doctor; then: smsstatus serve",
    ):
        assert step in ran.err
    assert "SLACK_APP_TOKEN=xapp-…" in ran.err
    over_http = (await serve("--mode", "http")).err
    assert "smsstatus manifest --http https://YOUR-HOST" in over_http
    assert "SLACK_SIGNING_SECRET=…" in over_http
    assert "接下来" in (await serve("--language", "zh")).err


async def test_what_is_no_setting_and_which_providers_are_lacking_is_told() -> None:
    write(VENDOR + "ALIYUN_CLOUD_ACCESS_KEY_ID=LTAIexample\n")

    ran = await run({**HERE, "COLUMNS": "200"}, "config")

    assert ran.status == 0
    assert "ALIYUN_CLOUD_ACCESS_KEY_ID is no setting of smsstatus" in ran.err
    assert "Providers: Tencent; not set up: Tencent legacy, Alibaba, Alibaba intl" in ran.out


async def test_where_there_is_no_file_the_folder_is_told(folder: Path) -> None:
    ran = await run({**HERE, "COLUMNS": "200"}, "config")

    assert ran.status == 2
    assert ran.out == f"Read: the environment; there is no .env in {folder}\n"
    assert ran.err.startswith("No provider is configured")


def hook(name: str) -> str:
    hooks: dict[str, dict[str, str]] = json.loads((ROOT / ".slack" / "hooks.json").read_text())
    return hooks["hooks"][name]


async def test_slacks_cli_gets_the_manifest_as_json_and_nothing_else() -> None:
    command, *arguments = hook("get-manifest").split()

    ran = await run({}, *arguments)

    assert command == ".venv/bin/smsstatus"
    assert json.loads(ran.out)["settings"]["socket_mode_enabled"]
    assert ran.err == ""


def test_slacks_cli_starts_the_app_in_socket_mode_whatever_else_is_set() -> None:
    command, *arguments = hook("start").split()

    ran = in_a_process({"SLACK_BOT_TOKEN": "xoxb-1-2-abcdefgh", "SLACK_SIGNING_SECRET": "0" * 32}, *arguments)

    assert command == ".venv/bin/smsstatus"
    assert ran.stderr.startswith("SLACK_APP_TOKEN is missing")
