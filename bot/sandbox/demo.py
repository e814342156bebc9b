"""The demo: the real app, by its own composition root and settings, against the sandbox on free ports of this machine.

    emulators (Tencent, Alibaba)  <- real HTTP, real signatures -  the app  <- signed HTTP -  the Slack workspace

A person uses the workspace's page, or `--once` types one command.
"""

from __future__ import annotations

import asyncio
import shlex
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bot.app import serving
from bot.config import ENV_FILE_KEY, load_settings
from bot.errors import SettingsError
from bot.errors.os_errors import describe_os_error
from bot.i18n import ENGLISH, Language, phrase
from bot.observability.logging import configure_logging
from bot.providers.registry import VENDORS
from bot.sandbox.archive import LEGACY_ACCOUNT, Archive
from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.demo_panels import panels
from bot.sandbox.everybody import Everybody
from bot.sandbox.outage import Outage
from bot.sandbox.plain import render_text
from bot.sandbox.providers import AliyunStandIn, TencentStandIn
from bot.sandbox.providers.tencent_legacy import TencentLegacyStandIn
from bot.sandbox.register_stories import REGISTERS
from bot.sandbox.scenario import ALIYUN_ACCOUNT, DEMO_FAULTS, TENCENT_ACCOUNT, SandboxProviders, Scenario
from bot.sandbox.slack import SlackWorkspace, Switch
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.sandbox.scenario import DemoFault
    from bot.slack.timings import Timings
    from bot.timing.clock import Clock

QUEUE_IS_EMPTY = 3  # calls: both kinds, and the next, which comes once the first answer is stored
USER, CHANNEL = "li", "incidents"
_OF_THE_SERVER = frozenset({"SMSSTATUS_PORT", "TENCENT_SMS_LEGACY_DRAIN"})  # its queue has one reader
_DEMO: Mapping[str, str] = {
    "SMSSTATUS_REVEAL_USERS": "U0LIWEI01",
    "SMSSTATUS_USER_RATE": "200",
    "SMSSTATUS_ALERT_CHANNEL": "C0INCIDENT",
}
"""What the demo has beside the sandbox: whole numbers for somebody, which is audited; all may be tried in a minute; alerts."""
_LOCALES: Mapping[str, str] = {"en": "en-US", "zh": "zh-CN"}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The running sandbox: everything that the app talks to."""

    workspace: SlackWorkspace
    providers: SandboxProviders
    data: Path  # where the app keeps its state; gone with the sandbox
    scenario: Scenario
    legacy: TencentLegacyStandIn | None = None  # the old API, whose queue holds what only the receipt store can find

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment with which the app finds the sandbox: ordinary settings only."""
        return {
            "SLACK_BOT_TOKEN": INSTALLATION.bot_token,
            "SLACK_APP_TOKEN": INSTALLATION.app_token,
            "SLACK_SIGNING_SECRET": INSTALLATION.signing_secret,
            "SLACK_API_URL": self.workspace.api_url,
            "SMSSTATUS_DATA_DIR": str(self.data),
            "SMSSTATUS_PORT": "0",
            "TENCENTCLOUD_SECRET_ID": TENCENT_ACCOUNT.secret_id,
            "TENCENTCLOUD_SECRET_KEY": TENCENT_ACCOUNT.secret_key,
            "TENCENTCLOUD_SMS_SDK_APP_ID": ",".join(TENCENT_ACCOUNT.app_ids),
            "TENCENTCLOUD_SMS_ENDPOINT": self.providers.tencent.url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_ACCOUNT.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_ACCOUNT.access_key_secret,
            "ALIBABA_CLOUD_SMS_ENDPOINT": self.providers.aliyun.url,
            "ALIBABA_CLOUD_SMS_INTL_ENDPOINT": self.providers.aliyun.url,
            **self._legacy_environ,
        }

    @property
    def provider_environ(self) -> Mapping[str, str]:
        """What of it a terminal needs to ask the same providers, and to read what the app keeps, whatever a `.env` says."""
        kept = {key: value for key, value in self.environ.items() if not key.startswith("SLACK_") and key not in _OF_THE_SERVER}
        return kept | {ENV_FILE_KEY: ""}

    @property
    def _legacy_environ(self) -> Mapping[str, str]:
        if self.legacy is None:
            return {}
        return {
            "TENCENT_SMS_LEGACY_SDKAPPID": LEGACY_ACCOUNT.app_id,
            "TENCENT_SMS_LEGACY_APPKEY": LEGACY_ACCOUNT.app_key,
            "TENCENT_SMS_LEGACY_ENDPOINT": self.legacy.url,
            "TENCENT_SMS_LEGACY_DRAIN": "true",
            "SMSSTATUS_CALLBACK_TOKEN": "sandbox-callback-token-0001",
        }


@asynccontextmanager
async def open_sandbox(port: int = 0, *, with_archive: bool = False, second: float = 1.0) -> AsyncIterator[Sandbox]:
    """The emulators with the scenario's data, and the workspace at `port` (0: a free one). Raises OSError when the port is taken.

    `with_archive` adds Tencent's legacy API, and settings with which the app drains its queue into the receipt store. `second` is
    the length of a second of Slack's rate limits.
    """
    async with AsyncExitStack() as stack:
        legacy = None
        if with_archive:
            archive = Archive()
            stand_in = TencentLegacyStandIn(archive.messages, replies=archive.replies, accounts=[LEGACY_ACCOUNT])
            legacy = await stack.enter_async_context(stand_in)
        scenario, traffic = Scenario(), Everybody().traffic
        tencent = TencentStandIn(scenario, accounts=[TENCENT_ACCOUNT], registers=REGISTERS, traffic=traffic)
        aliyun = AliyunStandIn(scenario, accounts=[ALIYUN_ACCOUNT], registers=REGISTERS, traffic=traffic)
        await stack.enter_async_context(tencent)
        await stack.enter_async_context(aliyun)
        workspace = await stack.enter_async_context(SlackWorkspace(bot=INSTALLATION, port=port, second=second))
        providers = SandboxProviders(tencent, aliyun)
        workspace.offers.try_these = [(one.command, one.story) for one in scenario.commands]
        workspace.offers.follow_ups = scenario.follow_ups
        workspace.offers.switches = [_switch(name, fault, providers) for name, fault in DEMO_FAULTS.items()]
        data = stack.enter_context(TemporaryDirectory(prefix="smsstatus-"))
        yield Sandbox(workspace, providers, Path(data), scenario, legacy)


@asynccontextmanager
async def open_demo(
    port: int = 0, *, clock: Clock = system_clock, timings: Timings | None = None, **environ: str
) -> AsyncIterator[Sandbox]:
    """The sandbox with the app serving in it over HTTP, as behind a public address. `clock` is the app's, `environ` comes last.

    Raises SettingsError when the app cannot start, OSError when the port is taken.
    """
    async with open_sandbox(port, with_archive=True) as sandbox:
        settings = load_settings({**sandbox.environ, **_DEMO, **environ}, VENDORS)
        async with serving(settings, mode="http", port=0, clock=clock, timings=timings) as address:
            sandbox.workspace.http_entry = f"{address.url}/slack/events"
            outage = Outage(address.url, sandbox.environ["SMSSTATUS_CALLBACK_TOKEN"], clock)
            sandbox.workspace.offers.panels = panels(sandbox.workspace, sandbox.scenario, sandbox.provider_environ, outage)
            yield sandbox


def environment_lines(environ: Mapping[str, str]) -> str:
    """`export KEY=value`, a line each, for a shell."""
    return "\n".join(f"export {key}={shlex.quote(value)}" for key, value in environ.items())


async def run_demo(port: int, language: Language = ENGLISH, *, with_environment: bool = False) -> None:
    """Serve the page until interrupted; `with_environment`: with what a terminal needs to ask the demo's providers.

    Raises SettingsError when the port is taken or the app cannot start.
    """
    configure_logging("ERROR")  # what is less is no matter of whoever plays with it
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with open_demo(port) as sandbox:
            page = language.say("A Slack workspace with the bot in it:  {url}", url=sandbox.workspace.url)
            hint = language.say("Try:  {command}        (Ctrl-C ends the demo)", command="/smsstatus +8613711112222 since 2h")
            click.echo(f"\n  {page}\n\n  {hint}\n")
            if with_environment:
                asked = language.say("In another terminal, to ask the same providers and read the audit and the receipts:")
                click.echo(f"  {asked}\n\n{environment_lines(sandbox.provider_environ)}\n")
            await stopped.wait()
    except OSError as error:
        line = phrase(
            "--port: cannot listen on 127.0.0.1:{port} ({reason}); try --port 0 for a free one",
            port=port,
            reason=describe_os_error(error),
        )
        raise SettingsError([line]) from error


async def run_once(typed: str, language: Language = ENGLISH) -> None:
    """Type one command, wait for the answer, print what the person sees, in `language`.

    Raises SettingsError for other text than a slash command, or when the app cannot start.
    """
    if not typed.strip().startswith("/"):
        raise SettingsError([phrase('--once takes a slash command, such as "/smsstatus +8613711112222 since 2h"')])
    configure_logging("ERROR")  # on stderr: stdout is the answer's alone
    async with open_sandbox(with_archive=True) as sandbox:
        state = sandbox.workspace.state
        viewer = replace(state.user(USER), locale=_LOCALES[language.code])
        state.users[viewer.id] = viewer
        settings = load_settings(sandbox.environ, VENDORS)
        # Leaving the block waits until every command taken is answered.
        async with serving(settings, mode="http", port=0) as address:
            sandbox.workspace.http_entry = f"{address.url}/slack/events"
            if sandbox.legacy is not None:
                await sandbox.legacy.wait_for_calls(QUEUE_IS_EMPTY)
            await sandbox.workspace.type(USER, CHANNEL, typed.strip())
        for message in sandbox.workspace.channel(CHANNEL).visible_to(viewer.id):
            if message.user == INSTALLATION.bot_user_id or message.ephemeral_to == viewer.id:
                click.echo(render_text(message.text, message.blocks, viewer.tz, language))


def _switch(name: str, fault: DemoFault, providers: SandboxProviders) -> Switch:
    async def turn(on: bool) -> None:  # noqa: FBT001 - the switch's own form
        await (fault.on if on else fault.off)(providers)

    return Switch(name, fault.label, turn)
