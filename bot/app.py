"""The composition root: settings in, a running app out, behind Socket Mode or HTTP. Each package opens its own part.

The terminal's commands open less: `cli/terminal_lookup.py`.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.i18n import ENGLISH
from bot.keeping.memory import HeldMemory
from bot.lookup.opening import open_lookups
from bot.observability.metrics import Metrics
from bot.slack.app import open_slack
from bot.state import open_state
from bot.storage.retention import maintenance
from bot.timing.clock import Clock, system_clock
from bot.timing.startup import StartupWait
from bot.web import ConnectionLimits, Readiness, build_http_app, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Mode, Settings
    from bot.slack.timings import Timings
    from bot.timing.startup import StartupBackoff
    from bot.web import HttpServer

log = structlog.get_logger(__name__)


@asynccontextmanager
async def serving(
    settings: Settings,
    *,
    mode: Mode | None = None,
    host: str | None = None,
    port: int | None = None,
    clock: Clock = system_clock,
    backoff: StartupBackoff | None = None,
    timings: Timings | None = None,
) -> AsyncIterator[HttpServer]:
    """The whole app, answering Slack until the block is left; then nothing new is taken and what is under way is finished.

    Raises SettingsError when a setting is missing or wrong, Slack refuses a token, or the address is taken. While Slack or the
    database is away it waits, and its probes say so.
    """
    general, start, metrics = settings.general, StartupWait(backoff), Metrics()
    for doubt in settings.doubts:
        log.warning("settings.doubt", said=doubt.said_in(ENGLISH))
    mode = general.mode(mode)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        state = await enter(open_state(settings, clock))
        lookups = await enter(
            open_lookups(settings, metrics, clock, store=state.provider, unlisted=state.unlisted.count, limits=state.limits)
        )
        slack = await enter(open_slack(settings, mode, metrics, timings))

        async def started() -> str | None:
            return start.not_ready()

        readiness = Readiness({"start": started, "slack": slack.not_ready, "database": state.not_ready})
        stack.push_async_callback(readiness.aclose)
        http_app = build_http_app(metrics, readiness, [*slack.routes, *state.routes])
        limits = ConnectionLimits(total=general.max_connections, per_peer=general.max_peer_connections)
        server = await enter(listening(http_app, host or general.host, general.port if port is None else port, limits))
        log.debug("starting", mode=mode, url=server.url)
        await start.wait_for(state.migrate)
        await start.wait_for(slack.authenticate)
        await enter(state.limits.renewing())
        await enter(slack.answering(state, lookups))
        await enter(slack.connected(start))
        await enter(state.receiving(metrics))
        held = HeldMemory(state.audit_log, clock, (lookups.drop_answers, *slack.drops))

        async def upkeep() -> None:
            await state.unlisted.flush()
            await held.follow()

        await enter(maintenance({**state.purges, **slack.purges}, upkeep))
        stack.push_async_callback(server.aclose)  # first of all, so that nothing new is taken
        slack.accept()
        start.finish()
        log.info("serving", mode=mode, url=server.url, providers=sorted({p.name for p in lookups.providers}))
        yield server
        log.info("stopping", under_way=slack.under_way)
