"""What doctor calls ready, serve takes, and the other way round: each set of settings is given to both."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import serving
from bot.cli.doctor import checked
from bot.codes import load_catalogue
from bot.config import load_settings
from bot.doctor.accounts import OPERATORS_STEP
from bot.doctor.check import Health
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.providers import registry
from bot.sandbox.demo import Sandbox, open_sandbox
from bot.slack.doctor.installation import check_slack
from bot.timing.clock import system_clock
from bot.timing.startup import StartupWait
from tests.cli.commands import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence

    from bot.doctor.check import Check

PUSHED = "a-callback-token-of-24-chars"
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
TENCENT = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SMS_SDK_APP_ID")
ALIBABA = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")


@dataclass(frozen=True)
class Change:
    """What is done to good settings; an empty value takes the key away."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


def of_tokens() -> Iterator[Change]:
    """Every way of having, lacking and mistaking Slack's three secrets."""
    for states in product(("good", "missing", "wrong"), repeat=len(TOKENS)):
        values = {
            key: "" if state == "missing" else _WRONG[key] for key, state in zip(TOKENS, states, strict=True) if state != "good"
        }
        yield Change("-".join(states), values)


_WRONG = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong", "SLACK_SIGNING_SECRET": "0" * 32}

SECRET = {"SMSSTATUS_SECRET_KEY": "a secret of sixteen characters and more"}

OTHERS = (
    Change("both providers", {"TENCENTCLOUD_REGION": "ap-guangzhou"}),
    Change("tencent alone", dict.fromkeys(ALIBABA, "")),
    Change("alibaba alone", dict.fromkeys(TENCENT, "")),
    Change("no provider", dict.fromkeys((*ALIBABA, *TENCENT), "")),
    Change("half a provider", {"TENCENTCLOUD_SECRET_KEY": ""}),
    Change("an app id twice", {"TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666,1400006666"}),
    Change("a region that is none", {"TENCENTCLOUD_REGION": "Guangzhou!"}),
    Change("quotes", {"TENCENTCLOUD_SECRET_ID": '"AKIDexample"'}),
    Change("a misspelt key", {"SMSSTATUS_DEADLINES": "3"}),
    Change("a zone that is none", {"SMSSTATUS_TIMEZONE": "Asia/Shangai"}),
    Change("a data folder that is a file", {"SMSSTATUS_DATA_DIR": "/dev/null"}),
    Change("a database that is not there", {"SMSSTATUS_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}),
    Change("a database that is away", {"SMSSTATUS_DATABASE_URL": "postgresql://u:p@127.0.0.1:9/d?sslmode=require", **SECRET}),
    Change("a database of unknown name", {"SMSSTATUS_DATABASE_URL": "postgresql://u@nowhere.invalid/d", **SECRET}),
    *(
        Change(f"the database {url}", {"SMSSTATUS_DATABASE_URL": url, **SECRET})
        for url in (
            *("sqlite://data/x.db", "sqlite:///", "sqlite:///:memory:", "sqlite:////tmp", "sqlite:////proc/x/y.db"),
            *("sqlite:////dev/null/x.db", "sqlite:////dev/null", "sqlite:///x.db?mode=ro", "sqlite:////etc/passwd"),
            *("postgresql://u@h:99999/d", "postgresql://u@h/d?sslmod=x", "postgresql://u@h/d?sslrootcert=/nowhere"),
        )
    ),
    *(
        Change(f"the data folder {path}", {"SMSSTATUS_DATA_DIR": path, **SECRET})
        for path in ("/proc/smsstatus", "/dev/null", "/etc/passwd/x", "/" + "x" * 300)
    ),
    Change("a secret's file that is not there", {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "/nowhere/token"}),
    Change("a secret and its file", {"SLACK_BOT_TOKEN_FILE": "/etc/hostname"}),
    Change("half a quote", {"TENCENTCLOUD_SECRET_ID": '"AKIDexample'}),
    Change("a home of nobody", {"SMSSTATUS_DATA_DIR": "~nobody-has-this-name/data"}),
    Change("a proxy with one slash", {"HTTPS_PROXY": "http:/proxy.example:3128"}),
    Change("a proxy that nothing goes through", {"HTTPS_PROXY": "proxy.example:3128", "NO_PROXY": "*"}),
    Change("an address of Slack's without a scheme", {"SLACK_API_URL": "slack.com/api/"}),
    Change("a Slack that is away", {"SLACK_API_URL": "http://127.0.0.1:9/api/"}),
    Change("a key that is too short", {"SMSSTATUS_SECRET_KEY": "short"}),
    Change("a callback token that is too short", {"SMSSTATUS_CALLBACK_TOKEN": "short"}),
    Change("a callback token", {"SMSSTATUS_CALLBACK_TOKEN": "unguessable-callback-token-01"}),
    Change("an overlay that is not there", {"SMSSTATUS_CODES_OVERLAY": "/nowhere/codes.toml"}),
    Change("a settings file that is not there", {"SMSSTATUS_CONFIG": "/nowhere/smsstatus.toml"}),
    Change("a proxy without a scheme", {"HTTPS_PROXY": "proxy.example:3128"}),
    Change("an address nobody has", {"SMSSTATUS_HOST": "192.0.2.1"}),
    *(Change(f"the host {host}", {"SMSSTATUS_HOST": host}) for host in ("a" * 64, "a..b", "nowhere.invalid", "http://0.0.0.0")),
    Change("an address of Slack's that is none", {"SLACK_API_URL": "ftp://slack.example/api/"}),
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What serve would wait for, it tells at once."""

    async def once(_: StartupWait, ask: Callable[[], Awaitable[Any]]) -> Any:
        return await ask()

    monkeypatch.setattr(StartupWait, "wait_for", once)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as one:
        yield one


async def serve_refuses(environ: Mapping[str, str]) -> list[str]:
    """The lines with which serve does not start; empty when it does."""
    try:
        async with serving(load_settings(environ, registry.VENDORS)):
            return []
    except SettingsError as error:
        return error.said_in(ENGLISH)


async def doctor_refuses(environ: Mapping[str, str]) -> list[str]:
    """What doctor finds that stands in the way; empty when it calls all of it ready."""
    try:
        checks = await checked(load_settings(environ, registry.VENDORS), ENGLISH)
    except SettingsError as error:
        return error.said_in(ENGLISH)
    return [check.said for check in checks if check.health is Health.FAILED]


def changed(sandbox: Sandbox, change: Change) -> dict[str, str]:
    """Where no provider is changed there is one: doctor asks each for all that it can answer."""
    is_about_providers = any(key.startswith(("TENCENT", "ALIBABA")) for key in change.values)
    fewer = {} if is_about_providers else dict.fromkeys(TENCENT, "")
    return {key: value for key, value in {**sandbox.environ, **fewer, **change.values}.items() if value}


@pytest.mark.parametrize("changes", [[*of_tokens()], OTHERS], ids=["tokens", "others"])
async def test_doctor_and_serve_agree(sandbox: Sandbox, changes: Sequence[Change]) -> None:
    """What stops serve stands in doctor's findings, which name at once what serve would name after the next mend."""
    differing = {}
    for change in changes:
        environ = changed(sandbox, change)
        serve, doctor = await serve_refuses(environ), await doctor_refuses(environ)
        is_told = set(serve) <= set(doctor) or not any(key in environ for key in TOKENS)
        if not is_told or bool(serve) != bool(doctor):
            differing[change.name] = (serve, doctor)

    assert differing == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (dict.fromkeys((*ALIBABA, *TENCENT), ""), "No provider is configured"),
        ({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}, "SLACK_APP_TOKEN is missing"),
        ({"SMSSTATUS_CODES_OVERLAY": "/nowhere/codes.toml"}, "SMSSTATUS_CODES_OVERLAY"),
    ],
)
async def test_what_is_missing_keeps_doctor_from_trying_nothing_else(
    sandbox: Sandbox, changes: Mapping[str, str], told: str
) -> None:
    environ = {key: value for key, value in {**sandbox.environ, **changes}.items() if value}

    checks = await checked(load_settings(environ, registry.VENDORS), ENGLISH)

    assert [told in check.said for check in checks if check.health is Health.FAILED] == [True]
    assert any(check.said.startswith("the bot token is") for check in checks if check.health is Health.OK)
    assert any(check.name == "Database" for check in checks)


async def test_a_wrong_key_is_the_operators_to_correct_who_is_not_sent_to_the_operator(sandbox: Sandbox) -> None:
    environ = {**sandbox.environ, "TENCENTCLOUD_SECRET_KEY": "wrong", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"}

    checks = await checked(load_settings(environ, registry.VENDORS), ENGLISH)

    failed = [check for check in checks if check.health is Health.FAILED]
    assert len(failed) >= 3
    assert {check.next_step for check in failed} == {"Set key id and secret again, as a pair, and rerun doctor"}


def test_wherever_the_catalogue_sends_people_to_the_operator_doctor_has_other_words() -> None:
    families = load_catalogue().families
    sent = {name for name, family in families.items() if "ask the bot's operator" in family.en.next_step.lower()}

    assert sent - {*OPERATORS_STEP} == {"query_refused"}
    assert {*OPERATORS_STEP} <= sent


async def test_a_port_that_another_program_has_is_told_by_both(sandbox: Sandbox) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        environ = {**sandbox.environ, "SMSSTATUS_PORT": str(other.getsockname()[1])}

        assert await serve_refuses(environ) == await doctor_refuses(environ) != []


async def test_beside_a_running_serve_doctor_tells_what_it_says_of_itself(sandbox: Sandbox) -> None:
    async with serving(load_settings(sandbox.environ, registry.VENDORS)) as address:
        environ = {**sandbox.environ, "SMSSTATUS_PORT": str(address.port)}
        checks = await checked(load_settings(environ, registry.VENDORS), ENGLISH)

    assert address_of(checks).health is Health.OK
    assert address_of(checks).said == f"serve runs at 127.0.0.1:{address.port}: ok"


def address_of(checks: list[Check]) -> Check:
    return next(check for check in checks if check.name == "Address")


async def test_a_right_that_only_statistics_need_is_found_missing_before_an_incident(sandbox: Sandbox) -> None:
    aliyun = sandbox.providers.aliyun
    aliyun.accounts = tuple(replace(account, denied=frozenset({"QuerySendStatistics"})) for account in aliyun.accounts)

    done = await run({**sandbox.environ, "SMSSTATUS_SECRET_KEY": "a secret of sixteen characters"}, "doctor")

    assert "The key's policy lacks dysms:QuerySendStatistics (isp.RAM_PERMISSION_DENY)." in done.out
    assert "Allow dysms:QuerySendStatistics in the key's policy" in done.out


@pytest.mark.parametrize(
    ("changes", "said", "health"),
    [
        ({}, None, None),
        ({"SMSSTATUS_CALLBACK_TOKEN": PUSHED}, "off: SMSSTATUS_ALERT_CHANNEL is empty", Health.OK),
        ({"SMSSTATUS_ALERT_CHANNEL": "C0INCIDENT"}, "off: nothing fills the receipt store", Health.WARNING),
        (
            {"SMSSTATUS_ALERT_CHANNEL": "C0INCIDENT", "SMSSTATUS_CALLBACK_TOKEN": PUSHED},
            "on, in C0INCIDENT, which the bot can see; whether it is a member is not known",
            Health.OK,
        ),
        (
            {"SMSSTATUS_ALERT_CHANNEL": "C0WARROOM0", "SMSSTATUS_CALLBACK_TOKEN": PUSHED},
            "on, but the bot is not in C0WARROOM0 (channel_not_found)",
            Health.WARNING,
        ),
    ],
)
async def test_doctor_says_whether_alerts_are_on_and_whether_the_bot_sees_their_channel(
    sandbox: Sandbox, changes: Mapping[str, str], said: str | None, health: Health | None
) -> None:
    settings = load_settings({**sandbox.environ, **changes}, registry.VENDORS)
    checks = [check for check in await check_slack(settings, ENGLISH, system_clock) if check.name == "Alerts"]
    assert [(check.said, check.health) for check in checks] == ([] if said is None else [(said, health)])


async def test_with_the_scope_doctor_says_whether_the_bot_is_in_the_channel(sandbox: Sandbox) -> None:
    bot = sandbox.workspace.bot
    sandbox.workspace.state.bot = replace(bot, scopes=bot.scopes | {"channels:read"})
    cases = (
        ("C0INCIDENT", "on, in C0INCIDENT, where the bot is a member"),
        ("C0GENERAL0", "on, but the bot is not in C0GENERAL0"),
    )
    for channel, said in cases:
        changes = {"SMSSTATUS_ALERT_CHANNEL": channel, "SMSSTATUS_CALLBACK_TOKEN": PUSHED}
        settings = load_settings({**sandbox.environ, **changes}, registry.VENDORS)
        assert said in [check.said for check in await check_slack(settings, ENGLISH, system_clock)]
