"""What `doctor` says of the address that `serve` listens on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.cli.readiness import readiness_at
from bot.config.proxy import Proxies
from bot.doctor.check import Check, Health
from bot.errors.os_errors import CANNOT_LISTEN, listen_error
from bot.slack.transport.web_client import open_session

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.i18n import Language


async def check_address(settings: Settings, language: Language) -> list[Check]:
    """Check that `serve` could listen on its address, or report the readiness of the one that already does."""
    name, host, port = language.say("Address"), settings.general.host, settings.general.port
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except CANNOT_LISTEN as error:
        async with open_session(Proxies()) as session:  # it is this machine, whatever address it has
            status = await readiness_at(session, host, port)
        if status is None:
            said = listen_error(host, port, error).said_in(language)
            return [Check(name, Health.FAILED, said, language.say("Fix the setting and rerun doctor"))]
        said = language.say("serve runs at {host}:{port}: {status}", host=host, port=port, status=status)
        return [Check(name, Health.OK if status == "ok" else Health.WARNING, said)]
    server.close()
    await server.wait_closed()
    return [Check(name, Health.OK, language.say("{host}:{port} is free", host=host, port=port))]
